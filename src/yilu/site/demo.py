"""
The demo insurer: database, demo data, bank, web server, worker, push and telephone switch, started and stopped together.

Each is a process of its own. What dies is started again; Ctrl-C stops everything in order.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from yilu.site import local, postgres, starting

ROOT = Path(__file__).resolve().parents[3]
STOP_SECONDS_MAX = 20
HALF_MADE = "demo-half-made"  # a file that is there while the demo insurer is being made
RESTART_SECONDS = 2.0


def run(arguments: Sequence[str]) -> int:
    """Run the demo until Ctrl-C; the exit code is 0 unless a part could not be started."""
    options = _options(arguments)
    os.environ.setdefault("YILU_DEMO", "1")
    os.environ.setdefault("YILU_PUBLIC_URL", f"http://127.0.0.1:{options.port}")
    # The largest payments go to the bank in a file that two people sign.
    os.environ.setdefault("YILU_BANK_FILES", "1000000")
    os.environ.setdefault("YILU_NEWS_URL", f"http://127.0.0.1:{options.port + 2}/push")
    os.environ.setdefault("YILU_SWITCH_URL", f"http://127.0.0.1:{options.port + 3}")
    os.environ.setdefault("YILU_SWITCH_SIP", f"127.0.0.1:{options.port + 4}")
    os.environ.setdefault(
        "YILU_SWITCH_SECRET",
        starting.kept_secret(local.folder().parent / "secrets", "switch_secret"),
    )
    os.environ.setdefault("YILU_BANK_URL", f"http://127.0.0.1:{options.port + 1}")
    os.environ.setdefault(
        "YILU_BANK_SECRET", starting.kept_secret(local.folder().parent / "secrets", "bank_secret")
    )
    given = os.environ.get("DATABASE_URL")
    cluster = None if given else postgres.local(local.folder())
    if options.reset:
        return _reset(cluster)
    # Ours, the practice bank's, where pages hear of news, and the telephone switch's.
    for port in range(options.port, options.port + 4):
        if not _port_is_free(port):
            raise starting.CannotStart(
                f"Port {port} is taken. Stop what runs there, or choose another: yilu demo --port 8100"
            )
    if given:
        starting.must_answer(given)
    if cluster is not None and (local.folder().parent / HALF_MADE).exists():
        print("The demo insurer was left half made the last time; making it anew.")
        _reset(cluster)
    say = _Progress()
    parts = _parts(options)
    # Docker, systemd and a closed terminal ask with SIGTERM: the same orderly stop as Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if cluster is not None:
            say("Starting PostgreSQL")
            os.environ["DATABASE_URL"] = cluster.start()
        say("Bringing the tables up to date")
        _must("-m", "yilu.site.fresh")
        say("Collecting the screens' files")
        _must("-m", "django", "collectstatic", "--noinput", "--verbosity", "0")
        say("Looking after the demo insurer (a few minutes the first time, then it is kept)")
        _must("-m", "demo.seed", *(["--small"] if options.small else []))
        # From now on text messages go through the practice gateway; the past was told without one.
        os.environ.setdefault("YILU_SMS_URL", "sandbox://demo")
        for part in parts:
            part.start()
        _wait_until_served(options.port)
        say.done()
        _must("-m", "demo.welcome")
        _watch(parts, cluster)
    except KeyboardInterrupt:
        print("\nStopping …")
    except subprocess.CalledProcessError as failed:
        print(f"\nThis step failed (exit {failed.returncode}); its message is above.")
        return 1
    finally:
        # Asked a second time by whoever finds it slow: stopping goes on, or parts would stay behind.
        for asked in (signal.SIGINT, signal.SIGTERM):
            signal.signal(asked, signal.SIG_IGN)
        for part in parts:
            part.ask_to_stop()
        for part in reversed(parts):
            part.stop()
        if cluster is not None:
            cluster.stop()
        print("Everything has stopped; the data is kept. `make demo` goes on from here.")
    return 0


@dataclass
class Part:
    """One process of the demo."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    died_at: float = 0.0

    def start(self) -> None:
        log = local.folder().parent / "log"
        log.mkdir(parents=True, exist_ok=True)
        with (log / f"{self.name}.log").open("ab") as out:
            self.process = subprocess.Popen(  # noqa: S603
                [sys.executable, *self.command],
                cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
            )  # fmt: skip

    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def ask_to_stop(self) -> None:
        if self.process is not None and not self.ended():
            self.process.terminate()

    def stop(self) -> None:
        if self.process is None or self.ended():
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _parts(options: argparse.Namespace) -> list[Part]:
    port = options.port
    bank_file = local.folder().parent / "sandbox-bank.sqlite3"
    return [
        Part(
            "bank",
            [
                "-m", "yilu.gateways.sandbox_bank", "--port", str(port + 1),
                "--hook", f"http://127.0.0.1:{port}/hooks/bank", "--file", str(bank_file),
            ],
        ),
        Part(
            "web",
            [
                "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
                "--workers", "1", "--blocking-threads", "4", "--log-level", "warning",
                "yilu.site.wsgi:application",
            ],
        ),
        Part("worker", ["-m", "django", "worker"]),
        Part("push", ["-m", "yilu.web.push", "--port", str(port + 2)]),
        Part("switch", ["-m", "django", "switch"]),
    ]  # fmt: skip


