"""What a log of the machine's decisions says of applications: table, version, row and reason."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from yilu.underwriting.models import Decision
from yilu.underwriting.queries.reasons import in_words


def rules_of(decision_ids: Collection[int]) -> dict[int, tuple[tuple[str, str], ...]]:
    """Of each of these verdicts its reasons, each with the row of the table that gave it; one statement."""
    found = Decision.objects.filter(pk__in=decision_ids).values_list("pk", "reasons")
    return {
        pk: tuple((_row(reason), in_words(reason)) for reason in reasons) for pk, reasons in found
    }


def _row(reason: dict[str, Any]) -> str:
    """The same short form as claims keep it in."""
    return (
        f"{reason['table']} v{reason['version']} 第 {reason['row']} 行"
        if reason.get("table")
        else ""
    )
