"""
What events count for: cases that enter, are decided, change their minds, and the sums they make.

A sum never lies apart from its cases: whatever happens to a case is added as the difference
between what it came to before and what it comes to now. Pure: what must be known of customers and
things is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from yilu.kernel.days import CHINA, day_of
from yilu.kernel.facts import Told
from yilu.scorecards.rules.definition import LENGTHS, Book, Kpi, Series, Trigger
from yilu.scorecards.rules.splits import SPLITS

ZERO, ONE = Decimal(0), Decimal(1)
_MILLIONTH = Decimal("0.000001")
PROMISES = "on_time"

Key = tuple[str, str, str, date, int, str, str]
"""series, span (D or M), letter of the split, day, office, customers, key of the split"""


@dataclass(frozen=True, slots=True)
class Ended:
    """A promise that was kept, or broken, and by which event we know."""

    event_id: int
    turn: int
    code: str
    about: str
    office_id: int
    party_id: int | None
    at: datetime
    state: str
    clock_id: int


@dataclass(frozen=True, slots=True)
class Case:
    """One case as a figure counts it now."""

    series: str
    event_id: int
    turn: int
    day: date
    office_id: int
    customers: str
    person_id: int
    channel: str
    about: str
    counted: bool
    missed: bool
    value: Decimal | None = None
    weight: int = 1
    role: str = ""
    product: str = ""

    @property
    def sums(self) -> tuple[Decimal, Decimal, Decimal]:
        """What it adds: numerator, denominator, total."""
        return ONE if self.counted else ZERO, Decimal(self.weight), self.value or ZERO


@dataclass(slots=True)
class Subject:
    """What is remembered of a thing between its events."""

    name: str
    office_id: int = 0
    channel: str = ""
    party_id: int | None = None
    product: str = ""
    handler_id: int = 0
    heard_on: date = date.min
    marks: dict[str, str] = field(default_factory=dict)
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)


class Role(Protocol):
    """A role that somebody held from a day on, and until which; None: still."""

    @property
    def role(self) -> str: ...
    @property
    def since(self) -> date: ...
    @property
    def until(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class World:
    """
    Beside the journal: customers' beginnings and homes, staff's offices and roles (in the order they
    were given), products of policies and requests by their names, values by event.
    """

    first_policy: Mapping[int, date]
    homes: Mapping[int, int]
    seats: Mapping[int, int]
    looked_up: Mapping[tuple[str, int], Decimal]
    roles: Mapping[int, Sequence[Role]] = field(default_factory=dict)
    products: Mapping[str, str] = field(default_factory=dict)

    def role_of(self, person_id: int, day: date) -> str:
        """The first role somebody held on a day; of who held none then, the first they ever had."""
        held = self.roles.get(person_id, ())
        on_day = (r for r in held if r.since <= day and (r.until is None or day < r.until))
        found = next(on_day, held[0] if held else None)
        return found.role if found else ""

    def product_of(self, event: Told) -> str:
        """The product an event names, or that of the policy or request it names or is about."""
        if event.facts.get("product"):
            return str(event.facts["product"])
        policy = f"policy:{event.facts.get('policy_id')}"
        return self.products.get(policy) or self.products.get(str(event.about), "")


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
        kpis = self.book.kpis
        each = [k for k in self.book.of_each_clock if code not in kpis[k].except_clocks]
        return [*self.book.of_clocks.get(code, ()), *each, *(f"{name}:{code}" for name in each)]

    # -- what events do --------------------------------------------------------------------------

    def _learn(self, event: Told) -> None:
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
        begun = event.at
        if kpi.since_field:
            told = _midnight(event.facts.get(kpi.since_field))
            if told is None:
                return
            begun = told
        self._touch(name, event.at).marks.setdefault(kpi.code, begun.isoformat())

    def _count(self, kpi: Kpi, trigger: Trigger, event: Told, name: str) -> None:
        value = self._value(kpi, event, name)
        if value is None and kpi.measures:
            return
        good, missed = _judged(kpi, trigger, event, value)
        case = self._case(kpi, trigger, event, name)
        self._put(None, replace(case, counted=good, missed=missed, value=value))

    def _enter(self, kpi: Kpi, trigger: Trigger, event: Told, name: str) -> None:
        subject = self._touch(name, event.at)
        if kpi.code in subject.entries:
            return
        case = self._case(kpi, trigger, event, name)
        case = replace(case, counted=False, missed=kpi.more_is_better)
        entry = {"at": event.at.isoformat(), "decided": False, **_kept(case)}
        subject.entries[kpi.code] = entry
        self._put(None, case)

    def _reach(self, kpi: Kpi, trigger: Trigger, event: Told, name: str) -> None:
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

    def _undo(self, kpi: Kpi, trigger: Trigger, event: Told, name: str) -> None:
        found = self._entry(kpi, name)
        if found is not None and self.subjects[name].entries[kpi.code]["decided"]:
            now = replace(found, counted=False, missed=kpi.more_is_better, value=None)
            self._change(kpi, name, event.at, found, now, decided=False)

    def _leave(self, kpi: Kpi, trigger: Trigger, event: Told, name: str) -> None:
        found = self._entry(kpi, name)
        if found is not None:
            self._put(found, None)
            del self._touch(name, event.at).entries[kpi.code]

    # -- cases -----------------------------------------------------------------------------------

    def _case(self, kpi: Kpi, trigger: Trigger, event: Told, name: str) -> Case:
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
        if trigger.person == "handler":
            return known.handler_id if known else 0
        if trigger.person == "actor":
            return event.actor.id if event.actor.kind == "staff" else 0
        return int(event.facts.get(trigger.person) or 0) if trigger.person else 0

    def _customers(self, party_id: int | None, at: datetime) -> str:
        if party_id is None:
            return ""
        begun, today = self.world.first_policy.get(party_id), day_of(at)
        return "OLD" if begun is not None and _a_year_after(begun) <= today else "NEW"

    def _value(self, kpi: Kpi, event: Told, name: str) -> Decimal | None:
        if kpi.amount:
            return Decimal(str(event.facts[kpi.amount]))
        if kpi.score:
            given = event.facts.get(kpi.score)
            return None if given is None else ONE if given >= 9 else ZERO if given >= 7 else -ONE
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
        subject = self.subjects.get(name)
        entry = subject.entries.get(kpi.code) if subject else None
        return None if entry is None else _case_of(kpi.code, name, entry)

    def _change(
        self, kpi: Kpi, name: str, at: datetime, before: Case, now: Case, *, decided: bool
    ) -> None:
        entries = self._touch(name, at).entries
        begun = entries[kpi.code]["at"]
        entries[kpi.code] = {"at": begun, "decided": decided, **_kept(now)}
        self._put(before, now)

    def _put(self, before: Case | None, now: Case | None) -> None:
        known = now or before
        assert known is not None
        self.cases[known.series, known.event_id, known.turn] = now
        if before is not None:
            self._add(before, -ONE)
        if now is not None:
            self._add(now, ONE)

    def _add(self, case: Case, sign: Decimal) -> None:
        for key in keys_of(case):
            sums = self.sums.setdefault(key, [ZERO, ZERO, ZERO])
            for place, amount in enumerate(case.sums):
                sums[place] += sign * amount

    def _move_series(self, sign: int, series: Series, event: Told) -> None:
        amount = Decimal(str(event.facts[series.amount])) if series.amount else ONE
        known = self.subjects.get(str(event.about))
        office = event.facts.get("office_id") or (known.office_id if known else 0)
        office = int(office or self.world.homes.get(event.party_id or 0, 0))
        for span, day in _spans(day_of(event.at)):
            key = (series.code, span, "", day, office, "", "")
            self.sums.setdefault(key, [ZERO, ZERO, ZERO])[1] += sign * amount

    def _touch(self, name: str, at: datetime) -> Subject:
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
    return (Decimal(str(seconds)) / LENGTHS.get(unit, ONE)).quantize(_MILLIONTH)


def _a_year_after(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return date(day.year + 1, 3, 1)


def _midnight(text: Any) -> datetime | None:
    try:
        day = date.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return datetime(day.year, day.month, day.day, tzinfo=CHINA)
