"""The insurer as real processes, for tests that kill them: PostgreSQL, bank, web server, worker."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from yilu.site import postgres

ROOT = Path(__file__).resolve().parents[2]
BANK_SECRET = "shared between us and the bank"


def free_port() -> int:
    """A port nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(holds: Callable[[], object], seconds: float, explain: Callable[[], str]) -> None:
    """Wait until it holds; fail with the explanation if it does not within that time."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds:.0f} s:\n{explain()}")
        time.sleep(0.2)


class House:
    """Starts and kills what an insurer runs. ``close`` ends all of it and removes the cluster."""

    def __init__(self, folder: Path, cluster_folder: Path) -> None:
        self.folder = folder
        self.cluster = postgres.local(cluster_folder)
        self.bank_port, self.web_port = free_port(), free_port()
        self.bank_file = folder / "bank.sqlite3"
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def environment(self) -> dict[str, str]:
        """What every process of the house is told."""
        return {
            **os.environ,
            "DATABASE_URL": self.cluster.url,
            "DJANGO_SETTINGS_MODULE": "yilu.site.settings",
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
            "YILU_VAR": str(self.folder / "var"),
            "YILU_BANK_URL": f"http://127.0.0.1:{self.bank_port}",
            "YILU_BANK_SECRET": BANK_SECRET,
            "YILU_WAKE": "1",
        }

    def start_bank(self) -> None:
        self._start(
            "bank", "-m", "yilu.gateways.sandbox_bank", "--port", str(self.bank_port),
            "--hook", f"http://127.0.0.1:{self.web_port}/hooks/bank", "--file", str(self.bank_file),
            "--delay", "0.3", "--hang", "0.2",
        )  # fmt: skip

    def start_web(self) -> None:
        self._start(
            "web", "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1",
            "--port", str(self.web_port), "--workers", "1", "--blocking-threads", "2",
            "--log-level", "warning", "yilu.site.wsgi:application",
        )  # fmt: skip

    def start_worker(self) -> None:
        self._start("worker", "-m", "django", "worker")

    def kill(self, name: str) -> None:
        """SIGKILL: it has no time to do anything about it."""
        process = self.running.pop(name)
        process.kill()
        process.wait()

    def kill_database(self) -> None:
        """SIGKILL to the server; its children end when they find out."""
        os.kill(int((self.cluster.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    def story(self, *arguments: str) -> subprocess.Popen[str]:
        """A process that acts through the operations; what it prints can be read."""
        return subprocess.Popen(
            [sys.executable, "-m", "tests.scenarios.story", *arguments],
            cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def told(self, *arguments: str) -> str:
        """The same, waited for. What it printed."""
        process = self.story(*arguments)
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 0, f"story {arguments} ended with {process.returncode}"
        return said

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A management command."""
        return subprocess.run(
            [sys.executable, "-m", "django", *arguments], cwd=ROOT, env=self.environment,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    def close(self) -> None:
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.running.clear()
        self.cluster.remove()

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")[-4000:]

    def _start(self, name: str, *arguments: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as out:
            self.running[name] = subprocess.Popen(
                [sys.executable, *arguments], cwd=ROOT, env=self.environment,
                stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            )  # fmt: skip
