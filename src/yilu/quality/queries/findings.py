"""Findings as screens see them; the words are read again where they lie sealed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from yilu.contact import queries as contact
from yilu.people.queries import Access
from yilu.quality.books import phrases
from yilu.quality.models import Finding

SHOWN = 50
KINDS: Mapping[str, str] = dict(Finding.Kind.choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """One finding: what, whose, where, and what would be better."""

    id: int
    kind: str
    kind_label: str
    code: str
    conversation_id: int
    seat_id: int
    office_id: int
    times: int
    sentence: str
    better: str
    found_at: datetime


def list_findings(
    access: Access, *, kind: str = "", before: int | None = None
) -> list[FindingView]:
    """Of the offices one may look at; records that do not fit first on the first page."""
    access.require("quality.view")
    rows = Finding.objects.filter(office_id__in=access.offices_for("quality.view"))
    if kind in KINDS:
        rows = rows.filter(kind=kind)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [_view(row) for row in rows.order_by("-pk")[:SHOWN]]


def my_findings(staff_id: int) -> list[FindingView]:
    """One's own, the latest first."""
    rows = Finding.objects.filter(seat_id=staff_id).order_by("-pk")[:SHOWN]
    return [_view(row) for row in rows]


def better_for(code: str) -> str:
    """What is said instead."""
    rule = phrases.shipped().rules.get(code)
    return rule.better if rule else ""


def _view(row: Finding) -> FindingView:
    labels = {need.code: need.label for need in phrases.needed()}
    return FindingView(
        id=row.pk, kind=row.kind, kind_label=row.get_kind_display(), code=row.code,
        conversation_id=row.conversation_id, seat_id=row.seat_id, office_id=row.office_id,
        times=row.times, sentence=labels.get(row.code, "") or _sentence(row),
        better=better_for(row.code), found_at=row.found_at,
    )  # fmt: skip


def _sentence(row: Finding) -> str:
    """The words it was found in, numbers masked; nothing is kept of what was typed and not sent."""
    if not row.turn_id:
        return ""
    turns = contact.turns_of(row.conversation_id, after=row.turn_id - 1, limit=1)
    return turns[0].text if turns and turns[0].id == row.turn_id else ""
