"""
A database with every table in it, made once and copied for each test run.

Making them takes longer than starting a server ten times. What the tables follow from (the models,
the migrations, the locked dependencies, PostgreSQL) is digested into the folder's name, so that a
change of any of them makes a new one, and nobody ever has to say ``--create-db``.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from yilu.site import postgres

HOME = Path(__file__).resolve().parents[3]
FOLDER = HOME / "build" / "test-databases"
KEPT_SECONDS = 24 * 60 * 60


def begin() -> Path:
    """The folder of today's template; where it is not made yet, its making begins beside us."""
    folder = FOLDER / _digest()
    if not (folder / "ready").exists():
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "log").open("ab") as log:
            subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "yilu.site.test_template", str(folder)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                env={name: value for name, value in os.environ.items() if name != "PYTHONWARNINGS"},
            )  # fmt: skip
    return folder


def copy(folder: Path, cluster: postgres.Cluster, database: str) -> None:
    """
    Fill a cluster that was reserved with the template's tables, under the database's name.

    Waits for the template, and makes it where whoever began did not live to finish.
    """
    with _alone(folder):
        if not (folder / "ready").exists():
            _make(folder)
        cluster.take_over(_template(folder))
        (folder / "ready").touch()  # in use: not to be swept
    cluster.start()
    if database == postgres.DATABASE:
        return
    with postgres.connected(cluster, "postgres") as connection:
        connection.execute(f"alter database {postgres.DATABASE} rename to {database}")
    cluster.start()  # the database the settings name is there as well


def _template(folder: Path) -> postgres.Cluster:
    return postgres.throw_away(folder / "cluster")


def _make(folder: Path) -> None:
    cluster = _template(folder)
    cluster.remove()
    try:
        fill(cluster.start(), "fresh")
    finally:
        cluster.stop()
    (folder / "ready").touch()
    _sweep()


def fill(url: str, how: str) -> None:
    """Give an empty database its tables: ``fresh`` from the models, or ``migrate``."""
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "yilu.site.settings",
        "YILU_SECRET_KEY": "the tables know no secret: " * 3,
        "YILU_SEALING_KEY": "the tables know no secret: " * 3,
        "YILU_WAKE": "0",
    }
    modules = {"fresh": ["yilu.site.fresh"], "migrate": ["django", "migrate", "--verbosity", "0"]}
    subprocess.run(  # noqa: S603
        [sys.executable, "-m", *modules[how]], check=True, env=environment, cwd=HOME
    )


def _sweep() -> None:
    """Remove the templates nobody has used for a day."""
    for marker in FOLDER.glob("*/ready"):
        if marker.stat().st_mtime < time.time() - KEPT_SECONDS:
            _template(marker.parent).remove()
            shutil.rmtree(marker.parent, ignore_errors=True)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _digest() -> str:
    known = hashlib.sha256(str(postgres.find_binaries()).encode())
    room = HOME / "src" / "yilu"
    models = sorted(
        {*room.glob("*/migrations/*.py"), *room.glob("*/models.py"), *room.glob("*/models/*.py")}
    )
    for path in (*models, HOME / "requirements" / "dev.lock", *Path(__file__).parent.glob("*.py")):
        known.update(path.relative_to(HOME).as_posix().encode() + b"\0" + path.read_bytes())
    return known.hexdigest()[:16]


if __name__ == "__main__":
    home = Path(sys.argv[1])
    with _alone(home):
        if not (home / "ready").exists():
            _make(home)
