"""Write what happened, in the same transaction as the change itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

import orjson

from yilu.journal import wakes
from yilu.kernel import tx
from yilu.kernel.facts import REGISTRY
from yilu.kernel.refs import Ref


@dataclass(frozen=True, slots=True)
class Happened:
    """An event as reactions and followers see it."""

    id: int
    kind: str
    about: Ref
    actor: Ref
    party_id: int | None
    at: datetime
    facts: dict[str, Any]


Reacts = Callable[[Happened], None]
Follows = Callable[[Sequence[Happened]], None]
F = TypeVar("F", bound=Reacts)

_subscribers: dict[str, dict[str, Reacts]] = defaultdict(dict)
_followers: list[Follows] = []


def on(fact: type[Any] | str) -> Callable[[F], F]:
    """
    Register a reaction to a kind of event: a lower room's fact, or a sibling's by its kind.

    Siblings never import each other, so a sibling's event goes by name ("underwriting.follow_up_opened").

    It runs soon after commit, in the worker, inside a use case of its own: exactly once in effect.
    The reaction calls steps (not use cases) and uses ``event.at`` as its time. Reactions of one room
    to events about one subject run in the order of the events.
    """

    def register(function: F) -> F:
        kind = fact if isinstance(fact, str) else fact.fact_kind
        _subscribers[kind][f"{function.__module__}.{function.__name__}"] = function
        return function

    return register


def subscribed_kinds() -> list[str]:
    """Every kind somebody reacts to: a test holds them against the facts there are."""
    return sorted(_subscribers)


def along(function: Follows) -> Follows:
    """
    Register a follower: called with a use case's new events before they commit.

    For promises that must stand or fall with the change (obligations); all else is a reaction.
    """
    if function not in _followers:
        _followers.append(function)
    return function


def find_reaction(kind: str, subscriber: str) -> Reacts | None:
    """The function registered under that name for that kind, or None when the code has none."""
    return _subscribers.get(kind, {}).get(subscriber)


def lane(subscriber: str, subject: str) -> str:
    """Where reactions keep their order: one room's reactions to one subject's events."""
    # yilu.claims.reactions.pay -> claims
    room = subscriber.removeprefix("yilu.").partition(".")[0]
    return f"{room} {subject}"


@dataclass(frozen=True, slots=True)
class _Draft:
    kind: str
    about: Ref
    actor: Ref
    party_id: int | None
    at: datetime
    facts: dict[str, Any]


@tx.step
def record(fact: Any, *, about: Ref, actor: Ref, at: datetime, party: int | None = None) -> None:
    """
    Say that something happened: one event about ``about``, committed with the use case or not at all.

    ``party`` is the customer on whose timeline it belongs. Events are numbered when the use case
    ends, in the order they were recorded.
    """
    kind = fact.fact_kind
    if kind not in REGISTRY:
        raise TypeError(f"{type(fact).__name__} is not a declared fact")
    if at.tzinfo is None:
        raise ValueError("an event needs an aware time")
    facts = {name: getattr(fact, name) for name in _field_names(kind)}
    tx.gather(_write_events, _Draft(kind, about, actor, party, at, facts))


@cache
def _field_names(kind: str) -> tuple[str, ...]:
    return tuple(field.name for field in fields(REGISTRY[kind]))


# The numbers are drawn in the order of n, so that events keep the order they were recorded in.
_INSERT_EVENTS = """
    insert into journal_event (kind, subject, party_id, actor, happened_at, facts)
    select kind, subject, party_id, actor, happened_at, facts
      from jsonb_to_recordset(%s::jsonb) as row(
           n int, kind text, subject text, party_id bigint, actor text, happened_at timestamptz,
           facts jsonb)
     order by n
    returning {columns}
"""
# Events and what is owed to them in one statement: a reaction names its event by place.
_INSERT_OWED = f"""
    with written as ({_INSERT_EVENTS.format(columns="id, happened_at")}),
    placed as (
        select id, happened_at, row_number() over (order by id) - 1 as place from written),
    owed as (
        insert into journal_reaction (event_id, subscriber, lane, due_at, state, attempts, problem)
        select placed.id, subscriber, lane, happened_at, 'WAITING', 0, ''
          from json_to_recordset(%s::json) as row(
               n int, place int, subscriber text, lane text)
          join placed using (place)
         order by n)
    select id from written
"""
_INSERT_ONLY = _INSERT_EVENTS.format(columns="id")


def _write_events(drafts: Sequence[_Draft]) -> None:
    written: list[dict[str, Any]] = [
        {
            "n": n,
            "kind": d.kind,
            "subject": str(d.about),
            "party_id": d.party_id,
            "actor": str(d.actor),
            "happened_at": d.at,
            "facts": d.facts,
        }
        for n, d in enumerate(drafts)
    ]
    owed = [
        (place, name, lane(name, row["subject"]))
        for place, row in enumerate(written)
        for name in _subscribers.get(row["kind"], ())
    ]
    payload = orjson.dumps(written).decode()
    if owed:
        rows = [
            {"n": n, "place": place, "subscriber": name, "lane": where}
            for n, (place, name, where) in enumerate(owed)
        ]
        found = tx.rows(_INSERT_OWED, [payload, orjson.dumps(rows).decode()])
    else:
        found = tx.rows(_INSERT_ONLY, [payload])
    events = [
        Happened(id, d.kind, d.about, d.actor, d.party_id, d.at, d.facts)
        for (id,), d in zip(sorted(found), drafts, strict=True)
    ]
    wakes.after_commit()
    for follow in _followers:
        follow(events)
