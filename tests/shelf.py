"""
What every other test begins with is made once a process, kept, and laid out again.

The rows are those the operation itself made; where a test has rows of its own in one of the tables,
the operation runs as it always does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db import connection

from yilu.kernel import recall

_kept: dict[tuple[str, ...], list[bytes]] = {}


def laid_out(tables: Sequence[str], make: Callable[[], object]) -> None:
    """Fill the tables, named parents first, with what ``make`` made of empty ones before."""
    name = tuple(tables)
    if not _are_empty(tables):
        make()
    elif name not in _kept:
        make()
        _kept[name] = [_copied(table) for table in tables]
    else:
        for table, content in zip(tables, _kept[name], strict=True):
            with (
                connection.cursor() as cursor,
                cursor.cursor.copy(f'copy "{table}" from stdin (format binary)') as copy,
            ):
                copy.write(content)
        recall.forget_all()


def _are_empty(tables: Sequence[str]) -> bool:
    asked = " or ".join(f'exists (select from "{table}")' for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"select not ({asked})")
        return bool(cursor.fetchone()[0])


def _copied(table: str) -> bytes:
    with (
        connection.cursor() as cursor,
        cursor.cursor.copy(f'copy "{table}" to stdout (format binary)') as copy,
    ):
        return b"".join(bytes(part) for part in copy)
