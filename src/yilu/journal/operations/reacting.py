"""Do what subscribers owe to events: claimed in batches, each in a use case of its own."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import orjson
from django.db import InterfaceError, OperationalError, connection

from yilu.journal.events import ReactionRetried
from yilu.journal.models import Reaction
from yilu.journal.operations.recording import Happened, find_reaction, record
from yilu.kernel import tx
from yilu.kernel.errors import NotFound
from yilu.kernel.refs import Ref

LEASE = timedelta(seconds=60)
"""How long a claimed reaction is ours; after that another worker takes it."""
ATTEMPTS_MAX = 10
BACK_OFF_FIRST = timedelta(seconds=1)
BACK_OFF_MAX = timedelta(hours=1)
KEPT = timedelta(days=30)
"""How long done reactions are kept."""


class ReactionNotDead(NotFound):
    """There is no such stopped reaction: it is unknown, done, or being tried already."""

    code = "reaction_not_dead"
    message = "没有找到这条已停止的后台处理"
    hint = "它可能已被其他同事重新处理，请刷新列表。"


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A reaction leased to us. ``attempt`` fences: whoever holds an older one changes nothing."""

    id: int
    subscriber: str
    attempt: int
    event: Happened


def run_reactions(
    at: datetime, limit: int = 100, *, stopping: Callable[[], bool] = lambda: False
) -> int:
    """
    Run the reactions due by ``at``, at most ``limit``; return how many were tried.

    Each runs in a use case of its own that also marks it done: it takes effect once or not at all,
    whatever crashes. One that fails leaves nothing, is tried again after a back-off (1 s doubling
    to 1 h) and is DEAD after 10 attempts until staff retry it. Rows are leased for a minute; an
    expired lease is taken again by anybody.

    Order: reactions of one room to events about one subject run in the order of the events. An
    earlier one that waits (also in its back-off) holds the later ones back; a DEAD one no longer
    does, so that one defect does not stop a customer's claim for ever: a reaction must therefore
    check the state it finds, as every operation does.

    When ``stopping()`` turns true the rest of the batch is given back untried.

    :raises django.db.OperationalError: when the database goes away; nothing is lost.
    """
    batch = _claim(at, limit)
    for tried, claimed in enumerate(batch):
        if stopping():
            _give_back(batch[tried:])
            return tried
        _run(claimed, at)
    return len(batch)


# Only the first waiting reaction of a lane is taken. FOR UPDATE looks at the row again after a
# competing worker has committed, so a row leased in the meantime is not taken twice.
_CLAIM = """
    with due as materialized (
        select r.id
          from journal_reaction r
         where r.state = 'WAITING' and r.due_at <= %(at)s
           and (r.leased_until is null or r.leased_until <= %(at)s)
           and not exists (
               select from journal_reaction earlier
                where earlier.lane = r.lane and earlier.state = 'WAITING' and earlier.id < r.id)
         order by r.due_at, r.id
         limit %(limit)s
           for update of r skip locked)
    update journal_reaction r
       set leased_until = %(until)s, attempts = r.attempts + 1
      from due, journal_event e
     where r.id = due.id and e.id = r.event_id
    returning r.id, r.subscriber, r.attempts,
              e.id, e.kind, e.subject, e.actor, e.party_id, e.happened_at, e.facts
"""


def _claim(at: datetime, limit: int) -> list[_Claimed]:
    taken = tx.rows(_CLAIM, {"at": at, "until": at + LEASE, "limit": limit})
    return [
        _Claimed(
            id,
            subscriber,
            attempt,
            Happened(
                event_id, kind, Ref.parse(subject), Ref.parse(actor), party_id, happened_at,
                orjson.loads(facts),
            ),
        )
        for (
            id, subscriber, attempt, event_id, kind, subject, actor, party_id, happened_at, facts,
        ) in sorted(taken)
    ]  # fmt: skip


