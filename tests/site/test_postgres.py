"""The server of our own: made, found again, restarted after a crash, removed."""

import os
import signal
import stat
import tempfile
from pathlib import Path

import psycopg
import pytest

from yilu.site import postgres


@pytest.fixture
def cluster():
    folder = Path(tempfile.mkdtemp(prefix="yilu-pg-test-"))
    folder.chmod(0o755)
    made = postgres.throw_away(folder / "cluster")
    yield made
    made.remove()
    folder.rmdir()


def test_a_new_cluster_answers_with_a_password_on_loopback_only(cluster):
    url = cluster.start()

    with psycopg.connect(url) as connection:
        show = lambda name: connection.execute(f"show {name}").fetchone()[0]  # noqa: E731
        assert show("listen_addresses") == "127.0.0.1"
        assert show("data_checksums") == "on"
        methods = connection.execute(
            "select distinct auth_method from pg_hba_file_rules"
        ).fetchall()
        assert methods == [("scram-sha-256",)]
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(url.replace(url.split(":")[2].split("@")[0], "wrong"))
    assert stat.S_IMODE((cluster.folder / "password").stat().st_mode) == 0o600


def test_starting_twice_is_starting_once_and_keeps_the_data(cluster):
    url = cluster.start()
    with psycopg.connect(url) as connection:
        connection.execute("create table kept (n int)")

    assert cluster.start() == url
    cluster.stop()
    assert not cluster.is_up()
    with psycopg.connect(cluster.start()) as connection:
        assert connection.execute("select count(*) from kept").fetchone() == (0,)


def test_a_killed_server_is_started_again(cluster):
    cluster.start()
    os.kill(int((cluster.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    with psycopg.connect(cluster.start()) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_no_binaries_is_said_with_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(postgres, "_major", lambda folder: 0)

    with pytest.raises(postgres.NoPostgres, match="DATABASE_URL"):
        postgres.find_binaries()


def test_a_server_is_gone_only_when_its_process_is(tmp_path):
    cluster = postgres.Cluster(tmp_path, tmp_path)
    assert cluster.is_gone()
    cluster.data.mkdir()
    for said, gone in ((f"{os.getpid()}\n/data", False), ("", True), ("2147483647\n", True)):
        (cluster.data / "postmaster.pid").write_text(said)
        assert cluster.is_gone() is gone
