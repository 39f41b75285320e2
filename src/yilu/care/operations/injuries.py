"""Injury care: the talks, what is offered, how they end, legal aid (人伤管家)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db import IntegrityError

from yilu.care import events
from yilu.care.models import Bid, Mediation, ThirdParty
from yilu.claims import queries as claims
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import CHINA, day_of
from yilu.kernel.errors import NotAllowed
from yilu.kernel.money import ZERO, yuan
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.messaging import operations as messaging
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.standards import queries as standards
from yilu.work import operations as work

from .confirming import confirm_agreed
from .refusals import AbovePlan, BadMediation, MediationNotFound, MediationOpenAlready, NotNow

AID = "care.legal_aid"
"""The queue of those who give legal help."""
TALKS = "care.mediation"
"""The queue of those who lead the talks: one item a claim, due on the day of the next talk."""
TALKED = (Mediation.State.PLANNED, Mediation.State.TALKING)
TALK_WITHIN = timedelta(days=90)
"""How far ahead the next talk may lie; further, a year was mistyped."""


@tx.use_case
def arrange_talk(
    *, mediation_id: int, next_on: date, staff_id: int | None = None, access: Access, actor: Ref,
    at: datetime,
) -> None:  # fmt: skip
    """
    Say on which day both sides talk next and, with ``staff_id``, who leads the talks from now on.

    :raises NotNow: the talks are over. :raises BadMediation: a day gone by or far ahead, or a colleague
        who may not. :raises MediationNotFound: not theirs.
    """
    mediation = held(mediation_id, access)
    if mediation.state not in TALKED:
        raise NotNow(_("调解已经结束"))
    led_by = mediation.staff_id
    mediation.next_on = day_ahead(next_on, at)
    if staff_id is not None:
        mediation.staff_id = _leader(staff_id, mediation.office_id)
    mediation.save(update_fields=["next_on", "staff_id"])
    if mediation.staff_id != led_by:
        about = Ref("claim", mediation.claim_id)
        work.close_items(about=about, queue=TALKS, at=at, outcome="HANDED_OVER")
        open_talks(mediation, claims.get_for_staff(mediation.claim_id, access), at)
    else:
        _set_due(mediation)
    fact = events.TalkArranged(
        claim_id=mediation.claim_id, mediation_id=mediation.pk, staff_id=mediation.staff_id,
        on=next_on.isoformat(),
    )  # fmt: skip
    say(mediation, fact, actor, at)


@tx.use_case
def make_bid(
    *, mediation_id: int, ours: bool, amount: Decimal, reason: str = "", next_on: date | None = None,
    access: Access, actor: Ref, at: datetime,
) -> None:  # fmt: skip
    """
    Write down an amount that was named, by us or by the other side; ``next_on``: when they talk again.

    The day arranged before is over once something was named on it: another is to be arranged.

    :raises AbovePlan: ours is beyond the plan without a reason. :raises NotAllowed: it is, and by so much
        that a lead names it. :raises NotNow: the talks are over.
    :raises MediationNotFound, BadMediation: as they say.
    """
    mediation = held(mediation_id, access)
    named = amount_of(amount)
    if mediation.state not in TALKED:
        raise NotNow(_("调解已经结束"))
    if ours and named > mediation.plan_amount:
        if len(reason.strip()) < 4:
            raise AbovePlan
        may_stand_for(mediation, named, access, at)
    write_bid(mediation, named, ours=ours, reason=reason, actor=actor, at=at)
    if next_on is not None or (mediation.next_on and mediation.next_on <= day_of(at)):
        mediation.next_on = day_ahead(next_on, at)
        _set_due(mediation)
    mediation.save(update_fields=["state", "next_on"])


@tx.use_case
def end_mediation(
    *,
    mediation_id: int,
    agreed: Decimal | None,
    words: str,
    third_party_id: int | None = None,
    access: Access,
    actor: Ref,
    at: datetime,
) -> None:
    """
    Say how the talks ended: with an amount one side named, or without. What was agreed goes to everybody who
    agreed in a letter, with ``words`` in it; ``third_party_id``: who was harmed, where the plan did not say.

    :raises BadMediation: no words, an amount neither side has named, or a third party of another claim.
    :raises NotNow: ended.
    :raises NotAllowed: it is beyond the plan by so much that a lead agrees to it.
    """
    mediation = held(mediation_id, access)
    if mediation.state not in TALKED:
        raise NotNow(_("调解已经结束"))
    if len(words.strip()) < 4:
        raise BadMediation(_("请写明调解结论"))
    if agreed is not None:
        agreed = amount_of(agreed)
        if not mediation.bids.filter(amount=agreed).exists():
            raise BadMediation(_("达成的金额须是任一方报过的金额"))
        if agreed > mediation.plan_amount:
            may_stand_for(mediation, agreed, access, at)
    if third_party_id is not None:
        mediation.third_party = third_of(mediation.claim_id, third_party_id)
    mediation.state = Mediation.State.AGREED if agreed is not None else Mediation.State.FAILED
    mediation.agreed_amount, mediation.words, mediation.ended_at = agreed, words.strip()[:2000], at
    mediation.next_on = None
    mediation.save()
    work.close_items(
        about=Ref("claim", mediation.claim_id), queue=TALKS, at=at, outcome=mediation.state
    )
    say(
        mediation,
        events.MediationEnded(claim_id=mediation.claim_id, outcome=mediation.state),
        actor,
        at,
    )
    if agreed is not None:
        claim = claims.get_for_staff(mediation.claim_id, access)
        confirm_agreed(mediation, claim, actor=actor, at=at)


@tx.use_case
def ask_legal_aid(
    *, mediation_id: int, reason: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    After talks that failed: hand the case to those who give legal help (法律援助); the customer is told.

    :raises NotNow: the talks did not fail. :raises BadMediation: no reason.
    """
    mediation = held(mediation_id, access)
    if mediation.state != Mediation.State.FAILED:
        raise NotNow(_("调解未达成后才能申请法律援助"))
    if len(reason.strip()) < 4:
        raise BadMediation(_("请写明法律援助的事由"))
    claim = claims.get_for_staff(mediation.claim_id, access)
    mediation.state, mediation.aid_reason = Mediation.State.LEGAL_AID, reason.strip()[:300]
    mediation.save(update_fields=["state", "aid_reason"])
    say(mediation, events.LegalAidAsked(claim_id=claim.id), actor, at)
    work.open_item(
        AID, about=claim.ref, office_id=claim.office_id, at=at, party_id=claim.claimant_id,
        title="人伤调解未达成：法律援助，请联系客户", amount=mediation.plan_amount,
    )  # fmt: skip
    messaging.queue(
        "care.legal_aid", to=Ref("party", claim.claimant_id), about=claim.ref, at=at,
        facts={"claim": claim.number},
    )  # fmt: skip


