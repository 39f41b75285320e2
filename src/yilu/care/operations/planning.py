"""The mediation plan: by template, quoted at once where it meets the standard, otherwise seen by a lead first (A79)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError

from yilu.care import events
from yilu.care.models import Mediation
from yilu.care.plan_book import plan_book
from yilu.care.rules import plans
from yilu.claims import queries as claims
from yilu.kernel import tx
from yilu.kernel.errors import NotAllowed
from yilu.kernel.money import ZERO
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people.queries import Access
from yilu.work import operations as work

from .injuries import (
    TALKS,
    amount_of,
    at_once,
    day_ahead,
    held,
    open_talks,
    say,
    third_of,
    write_bid,
)
from .refusals import BadMediation, MediationOpenAlready, NotNow, PapersMissing
from .summing import MEDIATION, count_in

BASIS_MAX = 20
CONFIRM = "care.plan"
"""The queue of those who confirm plans beyond the standard."""


@tx.use_case
def plan_mediation(
    *, claim_id: int, basis: Sequence[tuple[str, Decimal, str]], next_on: date | None = None,
    access: Access, actor: Ref, at: datetime,
) -> int:  # fmt: skip
    """
    Say what we would pay an injured person, line by line written freely: item, amount, on what it rests. Its id.

    Whoever makes the plan leads the talks (``arrange_talk`` hands them on); ``next_on``: the day of the first.
    Beyond the table ``care.quote_at_once`` it waits for a lead, as one by a template does.

    :raises ClaimNotFound: not theirs. :raises BadMediation: no line, a negative amount, no basis, a day gone by.
    :raises MediationOpenAlready: one goes on. :raises NotAllowed: without the right.
    """
    claim = claims.get_for_staff(claim_id, access)
    lines = [(name.strip(), amount_of(amount), ground.strip()) for name, amount, ground in basis]
    if not 0 < len(lines) <= BASIS_MAX or any(not name or not ground for name, _a, ground in lines):
        raise BadMediation
    total = sum((amount for _n, amount, _g in lines), ZERO)
    doubts = () if at_once(plans.OTHER, total, at) else (plans.Doubt(code="LIMIT"),)
    worked = plans.Worked(lines=tuple(lines), total=total, doubts=doubts)
    return _write(claim, worked, {"next_on": day_ahead(next_on, at)}, access, actor, at).pk


@tx.use_case
def plan_by_template(
    *, claim_id: int, kind: str, answers: Mapping[str, plans.Answer], papers: Collection[str],
    share: int = 100, age: int | None = None, third_party_id: int | None = None, why_without: str = "",
    offer: bool = False, next_on: date | None = None, access: Access, actor: Ref, at: datetime,
) -> int:  # fmt: skip
    """
    Work out a plan by a template (``work_out_plan``) and keep it with what it was worked out from. Its id.

    It is in force at once where every paper is there, every head is within the template's standard and the sum
    within ``care.quote_at_once``: with ``offer`` the sum is then named to the other side there and then.
    Otherwise it waits for a lead (``confirm_plan``, ``return_plan``).

    :raises PapersMissing: and nothing said why it is to go on without. :raises ClaimNotFound, BadMediation,
        MediationOpenAlready, NotAllowed: as ``plan_mediation``.
    """
    claim = claims.get_for_staff(claim_id, access)
    worked = work_out_plan(kind, answers, papers=papers, share=share, age=age, at=at)
    if worked.missing and len(why_without.strip()) < 4:
        raise PapersMissing(worked.missing)
    if third_party_id is not None:
        third_of(claim_id, third_party_id)
    kept: dict[str, Any] = {
        "kind": kind, "third_party_id": third_party_id, "next_on": day_ahead(next_on, at),
        "why_without": why_without.strip()[:200] if worked.missing else "",
        "said": {
            "share": share, "age": age, "papers": sorted(papers),
            "answers": {
                code: {"amount": str(a.amount), "days": a.days, "grade": a.grade, "ground": a.ground}
                for code, a in answers.items()
            },
        },
    }  # fmt: skip
    made = _write(claim, worked, kept, access, actor, at)
    if offer and made.state == Mediation.State.PLANNED:
        write_bid(made, made.plan_amount, ours=True, reason="", actor=actor, at=at)
        made.save(update_fields=["state"])
    return made.pk


def work_out_plan(
    kind: str, answers: Mapping[str, plans.Answer], *, papers: Collection[str], share: int,
    age: int | None, at: datetime,
) -> plans.Worked:  # fmt: skip
    """
    What a plan would come to and why a lead would see it first; nothing is kept.

    :raises BadMediation: no such template, no head, or an answer that cannot be.
    """
    found, book = plan_book().kinds.get(kind), plan_book()
    if found is None or set(papers) - set(book.materials):
        raise BadMediation(_("请先选择伤情或损失类别"))
    if not answers:
        raise BadMediation(_("请至少填写一个赔偿项目"))
    for answer in answers.values():
        amount_of(answer.amount)
    try:
        worked = plans.work_out(found, answers, share=share, age=age, held=papers)
    except plans.Impossible as wrong:
        raise BadMediation(wrong.said, hint=_("请改正后再算一算。")) from None
    if at_once(kind, worked.total, at):
        return worked
    return plans.Worked(
        lines=worked.lines, total=worked.total, missing=worked.missing,
        doubts=(plans.Doubt(code="LIMIT"), *worked.doubts),
    )  # fmt: skip


@tx.use_case
def confirm_plan(*, mediation_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """
    A lead lets a plan beyond the standard be offered.

    :raises MediationNotFound: not theirs. :raises NotNow: it does not wait. :raises NotAllowed: not a lead
        for this much, or the plan is their own.
    """
    mediation = _waiting(mediation_id, access, actor)
    access.require("claims.review", office_id=mediation.office_id, amount=mediation.plan_amount)
    mediation.state = Mediation.State.PLANNED
    mediation.checked_by, mediation.checked_at = str(actor), at
    mediation.save(update_fields=["state", "checked_by", "checked_at"])
    _close(mediation, at, "CONFIRMED")
    open_talks(mediation, claims.get_for_staff(mediation.claim_id, access), at)
    _say_planned(mediation, actor, at, by_lead=True)


@tx.use_case
def return_plan(
    *, mediation_id: int, reason: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    A lead wants another plan: whoever made this one is told why and begins from what they wrote.

    :raises BadMediation: no reason. Otherwise as ``confirm_plan``.
    """
    mediation = _waiting(mediation_id, access, actor)
    if len(reason.strip()) < 4:
        raise BadMediation(_("请写明退回的原因"))
    mediation.state, mediation.returned_for = Mediation.State.RETURNED, reason.strip()[:200]
    mediation.checked_by = str(actor)
    mediation.checked_at = mediation.ended_at = at
    mediation.save()
    _close(mediation, at, "RETURNED")
    claim = claims.get_for_staff(mediation.claim_id, access)
    work.open_item(
        TALKS, about=claim.ref, office_id=claim.office_id, at=at, party_id=claim.claimant_id,
        title="调解方案被退回：按意见修改后重新提交", amount=mediation.plan_amount,
        staff_id=mediation.staff_id,
    )  # fmt: skip
    fact = events.MediationReturned(claim_id=claim.id, mediation_id=mediation.pk)
    say(mediation, fact, actor, at)