def _watch(parts: list[Part], cluster: postgres.Cluster | None) -> None:
    while True:
        time.sleep(0.5)
        if cluster is not None and cluster.is_gone():
            print("· PostgreSQL ended unexpectedly and is started again")
            _start_again(cluster, parts)
        for part in parts:
            if part.ended() and time.monotonic() - part.died_at > RESTART_SECONDS:
                part.died_at = time.monotonic()
                print(
                    f"· {part.name} ended unexpectedly and is started again (see var/log/{part.name}.log)"
                )
                part.start()


def _start_again(cluster: postgres.Cluster, parts: list[Part]) -> None:
    """The database again; its processes too where it had to move to another port."""
    before = os.environ["DATABASE_URL"]
    os.environ["DATABASE_URL"] = cluster.start()
    if os.environ["DATABASE_URL"] != before:
        for part in reversed(parts):
            part.stop()
        for part in parts:
            part.start()


class _Progress:
    """One line a step, with the time it took."""

    def __init__(self) -> None:
        self.began = 0.0

    def __call__(self, text: str) -> None:
        self.done()
        print(f"· {text} …", end="", flush=True)
        self.began = time.monotonic()

    def done(self) -> None:
        if self.began:
            print(f" {time.monotonic() - self.began:.1f} s", flush=True)
        self.began = 0.0


def _must(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True)  # noqa: S603


def _wait_until_served(port: int) -> None:
    deadline = time.monotonic() + 60
    while _port_is_free(port):
        if time.monotonic() > deadline:
            print("\nThe web server does not answer; see var/log/web.log")
            raise subprocess.CalledProcessError(1, "granian")
        time.sleep(0.1)


def _reset(cluster: postgres.Cluster | None) -> int:
    if cluster is None:
        print("DATABASE_URL names a server of yours: drop its database yourself.")
        return 1
    cluster.remove()
    var = local.folder().parent
    for name in (
        "files",
        "log",
        "demo.json",
        HALF_MADE,
        "sandbox-bank.sqlite3",
        "sandbox-bank.sqlite3-wal",
        "sandbox-bank.sqlite3-shm",
    ):
        path = var / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    print("The demo insurer is forgotten.")
    return 0


def _port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _port(text: str) -> int:
    port = int(text)
    if not 0 < port < 65534:
        raise ValueError
    return port


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="yilu demo", description="Run the demo insurer.")
    parser.add_argument("--port", type=_port, default=os.environ.get("PORT", "8000"))
    parser.add_argument(
        "--small", action="store_true", help="200 customers instead of 5,000: ready sooner"
    )
    parser.add_argument("--reset", action="store_true", help="forget the demo insurer and its data")
    return parser.parse_args(arguments)
