"""
A pytest plugin: every test run gets a PostgreSQL of its own, thrown away at the end.

It must be loaded before Django reads its settings, hence ``-p yilu.site.testing``. Each worker of
a parallel run starts a server for itself: what the journal shows its readers waits for every open
transaction of the whole server, so that a slow test of one worker would hold back the readers in
another's. Its tables are copied from a template (``test_template``) that is made while the tests
are collected. A DATABASE_URL given by hand is used as it is: only the test database on it is touched.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from psycopg import OperationalError

from yilu.kernel import memory
from yilu.site import postgres, test_template

SERVERS = "YILU_TEST_SERVERS"
"""The folder of a run's servers; set, it says that DATABASE_URL was not given by hand."""

TEMPLATE = "YILU_TEST_TEMPLATE"
"""The folder of the tables to copy."""

PREFIX = "yilu-pg-"
_made: list[Path] = []


def has_own_server() -> bool:
    """Whether the run made its server: on another nothing is done but what Django does."""
    return SERVERS in os.environ


def _sweep(base: Path) -> None:
    """Remove the servers of runs that were killed: their folder names a process that is gone."""
    for folder in base.glob(f"{PREFIX}*"):
        owner = folder.name.removeprefix(PREFIX).partition("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            for server in folder.iterdir():
                postgres.throw_away(server).remove()
            shutil.rmtree(folder, ignore_errors=True)


def _start() -> None:
    if "YILU_VAR" not in os.environ:
        os.environ["YILU_VAR"] = tempfile.mkdtemp(prefix="yilu-test-")
        _made.append(Path(os.environ["YILU_VAR"]))
    os.environ.setdefault("YILU_SECRET_KEY", "tests only, tests only, tests only, tests only")
    os.environ.setdefault("YILU_SEALING_KEY", "tests only: sealing key, tests only: sealing")
    # The waking thread's connection would keep the test database from being dropped.
    os.environ.setdefault("YILU_WAKE", "0")
    if SERVERS not in os.environ:
        if os.environ.get("DATABASE_URL"):
            return
        memory = Path("/dev/shm")  # noqa: S108  (a memory disk: a test database need not survive)
        usable = memory.is_dir() and os.access(memory, os.W_OK)
        base = memory if usable else Path(tempfile.gettempdir())
        if Path("/proc/self").exists():
            _sweep(base)
        folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=base))
        folder.chmod(0o755)
        _made.append(folder)
        os.environ[SERVERS] = str(folder)
        os.environ[TEMPLATE] = str(test_template.begin())
    os.environ["DATABASE_URL"] = _server().reserve()


def _worker() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "")


def _server() -> postgres.Cluster:
    return postgres.throw_away(Path(os.environ[SERVERS]) / (_worker() or "main"))


_start()
memory.collect_seldom()  # thousands of tests are read, and nothing of them is garbage


def pytest_sessionstart(session: Any) -> None:
    """
    The second worker reads the tests from their end first; then it collects them as the first does.

    On a fresh clone every file of tests is compiled for pytest, half a minute's work that each worker
    would do for itself. What one compiled is there for the other: from both ends, each does half.
    """
    if _worker() != "gw1":
        return
    root = session.config.rootpath
    for folder in map(Path, reversed(session.config.args)):
        for path in sorted((root / folder).rglob("test_*.py"), reverse=True):
            # Whatever is wrong with a file is said where it is collected.
            with suppress(Exception, pytest.skip.Exception):
                import_module(".".join(path.relative_to(root).with_suffix("").parts))


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """The long ones first, so that no worker waits at the end for another's."""
    items.sort(key=lambda item: "scenarios" not in item.path.parts)  # else as they were


def pytest_collection_finish(session: Any) -> None:
    """Whoever runs the tests it collected needs its server now; the tests themselves stay."""
    memory.keep_what_is_loaded()
    if SERVERS in os.environ and not session.config.option.collectonly and session.items:
        database = "_".join(filter(None, ("test", postgres.DATABASE, _worker())))
        test_template.copy(Path(os.environ[TEMPLATE]), _server(), database)


