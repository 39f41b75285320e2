"""Which comparisons are made between what is reported now and what was before. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from yilu.kernel.days import day_of


class TraitKind(StrEnum):
    """What is compared between claims (特征)."""

    INSURED = "INSURED"
    ACCOUNT = "ACCOUNT"
    PHONE = "PHONE"
    INVOICE = "INVOICE"
    DEVICE = "DEVICE"


NO_SEVERITY = "NONE"
_RANK = {NO_SEVERITY: 0, "LOW": 1, "MEDIUM": 2, "HIGH": 3}
_REPORTS = ("FREQUENT_REPORTS", "FREQUENT_REPORTS_30")
_SHARED = {
    "SHARED_ACCOUNT": TraitKind.ACCOUNT,
    "SHARED_PHONE": TraitKind.PHONE,
    "SHARED_INVOICE": TraitKind.INVOICE,
    "SHARED_DEVICE": TraitKind.DEVICE,
}


@dataclass(frozen=True, slots=True)
class Trait:
    """One trait: a kind and an id or blind index."""

    kind: TraitKind
    key: str


@dataclass(frozen=True, slots=True)
class Sight:
    """A trait seen in something reported earlier."""

    kind: TraitKind
    subject: str
    party_id: int
    happened_at: datetime


@dataclass(frozen=True, slots=True)
class Threshold:
    """From which number on a signal is raised, over which days, how grave (``claims.signals``)."""

    limit: Decimal
    window_days: int
    severity: str


@dataclass(frozen=True, slots=True)
class Measure:
    """
    A number worth holding against its threshold, and where it comes from: other claims, or
    ``findings`` in the papers and in the answers given, each with its rule, source and words.
    """

    signal: str
    value: int
    subjects: tuple[str, ...] = ()
    findings: tuple[Mapping[str, Any], ...] = ()


def measures(
    sights: Sequence[Sight],
    *,
    thresholds: Callable[[str], Threshold | None],
    party_id: int,
    effective_on: date,
    loss_date: date,
    reported_at: datetime,
) -> tuple[Measure, ...]:
    """
    What the comparison found, as numbers.

    Reports count this one too: the third within the window measures 3. Shared accounts and phones
    count other persons, shared invoices other claims. An early claim measures the days from the
    start of cover to the loss, a late report those from the loss to the report.
    """
    found = [
        Measure("EARLY_CLAIM", max(0, (loss_date - effective_on).days)),
        Measure("LATE_REPORT", max(0, (day_of(reported_at) - loss_date).days)),
    ]
    for signal in _REPORTS:
        if threshold := thresholds(signal):
            own = _seen(sights, TraitKind.INSURED, reported_at, threshold.window_days)
            subjects = _subjects(own)
            found.append(Measure(signal, len(subjects) + 1, subjects))
    for signal, kind in _SHARED.items():
        if threshold := thresholds(signal):
            seen = _seen(sights, kind, reported_at, threshold.window_days)
            others = [s for s in seen if s.party_id != party_id or kind is TraitKind.INVOICE]
            subjects = _subjects(others)
            persons = len({s.party_id for s in others})
            value = len(subjects) if kind is TraitKind.INVOICE else persons
            found.append(Measure(signal, value, subjects))
    return tuple(found)


def passes(measure: Measure, threshold: Threshold | None) -> bool:
    """Whether a number raises its signal: early claims below the limit, all others from it on."""
    if threshold is None:
        return False
    if measure.signal == "EARLY_CLAIM":
        return measure.value < threshold.limit
    return measure.value >= threshold.limit


def worst(severities: Iterable[str]) -> str:
    """The gravest of some severities; NONE where there is none."""
    return max(severities, key=_RANK.__getitem__, default=NO_SEVERITY)


def _seen(sights: Sequence[Sight], kind: TraitKind, at: datetime, days: int) -> list[Sight]:
    since = at - timedelta(days=days)
    return [s for s in sights if s.kind is kind and s.happened_at > since]


def _subjects(sights: Iterable[Sight]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(s.subject for s in sights))