def _write(
    claim: claims.ClaimCard, worked: plans.Worked, kept: Mapping[str, Any], access: Access, actor: Ref,
    at: datetime,
) -> Mediation:  # fmt: skip
    """The row, its event and whose work it is now: the talks' leader's, or a lead's."""
    access.require("claims.assess", office_id=claim.office_id)
    state = Mediation.State.PREPARED if worked.doubts else Mediation.State.PLANNED
    try:
        with tx.savepoint():
            made = Mediation.objects.create(
                claim_id=claim.id, office_id=claim.office_id, state=state, plan_amount=worked.total,
                basis=[[name, str(amount), ground] for name, amount, ground in worked.lines],
                doubts=[[doubt.code, doubt.about] for doubt in worked.doubts],
                planned_by=str(actor), planned_at=at, staff_id=access.staff_id, **kept,
            )  # fmt: skip
    except IntegrityError:
        raise MediationOpenAlready from None
    count_in(made.office_id, MEDIATION, at=at)
    if state == Mediation.State.PLANNED:
        open_talks(made, claim, at)
        _say_planned(made, actor, at, by_lead=False)
        return made
    work.close_items(about=claim.ref, queue=TALKS, at=at, outcome="PREPARED")
    work.open_item(
        CONFIRM, about=claim.ref, office_id=claim.office_id, at=at, party_id=claim.claimant_id,
        title="人伤调解方案超出当场报价的标准：请确认或退回", amount=worked.total,
    )  # fmt: skip
    fact = events.MediationPrepared(
        claim_id=claim.id, mediation_id=made.pk, template=made.kind, amount=str(worked.total),
        office_id=claim.office_id, doubts=len(worked.doubts),
    )  # fmt: skip
    say(made, fact, actor, at)
    return made


def _say_planned(mediation: Mediation, actor: Ref, at: datetime, *, by_lead: bool) -> None:
    fact = events.MediationPlanned(
        claim_id=mediation.claim_id, amount=str(mediation.plan_amount), office_id=mediation.office_id,
        mediation_id=mediation.pk, template=mediation.kind, by_lead=by_lead,
    )  # fmt: skip
    say(mediation, fact, actor, at)


def _waiting(mediation_id: int, access: Access, actor: Ref) -> Mediation:
    """A plan that waits for a lead, locked. :raises NotAllowed: not a lead, or their own plan."""
    mediation = held(mediation_id, access)
    access.require("claims.review", office_id=mediation.office_id)
    if mediation.state != Mediation.State.PREPARED:
        raise NotNow(_("该方案不在等待确认"))
    if mediation.planned_by == str(actor):
        raise NotAllowed(_("自己制定的方案由另一位主管确认"))
    return mediation


def _close(mediation: Mediation, at: datetime, outcome: str) -> None:
    about = Ref("claim", mediation.claim_id)
    work.close_items(about=about, queue=CONFIRM, at=at, outcome=outcome)
