"""Schemes as screens see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from yilu.scorecards import uses
from yilu.scorecards.models import Scheme
from yilu.scorecards.queries.kpis import list_kpis
from yilu.scorecards.queries.measuring import parts_of
from yilu.scorecards.refusals import SchemeNotFound
from yilu.scorecards.rules import schemes
from yilu.scorecards.rules.schemes import SUBJECTS, Known, Part


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemeView:
    """One version."""

    id: int
    subject: str
    subject_label: str
    target: str
    number: int
    title: str
    state: str
    state_label: str
    parts: tuple[Part, ...]
    volume: str
    core: Decimal
    revision: int
    author: str
    written_at: datetime
    approver: str
    since: date | None


def known() -> Mapping[str, Known]:
    """Every figure as the rules of schemes know it."""
    return {
        each.code: Known(
            code=each.code, title=each.title, better=each.better, core=uses.CORE.get(each.code, ""),
            by_person=each.code in uses.BY_PERSON,
        )
        for each in list_kpis()
    }  # fmt: skip


def list_schemes() -> list[SchemeView]:
    """The newest version of each scheme and its draft, those in force first."""
    rows = Scheme.objects.order_by("subject", "target", "-number")
    seen: set[tuple[str, str]] = set()
    views = []
    for row in rows:
        if row.state == Scheme.State.DRAFT or (row.subject, row.target) not in seen:
            views.append(_view(row))
        if row.state != Scheme.State.DRAFT:
            seen.add((row.subject, row.target))
    return views


def get_scheme(scheme_id: int) -> SchemeView:
    """One version. :raises SchemeNotFound: none."""
    row = Scheme.objects.filter(pk=scheme_id).first()
    if row is None:
        raise SchemeNotFound
    return _view(row)


def versions_of(scheme: SchemeView) -> Sequence[SchemeView]:
    """Every version for the same people, the newest first."""
    rows = Scheme.objects.filter(subject=scheme.subject, target=scheme.target)
    return [_view(row) for row in rows.order_by("-number")]


def draft_of(subject: str, target: str) -> SchemeView | None:
    """The draft for the same people, if there is one."""
    row = Scheme.objects.filter(subject=subject, target=target, state="DRAFT").first()
    return _view(row) if row else None


def _view(row: Scheme) -> SchemeView:
    parts = parts_of(row)
    return SchemeView(
        id=row.pk, subject=row.subject, subject_label=SUBJECTS[row.subject], target=row.target,
        number=row.number, title=row.title, state=row.state, state_label=row.get_state_display(),
        parts=parts, volume=row.volume, core=schemes.core_weight(parts, known()),
        revision=row.revision, author=row.author, written_at=row.written_at, approver=row.approver,
        since=row.since,
    )  # fmt: skip