@tx.use_case
def end_legal_aid(
    *, mediation_id: int, to_court: bool, words: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    What legal help led to: both sides talk again, or the case goes to court and we help there.

    :raises NotNow: no legal help was asked for. :raises BadMediation: no words.
    :raises MediationOpenAlready: other talks go on. :raises NotAllowed: no reviewer of the office.
    """
    mediation = held(mediation_id, access)
    access.require("claims.review", office_id=mediation.office_id)
    if mediation.state != Mediation.State.LEGAL_AID:
        raise NotNow(_("没有在办的法律援助"))
    if len(words.strip()) < 4:
        raise BadMediation(_("请写明法律援助的结果"))
    mediation.state = Mediation.State.COURT if to_court else Mediation.State.TALKING
    mediation.aid_words = words.strip()[:400]
    try:
        with tx.savepoint():
            mediation.save(update_fields=["state", "aid_words"])
    except IntegrityError:
        raise MediationOpenAlready from None
    told = events.LegalAidEnded(
        claim_id=mediation.claim_id, outcome=mediation.state, office_id=mediation.office_id
    )
    say(mediation, told, actor, at)
    work.close_items(
        about=Ref("claim", mediation.claim_id), queue=AID, at=at, outcome=mediation.state
    )
    if not to_court:
        open_talks(mediation, claims.get_for_staff(mediation.claim_id, access), at)


def held(mediation_id: int, access: Access) -> Mediation:
    found = Mediation.objects.select_for_update(of=("self",)).filter(pk=mediation_id).first()
    access.require("claims.assess")
    if found is None or not access.may("claims.assess", office_id=found.office_id):
        raise MediationNotFound
    return found


def third_of(claim_id: int, third_party_id: int) -> ThirdParty:
    """Who was harmed, as the claim knows them. :raises BadMediation: it does not."""
    found = ThirdParty.objects.filter(pk=third_party_id, claim_id=claim_id).first()
    if found is None:
        raise BadMediation(_("该赔案没有登记这位伤者"))
    return found


def write_bid(
    mediation: Mediation, amount: Decimal, *, ours: bool, reason: str, actor: Ref, at: datetime
) -> None:
    """An amount was named: the talks go on (its row is for the caller to save)."""
    Bid.objects.create(
        mediation=mediation, ours=ours, amount=amount, reason=reason.strip()[:200],
        made_by=str(actor), made_at=at,
    )  # fmt: skip
    mediation.state = Mediation.State.TALKING
    fact = events.OfferMade(mediation_id=mediation.pk, ours=ours, amount=str(amount))
    say(mediation, fact, actor, at)


def may_stand_for(mediation: Mediation, amount: Decimal, access: Access, at: datetime) -> None:
    """Whether this colleague may go beyond the plan so far (``care.quote_at_once``). :raises NotAllowed: a lead may."""
    if not at_once(mediation.kind, amount, at):
        access.require("claims.review", office_id=mediation.office_id, amount=amount)


def at_once(kind: str, amount: Decimal, at: datetime) -> bool:
    """Whether whoever leads the talks may name this much without a lead."""
    said = standards.decide("care.quote_at_once", {"kind": kind, "amount": amount}, at)
    return bool(said.outputs["by"] == "HANDLER")


def open_talks(mediation: Mediation, claim: claims.ClaimCard, at: datetime) -> None:
    """The talks are their leader's work, due on the day of the next one."""
    work.open_item(
        TALKS, about=claim.ref, office_id=claim.office_id, at=at, party_id=claim.claimant_id,
        title="人伤调解：与对方协商，记下报价和结论", amount=mediation.plan_amount,
        staff_id=mediation.staff_id, due_at=_evening(mediation.next_on),
    )  # fmt: skip


def _set_due(mediation: Mediation) -> None:
    if (due := _evening(mediation.next_on)) is not None:
        work.set_due(TALKS, about=Ref("claim", mediation.claim_id), due_at=due)


def _evening(day: date | None) -> datetime | None:
    """The end of a working day, as the moment at which a talk on it should be written down."""
    return None if day is None else datetime.combine(day, time(18), CHINA)


def day_ahead(day: date | None, at: datetime) -> date | None:
    if day is not None and not day_of(at) <= day <= day_of(at) + TALK_WITHIN:
        raise BadMediation(_("下次协商日须在今天起九十天以内"))
    return day


def _leader(staff_id: int, office_id: int) -> int:
    try:
        leads = people.staff_access(staff_id)
    except NotAllowed:
        raise BadMediation(_("没有这位同事")) from None
    if not leads.may("claims.assess", office_id=office_id):
        raise BadMediation(_("该同事没有理赔审核的权限"))
    return staff_id


def amount_of(amount: Decimal) -> Decimal:
    try:
        read = yuan(amount)
    except (ValueError, TypeError):
        raise BadMediation from None
    if read < ZERO:
        raise BadMediation
    return read


def say(mediation: Mediation, fact: object, actor: Ref, at: datetime) -> None:
    journal.record(fact, about=Ref("claim", mediation.claim_id), actor=actor, at=at)
