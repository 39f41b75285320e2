"""
What events count for: cases that enter, are decided, change their minds, and the sums they make.

A sum never lies apart from its cases: whatever happens to a case is added as the difference
between what it came to before and what it comes to now. Pure: what must be known of customers and
things is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from yilu.kernel.days import CHINA, day_of
from yilu.kernel.facts import Told
from yilu.scorecards.rules.counted import ONE, ZERO, Case, Ended, Key, Subject, World
from yilu.scorecards.rules.definition import LENGTHS, Book, Kpi, Series, Trigger
from yilu.scorecards.rules.splits import SPLITS

_MILLIONTH = Decimal("0.000001")
POINTS_A_STAR = 20
SPOILED: Mapping[str, Any] = {"spoiled": True}
"""What is remembered of a thing that was decided against before its case began."""


@dataclass(slots=True)
class Counting:
    """Some events against what is remembered; afterwards: what to write."""

    book: Book
    world: World
    subjects: dict[str, Subject]
    cases: dict[tuple[str, int, int], Case | None] = field(default_factory=dict)
    sums: dict[Key, list[Decimal]] = field(default_factory=dict)
    touched: dict[str, Subject] = field(default_factory=dict)

    def hear(self, event: Told) -> None:
        """One event: it may teach us about its thing, move sums and several figures."""
        if event.kind in self.book.learn:
            self._learn(event)
        if event.kind in self.book.handled:
            self._note_handler(self.book.handled[event.kind], event)
        for sign, series, trigger in self.book.series_by_kind.get(event.kind, ()):
            if trigger.holds(event.facts):
                self._move_series(sign, series, event)
        for role, kpi, trigger in self.book.by_kind.get(event.kind, ()):
            if trigger.holds(event.facts):
                name = subject_of(trigger, event)
                if name:
                    _ROLES[role](self, kpi, trigger, event, name)

    def hear_end(self, ended: Ended) -> None:
        """
        A promise ended: its own series, the one of all, and figures made of some promises.

        One that was broken counts then; that it was fulfilled later changes nothing.
        """
        told = f"clock:{ended.clock_id}"
        if ended.state == "BREACHED":
            self._touch(ended.about, ended.at).entries[told] = {}
        elif ended.state == "MET_LATE" and ended.about in self.subjects:
            if self.subjects[ended.about].entries.pop(told, None) is not None:
                self._touch(ended.about, ended.at)
                return
        kept = ended.state == "MET"
        for series in self._series_of(ended.code):
            about = self.subjects.get(ended.about)
            case = Case(
                series, ended.event_id, ended.turn, day_of(ended.at),
                ended.office_id or (about.office_id if about else 0),
                self._customers(ended.party_id, ended.at), 0, about.channel if about else "",
                ended.about, kept, not kept,
                product=about.product if about else self.world.products.get(ended.about, ""),
            )  # fmt: skip
            self._put(None, case)

    def _series_of(self, code: str) -> list[str]:
        """Every series a promise counts into: figures made of some promises, the one of all, and its own."""
        kpis = self.book.kpis
        each = [k for k in self.book.of_each_clock if code not in kpis[k].except_clocks]
        return [*self.book.of_clocks.get(code, ()), *each, *(f"{name}:{code}" for name in each)]

    # -- what events do --------------------------------------------------------------------------

    def _learn(self, event: Told) -> None:
        """Office, channel, customer and product of a thing, as the first event that knows them says."""
        subject = self._touch(str(event.about), event.at)
        office = event.facts.get("office_id")
        channel = event.facts.get("channel") or event.facts.get("door")
        subject.office_id = subject.office_id or (int(office) if office else 0)
        subject.channel = subject.channel or (str(channel)[:16] if channel else "")
        subject.party_id = subject.party_id or event.party_id
        subject.product = subject.product or self.world.product_of(event)

    def _note_handler(self, trigger: Trigger, event: Told) -> None:
        """Whoever did it is who handled the thing; the machine handles nothing."""
        person = self._person(trigger, event, None) if trigger.holds(event.facts) else 0
        name = subject_of(trigger, event)
        if person and name:
            self._touch(name, event.at).handler_id = person

    def _mark(self, kpi: Kpi, trigger: Trigger, event: Told, name: str) -> None:
        """From here a length is measured: the first such event counts (or the last, where the figure says so), or the day it names."""
        begun = event.at
        if kpi.since_field:
            told = _midnight(event.facts.get(kpi.since_field))
            if told is None:
                return
            begun = told
        marks = self._touch(name, event.at).marks
        marks[kpi.code] = (not kpi.since_last and marks.get(kpi.code)) or begun.isoformat()

    def _count(self, kpi: Kpi, trigger: Trigger, event: Told, name: str) -> None:
        """A case that is decided as soon as it is heard of; one whose value nobody knows is none."""
        value = self._value(kpi, event, name)
        if value is None and kpi.measures:
            return
        good, missed = _judged(kpi, trigger, event, value)
        case = self._case(kpi, trigger, event, name)
        if kpi.customers not in ("", case.customers):
            return
        stake = max(round(value), 1) if kpi.weighed_by and value else 0
        self._put(None, replace(case, counted=good, missed=missed, value=value, stake=stake))

    def _enter(self, kpi: Kpi, trigger: Trigger, event: Told, name: str) -> None:
        """A case begins, not reached yet, or decided against before it began; it enters once."""
        subject = self._touch(name, event.at)
        spoiled = subject.entries.get(kpi.code) == SPOILED
        if kpi.code in subject.entries and not spoiled:
            return
        case = self._case(kpi, trigger, event, name)
        if kpi.customers not in ("", case.customers):
            return
        case = replace(case, counted=False, missed=kpi.more_is_better)
        entry = {"at": event.at.isoformat(), "decided": spoiled, **_kept(case)}
        subject.entries[kpi.code] = entry
        self._put(None, case)

    def _reach(self, kpi: Kpi, trigger: Trigger, event: Told, name: str) -> None:
        """The case that entered is decided: in time or too late, by whoever did it."""
        found = self._entry(kpi, name)
        if found is None or self.subjects[name].entries[kpi.code]["decided"]:
            return
        took = event.at - datetime.fromisoformat(self.subjects[name].entries[kpi.code]["at"])
        good = kpi.within is None or took <= kpi.within
        person = self._person(trigger, event, self.subjects[name]) or found.person_id
        now = replace(
            found, counted=good, missed=good is not kpi.more_is_better, person_id=person,
            role=self.world.role_of(person, day_of(event.at)),
            value=_length(took.total_seconds(), kpi.measures) if kpi.measures else None,
        )  # fmt: skip
        self._change(kpi, name, event.at, found, now, decided=True)

    def _spoil(self, kpi: Kpi, trigger: Trigger, event: Told, name: str) -> None:
        """The case is decided against, whatever it came to before; one that begins later is from its beginning."""
        found = self._entry(kpi, name)
        if found is None:
            self._touch(name, event.at).entries[kpi.code] = dict(SPOILED)
            return
        now = replace(found, counted=False, missed=kpi.more_is_better, value=None)
        self._change(kpi, name, event.at, found, now, decided=True)

    def _undo(self, kpi: Kpi, trigger: Trigger, event: Told, name: str) -> None:
        """What was decided is open again, as after it entered."""
        found = self._entry(kpi, name)
        if found is not None and self.subjects[name].entries[kpi.code]["decided"]:
            now = replace(found, counted=False, missed=kpi.more_is_better, value=None)
            self._change(kpi, name, event.at, found, now, decided=False)

    def _leave(self, kpi: Kpi, trigger: Trigger, event: Told, name: str) -> None:
        """The case is taken out altogether: it should not have counted."""
        found = self._entry(kpi, name)
        if found is not None:
            self._put(found, None)
            del self._touch(name, event.at).entries[kpi.code]

    # -- cases -----------------------------------------------------------------------------------

    def _case(self, kpi: Kpi, trigger: Trigger, event: Told, name: str) -> Case:
        """An event as a case: office, person and channel as it says, else as its thing, its customer or its person do."""
        known = self.subjects.get(str(event.facts.get(trigger.known_of) or name))
        party = event.party_id or (known.party_id if known else None)
        person = self._person(trigger, event, known)
        office = event.facts.get("office_id") or (known.office_id if known else 0)
        office = office or self.world.homes.get(party or 0) or self.world.seats.get(person, 0)
        channel = event.facts.get(trigger.channel) if trigger.channel else ""
        return Case(
            kpi.code, event.id, 0, day_of(event.at), int(office), self._customers(party, event.at),
            person, str(channel or (known.channel if known else ""))[:16], name, False, False, None,
            trigger.weight, self.world.role_of(person, day_of(event.at)),
            (known.product if known else "") or self.world.product_of(event),
        )  # fmt: skip

    def _person(self, trigger: Trigger, event: Told, known: Subject | None) -> int:
        """Whose case it is, as the figure declares: who handled the thing, who acted, or whom a fact names; 0: nobody's."""
        if trigger.person == "handler":
            return known.handler_id if known else 0
        if trigger.person == "actor":
            return event.actor.id if event.actor.kind == "staff" else 0
        return int(event.facts.get(trigger.person) or 0) if trigger.person else 0

    def _customers(self, party_id: int | None, at: datetime) -> str:
        """OLD from a year after their first policy on, else NEW; "" of nobody (A7)."""
        if party_id is None:
            return ""
        begun, today = self.world.first_policy.get(party_id), day_of(at)
        return "OLD" if begun is not None and _a_year_after(begun) <= today else "NEW"

    def _value(self, kpi: Kpi, event: Told, name: str) -> Decimal | None:
        """
        What a case measures: an amount, a number, stars as points of a hundred, a vote of NPS as 1, 0 or -1, what a room was asked for, or a length in the
        figure's unit since its mark, which is used up; None where nothing is known.
        """
        if kpi.amount:
            return Decimal(str(event.facts[kpi.amount]))
        if kpi.weighed_by:
            # An event from before this was told, or of nothing, weighs nothing and is no case.
            return Decimal(str(event.facts.get(kpi.weighed_by) or 0)) or None
        if kpi.score:
            given = event.facts.get(kpi.score)
            return None if given is None else ONE if given >= 9 else ZERO if given >= 7 else -ONE
        if kpi.number:
            return Decimal(event.facts[kpi.number])
        if kpi.points:
            stars = event.facts.get(kpi.points)
            return None if stars is None else Decimal(stars) * POINTS_A_STAR
        if kpi.look_up:
            return self.world.looked_up.get((kpi.look_up, event.id))
        if kpi.since:
            known = self._touch(name, event.at) if name in self.subjects else None
            begun = known.marks.pop(kpi.code, None) if known else None
            if begun is None:
                return None
            seconds = (event.at - datetime.fromisoformat(begun)).total_seconds()
            return _length(max(seconds, 0), kpi.measures)
        return None

    def _entry(self, kpi: Kpi, name: str) -> Case | None:
        """The case of a thing that entered a figure and has not left it."""
        subject = self.subjects.get(name)
        entry = subject.entries.get(kpi.code) if subject else None
        return None if entry in (None, SPOILED) else _case_of(kpi.code, name, entry)

    def _change(
        self, kpi: Kpi, name: str, at: datetime, before: Case, now: Case, *, decided: bool
    ) -> None:
        """A case that entered is another one now; what is remembered of it as well."""
        entries = self._touch(name, at).entries
        begun = entries[kpi.code]["at"]
        entries[kpi.code] = {"at": begun, "decided": decided, **_kept(now)}
        self._put(before, now)

    def _put(self, before: Case | None, now: Case | None) -> None:
        """Write a case as it is now; sums move by the difference to what it was."""
        known = now or before
        assert known is not None
        self.cases[known.series, known.event_id, known.turn] = now
        if before is not None:
            self._add(before, -ONE)
        if now is not None:
            self._add(now, ONE)

    def _add(self, case: Case, sign: Decimal) -> None:
        """Add a case to every sum it is part of, or take it out."""
        for key in keys_of(case):
            sums = self.sums.setdefault(key, [ZERO, ZERO, ZERO])
            for place, amount in enumerate(case.sums):
                sums[place] += sign * amount

    def _move_series(self, sign: int, series: Series, event: Told) -> None:
        """A running number, such as policies in force, goes up or down."""
        amount = Decimal(str(event.facts[series.amount])) if series.amount else ONE
        known = self.subjects.get(str(event.about))
        office = event.facts.get("office_id") or (known.office_id if known else 0)
        office = int(office or self.world.homes.get(event.party_id or 0, 0))
        for span, day in _spans(day_of(event.at)):
            key = (series.code, span, "", day, office, "", "")
            self.sums.setdefault(key, [ZERO, ZERO, ZERO])[1] += sign * amount

    def _touch(self, name: str, at: datetime) -> Subject:
        """What is remembered of a thing, which is to be written again."""
        found = self.subjects.get(name)
        if found is None:
            found = self.subjects[name] = Subject(name)
        found.heard_on = max(found.heard_on, day_of(at))
        self.touched[name] = found
        return found


