"""Exams: published, taken within their time, scored; a sheet that was handed in never changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people.queries import Access
from yilu.quality import events
from yilu.quality.books import exams
from yilu.quality.models import Attempt, Exam
from yilu.quality.queries import questions
from yilu.quality.refusals import (
    BadAnswer,
    BadExam,
    ExamNotOpen,
    NoMoreAttempts,
    PassedAlready,
    SheetHandedIn,
    SheetNotFound,
    WaitForRetake,
)

AT_ONCE = 100


@tx.use_case
def publish_exam(
    *, title: str, minutes: int, knowledge: int, skill: int, pass_mark: int, attempts: int,
    wait_days: int, opens_at: datetime, closes_at: datetime, access: Access, actor: Ref, at: datetime,
) -> int:  # fmt: skip
    """Publish an exam for all staff; its id. :raises BadExam: figures no exam could have."""
    access.require("quality.manage")
    title, bank = title.strip(), questions.in_force()
    if not (
        0 < len(title) <= 60 and 1 <= minutes <= 240 and 1 <= pass_mark <= 100
        and 0 <= knowledge <= exams.most("knowledge", bank) and 0 <= skill <= exams.most("skill", bank)
        and knowledge + skill > 0 and 1 <= attempts <= 5 and 0 <= wait_days <= 90
        and at < closes_at and opens_at < closes_at
    ):  # fmt: skip
        raise BadExam
    row = Exam.objects.create(
        title=title, minutes=minutes, knowledge=knowledge, skill=skill, pass_mark=pass_mark,
        attempts=attempts, wait_days=wait_days, opens_at=opens_at, closes_at=closes_at,
        made_by=str(actor),
    )  # fmt: skip
    fact = events.ExamPublished(exam_id=row.pk, questions=knowledge + skill, pass_mark=pass_mark)
    journal.record(fact, about=Ref("exam", row.pk), actor=actor, at=at)
    return row.pk


@tx.use_case
def start_exam(*, exam_id: int, staff_id: int, actor: Ref, at: datetime) -> int:
    """
    Begin, or go on with what is begun: two tabs are one sheet. Its id.

    :raises ExamNotOpen: before or after its time. :raises PassedAlready. :raises NoMoreAttempts.
    :raises WaitForRetake: too soon after the last.
    """
    tx.rows(
        "select pg_advisory_xact_lock(hashtextextended(%s, %s::bigint))",
        [f"quality.exam.{exam_id}", staff_id],
    )
    exam = Exam.objects.filter(pk=exam_id).first()
    if exam is None:
        raise SheetNotFound
    past = list(Attempt.objects.filter(exam=exam, staff_id=staff_id).order_by("number"))
    if past and past[-1].ended_at is None and at <= past[-1].due_at:
        return past[-1].pk
    if past and past[-1].ended_at is None:
        _end(past[-1], exam, past[-1].due_at, SYSTEM)
    if not exam.opens_at <= at < exam.closes_at:
        raise ExamNotOpen
    if any(sheet.passed for sheet in past):
        raise PassedAlready
    if len(past) >= exam.attempts:
        raise NoMoreAttempts
    if past and past[-1].ended_at and at < past[-1].ended_at + timedelta(days=exam.wait_days):
        raise WaitForRetake
    number = len(past) + 1
    row = Attempt.objects.create(
        exam=exam, staff_id=staff_id, number=number, started_at=at,
        questions=exams.draw(
            f"{exam.pk}:{staff_id}:{number}", knowledge=exam.knowledge, skill=exam.skill,
            of=questions.in_force(),
        ),
        due_at=min(at + timedelta(minutes=exam.minutes), exam.closes_at),
    )  # fmt: skip
    fact = events.ExamStarted(exam_id=exam.pk, staff_id=staff_id, attempt=number)
    journal.record(fact, about=Ref("sheet", row.pk), actor=actor, at=at)
    return row.pk


@tx.use_case
def save_answers(*, sheet_id: int, answers: Mapping[str, int], staff_id: int, at: datetime) -> None:
    """Keep what is chosen so far. :raises SheetHandedIn: it is over. :raises BadAnswer: not asked."""
    row = _own(sheet_id, staff_id)
    if row.ended_at is not None or at > row.due_at:
        raise SheetHandedIn
    _keep(row, answers)
    row.save(update_fields=["answers"])


@tx.use_case
def hand_in(
    *, sheet_id: int, answers: Mapping[str, int], staff_id: int, actor: Ref, at: datetime
) -> None:
    """
    Hand the sheet in. After its time only what was kept in time counts; a second time changes nothing.

    :raises BadAnswer: an answer to what was not asked.
    """
    row = _own(sheet_id, staff_id)
    if row.ended_at is not None:
        return
    if at <= row.due_at:
        _keep(row, answers)
    _end(row, row.exam, min(at, row.due_at), actor)


@tx.use_case
def end_late_sheets(*, at: datetime) -> int:
    """Sheets whose time is over are scored by what was kept; how many."""
    rows = list(
        Attempt.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("exam").filter(ended_at=None, due_at__lt=at).order_by("pk")[:AT_ONCE]
    )  # fmt: skip
    for row in rows:
        _end(row, row.exam, row.due_at, SYSTEM)
    return len(rows)


def _own(sheet_id: int, staff_id: int) -> Attempt:
    """One's own sheet under a lock; another's reads like none."""
    row = (
        Attempt.objects.select_for_update(of=("self",)).select_related("exam")
        .filter(pk=sheet_id, staff_id=staff_id).first()
    )  # fmt: skip
    if row is None:
        raise SheetNotFound
    return row


def _keep(row: Attempt, answers: Mapping[str, int]) -> None:
    drawn = questions.drawn(row.questions)
    for code, choice in answers.items():
        if code not in row.questions or not 0 <= choice < len(drawn[code].options):
            raise BadAnswer
    row.answers = {**row.answers, **answers}


def _end(row: Attempt, exam: Exam, at: datetime, actor: Ref) -> None:
    told = exams.score(row.questions, row.answers, questions.drawn(row.questions))
    row.score, row.knowledge_score, row.skill_score = told.whole, told.knowledge, told.skill
    row.ended_at, row.passed = at, told.whole >= exam.pass_mark
    row.save()
    fact = events.ExamEnded(
        exam_id=exam.pk, staff_id=row.staff_id, attempt=row.number, score=told.whole,
        passed=row.passed,
    )  # fmt: skip
    journal.record(fact, about=Ref("sheet", row.pk), actor=actor, at=at)
