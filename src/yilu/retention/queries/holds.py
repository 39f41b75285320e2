"""Holds as their page shows them: those that stand, and those that were lifted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q

from yilu.people.queries import Access
from yilu.retention.models import Hold

LOOKS: Final = "retention.view"
MANAGES: Final = "retention.hold"
CAUSES: dict[str, str] = dict(Hold.Cause.choices)
PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class HoldRow:
    """One hold; ``lifted_at`` is None while it stands."""

    id: int
    about: str
    cause: str
    cause_label: str
    case_number: str
    words: str
    placed_by: str
    placed_at: datetime
    lifted_by: str
    lifted_at: datetime | None
    lift_words: str


@dataclass(frozen=True, slots=True)
class HoldPage:
    """Some holds, newest first; ``next`` is what to ask for after them, 0 at the end."""

    rows: tuple[HoldRow, ...]
    next: int


def list_holds(
    access: Access, *, lifted: bool = False, before: int = 0, limit: int = PAGE
) -> HoldPage:
    """Those of one's offices; those placed for a whole company (no office) everybody's who may look."""
    found = Hold.objects.filter(Q(office_id__in=list(access.offices_for(LOOKS))) | Q(office_id=0))
    found = found.exclude(lifted_at=None) if lifted else found.filter(lifted_at=None)
    if before:
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-pk")[: limit + 1])
    return HoldPage(
        tuple(_row(each) for each in rows[:limit]), rows[limit - 1].pk if len(rows) > limit else 0
    )


def _row(row: Hold) -> HoldRow:
    return HoldRow(
        row.pk, row.about, row.cause, CAUSES[row.cause], row.case_number, row.words, row.placed_by,
        row.placed_at, row.lifted_by, row.lifted_at, row.lift_words,
    )  # fmt: skip