_ROLES: Mapping[str, Callable[[Counting, Kpi, Trigger, Told, str], None]] = {
    "since": Counting._mark,
    "count": Counting._count,
    "enter": Counting._enter,
    "reach": Counting._reach,
    "spoil": Counting._spoil,
    "undo": Counting._undo,
    "leave": Counting._leave,
}


def _judged(kpi: Kpi, trigger: Trigger, event: Told, value: Decimal | None) -> tuple[bool, bool]:
    """Whether a case counted at once counts, and whether it holds the figure back."""
    if kpi.score and value is not None:
        return value > 0, value < 0
    if trigger.good is not None:
        good = trigger.is_good(event.facts)
    elif kpi.within is not None and value is not None:
        good = value * LENGTHS[kpi.measures] <= Decimal(kpi.within.total_seconds())
    else:
        good = kpi.form != "MEAN" or kpi.is_reached(value) is not False
    if kpi.form == "RATE":
        return good, True
    return good, good if kpi.form == "SHARE" and not kpi.more_is_better else not good


def subject_of(trigger: Trigger, event: Told) -> str:
    """The thing an event is heard for: what it is about, or what one of its facts names."""
    if not trigger.of:
        return str(event.about)
    kind, colon, name = trigger.of.partition(":")
    if not colon:
        return str(event.facts.get(kind) or "")
    number = event.facts.get(name)
    return f"{kind}:{number}" if number else ""


