"""
A pytest plugin: every test run gets a PostgreSQL of its own, thrown away at the end.

It must be loaded before Django reads its settings, hence ``-p yilu.site.testing``. Workers of a
parallel run inherit the controller's DATABASE_URL. A DATABASE_URL given by hand is used as it is:
only the test database on it is touched.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from yilu.site import postgres

_made: list[Path] = []
_cluster: postgres.Cluster | None = None


def _start() -> None:
    global _cluster
    if "YILU_VAR" not in os.environ:
        os.environ["YILU_VAR"] = tempfile.mkdtemp(prefix="yilu-test-")
        _made.append(Path(os.environ["YILU_VAR"]))
    os.environ.setdefault("YILU_SECRET_KEY", "tests only, tests only, tests only, tests only")
    os.environ.setdefault("YILU_SEALING_KEY", "tests only: sealing key, tests only: sealing")
    # The waking thread's connection would keep the test database from being dropped.
    os.environ.setdefault("YILU_WAKE", "0")
    if os.environ.get("DATABASE_URL"):
        return
    memory = Path("/dev/shm")  # noqa: S108  (a memory disk: a test database need not survive)
    base = memory if memory.is_dir() and os.access(memory, os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="yilu-pg-", dir=base))
    folder.chmod(0o755)
    _made.append(folder)
    _cluster = postgres.throw_away(folder / "cluster")
    os.environ["DATABASE_URL"] = _cluster.start()


_start()


def pytest_unconfigure(config: Any) -> None:
    """Stop the server and delete what the run made."""
    if _cluster is not None:
        _cluster.remove()
    for folder in _made:
        shutil.rmtree(folder, ignore_errors=True)


def pytest_runtest_setup(item: Any) -> None:
    """A test starts like a new process: what an earlier one remembered was rolled back with it."""
    from yilu.kernel import recall

    recall.CHECK_SECONDS = float("inf")  # no look in the middle of a test that counts queries
    recall.forget_all()
