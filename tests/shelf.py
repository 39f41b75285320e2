"""
What every other test begins with is made once a process, kept, and laid out again.

The rows are those the operation itself made; where a test has rows of its own in one of the tables,
the operation runs as it always does. What nearly all begin with is not even laid out: it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from tests import standing
from yilu.kernel import recall

T = TypeVar("T")
_shelves: dict[tuple[str, ...], str] = {}
_read: dict[str, recall.Kept] = {}
_scenes: dict[Any, tuple[dict[str, bytes], Any]] = {}


def laid_out(
    tables: Sequence[str],
    make: Callable[[], object],
    what: str = "",
    read: Callable[[], object] = lambda: None,
    stands: bool = False,
) -> None:
    """
    Fill the tables, named parents first, with what ``make`` made of empty ones before.

    ``read`` asks for what a process remembers of them: it is remembered with them from then on.
    What ``stands`` is there when later tests begin.
    """
    name = (what, *tables)
    if name not in _shelves:
        empty = _are_empty(tables)
        make()
        if empty:
            _shelves[name] = _put_away(tables)
            if stands:
                standing.also(_shelves[name], tables)
        return
    shelf = _shelves[name]
    if not standing.holds(shelf) and not _laid(shelf):
        make()
        return
    if shelf not in _read:
        recall.forget_all()
        read()
        _read[shelf] = recall.kept()
    recall.resume(_read[shelf])


def _put_away(tables: Sequence[str]) -> str:
    """Keep the rows beside the house, where no test's end takes them: the name of their schema."""
    shelf = f"shelf_{len(_shelves)}"
    beside = connection.get_new_connection(connection.get_connection_params())
    with beside, beside.cursor() as cursor:
        cursor.execute(f"create schema {shelf}")
        for table in tables:
            cursor.execute(
                f'create unlogged table {shelf}."{table}" (like public."{table}" including storage)'
            )
            with cursor.copy(f'copy {shelf}."{table}" from stdin (format binary)') as copy:
                copy.write(_copied(table))
        filled = " or ".join(f'exists (select from public."{each}")' for each in tables)
        inserts = "; ".join(
            f'insert into public."{each}" select * from {shelf}."{each}"' for each in tables
        )
        # As a function that the server keeps planned: planning took longer than laying. With triggers
        # and keys: a session that switches them off and on again plans everything anew.
        cursor.execute(
            f"""
            create function {shelf}.lay() returns boolean language plpgsql as $lay$
            begin
                if {filled} then return false; end if;
                {inserts};
                return true;
            end $lay$
            """
        )
    beside.close()
    return shelf


def _laid(shelf: str) -> bool:
    """Lay its rows out; not where a test has rows of its own in one of the tables."""
    with connection.cursor() as cursor:
        cursor.execute(f"select {shelf}.lay()")
        return bool(cursor.fetchone()[0])


def scene(make: Callable[[], T]) -> T:
    """
    What ``make`` made of an empty house and answered, events and all; its standards stand already.

    In a house where somebody was before, ``make`` does what it does.
    """
    name = (make, settings.SEALING_KEY, settings.SEALING_CIPHER)  # its sealed columns are of a key
    kept = _scenes.get(name)
    if kept is not None and _are_empty(list(kept[0])):
        rows, laid = kept
        with transaction.atomic(), connection.cursor() as cursor:  # keys are looked at in the end
            for table, content in rows.items():
                with cursor.cursor.copy(f'copy "{table}" from stdin (format binary)') as copy:
                    copy.write(content)
        recall.resume({})
        return laid
    before = None if kept is not None else _filled()
    answer = make()
    if before is not None:
        made = _filled()
        if not made & before:
            # Their history comes about as they are laid, as it did before.
            rows = {table: _copied(table) for table in sorted(made - _histories())}
            _scenes[name] = (rows, answer)
    return answer


def _histories() -> set[str]:
    return {m._meta.db_table for m in apps.get_models() if hasattr(m, "pgh_id")}


def _filled() -> set[str]:
    """The tables that have rows, but for what every scene finds there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
        )
        names = [name for (name,) in cursor.fetchall() if not name.startswith(_STANDING)]
        asked = ", ".join(f'exists (select from "{name}")' for name in names)
        cursor.execute(f"select {asked}")
        return {name for name, has in zip(names, cursor.fetchone(), strict=True) if has}


_STANDING = ("django_", "auth_permission", "standards_", "obligations_definition", "procrastinate_")


def _are_empty(tables: Sequence[str]) -> bool:
    if not tables:
        return True
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