def _run(claimed: _Claimed, at: datetime) -> None:
    try:
        if claimed.attempt > ATTEMPTS_MAX:
            raise _WorkerDied
        _react(claimed, at)
    except Exception as problem:
        if isinstance(problem, OperationalError | InterfaceError) and not connection.is_usable():
            # The database went away: not the reaction's fault. The lease runs out, it is tried again.
            raise
        _note_failure(claimed, problem, at)


class _WorkerDied(Exception):
    """Every attempt ended without a word: the worker was killed or crashed each time."""


class _NoSuchReaction(Exception):
    """The code knows no reaction of that name: it was renamed, or an old version is running."""


@tx.use_case
def _react(claimed: _Claimed, at: datetime) -> None:
    """Mark it done and do it, together; do nothing if the lease is no longer ours."""
    ours = tx.changed(
        """
        update journal_reaction
           set state = 'DONE', done_at = %s, leased_until = null, problem = ''
         where id = %s and state = 'WAITING' and attempts = %s
        """,
        [at, claimed.id, claimed.attempt],
    )
    if not ours:
        return
    function = find_reaction(claimed.event.kind, claimed.subscriber)
    if function is None:
        raise _NoSuchReaction
    function(claimed.event)


@tx.use_case
def _note_failure(claimed: _Claimed, problem: Exception, at: datetime) -> None:
    dead = claimed.attempt >= ATTEMPTS_MAX
    tx.changed(
        """
        update journal_reaction
           set state = %s, due_at = %s, leased_until = null, problem = %s
         where id = %s and state = 'WAITING' and attempts = %s
        """,
        [
            Reaction.State.DEAD if dead else Reaction.State.WAITING,
            at + back_off(claimed.attempt),
            describe(problem),
            claimed.id,
            claimed.attempt,
        ],
    )


def back_off(attempt: int) -> timedelta:
    """How long to wait after the ``attempt``-th failure: 1 s, 2 s, 4 s … at most an hour."""
    return min(BACK_OFF_FIRST * (1 << min(attempt - 1, 20)), BACK_OFF_MAX)


def describe(problem: BaseException) -> str:
    """What kind of failure and where. Never its text: that may hold personal data."""
    name = type(problem).__name__.strip("_")
    frames = traceback.extract_tb(problem.__traceback__)
    ours = [frame for frame in frames if "reacting.py" not in frame.filename] or list(frames)
    places = [f"{Path(f.filename).parent.name}/{Path(f.filename).name}:{f.lineno}" for f in ours]
    return " < ".join([name, *reversed(places[-3:])])[:500]


@tx.use_case
def _give_back(untried: list[_Claimed]) -> None:
    tx.changed(
        """
        update journal_reaction r set leased_until = null, attempts = r.attempts - 1
          from unnest(%s::bigint[], %s::int[]) as ours (id, attempt)
         where r.id = ours.id and r.attempts = ours.attempt and r.state = 'WAITING'
        """,
        [[c.id for c in untried], [c.attempt for c in untried]],
    )


@tx.use_case
def retry_dead(*, reaction_id: int, actor: Ref, at: datetime) -> None:
    """
    Have a stopped reaction tried again, from its first attempt on; recorded on its event's subject.

    :raises ReactionNotDead: when it is not stopped (any more).
    """
    found = tx.rows(
        """
        update journal_reaction r
           set state = 'WAITING', attempts = 0, due_at = %s, leased_until = null
          from journal_event e
         where r.id = %s::bigint and r.state = 'DEAD' and e.id = r.event_id
        returning r.subscriber, e.id, e.subject
        """,
        [at, reaction_id],
    )
    if not found:
        raise ReactionNotDead
    subscriber, event_id, subject = found[0]
    fact = ReactionRetried(reaction_id=reaction_id, event_id=event_id, subscriber=subscriber)
    record(fact, about=Ref.parse(subject), actor=actor, at=at)


@tx.use_case
def forget_done(*, at: datetime, limit: int = 5000) -> int:
    """Delete reactions done more than 30 days before ``at``; the events stay. Returns how many."""
    return tx.changed(
        """
        delete from journal_reaction
         where state = 'DONE' and done_at < %s
           and id in (select id from journal_reaction order by id limit %s)
        """,
        [at - KEPT, limit],
    )
