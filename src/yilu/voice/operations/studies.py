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
from yilu.voice.models import MonthlyReport, Study
from yilu.voice.refusals import BadStudy
from yilu.voice.rules.labels import JOURNEYS
from yilu.voice.rules.scores import check_nps_scale

from . import monthly

MEASURES = ("NPS", "CSAT", "SCORE")


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
    """Make last month's report of every office that heard anything; 0 when all are there."""
    last = day_of(at).replace(day=1) - timedelta(days=1)
    month = last.replace(day=1)
    known = set(MonthlyReport.objects.filter(month=month).values_list("office_id", flat=True))
    for office in people.list_offices():
        if office.id in known:
            continue
        figures = monthly.figures_of(office.id, month)
        if not figures["ratings"] and not figures["comments"]:
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
            about=Ref("voice_report", made.pk), actor=SYSTEM, at=at,
        )  # fmt: skip
    return 0
