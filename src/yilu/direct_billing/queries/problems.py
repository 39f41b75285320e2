"""The rows of a batch that were not settled, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Min

from yilu.direct_billing.models import BatchRow

KINDS_SHOWN = 50


def batch_problems(
    batch_id: int, limit: int | None = None, *, states: Sequence[str] = ("BAD", "KNOWN")
) -> list[tuple[int, str, str, str]]:
    """
    The rows of a batch that were not settled: line, visit, column, sentence. ``states``: only these;
    those settled before (KNOWN) are nobody's fault.
    """
    rows = BatchRow.objects.filter(batch_id=batch_id, state__in=states).order_by("line")
    return [(r.line, r.number, r.place, r.problem) for r in rows[:limit]]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with rows of a batch: in which column, how often, where it is first."""

    place: str
    problem: str
    rows: int
    first_line: int


def batch_problem_kinds(batch_id: int) -> list[Problem]:
    """
    What is wrong with the rows of a batch, the most frequent first: half a file may share one fault.

    A row settled before is not wrong: a hospital would look for what to correct in it.
    """
    rows = (
        BatchRow.objects.filter(batch_id=batch_id, state="BAD")
        .values("place", "problem")
        .annotate(rows=Count("pk"), first_line=Min("line"))
        .order_by("-rows", "first_line")
    )
    return [Problem(**row) for row in rows[:KINDS_SHOWN]]
