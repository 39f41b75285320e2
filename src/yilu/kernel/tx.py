"""
Who owns the transaction. Use cases open one; steps insist that one is open.

A use case also gathers: what its steps promise (events, clocks, work, messages) is collected and
written just before commit, one statement a table however many rows. It either all happens or none
of it does.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection, transaction

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
Writer = Callable[[Sequence[Any]], None]


class _Ledger(threading.local):
    """What the open use case of this thread has promised and not yet written."""

    pending: dict[Writer, list[Any]] | None = None
    cursor: Any = None
    """One cursor for all statements of the use case: making one costs as much as a small query."""


_ledger = _Ledger()


def use_case(function: Callable[P, R]) -> Callable[P, R]:
    """Run the whole function in one new transaction, then write what it gathered, then commit."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic(durable=True):
            if _ledger.pending is not None:
                raise RuntimeError(f"{function.__qualname__} opened inside another use case")
            _ledger.pending = {}
            try:
                result = function(*args, **kwargs)
                _write_gathered()
            finally:
                _ledger.pending = None
                _close_cursor()
        return result

    run.is_use_case = True  # type: ignore[attr-defined]
    return run


def step(function: Callable[P, R]) -> Callable[P, R]:
    """Refuse to run outside a use case."""

    @wraps(function)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        if _ledger.pending is None:
            raise RuntimeError(f"{function.__qualname__} must run inside a use case")
        return function(*args, **kwargs)

    return checked


def gather(writer: Callable[[Sequence[T]], None], item: T) -> None:
    """
    Keep ``item`` until the use case ends; then ``writer`` gets every item of it in one call.

    A writer may gather further items (an event starts a clock): writing goes on until nothing is
    left. Gathered rows cannot be read back inside the same use case.
    """
    if _ledger.pending is None:
        raise RuntimeError(f"{writer.__qualname__} gathers only inside a use case")
    _ledger.pending.setdefault(writer, []).append(item)


def savepoint() -> transaction.Atomic:
    """A part that may fail alone: used beside the logic that handles its failure."""
    return transaction.atomic(savepoint=True)


def after_commit(function: Callable[[], None]) -> None:
    """Call ``function`` once the change is durable; never if it is rolled back."""
    transaction.on_commit(function)


def is_open() -> bool:
    """Whether a use case is running on this thread."""
    return _ledger.pending is not None


def _write_gathered() -> None:
    assert _ledger.pending is not None
    while _ledger.pending:
        writer = next(iter(_ledger.pending))
        items = _ledger.pending.pop(writer)
        writer(items)


def rows(sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> list[tuple[Any, ...]]:
    """Run one SQL statement through Django's own connection and return its rows."""
    with _cursor() as cursor:
        cursor.execute(sql, parameters)
        # Not cursor.description: it builds an object for every column.
        result = cursor.cursor.pgresult
        return cursor.fetchall() if result is not None and result.nfields else []


def changed(sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> int:
    """Run one SQL statement through Django's own connection and return how many rows it changed."""
    with _cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)


@contextmanager
def _cursor() -> Iterator[Any]:
    if _ledger.pending is None:
        with connection.cursor() as cursor:
            yield cursor
        return
    if _ledger.cursor is None:
        _ledger.cursor = connection.cursor()
    yield _ledger.cursor


def _close_cursor() -> None:
    cursor, _ledger.cursor = _ledger.cursor, None
    if cursor is not None:
        cursor.close()
