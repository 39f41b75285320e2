"""
Clocks follow the journal: in the transaction of an event, promises start, stand still and stop.

On the hot path: a use case whose events concern no promise costs no statement; one that starts and
stops clocks costs one (an UPDATE and an INSERT in the same statement). Only a pause or a resumption
reads the subject's clocks first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from yilu.journal import operations as journal
from yilu.journal.operations import Happened
from yilu.kernel import recall, tx
from yilu.kernel.facts import REGISTRY
from yilu.kernel.worktime import WorkTime
from yilu.obligations.book import EDITION, Entry, the_book
from yilu.obligations.operations.rows import Ends, load_open, write
from yilu.obligations.rules.clocks import Clock, started
from yilu.obligations.rules.definitions import Limit, PauseCause, Trigger, Version, When
from yilu.obligations.rules.reckoning import Unit
from yilu.standards import queries as standards

_OFFICES_MAX = 20_000
_offices: recall.Recall[int, dict[str, int]] = recall.Recall(EDITION, lambda _: {})
"""Which office a subject belongs to, as far as this process has heard; a hint, never the truth."""


@journal.along
def follow(events: Sequence[Happened]) -> None:
    """Start, pause, resume and stop the clocks that a use case's events concern."""
    book = the_book()
    told = [
        (event, subject, entry)
        for event in events
        for kind, entry in book.by_kind.get(event.kind, _NOTHING).items()
        if (subject := subject_of(event, kind)) is not None
    ]
    if told:
        _Page(told).turn()


_NOTHING: dict[str, Entry] = {}


class _Page:
    """One use case's events against the book."""

    def __init__(self, told: Sequence[tuple[Happened, str, Entry]]) -> None:
        self.told = told
        self.clocks: dict[tuple[str, str, int], Clock] = {}
        self.at_hand: dict[tuple[str, int], list[Clock]] = {}
        self.ends = Ends()
        self.whole: set[str] = set()  # subjects whose every open clock is at hand
        self.offices = _offices(0)
        self.times: dict[int, WorkTime] = {}
        self.dues: dict[tuple[int, datetime, str, int], datetime] = {}  # many begin at one moment

    def turn(self) -> None:
        self._load_what_pauses()
        self._learn_offices()
        for event, subject, entry in self.told:
            if entry.stops:
                self._end(event, subject, entry.stops, "MET")
            if entry.cancels:
                self._end(event, subject, entry.cancels, "CANCELLED")
            for version, cause in entry.resumes:
                for clock in self.at_hand.get((subject, version.id), ()):
                    clock.resume(cause, *_returned(event, cause, clock.time))
            for version, cause in entry.pauses:
                for clock in self.at_hand.get((subject, version.id), ()):
                    clock.pause(cause, *_proven(event, cause))
            for version, trigger in entry.starts:
                if trigger.when.holds(event.facts) and version.covers(event.at):
                    self._start(event, subject, version, trigger)
        write(self.clocks.values(), self.ends)

    # -- one event ------------------------------------------------------------------------------

    def _end(
        self, event: Happened, subject: str, ends: Iterable[tuple[Version, Trigger]], outcome: str
    ) -> None:
        is_known = subject in self.whole
        for version, trigger in ends:
            if not trigger.when.holds(event.facts):
                continue
            ordinal = int(event.facts[trigger.ordinal]) if trigger.ordinal else None
            for clock in self.at_hand.get((subject, version.id), ()):
                if ordinal is None or clock.ordinal == ordinal:
                    if outcome == "MET":
                        clock.stop(event.id, event.at)
                    else:
                        clock.cancel(event.id, event.at)
            if not is_known:
                self.ends.add(subject, version.id, ordinal, outcome, event.id, event.at)

    def _start(self, event: Happened, subject: str, version: Version, trigger: Trigger) -> None:
        ordinal = 0
        if trigger.ordinal:
            given = event.id if trigger.ordinal == "event" else event.facts[trigger.ordinal]
            ordinal = int(given)
        if known := self.clocks.get((subject, version.code, ordinal)):
            if came := _earlier(event, trigger, known.time):
                known.begin_earlier(came, event.id)
            return
        office_id = self.offices.get(subject, 0)
        time = self.times.get(office_id)
        if time is None:
            time = self.times[office_id] = standards.working_time(office_id)
        at: datetime | None = event.at
        if trigger.since:
            at = _midnight(event.facts.get(trigger.since), time)
        if at is None:
            return
        limit = version.rule.limit_for(event.facts)
        if trigger.until and (last := _midnight(event.facts.get(trigger.until), time)):
            at, limit = _up_to(last, at, time)
        start = (office_id, at, limit.unit, limit.amount)
        clock = started(
            version, limit, subject=subject, ordinal=ordinal, office_id=office_id,
            party_id=event.party_id, time=time, event_id=event.id, at=at, due_at=self.dues.get(start),
        )  # fmt: skip
        self.dues[start] = clock.due_at
        self._take(clock)

    def _take(self, clock: Clock) -> None:
        self.clocks[clock.subject, clock.version.code, clock.ordinal] = clock
        self.at_hand.setdefault((clock.subject, clock.version.id), []).append(clock)

    # -- what must be known first ---------------------------------------------------------------

    def _load_what_pauses(self) -> None:
        begun = {str(e.about) for e, _, _ in self.told if REGISTRY[e.kind].fact_begins}
        pausing = {
            s for e, s, entry in self.told
            if entry.pauses or entry.resumes or any(_tells_a_day(e, t) for _, t in entry.starts)
        } - begun  # fmt: skip
        self.whole = begun | pausing
        if pausing:
            for clock in load_open(pausing):
                self._take(clock)
                self.offices.setdefault(clock.subject, clock.office_id)

    def _learn_offices(self) -> None:
        """An event's own ``office_id``, else what was heard before, else the subject's clocks."""
        if len(self.offices) > _OFFICES_MAX:
            self.offices.clear()
        unknown = set()
        for event, subject, entry in self.told:
            office_id = event.facts.get("office_id")
            if office_id or (office_id == 0 and subject not in self.offices):
                self.offices[subject] = int(office_id)
                unknown.discard(subject)
            elif subject not in self.offices and any(
                trigger.when.holds(event.facts) for _, trigger in entry.starts
            ):
                unknown.add(subject)
        if unknown:
            self.offices.update(dict.fromkeys(unknown, 0))
            self.offices.update(
                tx.rows(
                    """
                    select subject, max(office_id) from obligations_clock
                     where subject = any(%s) group by subject
                    """,
                    [list(unknown)],
                )
            )


