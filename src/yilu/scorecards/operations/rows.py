"""The rows of sums, cases and things, read and written many at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import orjson

from yilu.kernel import tx
from yilu.scorecards.rules.counted import Case, Key, Subject


def load(names: Collection[str]) -> dict[str, Subject]:
    """What is remembered of these things."""
    if not names:
        return {}
    found = tx.rows(
        "select subject, office_id, channel, party_id, product, handler_id, heard_on, marks::text,"
        "       entries::text"
        "  from scorecards_heardsubject where subject = any(%s::text[])",
        [list(names)],
    )
    return {
        name: Subject(
            name, office, channel, party, product, handler, heard, orjson.loads(marks),
            orjson.loads(entries),
        )
        for name, office, channel, party, product, handler, heard, marks, entries in found
    }  # fmt: skip


def save(subjects: Collection[Subject]) -> None:
    """Write what is remembered; things of which nothing is known are not kept."""
    kept = [
        s for s in subjects
        if s.office_id or s.channel or s.marks or s.entries or s.party_id or s.product or s.handler_id
    ]  # fmt: skip
    if not kept:
        return
    tx.changed(
        """
        insert into scorecards_heardsubject (subject, office_id, channel, party_id, product,
               handler_id, heard_on, marks, entries)
        select * from unnest(%s::text[], %s::bigint[], %s::text[], %s::bigint[], %s::text[],
                             %s::bigint[], %s::date[], %s::jsonb[], %s::jsonb[])
            on conflict (subject) do update set office_id = excluded.office_id,
               channel = excluded.channel, party_id = excluded.party_id, product = excluded.product,
               handler_id = excluded.handler_id, heard_on = excluded.heard_on,
               marks = excluded.marks, entries = excluded.entries
        """,
        [
            [s.name for s in kept], [s.office_id for s in kept], [s.channel for s in kept],
            [s.party_id for s in kept], [s.product for s in kept], [s.handler_id for s in kept],
            [s.heard_on for s in kept], [orjson.dumps(s.marks).decode() for s in kept],
            [orjson.dumps(s.entries).decode() for s in kept],
        ],
    )  # fmt: skip


def add(sums: Mapping[Key, list[Any]]) -> None:
    """Add to the sums: one statement however many."""
    moved = [(key, amounts) for key, amounts in sums.items() if any(amounts)]
    if not moved:
        return
    moved.sort()
    columns = [list(column) for column in zip(*(key for key, _ in moved), strict=True)]
    amounts = [list(column) for column in zip(*(each for _, each in moved), strict=True)]
    tx.changed(
        """
        insert into scorecards_tally as t (
               series, span, split, day, office_id, customers, key, numerator, denominator, total)
        select * from unnest(%s::text[], %s::text[], %s::text[], %s::date[], %s::bigint[],
                             %s::text[], %s::text[], %s::numeric[], %s::numeric[], %s::numeric[])
            on conflict (series, span, split, day, office_id, customers, key)
               do update set numerator = t.numerator + excluded.numerator,
               denominator = t.denominator + excluded.denominator, total = t.total + excluded.total
        """,
        [*columns, *amounts],
    )


def put(cases: Mapping[tuple[str, int, int], Case | None]) -> None:
    """Write cases as they stand now and drop those that left."""
    rows = [case for case in cases.values() if case is not None]
    if rows:
        tx.changed(_PUT, _columns(rows))
    gone = [key for key, case in cases.items() if case is None]
    if gone:
        tx.changed(
            """
            delete from scorecards_countedcase as c
             using unnest(%s::text[], %s::bigint[], %s::smallint[]) as g(series, event_id, turn)
             where c.series = g.series and c.event_id = g.event_id and c.turn = g.turn
            """,
            [list(column) for column in zip(*gone, strict=True)],
        )


_PUT = """
    insert into scorecards_countedcase (
           series, event_id, turn, day, office_id, customers, person_id, role, channel, product,
           about, counted, missed, value)
    select * from unnest(%s::text[], %s::bigint[], %s::smallint[], %s::date[], %s::bigint[],
                         %s::text[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[],
                         %s::bool[], %s::bool[], %s::numeric[])
        on conflict (series, event_id, turn) do update set person_id = excluded.person_id,
           role = excluded.role, counted = excluded.counted, missed = excluded.missed, value = excluded.value
"""


def _columns(cases: Iterable[Case]) -> list[list[Any]]:
    rows = [
        (
            c.series, c.event_id, c.turn, c.day, c.office_id, c.customers, c.person_id, c.role,
            c.channel, c.product, c.about, c.counted, c.missed, c.value,
        )
        for c in cases
    ]  # fmt: skip
    return [list(column) for column in zip(*rows, strict=True)]
