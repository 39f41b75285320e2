"""Findings as screens see them; the words are read again where they lie sealed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from yilu.contact import queries as contact
from yilu.people.queries import Access
from yilu.quality.books import phrases, versions
from yilu.quality.books.phrases import Rule
from yilu.quality.inspection_refusals import InspectionNotFound
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
    judged: bool
    complaint_id: int | None


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
    return _views(rows.order_by("-pk")[:SHOWN])


def my_findings(staff_id: int) -> list[FindingView]:
    """One's own, the latest first."""
    return _views(Finding.objects.filter(seat_id=staff_id).order_by("-pk")[:SHOWN])


def get_finding(finding_id: int, access: Access) -> FindingView:
    """One that whoever handles complaints or looks at quality there may see. :raises InspectionNotFound."""
    row = Finding.objects.filter(pk=finding_id).first()
    if row is None or not (
        access.may("complaints.handle", row.office_id) or access.may("quality.view", row.office_id)
    ):
        raise InspectionNotFound
    return _views([row])[0]


def better_for(code: str, on: date) -> str:
    """What is said instead, by the list that counts on a day, else by the one that came with Yilu."""
    rule = versions.phrases_on(on).phrases.rules.get(code) or phrases.shipped().rules.get(code)
    return rule.better if rule else ""


def _views(rows: Iterable[Finding]) -> list[FindingView]:
    """With the words of the newest list: a rule that it no longer has is told as it was shipped."""
    shipped, now = phrases.shipped_book(), versions.phrases_on(date.max)
    labels = {need.code: need.label for need in (*shipped.needed, *now.needed)}
    rules = {**shipped.phrases.rules, **now.phrases.rules}
    return [_view(row, labels, rules) for row in rows]


def _view(row: Finding, labels: Mapping[str, str], rules: Mapping[str, Rule]) -> FindingView:
    return FindingView(
        id=row.pk, kind=row.kind, kind_label=row.get_kind_display(), code=row.code,
        conversation_id=row.conversation_id, seat_id=row.seat_id, office_id=row.office_id,
        times=row.times, sentence=labels.get(row.code, "") or _sentence(row),
        better=rules[row.code].better if row.code in rules else "", found_at=row.found_at,
        judged=row.judged_at is not None, complaint_id=row.complaint_id,
    )  # fmt: skip


def _sentence(row: Finding) -> str:
    """The words it was found in, numbers masked; nothing is kept of what was typed and not sent."""
    if not row.turn_id:
        return ""
    turns = contact.turns_of(row.conversation_id, after=row.turn_id - 1, limit=1)
    return turns[0].text if turns and turns[0].id == row.turn_id else ""