def _tells_a_day(event: Happened, trigger: Trigger) -> bool:
    """Whether it names the day from which a clock counts, which a clock that runs may have begun after."""
    return bool(
        trigger.since and not trigger.until and event.facts.get(trigger.since)
        and trigger.when.holds(event.facts)
    )  # fmt: skip


def _earlier(event: Happened, trigger: Trigger, time: WorkTime) -> datetime | None:
    return _midnight(event.facts.get(trigger.since), time) if _tells_a_day(event, trigger) else None


def subject_of(event: Happened, kind: str) -> str | None:
    """
    What a promise about that kind of thing is about: the event's subject, or the one it names.

    A payment's event is about the payment; its fact ``subject`` names the claim.
    """
    if event.about.kind == kind:
        return str(event.about)
    named = event.facts.get("subject")
    if isinstance(named, str) and named.startswith(kind + ":"):
        return named
    return None


def _proven(event: Happened, cause: PauseCause) -> tuple[int, int, datetime, str]:
    """Which notice, by which event, when, by what proof."""
    key = int(event.facts.get(cause.key) or 0)
    return key, event.id, event.at, str(event.facts.get(cause.proof) or "")[:120]


def _returned(event: Happened, cause: PauseCause, time: WorkTime) -> tuple[int, int, datetime, str]:
    """The same of what we asked for, from the day it really came where that was earlier (收到日)."""
    key, event_id, at, proof = _proven(event, cause)
    came = _midnight(event.facts.get(cause.since), time) if cause.since else None
    return key, event_id, min(at, came) if came else at, proof


def _up_to(last: datetime, at: datetime, time: WorkTime) -> tuple[datetime, Limit]:
    """From when and how many days a clock runs that ends with a given day, which may have passed."""
    first = at.astimezone(time.zone).date()
    days = (last.date() - first).days
    if days < 1:
        return last - timedelta(days=1), Limit(When(), 1, Unit.NATURAL_DAYS)
    return at, Limit(When(), days, Unit.NATURAL_DAYS)


def _midnight(text: Any, time: WorkTime) -> datetime | None:
    """The start of a day given as text; None where there is none."""
    try:
        day = date.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return datetime(day.year, day.month, day.day, tzinfo=time.zone)
