"""
Clocks follow the journal: in the transaction of an event, promises start, stand still and stop.

On the hot path: a use case whose events concern no promise costs no statement; one that starts and
stops clocks costs one (an UPDATE and an INSERT in the same statement). Only a pause or a resumption
reads the subject's clocks first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from yilu.journal import operations as journal
from yilu.journal.operations import Happened
from yilu.kernel import recall, tx
from yilu.kernel.worktime import WorkTime
from yilu.obligations.book import EDITION, Book, the_book
from yilu.obligations.operations.rows import load_open, write
from yilu.obligations.rules.clocks import Clock, started
from yilu.obligations.rules.definitions import PauseCause, Trigger, Version
from yilu.standards import queries as standards

_OFFICES_MAX = 20_000
_offices: recall.Recall[int, dict[str, int]] = recall.Recall(EDITION, lambda _: {})
"""Which office a subject belongs to, as far as this process has heard; a hint, never the truth."""


@journal.along
def follow(events: Sequence[Happened]) -> None:
    """Start, pause, resume and stop the clocks that a use case's events concern."""
    book = the_book()
    concerned = [event for event in events if event.kind in book.by_kind]
    if concerned:
        _Page(book, concerned).turn()


class _Page:
    """One use case's events against the book."""

    def __init__(self, book: Book, events: Sequence[Happened]) -> None:
        self.book = book
        self.events = events
        self.clocks: dict[tuple[str, str, int], Clock] = {}
        self.at_hand: dict[tuple[str, int], list[Clock]] = defaultdict(list)
        self.ends: dict[tuple[str, int, int | None], tuple[str, int, datetime]] = {}
        self.loaded: set[str] = set()
        self.offices = _offices(0)

    def turn(self) -> None:
        self._load_what_pauses()
        self._learn_offices()
        for event in self.events:
            entry = self.book.by_kind[event.kind]
            if entry.stops:
                self._end(event, entry.stops, "MET")
            if entry.cancels:
                self._end(event, entry.cancels, "CANCELLED")
            for version, cause in entry.resumes:
                for clock in self._own(event, version):
                    clock.resume(cause, *_proven(event, cause))
            for version, cause in entry.pauses:
                for clock in self._own(event, version):
                    clock.pause(cause, *_proven(event, cause))
            for version, trigger in entry.starts:
                if version.covers(event.at) and trigger.when.holds(event.facts):
                    self._start(event, version, trigger)
        write(self.clocks.values(), self.ends)

    # -- one event ------------------------------------------------------------------------------

    def _end(self, event: Happened, ends: Iterable[tuple[Version, Trigger]], outcome: str) -> None:
        for version, trigger in ends:
            subject = subject_of(event, version)
            if subject is None or not trigger.when.holds(event.facts):
                continue
            ordinal = int(event.facts[trigger.ordinal]) if trigger.ordinal else None
            for clock in self._own(event, version):
                if ordinal is None or clock.ordinal == ordinal:
                    if outcome == "MET":
                        clock.stop(event.id, event.at)
                    else:
                        clock.cancel(event.id, event.at)
            if subject not in self.loaded:
                self.ends.setdefault((subject, version.id, ordinal), (outcome, event.id, event.at))

    def _start(self, event: Happened, version: Version, trigger: Trigger) -> None:
        subject = subject_of(event, version)
        if subject is None:
            return
        ordinal = 0
        if trigger.ordinal:
            given = event.id if trigger.ordinal == "event" else event.facts[trigger.ordinal]
            ordinal = int(given)
        place = (subject, version.code, ordinal)
        if place in self.clocks:
            return
        office_id = self.offices.get(subject, 0)
        time = standards.working_time(office_id)
        at: datetime | None = event.at
        if trigger.since:
            at = _midnight(event.facts.get(trigger.since), time)
        if at is None:
            return
        clock = started(
            version,
            version.rule.limit_for(event.facts),
            subject=subject,
            ordinal=ordinal,
            office_id=office_id,
            party_id=event.party_id,
            time=time,
            event_id=event.id,
            at=at,
        )
        self._take(clock)

    def _own(self, event: Happened, version: Version) -> list[Clock]:
        """The clocks at hand of that version and this event's subject."""
        return self.at_hand.get((subject_of(event, version) or "", version.id), [])

    def _take(self, clock: Clock) -> None:
        self.clocks[clock.subject, clock.version.code, clock.ordinal] = clock
        self.at_hand[clock.subject, clock.version.id].append(clock)

    # -- what must be known first ---------------------------------------------------------------

    def _load_what_pauses(self) -> None:
        for event in self.events:
            entry = self.book.by_kind[event.kind]
            for version, _ in (*entry.pauses, *entry.resumes):
                if subject := subject_of(event, version):
                    self.loaded.add(subject)
        if self.loaded:
            for clock in load_open(self.loaded):
                self._take(clock)
                self.offices.setdefault(clock.subject, clock.office_id)

    def _learn_offices(self) -> None:
        """An event's own ``office_id``, else what was heard before, else the subject's clocks."""
        if len(self.offices) > _OFFICES_MAX:
            self.offices.clear()
        unknown = set()
        for event in self.events:
            for version, trigger in self.book.by_kind[event.kind].starts:
                subject = subject_of(event, version)
                if subject is None or not trigger.when.holds(event.facts):
                    continue
                office_id = event.facts.get("office_id")
                if office_id or (office_id == 0 and subject not in self.offices):
                    self.offices[subject] = int(office_id)
                    unknown.discard(subject)
                elif subject not in self.offices:
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


def subject_of(event: Happened, version: Version) -> str | None:
    """
    What the promise is about: the event's own subject, or the one its facts name.

    A payment's event is about the payment; its fact ``subject`` names the claim.
    """
    if event.about.kind == version.subject_kind:
        return str(event.about)
    named = event.facts.get("subject")
    if isinstance(named, str) and named.startswith(version.subject_kind + ":"):
        return named
    return None


def _proven(event: Happened, cause: PauseCause) -> tuple[int, int, datetime, str]:
    """Which notice, by which event, when, by what proof."""
    key = int(event.facts.get(cause.key) or 0)
    return key, event.id, event.at, str(event.facts.get(cause.proof) or "")[:120]


def _midnight(text: Any, time: WorkTime) -> datetime | None:
    """The start of a day given as text; None where there is none."""
    try:
        day = date.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return datetime(day.year, day.month, day.day, tzinfo=time.zone)
