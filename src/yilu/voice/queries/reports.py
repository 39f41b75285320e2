"""What departments were told of a month, and what they answered (A105)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from yilu.complaints import queries as complaints
from yilu.contact import queries as contact
from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _
from yilu.people.queries import Access
from yilu.voice.models import MonthlyReport
from yilu.voice.refusals import ReportNotFound
from yilu.voice.rules.departments import DEPARTMENTS, SOURCES

_FOLLOW_UPS: Final = {"PROBLEM": _("新单回访发现问题"), "EXCEPTION": _("新单回访未能完成")}


@dataclass(frozen=True, slots=True)
class ToldLine:
    """One thing a department hears: from where, what, how often, of how many we were wrong, and a month before."""

    source: str
    what: str
    count: int
    wrong: int
    before: int


@dataclass(frozen=True, slots=True)
class Told:
    """What a month says to one department, the most frequent first, and its answer."""

    department: str
    label: str
    lines: tuple[ToldLine, ...]
    answer: str
    answered_by: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReportView:
    """A month's report of one office; ``unanswered`` counts departments that owe an answer."""

    id: int
    month: date
    office_id: int
    figures: dict[str, Any]
    made_at: datetime
    told: tuple[Told, ...]

    @property
    def unanswered(self) -> int:
        return sum(not each.answer for each in self.told)


def list_reports(access: Access, limit: int = 24) -> list[ReportView]:
    """Those of one's offices, the newest first."""
    found = MonthlyReport.objects.filter(office_id__in=access.offices_for("voice.view"))
    rows = found.prefetch_related("answers").order_by("-month", "office_id")
    return [_report(row) for row in rows[:limit]]


def get_report(report_id: int, access: Access) -> ReportView:
    """One. :raises ReportNotFound: none of one's offices."""
    held = MonthlyReport.objects.filter(
        pk=report_id, office_id__in=access.offices_for("voice.view")
    ).first()
    if held is None:
        raise ReportNotFound
    return _report(held)


def _report(held: MonthlyReport) -> ReportView:
    answers = {row.department: row for row in held.answers.all()}
    lines: dict[str, list[ToldLine]] = {}
    for department, *line in held.figures.get("departments", []):
        lines.setdefault(department, []).append(_line(*line))
    return ReportView(
        held.pk, held.month, held.office_id, held.figures, held.made_at,
        tuple(
            Told(
                code, label, tuple(lines[code]), answer.text if answer else "",
                answer.by if answer else "", answer.at if answer else None,
            )
            for code, label in DEPARTMENTS.items()
            if code in lines
            for answer in [answers.get(code)]
        ),
    )  # fmt: skip


def _line(source: str, one: str, two: str, count: int, wrong: int, before: int) -> ToldLine:
    """A line in words; codes that no list has any more stay what they are."""
    if source == "COMPLAINT":
        parts = (complaints.BUSINESSES.get(one, one), complaints.REASONS.get(two, two))
    elif source == "CONTACT" and one in contact.REASONS:
        reason = contact.REASONS[one]
        parts = (reason.label, reason.subs.get(two, two))
    else:
        parts = (_FOLLOW_UPS.get(one, one), two)
    what = Sentence("{one} · {two}", one=parts[0], two=parts[1]) if parts[1] else parts[0]
    return ToldLine(SOURCES[source], what, count, wrong, before)
