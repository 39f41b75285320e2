"""What departments did together is proposed by one, confirmed by another who had no part in it (A162)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.scorecards import events
from yilu.scorecards.models import Credit, Initiative
from yilu.scorecards.refusals import BadInitiative, InitiativeNotFound, NeedsReason, OwnInitiative
from yilu.scorecards.rules import together
from yilu.scorecards.rules.together import Share


@tx.use_case
def propose_initiative(
    *, title: str, story: str, office_id: int, done_on: date, shares: Sequence[Share],
    access: Access, actor: Ref, at: datetime,
) -> int:  # fmt: skip
    """
    Propose something done together, with each person's part and points; its id.

    :raises BadInitiative: one department alone, points that are none or too many, nobody at work.
    """
    access.require("scorecards.view", office_id=office_id)
    title, story = title.strip(), story.strip()
    if not 4 <= len(title) <= 80 or not 10 <= len(story) <= 600:
        raise BadInitiative(hint=_("请写明事项（至少四个字）和经过与成效（至少十个字）。"))
    if done_on > day_of(at):
        raise BadInitiative(hint=_("完成日期不能晚于今天。"))
    together.check(shares)
    if not all(_works_here(each.staff_id) for each in shares):
        raise BadInitiative(hint=_("参与人须是在职员工。"))
    try:
        with tx.savepoint():
            made = Initiative.objects.create(
                title=title, story=story, office_id=office_id, done_on=done_on,
                proposed_by=str(actor), proposed_at=at,
            )  # fmt: skip
    except IntegrityError:
        raise BadInitiative(hint=_("这件事已经申报过。")) from None
    Credit.objects.bulk_create(
        Credit(
            initiative=made, staff_id=each.staff_id, department=each.department,
            points=each.points, did=each.did.strip()[:200],
        )
        for each in shares
    )  # fmt: skip
    fact = events.InitiativeProposed(office_id=office_id, people=len(shares))
    journal.record(fact, about=made.ref, actor=actor, at=at)
    return made.pk


@tx.use_case
def decide_initiative(
    *, initiative_id: int, confirmed: bool, answer: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Say whether it counts, and why.

    :raises OwnInitiative: one proposed it or took part. :raises InitiativeNotFound: none that waits.
    """
    access.require("scorecards.manage")
    row = (
        Initiative.objects.select_for_update()
        .filter(
            pk=initiative_id, state=Initiative.State.PROPOSED,
            office_id__in=access.offices_for("scorecards.manage"),
        ).first()
    )  # fmt: skip
    if row is None:
        raise InitiativeNotFound
    credits = dict(row.credits.values_list("staff_id", "points"))
    if row.proposed_by == str(actor) or access.staff_id in credits:
        raise OwnInitiative
    answer = answer.strip()
    if not 5 <= len(answer) <= 300:
        raise NeedsReason
    row.state = Initiative.State.CONFIRMED if confirmed else Initiative.State.DECLINED
    row.decided_by, row.decided_at, row.answer = str(actor), at, answer
    row.save()
    points = sum(credits.values()) if confirmed else 0
    fact = events.InitiativeDecided(confirmed=confirmed, points=points)
    journal.record(fact, about=row.ref, actor=actor, at=at)


def _works_here(staff_id: int) -> bool:
    return people.find_signed_in(Ref("staff", staff_id)) is not None
