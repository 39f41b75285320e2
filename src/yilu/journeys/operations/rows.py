"""The rows of cases, read and written many at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

import orjson

from yilu.journeys.rules.progress import Case, Passage
from yilu.kernel import tx

FlowKey = tuple[date, str, str, str, int, int]
EdgeKey = tuple[date, str, str, str, int, int]
DayKey = tuple[date, str, str, str, int]
PlaceKey = tuple[str, str, str, int]

_OPEN_PASSAGE = """
    left join lateral (
        select p.ordinal, p.entered_at, p.entered_by, p.due_at, p.attempts, p.declared
          from journeys_steppassage p
         where p.case_id = c.id and p.ordinal = c.passages - 1 and p.left_at is null) p on true
"""


def load(subjects: Collection[str]) -> dict[tuple[str, str], Case]:
    """The cases of these subjects, by family and subject, each with the passage it is in."""
    if not subjects:
        return {}
    found = tx.rows(
        f"""
        select c.id, c.family, c.code, c.subject, c.version, c.party_id, c.office_id, c.step,
               c.touchpoint, c.passages, c.deviations, c.trail, c.started_at, c.entered_at,
               c.ended_at, c.outcome, c.last_kind, c.last_at,
               p.ordinal, p.entered_at, p.entered_by, p.due_at, p.attempts, p.declared
          from journeys_journeycase c {_OPEN_PASSAGE}
         where c.subject = any(%s::text[])
        """,
        [list(subjects)],
    )
    cases = {}
    for row in found:
        case = Case(
            id=row[0], family=row[1], code=row[2], subject=row[3], version=row[4], party_id=row[5],
            office_id=row[6], step=row[7], touchpoint=row[8], passages=row[9], deviations=row[10],
            trail=row[11], started_at=row[12], entered_at=row[13], ended_at=row[14],
            outcome=row[15], last_kind=row[16], last_at=row[17],
        )  # fmt: skip
        if row[18] is not None:
            case.open = Passage(
                ordinal=row[18], step=case.step, touchpoint=case.touchpoint, entered_at=row[19],
                entered_by=row[20], due_at=row[21], attempts=row[22], declared=row[23], new=False,
            )  # fmt: skip
        cases[case.family, case.subject] = case
    return cases


_SAVE = """
    insert into journeys_journeycase as c (
        family, code, subject, version, party_id, office_id, step, touchpoint, passages, deviations,
        trail, started_at, entered_at, ended_at, outcome, last_kind, last_at, quiet_due_at)
    select family, code, subject, version, party_id, office_id, step, touchpoint, passages,
           deviations, trail, started_at, entered_at, ended_at, outcome, last_kind, last_at, quiet
      from json_to_recordset(%s::json) as row(
           n int, family text, code text, subject text, version int, party_id bigint,
           office_id bigint, step text, touchpoint text, passages int, deviations int, trail text,
           started_at timestamptz, entered_at timestamptz, ended_at timestamptz, outcome text,
           last_kind text, last_at timestamptz, quiet timestamptz)
     order by subject, family
        on conflict (subject, family) do update set
           party_id = excluded.party_id, office_id = excluded.office_id, step = excluded.step,
           touchpoint = excluded.touchpoint, passages = excluded.passages,
           deviations = excluded.deviations, trail = excluded.trail,
           entered_at = excluded.entered_at, ended_at = excluded.ended_at,
           outcome = excluded.outcome, last_kind = excluded.last_kind, last_at = excluded.last_at,
           quiet_due_at = excluded.quiet_due_at
    returning id, family, subject
