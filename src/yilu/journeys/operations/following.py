"""
Progress follows the journal: in order, in batches, once.

One transaction reads the next events, moves the cases they are about, counts what the pictures
show, finds what broke and moves the position. A worker that dies leaves nothing; two that run at
once take turns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from yilu.journal import queries as journal
from yilu.journal.queries import EventRow, Position
from yilu.journeys.book import Book, the_book
from yilu.journeys.models import EventEdge, Follower
from yilu.journeys.operations import breaking, rows
from yilu.journeys.operations.breaking import Settling
from yilu.journeys.rules.buckets import bucket_of
from yilu.journeys.rules.continuing import Found
from yilu.journeys.rules.progress import Case, Guide, Moved
from yilu.journeys.rules.progress import follow as follow_case
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.people import queries as people
from yilu.standards import queries as standards

BATCH = 2_000
WHOLE = "*"
"""The source of a flow that stands for the whole journey, from its beginning to its end."""
_LOCK = 0x79696C75_6A6F75  # "yilu" "jou": one reader at a time


@tx.use_case
def follow(at: datetime, limit: int = BATCH) -> int:
    """Read the next events of the journal; how many there were."""
    ((ours,),) = tx.rows("select pg_try_advisory_xact_lock(%s::bigint)", [_LOCK])
    if not ours:
        return 0
    place = Follower.objects.filter(pk=1).values_list("xact", "event_id").first() or (0, 0)
    events, reached = journal.read_after(Position(*place), limit)
    if not events:
        return 0
    _Batch(the_book(), events, at).run()
    tx.changed(
        """
        insert into journeys_follower as f (id, xact, event_id, events, read_at)
        values (1, %s::bigint, %s::bigint, %s::bigint, %s::timestamptz)
            on conflict (id) do update set xact = excluded.xact, event_id = excluded.event_id,
               events = f.events + excluded.events, read_at = excluded.read_at
        """,
        [reached.xact, reached.id, len(events), at],
    )
    return len(events)


class _Batch:
    """Some events against the cases they are about."""

    def __init__(self, book: Book, events: Sequence[EventRow], at: datetime) -> None:
        self.book, self.at = book, at
        self.told = [
            (event, subject, family)
            for event in events
            for subject, family in _concerned(book, event)
        ]
        self.others = [event for event in events if event.kind in book.breaking]
        self.entered: Counter[rows.DayKey] = Counter()
        self.left: Counter[rows.DayKey] = Counter()
        self.flow: Counter[rows.FlowKey] = Counter()
        self.edges: Counter[rows.EdgeKey] = Counter()
        self.here: Counter[rows.PlaceKey] = Counter()
        self.found: list[Found] = []
        self.settling: dict[str, Settling] = {}
        self.touched: dict[tuple[str, str], Case] = {}
        self.quiet: dict[tuple[str, str], datetime | None] = {}

    def run(self) -> None:
        self.cases = rows.load({subject for _, subject, _ in self.told})
        self.homes = _homes(self.cases, self.told)
        were = {key: rows.place_of(case) for key, case in self.cases.items()}
        for event, subject, family in self.told:
            self._hear(event, subject, family)
        rows.save(self.touched.values(), self.quiet)
        for key, case in self.touched.items():
            self.here.subtract(filter(None, [were.get(key)]))
            self.here.update(filter(None, [rows.place_of(case)]))
        rows.count_here(self.here)
        rows.count_steps(self.entered, self.left, Counter())
        rows.count_flow(self.flow)
        rows.count_edges(self.edges)
        for event in self.others:
            self.found += breaking.seen_in(self.book, event)
        breaking.record(self.found, at=self.at)
        breaking.settle(self.settling.values(), at=self.at)

    def _hear(self, event: EventRow, subject: str, family: str) -> None:
        case = self.cases.get((family, subject)) or self._begin(event, subject, family)
        guide = self.book.numbered(family, case.version) if case else None
        if case is None or guide is None:
            return
        moved = follow_case(case, guide, event.kind, event.facts, event.id, event.at)
        if not case.step:  # nothing it knows has happened yet
            return
        key = (family, subject)
        self.cases[key] = self.touched[key] = case
        if event.facts.get("office_id"):
            case.office_id = int(event.facts["office_id"])
        if case.passages > 1 or moved is None:
            self._edge(case, event)
        case.last_kind, case.last_at = event.kind, event.at
        if moved is not None:
            self._moved(case, guide, moved, event)
        elif case.open is not None:
            self._tried(case, guide, event)
        self.quiet[key] = self._quiet_until(case, guide)

    def _begin(self, event: EventRow, subject: str, family: str) -> Case | None:
        kept = self.book.for_new(family, event.at)
        if kept is None or kept.guide.entered(event.kind, event.facts) is None:
            return None
        code = family
        if kept.journey.kinds:
            kind = kept.journey.kind_of(event.facts)
            if kind is None:
                return None
            code = f"{family}.{kind.code}"
        home = int(event.facts.get("office_id") or self.homes.get(event.party_id or 0, 0))
        return Case(
            family=family, code=code, subject=subject, version=kept.guide.number,
            party_id=event.party_id, office_id=home, started_at=event.at, last_kind=event.kind,
            last_at=event.at,
        )  # fmt: skip

    def _edge(self, case: Case, event: EventRow) -> None:
        seconds = (event.at - case.last_at).total_seconds()
        month = day_of(event.at).replace(day=1)
        edge = (month, case.family, case.last_kind, event.kind)
        for office_id in {case.office_id, EventEdge.WHOLE_COMPANY}:
            self.edges[*edge, office_id, bucket_of(seconds)] += 1

    def _moved(self, case: Case, guide: Guide, moved: Moved, event: EventRow) -> None:
        day = day_of(event.at)
        if moved.source:
            self.left[day, case.code, moved.source, moved.source_touchpoint, case.office_id] += 1
            took = bucket_of(moved.seconds)
            key = (day, case.code, moved.source, moved.target.code, case.office_id, took)
            self.flow[key] += 1
        if moved.target.final:
            whole = bucket_of((event.at - case.started_at).total_seconds())
            self.flow[day, case.code, WHOLE, moved.target.code, case.office_id, whole] += 1
        self.entered[day, case.code, moved.target.code, moved.touchpoint, case.office_id] += 1
        if case.open is not None and moved.target.standard is not None:
            working = standards.working_time(case.office_id)
            case.open.due_at = moved.target.standard.until(event.at, working)
        self.settling[case.subject] = Settling(
            case.subject, event.id, event.at, moved.target.outcome, moved.target.continuing,
            (case.party_id, case.code) if case.party_id and not moved.source else None,
        )  # fmt: skip

    def _tried(self, case: Case, guide: Guide, event: EventRow) -> None:
        passage, step = case.open, guide.steps.get(case.step)
        if passage is None or step is None or not step.attempts:
            return
        if passage.ordinal in case.changed and passage.attempts == step.attempts + 1:
            self.found.append(
                breaking.of_case(
                    case, "ATTEMPTS", step.severity, cause=f"attempts:{case.subject}:{case.family}:{passage.ordinal}",
                    evidence={"attempts": passage.attempts, "event": event.id}, at=event.at,
                )
            )  # fmt: skip

    def _quiet_until(self, case: Case, guide: Guide) -> datetime | None:
        silence = guide.journey.silence
        if silence is None or case.ended_at is not None:
            return None
        return silence.until(case.last_at, standards.working_time(case.office_id))


def _concerned(book: Book, event: EventRow) -> list[tuple[str, str]]:
    """Which things on which journeys an event is about; a payment's names another in its facts."""
    found = [(str(event.about), family) for family in book.by_subject.get(event.about.kind, ())]
    named = event.facts.get("subject")
    if isinstance(named, str) and not event.kind.startswith("journeys."):
        kind = named.partition(":")[0]
        found += [(named, family) for family in book.by_subject.get(kind, ())]
    return found


def _homes(cases: Mapping[Any, Case], told: Sequence[tuple[EventRow, str, str]]) -> dict[int, int]:
    """The offices of customers whose event does not name one."""
    wanted = {
        event.party_id
        for event, subject, family in told
        if event.party_id and not event.facts.get("office_id") and (family, subject) not in cases
    }
    if not wanted:
        return {}
    return {id: party.office_id for id, party in people.list_parties(wanted).items()}
