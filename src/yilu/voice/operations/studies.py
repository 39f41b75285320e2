"""What outside surveys found, and what departments are told every month."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import IntegrityError

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.voice import events
from yilu.voice.models import MonthlyReport, ReportAnswer, Study
from yilu.voice.refusals import AnswerNeeded, BadStudy, NoSuchDepartment, ReportNotFound
from yilu.voice.rules.labels import JOURNEYS
from yilu.voice.rules.scores import check_nps_scale
from yilu.work import operations as work

from . import monthly

MEASURES = ("NPS", "CSAT", "SCORE")
REPORTS = "voice.report"
ANSWER_WITHIN = timedelta(days=10)


@tx.use_case
def enter_study(
    *, name: str, by: str, measure: str, lowest: int, highest: int, value: Decimal,
    others: Decimal | None, sample: int | None, journey: str, held_on: date | None, access: Access,
    actor: Ref, at: datetime,
) -> int:  # fmt: skip
    """
    Enter what an outside survey found; the same survey again corrects it.

    :raises WrongScale: NPS on any other scale than 0 to 10. :raises BadStudy: something is missing.
    """
    access.require("voice.manage")
    name, by = name.strip(), by.strip()
    if measure == "NPS":
        check_nps_scale(lowest, highest)
    bounds = (
        (-100, 100) if measure == "NPS" else (0, 100) if measure == "CSAT" else (lowest, highest)
    )
    if (
        not name or not by or measure not in MEASURES or journey not in JOURNEYS or held_on is None
        or held_on > day_of(at) or lowest >= highest or not bounds[0] <= value <= bounds[1]
    ):  # fmt: skip
        raise BadStudy
    figures = {
        "lowest": lowest, "highest": highest, "value": value, "others": others, "sample": sample,
        "entered_by": str(actor), "entered_at": at,
    }  # fmt: skip
    made, _new = Study.objects.update_or_create(
        name=name[:80],
        by=by[:80],
        measure=measure,
        journey=journey,
        held_on=held_on,
        defaults=figures,
    )
    journal.record(
        events.StudyImported(study_id=made.pk),
        about=Ref("voice_study", made.pk),
        actor=actor,
        at=at,
    )
    return made.pk


@tx.use_case
def make_reports(*, at: datetime) -> int:
    """
    Make last month's report of every office that heard anything; 0 when all are there.

    Whoever looks after feedback there brings it before the departments, who answer what they will do about it.
    """
    last = day_of(at).replace(day=1) - timedelta(days=1)
    month = last.replace(day=1)
    known = set(MonthlyReport.objects.filter(month=month).values_list("office_id", flat=True))
    for office in people.list_offices():
        if office.id in known:
            continue
        figures = monthly.figures_of(office.id, month)
        if not any(figures[part] for part in ("ratings", "comments", "departments")):
            continue
        try:
            with tx.savepoint():
                made = MonthlyReport.objects.create(
                    month=month, office_id=office.id, figures=figures, made_at=at
                )
        except IntegrityError:
            continue
        journal.record(
            events.ReportMade(month=month.isoformat(), journeys=len(figures["journeys"])),
            about=made.ref, actor=SYSTEM, at=at,
        )  # fmt: skip
        if figures["departments"]:
            work.open_item(
                REPORTS, about=made.ref, office_id=office.id, at=at, due_at=at + ANSWER_WITHIN,
                title="部门月报：请各部门答复改进打算",
            )  # fmt: skip
    return 0


@tx.use_case
def answer_report(
    *, report_id: int, department: str, text: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    What a department will do about a month, in its words; said again, the newer one counts.

    The work is done once every department that was told something has answered.

    :raises ReportNotFound: none, or of an office one has no say in. :raises NoSuchDepartment: it was told nothing.
    :raises AnswerNeeded: less than ten signs, or too long.
    """
    access.require("voice.handle")
    held = (
        MonthlyReport.objects.select_for_update()
        .filter(pk=report_id, office_id__in=access.offices_for("voice.handle"))
        .first()
    )
    if held is None:
        raise ReportNotFound
    told = {line[0] for line in held.figures.get("departments", [])}
    if department not in told:
        raise NoSuchDepartment
    text = text.strip()
    if not 10 <= len(text) <= 500:
        raise AnswerNeeded
    row, made = ReportAnswer.objects.get_or_create(
        report=held, department=department, defaults={"text": text, "by": str(actor), "at": at}
    )
    if not made:
        if row.text == text:
            return
        row.text, row.by, row.at = text, str(actor), at
        row.save()
    fact = events.ReportAnswered(month=held.month.isoformat(), department=department)
    journal.record(fact, about=held.ref, actor=actor, at=at)
    if told == set(ReportAnswer.objects.filter(report=held).values_list("department", flat=True)):
        work.close_items(about=held.ref, at=at)
