"""Whoever starts it wrongly reads one sentence that says what to do, and no trace of the program."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import psycopg
import pytest

from yilu.site import starting

ROOT = Path(__file__).resolve().parents[2]


def yilu(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as somebody types it."""
    return subprocess.run(
        [sys.executable, "-c", "from yilu.site.cli import main; main()", *arguments],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", **environment},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def assert_said(done: subprocess.CompletedProcess[str], *words: str) -> None:
    said = done.stdout + done.stderr
    assert done.returncode == 2, said
    assert "Traceback" not in said
    assert len(done.stderr.strip().splitlines()) == 1, said
    for word in words:
        assert word in said


def ours() -> str:
    """The server these tests run on, its own database."""
    return os.environ["DATABASE_URL"]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("garbage", ("must name a PostgreSQL database",)),
        ("mysql://u:geheim@127.0.0.1/yilu", ("must name a PostgreSQL database",)),
        ("postgresql://u:geheim@127.0.0.1:port/yilu", ("cannot be read",)),
        ("postgresql://u:geheim@127.0.0.1/", ("must name a PostgreSQL database",)),
        ("postgresql://u:geheim@127.0.0.1:1/yilu", ("No PostgreSQL answers at 127.0.0.1:1",)),
    ],
)
def test_a_database_url_that_leads_nowhere(url, words):
    with pytest.raises(starting.CannotStart) as why:
        starting.must_answer(url)
    for word in words:
        assert word in str(why.value)
    assert "geheim" not in str(why.value)


def test_a_wrong_password_and_a_database_that_is_not_there():
    parts = urlsplit(ours())
    wrong = parts._replace(netloc=f"{parts.username}:geheim@{parts.hostname}:{parts.port}").geturl()
    with pytest.raises(starting.CannotStart, match="does not accept this user and password"):
        starting.must_answer(wrong)
    with pytest.raises(starting.CannotStart, match="There is no database “nowhere”"):
        starting.must_answer(parts._replace(path="/nowhere").geturl())
    starting.must_answer(ours())


@pytest.mark.parametrize(
    ("version", "encoding", "word"),
    [(140_011, "UTF8", "PostgreSQL 14"), (170_002, "SQL_ASCII", "UTF8")],
)
def test_a_server_that_is_too_old_or_keeps_no_unicode(monkeypatch, version, encoding, word):
    class Connection:
        info = SimpleNamespace(server_version=version, parameter_status=lambda name: encoding)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

    monkeypatch.setattr(psycopg, "connect", lambda *_, **__: Connection())
    with pytest.raises(starting.CannotStart, match=word):
        starting.must_answer("postgresql://u:p@old/yilu")


def test_the_command_says_it_in_one_line():
    done = yilu("verify", DATABASE_URL="postgresql://u:geheim@127.0.0.1:1/yilu")
    assert_said(done, "yilu cannot start", "No PostgreSQL answers")
    assert "geheim" not in done.stdout + done.stderr


def test_the_demo_says_which_port_is_taken(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        for chosen in (port, port - 1):  # the web server's, then the practice bank's beside it
            done = yilu("demo", "--port", str(chosen), YILU_VAR=str(tmp_path))
            assert_said(done, "is taken", "--port")


@pytest.mark.parametrize("port", ["abc", "0", "70000"])
def test_the_demo_refuses_a_port_that_is_none(tmp_path, port):
    done = yilu("demo", YILU_VAR=str(tmp_path), PORT=port)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "--port" in done.stderr


class TestSecrets:
    def test_are_made_once_for_all_who_start_together(self, tmp_path):
        together, found = threading.Barrier(8), []

        def ask():
            together.wait()
            found.append(starting.kept_secret(tmp_path / "secrets", "key"))

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(set(found)) == 1
        assert len(found[0]) >= 60
        assert [p.name for p in (tmp_path / "secrets").iterdir()] == ["key"]
        assert (tmp_path / "secrets" / "key").stat().st_mode & 0o077 == 0

    def test_an_empty_one_is_never_used(self, tmp_path):
        (tmp_path / "key").write_text(" \n")
        with pytest.raises(starting.CannotStart, match="is empty"):
            starting.kept_secret(tmp_path, "key")

    def test_one_that_can_be_kept_nowhere_is_named(self, tmp_path):
        (tmp_path / "secrets").write_text("a file, where a folder should be")
        done = yilu(
            "migrate", "--check", YILU_VAR=str(tmp_path), YILU_SEALING_KEY="", DATABASE_URL=ours()
        )
        assert_said(done, "SEALING_KEY", "YILU_VAR")
