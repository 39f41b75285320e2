"""What the editor of a promise needs: the events to choose from, conditions in words, a preview."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from yilu.kernel.errors import Sentence
from yilu.kernel.facts import REGISTRY
from yilu.obligations.operations.editing import WrongDefinition
from yilu.obligations.rules import clocks, wording
from yilu.obligations.rules.definitions import DefinitionError, Limit, Version, Warning, read_rule
from yilu.obligations.rules.reckoning import UNIT_LABELS, Unit
from yilu.standards import queries as standards


@dataclass(frozen=True, slots=True)
class EventChoice:
    """An event that may start, stop, pause or resume a promise, and the facts it tells."""

    kind: str
    label: str
    facts: tuple[str, ...]


@cache
def event_choices() -> tuple[EventChoice, ...]:
    """Every event the program records, by room and in the order of their codes."""
    return tuple(
        EventChoice(kind, fact.fact_label, tuple(f.name for f in fields(fact)))
        for kind, fact in sorted(REGISTRY.items())
    )


def write_condition(when: Mapping[str, Any]) -> str:
    """A condition as its editor reads it: ``complete = 否；lane ≠ RED、YELLOW``."""
    return wording.write_condition(when)


def read_condition(text: str, kinds: tuple[str, ...]) -> dict[str, Any]:
    """
    A condition as it is stored, each value of the type the events tell it as.

    :raises WrongDefinition: naming the part that cannot be understood.
    """
    types: dict[str, str] = {}
    for kind in kinds:
        for field in fields(REGISTRY[kind]) if kind in REGISTRY else ():
            types[field.name] = str(field.type)
    try:
        return wording.read_condition(text, types)
    except DefinitionError as wrong:
        raise WrongDefinition(wrong.args[0]) from None


@dataclass(frozen=True, slots=True)
class PreviewPoint:
    """Something that happens on the way to a deadline or after it, in the office's own time."""

    at: datetime
    is_warning: bool
    queue: str
    role: str


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """What one case's clock would say: the deadline in the office's zone, and what happens when."""

    case: str
    limit: Sentence
    due_at: datetime
    provisional: bool
    points: tuple[PreviewPoint, ...]


def preview(rule: Mapping[str, Any], *, start: datetime, office_id: int) -> tuple[PreviewRow, ...]:
    """
    What the clocks of a rule would say if they started at ``start``; nothing is saved.

    One row for each case of the grid, the general one last.

    :raises WrongDefinition: saying in Chinese what cannot run.
    """
    try:
        read = read_rule(rule, REGISTRY)
    except DefinitionError as wrong:
        raise WrongDefinition(wrong.args[0]) from None
    time = standards.working_time(office_id)
    version = Version(0, "preview", "", 0, start, None, "", "", "", "", "", read)
    cases = [write_condition(row.get("when", {})) for row in rule.get("grid", ())]
    rows = []
    for case, limit in zip([*cases, ""], read.limits, strict=True):
        clock = clocks.started(
            version, limit, subject="", ordinal=0, office_id=office_id, party_id=None, time=time,
            event_id=0, at=start,
        )  # fmt: skip
        warned = [_warned(at, warning) for at, warning in clock.warnings()]
        escalated = [
            PreviewPoint(
                clock.due_at + timedelta(minutes=step.after_minutes), False, step.queue, step.role
            )
            for step in read.escalations
        ]
        points = tuple(
            PreviewPoint(p.at.astimezone(time.zone), p.is_warning, p.queue, p.role)
            for p in [*warned, *escalated]
        )
        due = clock.due_at.astimezone(time.zone)
        rows.append(PreviewRow(case, _limit(limit), due, time.is_provisional(clock.due_at), points))
    return tuple(rows)


def _warned(at: datetime, warning: Warning) -> PreviewPoint:
    return PreviewPoint(at, True, warning.queue, "")


def _limit(limit: Limit) -> Sentence:
    return Sentence("{amount} {unit}", amount=limit.amount, unit=UNIT_LABELS[Unit(limit.unit)])
