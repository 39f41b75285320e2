"""What underwriting found of somebody's health, for whoever agreed to be reminded of it (健康提醒)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q

from yilu.kernel.days import day_of
from yilu.underwriting import catalogue
from yilu.underwriting.models import Decision

CHANGED = ("LOADING", "EXCLUSION", "REDUCE", "POSTPONE", "DECLINE")
"""Verdicts that something of the health may have changed."""
LATEST = 10


@dataclass(frozen=True, slots=True)
class FoundCondition:
    """A condition that changed a verdict (需要留意的健康情况), and the day of it."""

    code: str
    name: str
    on: date


@dataclass(frozen=True, slots=True)
class FoundOf:
    """Somebody whose application was decided so on account of their health."""

    application_id: int
    party_id: int


def conditions_found(party_id: int, since: date) -> tuple[FoundCondition, ...]:
    """
    The conditions of an insured that changed a verdict since a day, each once with its latest day.

    Whether they let us use it for this is the caller's to ask.
    """
    rows = (
        Decision.objects.filter(
            application__insured_id=party_id, application__decision_id=F("id"), outcome__in=CHANGED
        )
        .order_by("-pk")
        .values_list("reasons", "decided_at")[:LATEST]
    )
    found: dict[str, FoundCondition] = {}
    for reasons, at in rows:
        if day_of(at) >= since:
            for code, name in _conditions(reasons).items():
                found.setdefault(code, FoundCondition(code, name, day_of(at)))
    return tuple(found.values())


def decided_on_health(begin: datetime, end: datetime) -> tuple[FoundOf, ...]:
    """Who was decided upon on account of their health, as the insured, from one moment to before another."""
    rows = Decision.objects.filter(
        # Either way the verdict is in one of the two partial indexes by time.
        Q(ordinal=1) | Q(decided_by__startswith="staff:"),
        decided_at__gte=begin, decided_at__lt=end, outcome__in=CHANGED,
        application__decision_id=F("id"), application__insured__isnull=False,
    ).values_list("application_id", "application__insured_id", "reasons")  # fmt: skip
    return tuple(
        FoundOf(application_id, party_id)
        for application_id, party_id, reasons in rows
        if _conditions(reasons)
    )


def _conditions(reasons: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The conditions among a verdict's reasons, by code; not work, means or papers."""
    known = catalogue.conditions()
    return {
        code: known[code].name
        for each in reasons
        if (code := each["condition"]) in known and each["outcome"] != "ACCEPT"
    }
