"""Exams as their takers and their makers see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from yilu.people.queries import Access
from yilu.quality.books.exams import Question, offered
from yilu.quality.models import Attempt, Exam
from yilu.quality.queries import questions
from yilu.quality.refusals import SheetNotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetView:
    """One sheet; right answers are shown only once it is over."""

    id: int
    exam_id: int
    title: str
    staff_id: int
    number: int
    pass_mark: int
    due_at: datetime
    over: bool
    questions: tuple[tuple[Question, int | None], ...]
    ended_at: datetime | None
    score: int | None
    knowledge_score: int | None
    skill_score: int | None
    passed: bool | None

    @property
    def asked(self) -> tuple[tuple[Question, tuple[tuple[int, str], ...], int | None], ...]:
        """Each question, its options in this sheet's own order with their places in the bank, what was chosen."""
        return tuple((q, offered(str(self.id), q), chosen) for q, chosen in self.questions)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamView:
    """An exam, with one's own sheets."""

    id: int
    title: str
    minutes: int
    questions: int
    pass_mark: int
    attempts: int
    wait_days: int
    opens_at: datetime
    closes_at: datetime
    open: bool
    mine: tuple[SheetView, ...]

    @property
    def passed(self) -> bool:
        return any(sheet.passed for sheet in self.mine)

    @property
    def going(self) -> SheetView | None:
        """The sheet one is at."""
        return next((sheet for sheet in self.mine if not sheet.over), None)

    @property
    def left(self) -> int:
        return self.attempts - len(self.mine)

    @property
    def again_at(self) -> datetime | None:
        """When one may try again after the last sheet; None where one has not tried or may at once."""
        last = self.mine[-1] if self.mine else None
        if last is None or last.ended_at is None or not self.wait_days:
            return None
        return last.ended_at + timedelta(days=self.wait_days)


def exams_for(staff_id: int, *, at: datetime) -> list[ExamView]:
    """The latest exams with one's own sheets, open ones first."""
    rows = list(Exam.objects.order_by("-closes_at", "-pk")[:30])
    own: dict[int, list[SheetView]] = {}
    sheets = Attempt.objects.filter(staff_id=staff_id, exam__in=rows).select_related("exam")
    for sheet in sheets.order_by("number"):
        own.setdefault(sheet.exam_id, []).append(_view(sheet, at, whole=False))
    views = [
        ExamView(
            id=row.pk, title=row.title, minutes=row.minutes, questions=row.knowledge + row.skill,
            pass_mark=row.pass_mark, attempts=row.attempts, wait_days=row.wait_days,
            opens_at=row.opens_at, closes_at=row.closes_at, open=row.opens_at <= at < row.closes_at,
            mine=tuple(own.get(row.pk, ())),
        )
        for row in rows
    ]  # fmt: skip
    return sorted(views, key=lambda view: not view.open)


def sheet_of(sheet_id: int, staff_id: int, *, at: datetime) -> SheetView:
    """One's own sheet. :raises SheetNotFound: none, or another's."""
    row = Attempt.objects.filter(pk=sheet_id, staff_id=staff_id).select_related("exam").first()
    if row is None:
        raise SheetNotFound
    return _view(row, at)


def results(access: Access, *, at: datetime) -> list[SheetView]:
    """Ended sheets of staff of the offices one may look at, the latest first."""
    access.require("quality.view")
    rows = Attempt.objects.filter(
        ended_at__isnull=False, staff__office_id__in=access.offices_for("quality.view")
    )
    return [
        _view(row, at, whole=False)
        for row in rows.select_related("exam").order_by("-ended_at", "-pk")[:100]
    ]


def _view(row: Attempt, at: datetime, *, whole: bool = True) -> SheetView:
    bank = questions.drawn(row.questions) if whole else {}
    return SheetView(
        id=row.pk, exam_id=row.exam_id, title=row.exam.title, staff_id=row.staff_id,
        number=row.number, pass_mark=row.exam.pass_mark, due_at=row.due_at,
        over=row.ended_at is not None or at > row.due_at,
        questions=tuple((bank[code], row.answers.get(code)) for code in row.questions if code in bank),
        ended_at=row.ended_at, score=row.score, knowledge_score=row.knowledge_score,
        skill_score=row.skill_score, passed=row.passed,
    )  # fmt: skip