def pytest_unconfigure(config: Any) -> None:
    """Stop the servers and delete what the run made; a killed worker's too."""
    if (servers := Path(os.environ.get(SERVERS, ""))) in _made:
        for folder in servers.iterdir():
            postgres.throw_away(folder).remove()
    for folder in _made:
        shutil.rmtree(folder, ignore_errors=True)


def pytest_runtest_setup(item: Any) -> None:
    """A test starts like a new process: what an earlier one remembered was rolled back with it."""
    from yilu.kernel import recall

    recall.CHECK_SECONDS = float("inf")  # no look in the middle of a test that counts queries
    recall.forget_all()


def pytest_configure(config: Any) -> None:
    """
    Take the tables as they were copied, and empty only those that have rows after a test that really
    commits: many times faster. Look for a page's files when it asks for one, not for each client.
    """
    from django.conf import settings

    settings.WHITENOISE_AUTOREFRESH = True
    if SERVERS not in os.environ:
        return
    from django.test import TransactionTestCase

    config.option.reuse_db = True
    case: Any = TransactionTestCase
    case._fixture_teardown = lambda self: empty()
    # A new connection for the next test would plan and compile on the server all that this one has;
    # nothing of a session of ours is lost with a transaction.
    case._should_reload_connections = lambda self: _is_lost()
    _keep_what_is_prepared()


def _is_lost() -> bool:
    from django.db import connection

    return connection.connection is not None and bool(connection.connection.closed)


def _keep_what_is_prepared() -> None:
    """A test's end rolls back rows, no tables: what the server has planned holds for the next one."""
    from psycopg import _preparing

    manager: Any = _preparing.PrepareManager
    clear = manager.clear
    drops = re.compile(rb"(?:DROP|ALTER|DISCARD ALL|DEALLOCATE ALL)\b").match

    def should_discard(self: Any, prep: Any, results: Any) -> bool:
        return any(drops(each.command_status or b"") for each in results) and bool(clear(self))

    manager.clear = lambda self: False  # asked at every rollback
    manager._should_discard = should_discard
    manager.prepared_max = (
        1000  # what all tests ask comes to more than a connection's usual hundred
    )


ended = 0
"""How many tests have ended that really committed."""

standing: set[str] = set()
"""Tables that are not emptied then: whoever wants their rows to stand looks after them."""

_KEPT = {"django_content_type", "auth_permission", "django_migrations"}  # what migrate makes


def empty() -> None:
    """Delete every row that was committed, but for what is standing."""
    global ended
    ended += 1
    kept = sorted(_KEPT | standing)
    name = "empty_" + hashlib.sha256(repr(kept).encode()).hexdigest()[:16]
    cursor = beside()
    if name not in _emptying:
        cursor.execute(
            "select quote_ident(relname) from pg_class where relkind = 'r'"
            " and relnamespace = 'public'::regnamespace and relname <> all(%s) order by relname",
            [kept],
        )
        looks = "\n".join(
            f"if exists (select from public.{table}) then delete from public.{table}; end if;"
            for (table,) in cursor.fetchall()
        )
        # As a function, which the server keeps planned: planning a look into every table took longest.
        cursor.execute(
            f"create or replace function {name}() returns void language plpgsql"
            f" as $empty$ begin {looks} end $empty$"
        )
        _emptying.add(name)
    cursor.execute(f"select {name}()")


_emptying: set[str] = set()
_beside: Any = None


def beside() -> Any:
    """
    A cursor beside the tests' connection, which commits at once and asks no trigger and no key.

    It stays so: a session in which triggers are switched off and on again plans everything anew.
    """
    global _beside
    from django.db import connection

    if _beside is not None:
        try:
            _beside.execute("select")
        except OperationalError:  # a test ended every other session
            _beside = None
    if _beside is None:
        named = connection.get_connection_params() | {"application_name": "beside the tests"}
        _beside = connection.get_new_connection(named)
        _beside.autocommit = True
        _beside.execute("set session_replication_role = replica")
    return _beside.cursor()
