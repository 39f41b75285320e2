"""Write what happened, in the same transaction as the change itself, and react to it afterwards."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypeVar

import orjson

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


def on(fact: type[Any]) -> Callable[[F], F]:
    """
    Register a reaction to a kind of event recorded by a lower room.

    It runs soon after commit, in the worker, inside a use case of its own: exactly once in effect.
    The reaction calls steps (not use cases) and uses ``event.at`` as its time.
    """

    def register(function: F) -> F:
        _subscribers[fact.kind][f"{function.__module__}.{function.__name__}"] = function
        return function

    return register


def along(function: Follows) -> Follows:
    """
    Register a follower: called with a use case's new events before they commit.

    For promises that must stand or fall with the change (obligations); all else is a reaction.
    """
    if function not in _followers:
        _followers.append(function)
    return function


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
    kind = fact.kind
    if kind not in REGISTRY:
        raise TypeError(f"{type(fact).__name__} is not a declared fact")
    if at.tzinfo is None:
        raise ValueError("an event needs an aware time")
    tx.gather(_write_events, _Draft(kind, about, actor, party, at, asdict(fact)))


_INSERT = """
    insert into journal_event (kind, subject, party_id, actor, happened_at, facts, nonce)
    select kind, subject, party_id, actor, happened_at, facts, decode(nonce, 'hex')
      from jsonb_to_recordset(%s::jsonb) as row(
           n int, kind text, subject text, party_id bigint, actor text, happened_at timestamptz,
           facts jsonb, nonce text)
     order by n
    returning id
"""


def _write_events(drafts: Sequence[_Draft]) -> None:
    payload = orjson.dumps(
        [
            {
                "kind": d.kind,
                "subject": str(d.about),
                "party_id": d.party_id,
                "actor": str(d.actor),
                "happened_at": d.at,
                "facts": d.facts,
                "nonce": os.urandom(16).hex(),
                "n": n,
            }
            for n, d in enumerate(drafts)
        ]
    ).decode()
    ids = sorted(row[0] for row in tx.rows(_INSERT, [payload]))
    events = [
        Happened(id, d.kind, d.about, d.actor, d.party_id, d.at, d.facts)
        for id, d in zip(ids, drafts, strict=True)
    ]
    owed = [
        {"event_id": e.id, "subscriber": name, "due_at": e.at}
        for e in events
        for name in _subscribers.get(e.kind, ())
    ]
    if owed:
        tx.changed(
            """
            insert into journal_reaction (event_id, subscriber, state, attempts, due_at, problem)
            select event_id, subscriber, 'WAITING', 0, due_at, ''
              from jsonb_to_recordset(%s::jsonb) as row(event_id bigint, subscriber text, due_at timestamptz)
            """,
            [orjson.dumps(owed).decode()],
        )
    for follow in _followers:
        follow(events)
