"""
A journey as it is declared: steps × touchpoints, what enters them, how long they may take, where
they lead, and what breaks them. Read from TOML and refused with file, line and reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from yilu.kernel.toml_lines import Mistake
from yilu.kernel.worktime import WorkTime

Facts = Mapping[str, Any]

WORKDAY_MINUTES = 480


@dataclass(frozen=True, slots=True)
class Trigger:
    """An event, and what its facts must be."""

    on: str
    when: tuple[tuple[str, frozenset[Any]], ...] = ()

    def holds(self, facts: Facts) -> bool:
        """Whether every named fact is among its values; an absent one never is."""
        return all(facts.get(name) in values for name, values in self.when)


@dataclass(frozen=True, slots=True)
class Standard:
    """How long something may take: minutes, of working time where ``working``."""

    minutes: int
    working: bool

    @property
    def seconds(self) -> int:
        """How long that is, of whichever time."""
        return self.minutes * 60

    def until(self, since: datetime, time: WorkTime) -> datetime:
        """When it has passed."""
        if self.working:
            return time.add(since, self.minutes)
        return since + timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class Step:
    """
    One step of a journey (环节). A final one has an ``outcome`` and leads nowhere.

    ``words`` is what a customer is told; ``late`` the kind of break when the standard has passed;
    at one that is ``continuing`` a person goes on with what broke before.
    """

    code: str
    name: str
    words: str
    touchpoint: str
    by_fact: str
    by_value: Mapping[str, str]
    enter: tuple[Trigger, ...]
    again: tuple[Trigger, ...]
    standard: Standard | None
    attempts: int
    late: str
    severity: int
    next: tuple[str, ...]
    outcome: str
    continuing: bool

    @property
    def final(self) -> bool:
        """Whether the journey ends here."""
        return bool(self.outcome)

    def touched_at(self, facts: Facts) -> str:
        """The touchpoint at which it is entered."""
        return self.by_value.get(str(facts.get(self.by_fact, "")), self.touchpoint)


@dataclass(frozen=True, slots=True)
class Breaker:
    """An event that breaks a journey at a step (断点规则); ``live``: the customer is on the page."""

    kind: str
    trigger: Trigger
    step: str
    severity: int
    live: bool


@dataclass(frozen=True, slots=True)
class Kind:
    """One of several journeys that share a definition, told apart by facts."""

    code: str
    name: str
    when: tuple[tuple[str, frozenset[Any]], ...]

    def holds(self, facts: Facts) -> bool:
        """Whether an event is about a case of this kind."""
        return all(facts.get(name) in values for name, values in self.when)


@dataclass(frozen=True, slots=True)
class Journey:
    """One version of a declared journey (旅程); ``kinds`` is empty where it is one journey."""

    code: str
    name: str
    subject: str
    owner_queue: str
    owner_role: str
    silence: Standard | None
    kinds: tuple[Kind, ...]
    steps: tuple[Step, ...]
    breakers: tuple[Breaker, ...]
    plan_back: str

    def step(self, code: str) -> Step:
        """:raises KeyError: there is none of that code."""
        for step in self.steps:
            if step.code == code:
                return step
        raise KeyError(code)

    def names_after(self, step: Step) -> tuple[str, ...]:
        """What the steps are called that a step leads to."""
        return tuple(self.step(code).name for code in step.next)

    def has_step(self, code: str) -> bool:
        """Whether there is such a step; a later version may have dropped it."""
        return any(step.code == code for step in self.steps)

    def kind_of(self, facts: Facts) -> Kind | None:
        """Which kind an event is about; None where its facts do not say."""
        return next((kind for kind in self.kinds if kind.holds(facts)), None)

    @property
    def edges(self) -> frozenset[tuple[str, str]]:
        """Every declared way from step to step."""
        return frozenset((step.code, to) for step in self.steps for to in step.next)

    def events(self) -> Iterable[str]:
        """Every kind of event it names."""
        for step in self.steps:
            for trigger in (*step.enter, *step.again):
                yield trigger.on
        for breaker in self.breakers:
            yield breaker.trigger.on


class DefinitionError(ValueError):
    """A definition that cannot be used; ``mistakes`` names every one that was found."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(map(str, self.mistakes)))
