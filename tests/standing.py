"""
What nearly every test begins with stands in its tables before the test does, committed.

It is looked after between tests only: what a test does to it is rolled back with the test, or put
right before the next one. Only on a server of the run's own (``yilu.site.testing``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from yilu.site import testing

_tables: dict[str, Sequence[str]] = {}
"""The tables of each shelf that stands, parents first."""

_put: dict[str, tuple[str, dict[str, int]]] = {}
"""By which transaction the rows of a shelf were put there, and how many into each table."""

_ended = 0


def also(shelf: str, tables: Sequence[str]) -> None:
    """From the next test on the rows of this shelf stand in these tables."""
    if testing.has_own_server():
        _tables[shelf] = tables


def holds(shelf: str) -> bool:
    """Whether the rows of this shelf stood in their tables when the test began."""
    return shelf in _put


def see_to_it(bare: bool) -> None:
    """Before a test: everything stands as it was put; nothing of it where the test wants it ``bare``."""
    global _ended
    if connection.in_atomic_block:  # somebody made a world for a whole file
        return
    wanted = set() if bare else set(_tables)
    if wanted == set(_put) and testing.ended == _ended:
        return
    cursor = testing.beside()
    for shelf, tables in _tables.items():
        if shelf in wanted and shelf in _put and _is_untouched(cursor, *_put[shelf]):
            continue
        if shelf in wanted:
            _put[shelf] = _replace(cursor, shelf, tables)
        elif shelf in _put:
            _replace(cursor, None, tables)
            del _put[shelf]
    testing.standing = {table for shelf in _put for table in _tables[shelf]}
    _ended = testing.ended


def _is_untouched(cursor: Any, by: str, rows: dict[str, int]) -> bool:
    untouched = "(select count(*) = {rows} and bool_and(xmin::text = '{by}') is not false from public.\"{table}\")"
    parts = (untouched.format(table=table, rows=many, by=by) for table, many in rows.items())
    cursor.execute(f"select {' and '.join(parts)}")
    return bool(cursor.fetchone()[0])


def _replace(cursor: Any, shelf: str | None, tables: Sequence[str]) -> tuple[str, dict[str, int]]:
    """Put a shelf's rows, or none, where any others were."""
    with cursor.connection.transaction():
        for table in tables:
            cursor.execute(f'delete from public."{table}"')
        rows: dict[str, int] = {}
        for table in tables if shelf else ():
            cursor.execute(f'insert into public."{table}" select * from {shelf}."{table}"')
            rows[table] = cursor.rowcount
        cursor.execute("select pg_current_xact_id()::text")
        return cursor.fetchone()[0], rows
