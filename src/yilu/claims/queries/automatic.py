"""What a log of the machine's decisions says of claims: by which rule, for which reasons."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from yilu.claims.models import Decision
from yilu.claims.rules.case import REASON_LABELS


def rules_of(decision_ids: Collection[int]) -> dict[int, str]:
    """By which table, version and row each of these decisions was made; one statement."""
    found = Decision.objects.filter(pk__in=decision_ids).values_list("pk", "rule")
    return dict(found)


def reasons_said(codes: Iterable[str]) -> tuple[str, ...]:
    """Why a person has a claim, in words."""
    return tuple(REASON_LABELS.get(code, code) for code in codes)
