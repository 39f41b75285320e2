"""Read what happened, and what is still owed to it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from yilu.kernel import tx
from yilu.kernel.facts import REGISTRY
from yilu.kernel.refs import Ref


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event as screens and readers see it; ``label`` is the Chinese sentence of its kind."""

    id: int
    kind: str
    label: str
    about: Ref
    actor: Ref
    party_id: int | None
    at: datetime
    recorded_at: datetime
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """How far a reader has come: give back to ``read_after`` what it returned last."""

    xact: int = 0
    id: int = 0


START = Position()
_COLUMNS = "id, kind, subject, actor, party_id, happened_at, recorded_at, facts"


def event_of(row: tuple[Any, ...]) -> EventRow:
    """The event in a row of its columns."""
    id, kind, subject, actor, party_id, at, recorded_at, facts = row
    declared = REGISTRY.get(kind)
    return EventRow(
        id,
        kind,
        declared.fact_label if declared is not None else kind,
        Ref.parse(subject),
        Ref.parse(actor),
        party_id,
        at,
        recorded_at,
        orjson.loads(facts),
    )


def read_after(position: Position = START, limit: int = 1000) -> tuple[list[EventRow], Position]:
    """
    The next events for a reader that must miss none, in the order every reader sees them.

    Commits overtake each other: an event with a smaller id may appear later. So the order is by
    writing transaction, and only events older than every transaction still open are shown. A long
    writing transaction holds readers back; it never makes them miss anything. Keep the returned
    position in the same transaction as what you do with the events.
    """
    found = tx.rows(
        f"""
        select xact, {_COLUMNS} from journal_event
         where (xact, id) > (%s::bigint, %s::bigint)
           and xact < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
         order by xact, id limit %s
        """,
        [position.xact, position.id, limit],
    )
    if not found:
        return [], position
    return [event_of(row[1:]) for row in found], Position(found[-1][0], found[-1][1])


def timeline(about: Ref, limit: int = 200) -> list[EventRow]:
    """What happened to one thing, newest first."""
    found = tx.rows(
        f"select {_COLUMNS} from journal_event where subject = %s order by id desc limit %s",
        [str(about), limit],
    )
    return [event_of(row) for row in found]


def list_told(kind: str, about: Collection[str]) -> list[EventRow]:
    """The events of one kind about any of these subjects, oldest first: one statement for a page."""
    found = tx.rows(
        f"select {_COLUMNS} from journal_event where subject = any(%s) and kind = %s order by id",
        [sorted(about), kind],
    )
    return [event_of(row) for row in found]


def party_timeline(
    party_id: int, limit: int = 200, before: int | None = None, *, merged: Sequence[int] = ()
) -> list[EventRow]:
    """
    What happened to one customer across all rooms, newest first; ``before`` an event's id.

    ``merged``: the records that were merged into theirs, whose events keep the id they were written with.
    """
    found = tx.rows(
        f"select {_COLUMNS} from unnest(%s::bigint[]) as of (party) cross join lateral ("
        f"select {_COLUMNS} from journal_event where party_id = of.party"
        " and id < coalesce(%s::bigint, 9223372036854775807) order by id desc limit %s::int) e"
        " order by id desc limit %s::int",
        [[party_id, *merged], before, limit, limit],
    )
    return [event_of(row) for row in found]


def list_by_machine(
    kinds: Collection[str],
    *,
    since: datetime,
    until: datetime,
    before: int | None = None,
    limit: int,
) -> list[EventRow]:
    """
    What the platform did by itself (actor system) of these kinds, newest first; ``before`` an event's id.

    Each kind by its own index: a page costs the page, however long the journal.
    """
    found = tx.rows(
        f"""
        select {_COLUMNS} from unnest(%s::text[]) as of (sort) cross join lateral (
               select {_COLUMNS} from journal_event
                where kind = of.sort and actor = 'system:0' and id < coalesce(%s::bigint, 9223372036854775807)
                  and happened_at >= %s::timestamptz and happened_at < %s::timestamptz
                order by id desc limit %s::int) e
         order by id desc limit %s::int
        """,
        [sorted(kinds), before, since, until, limit, limit],
    )
    return [event_of(row) for row in found]


def latest_event_id(party_id: int) -> int:
    """
    The id of the last thing that happened to a customer, 0 if nothing ever did.

    One look at an index: what a page asks to know whether it must be drawn again.
    """
    ((latest,),) = tx.rows(
        "select coalesce(max(id), 0) from journal_event where party_id = %s::bigint", [party_id]
    )
    return int(latest)


def recent(limit: int = 50) -> list[EventRow]:
    """The last events of all, newest first."""
    found = tx.rows(f"select {_COLUMNS} from journal_event order by id desc limit %s", [limit])
    return [event_of(row) for row in found]


def get_events(ids: list[int]) -> list[EventRow]:
    """The events of these ids that exist, in the order of their ids."""
    found = tx.rows(
        f"select {_COLUMNS} from journal_event where id = any(%s::bigint[]) order by id", [ids]
    )
    return [event_of(row) for row in found]


@dataclass(frozen=True, slots=True)
class DeadReaction:
    """A reaction that failed every attempt. ``problem`` says what and where, never whose data."""

    id: int
    subscriber: str
    event_id: int
    kind: str
    label: str
    about: Ref
    attempts: int
    problem: str
    since: datetime


def list_dead(limit: int = 100) -> list[DeadReaction]:
    """The reactions that staff must look at, oldest first."""
    found = tx.rows(
        """
        select r.id, r.subscriber, e.id, e.kind, e.subject, r.attempts, r.problem, e.happened_at
          from journal_reaction r join journal_event e on e.id = r.event_id
         where r.state = 'DEAD' order by r.id limit %s
        """,
        [limit],
    )
    return [
        DeadReaction(
            id, subscriber, event_id, kind, getattr(REGISTRY.get(kind), "fact_label", kind),
            Ref.parse(subject), attempts, problem, since,
        )
        for id, subscriber, event_id, kind, subject, attempts, problem, since in found
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A background job that failed every attempt."""

    id: int
    name: str
    attempts: int
    arguments: dict[str, Any]


def list_failed_jobs(limit: int = 100) -> list[FailedJob]:
    """The background jobs that staff must look at, oldest first."""
    found = tx.rows(
        """
        select id, task_name, attempts, args from procrastinate_jobs
         where status = 'failed' order by id limit %s
        """,
        [limit],
    )
    return [FailedJob(id, name, attempts, orjson.loads(args)) for id, name, attempts, args in found]
