"""What a refusal has to leave behind: a sentence, a status, and every table as it was."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from django.apps import apps
from django.db import connection, transaction

Marks = dict[str, tuple[int, int]]


def marks() -> Marks:
    """For every table of ours how many rows it holds and which transaction wrote the newest of them."""
    tables = sorted(
        {m._meta.db_table for m in apps.get_models() if m.__module__.startswith("yilu.")}
    )
    one = "SELECT '{0}', count(*), coalesce(max(xmin::text::bigint), 0) FROM {0}"
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(one.format(f'"{table}"') for table in tables))
        return {name.strip('"'): (rows, newest) for name, rows, newest in cursor.fetchall()}


@contextmanager
def nothing_changes(but: Iterable[str] = ()) -> Iterator[None]:
    """
    No row of any table is made, altered or removed meanwhile, except in the tables ``but``.

    A row put back to what it was counts as altered: somebody wrote it, and its history says so.
    """
    before = marks()
    # Whatever is written in a block of its own is newer than all there was; operations stand in it.
    block = transaction.atomic()
    block._from_testcase = True
    with block if connection.in_atomic_block else nullcontext():
        yield
    after = marks()
    moved = {t: (before[t], after[t]) for t in before if before[t] != after[t]}
    for table in but:
        moved.pop(table, None)
    assert not moved, f"written although it was refused: {moved}"


def assert_refused(answer: Any, status: int, *words: str) -> None:
    """The answer has this status and says each of the words to the reader of the page, not in its markup."""
    page = answer.content.decode()
    said = re.sub(
        r"\s+", " ", re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)
    )
    assert answer.status_code == status, f"{answer.status_code}: {said[:500]}"
    for each in words:
        assert each in said, f"not said: {each!r} in {said[:3000]}"
