"""
A figure as it is declared: which events bring a case in, which decide it, what is added up.

Read from TOML and refused with file, line and reason (``reading``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from yilu.kernel.toml_lines import Mistake

Facts = Mapping[str, Any]

UNITS = ("PERCENT", "SECONDS", "MINUTES", "HOURS", "DAYS", "YUAN", "SCORE", "NUMBER")
LENGTHS = {
    "SECONDS": Decimal(1), "MINUTES": Decimal(60), "HOURS": Decimal(3600), "DAYS": Decimal(86400),
}  # fmt: skip
"""The units of time in seconds."""
FORMS = ("SHARE", "MEAN", "SCORE", "RATE", "PER_DAY")
GROUPS = ("CLAIMS", "CONTACT", "MESSAGES", "POLICIES", "VOICE", "COMPLAINTS", "QUALITY", "PROMISES")


CUSTOMERS = ("NEW", "OLD")
"""Kinds of customers that a figure may be of."""

NEVER: tuple[tuple[str, frozenset[Any]], ...] = (("", frozenset()),)
"""A condition that no facts fulfil."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """
    An event and what its facts must be.

    ``of`` names the thing where it is not what the event is about: ``kind:field`` or a field that
    holds a whole reference. ``known_of`` is a field with the reference of what is known of whom,
    where the event itself says less: the claim that was rated. ``person`` and ``channel`` are fields
    (``actor``: whoever acted; ``handler``: whoever handled the thing last).
    ``good``: the facts with which the case counts; None: as the figure decides.
    """

    on: str
    when: tuple[tuple[str, frozenset[Any]], ...] = ()
    at_most: tuple[tuple[str, Decimal], ...] = ()
    good: tuple[tuple[str, frozenset[Any]], ...] | None = None
    of: str = ""
    known_of: str = ""
    person: str = ""
    channel: str = ""
    weight: int = 1

    def holds(self, facts: Facts) -> bool:
        """Whether every named fact is among its values and below its limit."""
        return _among(self.when, facts) and all(
            isinstance(facts.get(name), int | float) and facts[name] <= most
            for name, most in self.at_most
        )

    def is_good(self, facts: Facts) -> bool:
        """Whether the case counts."""
        return self.good is None or _among(self.good, facts)


def _among(wanted: tuple[tuple[str, frozenset[Any]], ...], facts: Facts) -> bool:
    return all(facts.get(name) in values for name, values in wanted)


@dataclass(frozen=True, slots=True)
class Kpi:
    """
    One figure (指标).

    A case is counted at once (``count``, its value the time since ``since``, an ``amount`` or a
    ``score``), or enters with one event and is decided by a later one (``enter``, ``reach`` within
    ``within``, ``undo``, ``leave``; ``spoil`` decides it against, before or after, for good). ``clocks`` counts ended promises instead; ``each_clock`` keeps
    a series for every promise but ``except_clocks``. ``points`` names stars, one to five, told as points of a
    hundred, ``number`` a number as it is; ``since_last``: the last event of ``since`` counts, not the first; ``customers`` NEW or OLD leaves every other case out. ``per`` names the series a rate is held against; not ``timed``: how long it took is of no interest. ``public``:
    shown to everybody beside the pledges. Below ``least`` cases it is not told of one person.
    """

    code: str
    group: str
    title: str
    title_en: str
    means: str
    means_en: str
    unit: str
    form: str
    better: str
    target: Decimal | None
    citation: str
    count: tuple[Trigger, ...] = ()
    since: tuple[Trigger, ...] = ()
    since_field: str = ""
    since_last: bool = False
    amount: str = ""
    weighed_by: str = ""
    score: str = ""
    points: str = ""
    number: str = ""
    customers: str = ""
    look_up: str = ""
    enter: tuple[Trigger, ...] = ()
    reach: tuple[Trigger, ...] = ()
    undo: tuple[Trigger, ...] = ()
    spoil: tuple[Trigger, ...] = ()
    leave: tuple[Trigger, ...] = ()
    within: timedelta | None = None
    clocks: tuple[str, ...] = ()
    each_clock: bool = False
    except_clocks: tuple[str, ...] = ()
    per: str = ""
    scale: int = 100
    timed: bool = True
    least: int = 1
    public: bool = False

    @property
    def measures(self) -> str:
        """The unit of one case's value; empty where a case has none."""
        if self.form == "SCORE" or self.score:
            return "SCORE"
        if self.points or self.number:
            return "NUMBER"
        if self.amount or self.weighed_by:
            return "YUAN"
        if self.unit in LENGTHS:
            return self.unit
        if self.look_up:
            return "SECONDS"
        return "MINUTES" if self.timed and (self.enter or self.since) else ""

    @property
    def more_is_better(self) -> bool:
        """Whether a larger figure is the better one."""
        return self.better == "UP"

    def value_of(
        self, numerator: Decimal, denominator: Decimal, total: Decimal, per: Decimal, days: int
    ) -> Decimal | None:
        """What sums come to; None where nothing was counted."""
        if self.form == "SHARE":
            top, bottom = 100 * numerator, denominator
        elif self.form == "MEAN":
            top, bottom = total, denominator
        elif self.form == "SCORE":
            top, bottom = 100 * total, denominator
        elif self.form == "RATE":
            top, bottom = self.scale * numerator, per
        else:
            top, bottom = total, Decimal(days)
        return (top / bottom).quantize(Decimal("0.01")) if bottom > 0 else None

    def is_reached(self, value: Decimal | None) -> bool | None:
        """Whether a value is as good as the target; None without either."""
        if self.target is None or value is None:
            return None
        return value >= self.target if self.more_is_better else value <= self.target


