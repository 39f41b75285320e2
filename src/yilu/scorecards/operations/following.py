"""
Figures follow the journal: in order, in batches, once.

One transaction reads the next events, adds what they count for, keeps the cases and what must be
remembered, and moves the position. A worker that dies leaves nothing; two that run at once take
turns.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from yilu.journal import queries as journal
from yilu.journal.queries import EventRow, Position
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.messaging import queries as messaging
from yilu.obligations import queries as obligations
from yilu.people import queries as people
from yilu.policies.queries.issued import first_formed, products_of
from yilu.scorecards.book import the_book
from yilu.scorecards.models import Reader
from yilu.scorecards.operations import rows
from yilu.scorecards.rules.counted import Ended, Subject, World
from yilu.scorecards.rules.counting import Counting, subjects_of
from yilu.scorecards.rules.definition import Book
from yilu.servicing import queries as servicing

BATCH = 2_000
_LOCK = 0x79696C75_736372  # "yilu" "scr": one reader at a time


@tx.use_case
def follow(at: datetime, limit: int = BATCH) -> int:
    """Read the next events of the journal; how many there were."""
    ((ours,),) = tx.rows("select pg_try_advisory_xact_lock(%s::bigint)", [_LOCK])
    if not ours:
        return 0
    place = Reader.objects.filter(pk=1).values_list("xact", "event_id").first() or (0, 0)
    events, reached = journal.read_after(Position(*place), limit)
    if not events:
        return 0
    counting = count(the_book(), events)
    rows.add(counting.sums)
    rows.put(counting.cases)
    rows.save(counting.touched.values())
    tx.changed(
        """
        insert into scorecards_reader as r (id, xact, event_id, events, read_at)
        values (1, %s::bigint, %s::bigint, %s::bigint, %s::timestamptz)
            on conflict (id) do update set xact = excluded.xact, event_id = excluded.event_id,
               events = r.events + excluded.events, read_at = excluded.read_at
        """,
        [reached.xact, reached.id, len(events), at],
    )
    return len(events)


@tx.use_case
def begin_anew(at: datetime) -> None:
    """
    Forget every figure; the reader counts the whole journal again.

    For a catalogue that was changed: figures of before count under the new definitions too.
    """
    tx.rows("select pg_advisory_xact_lock(%s::bigint)", [_LOCK])
    tx.changed(
        "truncate scorecards_tally, scorecards_countedcase, scorecards_heardsubject, scorecards_reader"
    )
    tx.changed(
        "insert into scorecards_reader (id, xact, event_id, events, read_at)"
        " values (1, 0, 0, 0, %s::timestamptz)",
        [at],
    )


def count(book: Book, events: Sequence[EventRow]) -> Counting:
    """What events count for beside what is remembered: a few statements, however many events."""
    heard = [event for event in events if event.kind in book.kinds]
    ended = obligations.ended_by(events) if book.of_each_clock or book.of_clocks else []
    names = {name for event in heard for name in subjects_of(book, event)}
    subjects = rows.load(names | {each.subject for each in ended})
    counting = Counting(book, _world(book, heard, ended, subjects), subjects)
    by_event = defaultdict(list)
    for each in ended:
        by_event[each.event_id].append(each)
    for event in events:
        if event.kind in book.kinds:
            counting.hear(event)
        for turn, each in enumerate(by_event.get(event.id, ())):
            counting.hear_end(
                Ended(
                    event.id, turn, each.code, each.subject, each.office_id, each.party_id,
                    event.at, each.state, each.clock_id,
                )
            )  # fmt: skip
    return counting


def _world(
    book: Book,
    heard: Sequence[EventRow],
    ended: Sequence[obligations.EndedClock],
    subjects: dict[str, Subject],
) -> World:
    parties = {event.party_id for event in heard} | {each.party_id for each in ended}
    parties |= {subject.party_id for subject in subjects.values()}
    known = {party_id for party_id in parties if party_id}
    acting = {person for event in heard for person in _people(book, event)}
    acting |= {subject.handler_id for subject in subjects.values()} - {0}
    homeless = {e.party_id for e in heard if e.party_id and not e.facts.get("office_id")}
    homes, seats = people.offices_of(parties=homeless, staff=_staff(heard))
    return World(
        first_formed(known), homes, seats, _look_up(book, heard), people.roles_ever(acting),
        _products(heard, ended, subjects),
    )  # fmt: skip


def _people(book: Book, event: EventRow) -> set[int]:
    """Whoever a figure may count an event for."""
    fields = {trigger.person for _role, _kpi, trigger in book.by_kind.get(event.kind, ())}
    if event.kind in book.handled:  # what a later event of the same batch counts for them
        fields.add(book.handled[event.kind].person)
    found = {int(event.facts.get(name) or 0) for name in fields - {"", "actor", "handler"}}
    if "actor" in fields and event.actor.kind == "staff":
        found.add(event.actor.id)
    return found - {0}


def _products(
    heard: Sequence[EventRow], ended: Sequence[obligations.EndedClock], subjects: dict[str, Subject]
) -> dict[str, str]:
    """Products by policy and by servicing request, of things whose product is not remembered: two statements."""
    unknown = {str(e.about) for e in heard if not e.facts.get("product")}
    unknown |= {f"policy:{e.facts['policy_id']}" for e in heard if e.facts.get("policy_id")}
    unknown |= {each.subject for each in ended}
    refs = [Ref.parse(n) for n in unknown if n not in subjects or not subjects[n].product]
    asked = servicing.policies_of(ref.id for ref in refs if ref.kind == "servicing_request")
    policy_ids = {ref.id for ref in refs if ref.kind == "policy"} | set(asked.values())
    codes = products_of(policy_ids)
    found = {f"policy:{id}": code for id, code in codes.items()}
    return found | {
        f"servicing_request:{id}": codes[policy] for id, policy in asked.items() if policy in codes
    }


def _staff(heard: Sequence[EventRow]) -> set[int]:
    """Whoever acted on an event that names neither an office nor a customer."""
    found = set()
    for event in heard:
        if not event.facts.get("office_id") and event.party_id is None:
            found.add(int(event.facts.get("staff_id") or 0))
            found.add(event.actor.id if event.actor.kind == "staff" else 0)
    return found - {0}


def _look_up(book: Book, heard: Sequence[EventRow]) -> dict[tuple[str, int], Decimal]:
    """Values that no fact tells, for every event that some figure wants one of."""
    wanted = {
        event.id: int(event.facts["message_id"])
        for event in heard
        for _role, kpi, _trigger in book.by_kind.get(event.kind, ())
        if kpi.look_up == "message_seconds"
    }
    took = messaging.seconds_to_arrive(set(wanted.values()))
    return {
        ("message_seconds", event_id): Decimal(str(round(took[message_id], 3)))
        for event_id, message_id in wanted.items()
        if message_id in took
    }