def subjects_of(book: Book, event: Told) -> set[str]:
    """Every thing that must be remembered to hear an event."""
    names = {str(event.about)}
    for _role, _kpi, trigger in book.by_kind.get(event.kind, ()):
        if trigger.of:
            names.add(subject_of(trigger, event))
        if trigger.known_of:
            names.add(str(event.facts.get(trigger.known_of) or ""))
    if event.kind in book.handled:
        names.add(subject_of(book.handled[event.kind], event))
    return names - {""}


def keys_of(case: Case) -> Iterable[Key]:
    """Where a case is added up: its day and month, each as the office's sum and by whatever it has."""
    for span, day in _spans(case.day):
        yield case.series, span, "", day, case.office_id, case.customers, ""
        for split, key in _parts(case):
            yield case.series, span, SPLITS[split], day, case.office_id, case.customers, key


def _parts(case: Case) -> list[tuple[str, str]]:
    """By what a case is split, and as whose it counts there."""
    told = {
        "PERSON": str(case.person_id or ""), "ROLE": case.role, "CHANNEL": case.channel,
        "PRODUCT": case.product,
    }  # fmt: skip
    return [(split, key) for split, key in told.items() if key]


def _spans(day: date) -> tuple[tuple[str, date], tuple[str, date]]:
    return ("D", day), ("M", day.replace(day=1))


