"""Clocks to and from their table, a statement for many."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import orjson

from yilu.kernel import recall, tx
from yilu.obligations.book import EDITION, Book, the_book
from yilu.obligations.rules.clocks import RUNNING, Clock, Pause
from yilu.obligations.rules.definitions import Limit, When
from yilu.obligations.rules.reckoning import Unit
from yilu.standards import queries as standards


class Ends:
    """Stops of clocks that are not at hand, those of the same event and kind as one row."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, int | None, int, str], dict[str, Any]] = {}
        self._seen: dict[tuple[str, int], set[int | None]] = {}
        self.overlap = False
        """Whether a row stops all clocks of a version of which another stops one."""

    def add(
        self,
        subject: str,
        version: int,
        ordinal: int | None,
        outcome: str,
        event: int,
        at: datetime,
    ) -> None:
        """Stop (or cancel) a subject's clocks of one version; the first event to do so counts."""
        seen = self._seen.setdefault((subject, version), set())
        if ordinal in seen or None in seen:
            return
        self.overlap = self.overlap or (ordinal is None and bool(seen))
        seen.add(ordinal)
        row = self.rows.get((subject, ordinal, event, outcome))
        if row is None:
            row = self.rows[subject, ordinal, event, outcome] = {
                "subject": subject, "versions": [], "ordinal": ordinal, "outcome": outcome,
                "event": event, "at": at,
            }  # fmt: skip
        row["versions"].append(version)


_SHAPE = """
    version_id bigint, code text, subject text, ordinal bigint, office_id bigint, party_id bigint,
    state text, limit_amount int, unit text, started_by bigint, started_at timestamptz,
    running_since timestamptz, consumed bigint, due_at timestamptz, next_check_at timestamptz,
    met_by bigint, met_at timestamptz, breached_at timestamptz
"""
_COLUMNS = """version_id, code, subject, ordinal, office_id, party_id, state, limit_amount, unit,
    started_by, started_at, running_since, consumed, due_at, next_check_at, met_by, met_at,
    breached_at"""
_INSERT = f"""
    insert into obligations_clock ({_COLUMNS}, warned, escalated)
    select {_COLUMNS}, 0, 0 from json_to_recordset(%s::json) as row({_SHAPE})
        on conflict (subject, code, ordinal) do nothing
"""
_END = """
    update obligations_clock c
       set state = case when row.outcome = 'CANCELLED' then 'CANCELLED'
                        when c.state = 'BREACHED' or (c.state = 'RUNNING' and c.due_at < row.at)
                        then 'MET_LATE' else 'MET' end,
           met_by = row.event, met_at = row.at,
           next_check_at = case when c.state = 'BREACHED' then row.at end,
           breached_at = case when row.outcome = 'MET' and c.state = 'RUNNING' and c.due_at < row.at
                              then c.due_at else c.breached_at end
      from jsonb_to_recordset(%s::jsonb) as row(
           subject text, versions bigint[], ordinal bigint, outcome text, event bigint,
           at timestamptz)
     where {subjects} and c.subject = row.subject and c.version_id = any(row.versions)
       and (row.ordinal is null or c.ordinal = row.ordinal)
       and c.state in ('RUNNING', 'PAUSED', 'BREACHED')
"""
# One subject by equality: the server keeps that plan, while it plans anew for every list it is given.
_END_OF_ONE = _END.format(subjects="c.subject = %s::text")
_END_OF_MANY = _END.format(subjects="c.subject = any(%s::text[])")
_UPDATE = """
    update obligations_clock c
       set state = row.state, started_by = row.started_by, started_at = row.started_at,
           running_since = row.running_since, consumed = row.consumed, due_at = row.due_at,
           next_check_at = row.next_check_at, met_by = row.met_by, met_at = row.met_at,
           breached_at = row.breached_at
      from json_to_recordset(%s::json) as row(
           id bigint, state text, started_by bigint, started_at timestamptz,
           running_since timestamptz, consumed bigint, due_at timestamptz,
           next_check_at timestamptz, met_by bigint, met_at timestamptz, breached_at timestamptz)
     where c.id = row.id
"""
_PAUSES = """
    insert into obligations_clockpause (clock_id, cause, key, paused_by, paused_at, paused_proof,
           resumed_by, resumed_at, resumed_proof)
    select c.id, row.cause, row.key, row.paused_by, row.paused_at, row.paused_proof,
           row.resumed_by, row.resumed_at, row.resumed_proof
      from json_to_recordset(%s::json) as row(
           subject text, code text, ordinal bigint, cause text, key bigint, paused_by bigint,
           paused_at timestamptz, paused_proof text, resumed_by bigint, resumed_at timestamptz,
           resumed_proof text)
      join obligations_clock c
        on c.subject = row.subject and c.code = row.code and c.ordinal = row.ordinal
        on conflict (clock_id, cause, key) do update
       set resumed_by = excluded.resumed_by, resumed_at = excluded.resumed_at,
           resumed_proof = excluded.resumed_proof
"""


