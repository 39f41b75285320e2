"""Leave to do it otherwise, for some days: one asks, another decides (A141)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.people.queries import Access
from yilu.quality import events
from yilu.quality.models import Deviation, StandardVersion
from yilu.quality.refusals import BadDeviation, DecidedAlready, OwnRequest, StandardNotFound

LONGEST = timedelta(days=366)


@tx.use_case
def ask_deviation(
    *, version_id: int, what: str, why: str, until: date, access: Access, actor: Ref, at: datetime
) -> int:
    """
    Ask for one's own office to do something otherwise than an approved version says; its id.

    :raises BadDeviation: what, why or the day is missing or too long. :raises StandardNotFound: none.
    """
    what, why, today = what.strip(), why.strip(), day_of(at)
    if not (0 < len(what) <= 300 and 0 < len(why) <= 300 and today <= until <= today + LONGEST):
        raise BadDeviation
    version = StandardVersion.objects.filter(pk=version_id).exclude(state="DRAFT").first()
    if version is None:
        raise StandardNotFound
    row, made = Deviation.objects.get_or_create(
        version=version, office_id=access.office_id, what=what, state="ASKED", asked_by=str(actor),
        defaults={"why": why, "until": until, "asked_at": at},
    )  # fmt: skip
    if made:
        fact = events.DeviationAsked(touchpoint=version.touchpoint, office_id=access.office_id)
        journal.record(fact, about=Ref("deviation", row.pk), actor=actor, at=at)
    return row.pk


@tx.use_case
def decide_deviation(
    *, deviation_id: int, allowed: bool, answer: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Say yes or no, with a reason.

    :raises OwnRequest: the asker does not decide. :raises DecidedAlready: somebody did.
    :raises BadDeviation: without a reason.
    """
    row = Deviation.objects.select_for_update().filter(pk=deviation_id).first()
    if row is None:
        raise StandardNotFound
    access.require("quality.manage", office_id=row.office_id)
    if row.state != "ASKED":
        raise DecidedAlready
    if row.asked_by == str(actor):
        raise OwnRequest
    if not 0 < len(answer.strip()) <= 300:
        raise BadDeviation
    row.state = "ALLOWED" if allowed else "REFUSED"
    row.decided_by, row.decided_at, row.answer = str(actor), at, answer.strip()
    row.save()
    fact = events.DeviationDecided(allowed=allowed, office_id=row.office_id)
    journal.record(fact, about=Ref("deviation", row.pk), actor=actor, at=at)