def _kept(case: Case) -> dict[str, Any]:
    """A case as its thing remembers it; ``_case_of`` reads it back."""
    return {
        "event": case.event_id, "day": case.day.isoformat(), "office": case.office_id,
        "customers": case.customers, "person": case.person_id, "channel": case.channel,
        "role": case.role, "product": case.product, "counted": case.counted, "missed": case.missed,
        "value": None if case.value is None else str(case.value),
    }  # fmt: skip


def _case_of(series: str, about: str, kept: Mapping[str, Any]) -> Case:
    value = kept["value"]
    return Case(
        series, kept["event"], 0, date.fromisoformat(kept["day"]), kept["office"],
        kept["customers"], kept["person"], kept["channel"], about, kept["counted"], kept["missed"],
        None if value is None else Decimal(value), role=kept["role"], product=kept["product"],
    )  # fmt: skip


def _length(seconds: float, unit: str) -> Decimal:
    """Seconds in a figure's unit, to the millionth."""
    return (Decimal(str(seconds)) / LENGTHS.get(unit, ONE)).quantize(_MILLIONTH)


def _a_year_after(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return date(day.year + 1, 3, 1)


def _midnight(text: Any) -> datetime | None:
    """The first moment of a day written as YYYY-MM-DD; None of anything else."""
    try:
        day = date.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return datetime(day.year, day.month, day.day, tzinfo=CHINA)