def write(clocks: Iterable[Clock], ends: Ends | None = None) -> None:
    """
    Write new clocks, changed ones and stops, in one statement; pauses, if any, in a second.

    A new clock that is already there (the same obligation, subject and ordinal) stays as it is, unless an
    event named an earlier day for it: then it was loaded, and counts from there. A
    person's target that the machine met in the very moment it began is not written at all.
    """
    parts: list[str] = []
    parameters: list[Any] = []
    at_hand = list(clocks)
    ended = list(ends.rows.values()) if ends else []
    if ends and ends.overlap:  # one after the other: the first event to stop a clock counts
        for row in ended:
            tx.changed(_END_OF_ONE, [_json([row]), row["subject"]])
    elif ended:
        # The subjects once more, beside the rows: with them the planner goes by the index.
        subjects = sorted({row["subject"] for row in ended})
        parts.append(_END_OF_ONE if len(subjects) == 1 else _END_OF_MANY)
        parameters += [_json(ended), subjects[0] if len(subjects) == 1 else subjects]
    if changed := [c for c in at_hand if c.id is not None and c.changed]:
        parts.append(_UPDATE)
        parameters.append(_json([_changes(c) for c in changed]))
    new = [c for c in at_hand if c.id is None and not c.was_for_nobody]
    for clock in new:
        if clock.state == RUNNING:
            clock.look_again()
    if new:
        parts.append(_INSERT)
        parameters.append(_json([_row(c) for c in new]))
    if parts:
        *first, last = parts
        named = ", ".join(f"part{i} as ({sql})" for i, sql in enumerate(first))
        tx.changed(f"with {named} {last}" if named else last, parameters)
    pauses = [
        {"subject": c.subject, "code": c.version.code, "ordinal": c.ordinal, **_pause(c.pauses[p])}
        for c in at_hand
        for p in c.changed_pauses
    ]
    if pauses:
        tx.changed(_PAUSES, [_json(pauses)])


def load_open(subjects: Collection[str]) -> list[Clock]:
    """The open clocks of some subjects, locked, with their pauses."""
    return load(
        "where c.subject = any(%s) and c.state in ('RUNNING', 'PAUSED', 'BREACHED') "
        "order by c.id for update of c",
        [sorted(subjects)],
    )


def load(where: str, parameters: list[Any]) -> list[Clock]:
    """Clocks as they are written, in one statement; ``where`` is ours, never a person's text."""
    rows = tx.rows(
        f"""
        select c.id, c.version_id, c.subject, c.ordinal, c.office_id, c.party_id, c.state,
               c.limit_amount, c.unit, c.started_by, c.started_at, c.running_since, c.consumed,
               c.due_at, c.next_check_at, c.warned, c.met_by, c.met_at, c.breached_at,
               (select json_agg(json_build_array(p.cause, p.key, p.paused_by, p.paused_at,
                       p.paused_proof, p.resumed_by, p.resumed_at, p.resumed_proof) order by p.id)
                  from obligations_clockpause p where p.clock_id = c.id)
          from obligations_clock c {where}
        """,
        parameters,
    )
    book = the_book()
    if any(row[1] not in book.versions for row in rows):
        # Begun by another process on a version published a moment ago.
        recall.forget(EDITION)
        book = the_book()
    return [_clock(book, row) for row in rows]


def _clock(book: Book, row: tuple[Any, ...]) -> Clock:
    (
        id, version_id, subject, ordinal, office_id, party_id, state, amount, unit, started_by,
        started_at, running_since, consumed, due_at, next_check_at, warned, met_by, met_at,
        breached_at, pauses,
    ) = row  # fmt: skip
    clock = Clock(
        version=book.versions[version_id],
        subject=subject,
        ordinal=ordinal,
        office_id=office_id,
        party_id=party_id,
        time=standards.working_time(office_id),
        limit=Limit(When(), amount, Unit(unit)),
        started_by=started_by,
        started_at=started_at,
        running_since=running_since,
        due_at=due_at,
        state=state,
        consumed=consumed,
        warned=warned,
        id=id,
        next_check_at=next_check_at,
        met_by=met_by,
        met_at=met_at,
        breached_at=breached_at,
    )
    for cause, key, paused_by, paused_at, proof, resumed_by, resumed_at, resumed_proof in (
        pauses or ()
    ):
        clock.pauses[cause, key] = Pause(
            cause, key, paused_by, _time(paused_at), proof, resumed_by, _time(resumed_at),
            resumed_proof,
        )  # fmt: skip
    return clock


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _row(clock: Clock) -> dict[str, Any]:
    return {
        "version_id": clock.version.id, "code": clock.version.code, "subject": clock.subject,
        "ordinal": clock.ordinal, "office_id": clock.office_id, "party_id": clock.party_id,
        "limit_amount": clock.limit.amount, "unit": clock.limit.unit, **_changes(clock),
    }  # fmt: skip


def _changes(clock: Clock) -> dict[str, Any]:
    return {
        "id": clock.id, "state": clock.state, "started_by": clock.started_by,
        "started_at": clock.started_at, "running_since": clock.running_since,
        "consumed": clock.consumed, "due_at": clock.due_at, "next_check_at": clock.next_check_at,
        "met_by": clock.met_by, "met_at": clock.met_at, "breached_at": clock.breached_at,
    }  # fmt: skip


def _pause(pause: Pause) -> dict[str, Any]:
    return {
        "cause": pause.cause, "key": pause.key, "paused_by": pause.paused_by,
        "paused_at": pause.paused_at, "paused_proof": pause.paused_proof,
        "resumed_by": pause.resumed_by, "resumed_at": pause.resumed_at,
        "resumed_proof": pause.resumed_proof,
    }  # fmt: skip


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