"""


def save(cases: Iterable[Case], quiet: dict[tuple[str, str], datetime | None]) -> None:
    """Write cases and the passages that began, changed or ended: two statements however many."""
    given = list(cases)
    if not given:
        return
    rows = [
        {
            "n": n, "family": c.family, "code": c.code, "subject": c.subject, "version": c.version,
            "party_id": c.party_id, "office_id": c.office_id, "step": c.step,
            "touchpoint": c.touchpoint, "passages": c.passages, "deviations": c.deviations,
            "trail": c.trail, "started_at": c.started_at, "entered_at": c.entered_at,
            "ended_at": c.ended_at, "outcome": c.outcome, "last_kind": c.last_kind,
            "last_at": c.last_at, "quiet": quiet.get((c.family, c.subject)),
        }
        for n, c in enumerate(given)
    ]  # fmt: skip
    ids = {
        (family, subject): id
        for id, family, subject in tx.rows(_SAVE, [orjson.dumps(rows).decode()])
    }
    for case in given:
        case.id = ids[case.family, case.subject]
    _save_passages(given)


def _save_passages(cases: list[Case]) -> None:
    rows = [
        {
            "case_id": case.id, "ordinal": p.ordinal, "step": p.step, "touchpoint": p.touchpoint,
            "entered_at": p.entered_at, "entered_by": p.entered_by, "due_at": p.due_at,
            "left_at": p.left_at, "left_by": p.left_by, "attempts": p.attempts,
            "declared": p.declared,
        }
        for case in cases
        for p in case.changed.values()
    ]  # fmt: skip
    if rows:
        tx.changed(
            """
            insert into journeys_steppassage (
                case_id, ordinal, step, touchpoint, entered_at, entered_by, due_at, left_at,
                left_by, attempts, declared)
            select * from json_to_recordset(%s::json) as row(
                   case_id bigint, ordinal int, step text, touchpoint text, entered_at timestamptz,
                   entered_by bigint, due_at timestamptz, left_at timestamptz, left_by bigint,
                   attempts smallint, declared bool)
                on conflict (case_id, ordinal) do update set
                   left_at = excluded.left_at, left_by = excluded.left_by,
                   attempts = excluded.attempts
            """,
            [orjson.dumps(rows).decode()],
        )


def count_steps(entered: Counter[DayKey], left: Counter[DayKey], late: Counter[DayKey]) -> None:
    """Add to what happened at each step on each day."""
    keys = sorted(set(entered) | set(left) | set(late))
    if keys:
        tx.changed(
            """
            insert into journeys_stepday as d (day, code, step, touchpoint, office_id, entered, "left", late)
            select * from unnest(%s::date[], %s::text[], %s::text[], %s::text[], %s::bigint[],
                                 %s::int[], %s::int[], %s::int[])
                on conflict (day, code, step, touchpoint, office_id) do update set
                   entered = d.entered + excluded.entered, "left" = d."left" + excluded."left",
                   late = d.late + excluded.late
            """,
            [*_columns(keys), *([c.get(k, 0) for k in keys] for c in (entered, left, late))],
        )


def place_of(case: Case) -> PlaceKey | None:
    """Where a case that goes on is counted as being; None once it has ended."""
    if not case.step or case.ended_at is not None:
        return None
    return case.code, case.step, case.touchpoint, case.office_id


def count_here(moved: Counter[PlaceKey]) -> None:
    """Add to (or take from) how many cases are at each step now."""
    keys = sorted(key for key, by in moved.items() if by)
    if keys:
        tx.changed(
            """
            insert into journeys_herenow as h (code, step, touchpoint, office_id, count)
            select * from unnest(%s::text[], %s::text[], %s::text[], %s::bigint[], %s::bigint[])
                on conflict (code, step, touchpoint, office_id) do update set count = h.count + excluded.count
            """,
            [*_columns(keys), [moved[key] for key in keys]],
        )


def count_flow(counts: Counter[FlowKey]) -> None:
    """Add to how often cases went from step to step."""
    _count("journeys_flowday", "day, code, source, target, office_id, bucket", counts)


def count_edges(counts: Counter[EdgeKey]) -> None:
    """Add to the directly-follows graph."""
    _count("journeys_eventedge", "month, family, source, target, office_id, bucket", counts)


def _count(table: str, key: str, counts: Counter[Any]) -> None:
    keys = sorted(counts)
    if keys:
        numbers = "%s::bigint[], " * (len(keys[0]) - 4)
        tx.changed(
            f"""
            insert into {table} as t ({key}, count)
            select * from unnest(%s::date[], %s::text[], %s::text[], %s::text[], {numbers}%s::bigint[])
                on conflict ({key}) do update set count = t.count + excluded.count
            """,
            [*_columns(keys), [counts[k] for k in keys]],
        )


def _columns(keys: list[Any]) -> list[list[Any]]:
    return [list(column) for column in zip(*keys, strict=True)]
