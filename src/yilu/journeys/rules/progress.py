"""Following a case along its journey: what an event moves, how long the step may take, what broke."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .definition import Breaker, Journey, Step, Trigger

TRAIL_MAX = 400


@dataclass(slots=True)
class Passage:
    """A way through one step, as it is or as it has just become."""

    ordinal: int
    step: str
    touchpoint: str
    entered_at: datetime
    entered_by: int
    due_at: datetime | None
    left_at: datetime | None = None
    left_by: int | None = None
    attempts: int = 1
    declared: bool = True
    new: bool = True


@dataclass(slots=True)
class Case:
    """How far one thing is; ``open`` is the passage it is in, ``changed`` those to be written."""

    family: str
    code: str
    subject: str
    version: int
    party_id: int | None
    office_id: int
    started_at: datetime
    last_kind: str
    last_at: datetime
    id: int | None = None
    step: str = ""
    touchpoint: str = ""
    entered_at: datetime | None = None
    passages: int = 0
    deviations: int = 0
    trail: str = ""
    ended_at: datetime | None = None
    outcome: str = ""
    open: Passage | None = None
    changed: dict[int, Passage] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Moved:
    """A case went from one step to another; ``source`` is empty at the beginning."""

    source: str
    source_touchpoint: str
    target: Step
    touchpoint: str
    seconds: float


class Guide:
    """A version of a journey, ready to be asked what an event means."""

    def __init__(self, journey: Journey, number: int) -> None:
        self.journey, self.number = journey, number
        self.steps = {step.code: step for step in journey.steps}
        self.enters: dict[str, list[tuple[Step, Trigger]]] = {}
        self.again: dict[str, list[tuple[Step, Trigger]]] = {}
        self.breaks: dict[str, list[Breaker]] = {}
        for step in journey.steps:
            for trigger in step.enter:
                self.enters.setdefault(trigger.on, []).append((step, trigger))
            for trigger in step.again:
                self.again.setdefault(trigger.on, []).append((step, trigger))
        for breaker in journey.breakers:
            self.breaks.setdefault(breaker.trigger.on, []).append(breaker)

    def entered(self, kind: str, facts: Mapping[str, Any]) -> Step | None:
        """The step an event enters."""
        for step, trigger in self.enters.get(kind, ()):
            if trigger.holds(facts):
                return step
        return None

    def tried_again(self, code: str, kind: str, facts: Mapping[str, Any]) -> bool:
        """Whether an event is one more attempt at a step."""
        return any(
            step.code == code and trigger.holds(facts) for step, trigger in self.again.get(kind, ())
        )

    def broken(self, kind: str, facts: Mapping[str, Any]) -> list[Breaker]:
        """The breaks an event means."""
        return [each for each in self.breaks.get(kind, ()) if each.trigger.holds(facts)]


def follow(
    case: Case, guide: Guide, kind: str, facts: Mapping[str, Any], event_id: int, at: datetime
) -> Moved | None:
    """
    What an event does to a case: enter another step, or one more attempt at this one.

    A case that has ended moves only where it is opened again; two ends are one.
    """
    target = guide.entered(kind, facts)
    if target is None or target.code == case.step:
        again = target is not None and not case.ended_at
        if case.open is not None and (again or guide.tried_again(case.step, kind, facts)):
            case.open.attempts += 1
            case.changed[case.open.ordinal] = case.open
        return None
    if case.ended_at is not None and target.final:
        return None
    return _move(case, guide, target, target.touched_at(facts), event_id, at)


def _move(
    case: Case, guide: Guide, target: Step, touchpoint: str, event_id: int, at: datetime
) -> Moved:
    declared = (
        not case.step
        or case.ended_at is not None
        or (case.step in guide.steps and target.code in guide.steps[case.step].next)
    )
    seconds = 0.0 if case.entered_at is None else max(0.0, (at - case.entered_at).total_seconds())
    moved = Moved(case.step, case.touchpoint, target, touchpoint, seconds)
    if case.open is not None:
        case.open.left_at, case.open.left_by = at, event_id
        case.changed[case.open.ordinal] = case.open
    case.open = Passage(
        ordinal=case.passages, step=target.code, touchpoint=touchpoint, entered_at=at,
        entered_by=event_id, due_at=None, declared=declared,
    )  # fmt: skip
    case.changed[case.open.ordinal] = case.open
    case.passages += 1
    case.deviations += not declared
    case.trail = f"{case.trail}>{target.code}".removeprefix(">")[:TRAIL_MAX]
    case.step, case.touchpoint, case.entered_at = target.code, touchpoint, at
    case.outcome, case.ended_at = target.outcome, at if target.final else None
    if target.final:
        case.open.left_at, case.open.left_by = at, event_id
        case.open = None
    return moved