@dataclass(frozen=True, slots=True)
class Series:
    """
    What rates are held against: policies in force, premium.

    ``stock`` counts everything up to the last day, not only the days asked for.
    """

    code: str
    title: str
    plus: tuple[Trigger, ...]
    minus: tuple[Trigger, ...]
    amount: str
    stock: bool


class DefinitionError(Exception):
    """A catalogue that cannot be used, with every mistake in it."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("\n".join(str(each) for each in mistakes))
        self.mistakes = mistakes


@dataclass(slots=True)
class Book:
    """Every figure and series, and by event what it does to which."""

    kpis: dict[str, Kpi]
    series: dict[str, Series]
    learn: frozenset[str]
    handled: Mapping[str, Trigger] = field(default_factory=dict)
    """By event, whom it shows to have handled the thing."""
    by_kind: dict[str, list[tuple[str, Kpi, Trigger]]] = field(default_factory=dict)
    series_by_kind: dict[str, list[tuple[int, Series, Trigger]]] = field(default_factory=dict)
    of_clocks: dict[str, tuple[str, ...]] = field(default_factory=dict)
    of_each_clock: tuple[str, ...] = ()
    kinds: frozenset[str] = frozenset()
    """Every kind of event that is heard."""

    def __post_init__(self) -> None:
        for kpi in self.kpis.values():
            for role in ("since", "enter", "count", "reach", "spoil", "undo", "leave"):
                self._index(role, kpi, getattr(kpi, role))
        for series in self.series.values():
            for sign, triggers in ((1, series.plus), (-1, series.minus)):
                for trigger in triggers:
                    self.series_by_kind.setdefault(trigger.on, []).append((sign, series, trigger))
        self.kinds = frozenset([*self.by_kind, *self.series_by_kind, *self.learn, *self.handled])
        self.of_each_clock = tuple(k.code for k in self.kpis.values() if k.each_clock)
        for kpi in self.kpis.values():
            for clock in kpi.clocks:
                self.of_clocks[clock] = (*self.of_clocks.get(clock, ()), kpi.code)

    def _index(self, role: str, kpi: Kpi, triggers: Iterable[Trigger]) -> None:
        for trigger in triggers:
            self.by_kind.setdefault(trigger.on, []).append((role, kpi, trigger))
