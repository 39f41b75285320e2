"""What becomes of an offered year: paid it is a contract; called off, declined or overtaken it is none."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, NotFound, Refusal, Sentence, Stale
from yilu.kernel.money import ZERO, yuan
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.messaging import operations as messaging
from yilu.payments import operations as payments
from yilu.people.queries import Access
from yilu.policies import operations as policies
from yilu.policies import queries as policy_queries
from yilu.policies.operations import documenting
from yilu.products import queries as products
from yilu.renewals import events
from yilu.renewals.models import NewYear, OrderLine, PremiumDue
from yilu.renewals.operations import caring, offering
from yilu.renewals.operations.reminding import named
from yilu.renewals.rules import days
from yilu.work import operations as work

DECLINE_DAYS = 30
"""We decline a year no later than this before it would begin, so that there is time for other cover (our pledge)."""
LISTED_LATE_DAYS = 10
"""Where it was listed later than that, so many days from the listing on."""
REASON_LENGTH = 6


class NewYearNotFound(NotFound):
    """There is no such offer, or it is another's: in the same words."""

    code = "new_year_not_found"
    message = _("没有找到这份续保")


class NewYearDecided(Stale):
    """It was decided, paid or ended meanwhile."""

    code = "new_year_decided"
    message = _("这份续保已经有结果")
    hint = _("请刷新页面查看。")


class GuaranteedRenewal(Refusal):
    """The wording guarantees the year: nobody may decline it or change its price."""

    code = "guaranteed_renewal"
    message = _("条款约定保证续保，不能拒绝，也不能改变费率")
    hint = _("请按原条款和费率表续保；健康变化和理赔记录都不影响续保。")


class TooLateToDecline(Refusal):
    """The holder would be left without time to find other cover."""

    code = "too_late_to_decline"
    message = _("距离满期太近，不能再作不续保的决定")
    hint = _("请按费率续保；客户需要留出时间另作安排。")


class DeclineReasonWanted(Invalid):
    """Who declines says why, in words the customer can read."""

    code = "decline_reason_wanted"
    message = _("请写明不续保的理由")
    hint = _("理由会原样告诉客户，请用客户能懂的话。")


class PremiumWanted(Invalid):
    """An offer has a premium."""

    code = "new_year_premium_wanted"
    message = _("请填写下一年度的保险费（元，大于零，最多两位小数）")


class WayWanted(Invalid):
    """How the holder said so belongs to the record."""

    code = "consent_way_wanted"
    message = _("请选择客户是在电话里还是在柜面同意的")


@tx.step
def conclude(*, due: PremiumDue, about: Ref, actor: Ref, at: datetime) -> None:
    """The premium of an offered year is in: it becomes a contract, and its document is made."""
    year = NewYear.objects.select_for_update(of=("self",)).get(due=due)
    assert year.version_id is not None
    assert year.premium is not None
    made = policies.renew(
        year=policies.NextYear(
            policy_id=year.policy_id, version_id=year.version_id, premium=year.premium,
            extra_premium=year.extra_premium, rated_age=year.rated_age or 0,
        ),
        about=about, actor=actor, at=at,
    )  # fmt: skip
    year.state, year.next_id = NewYear.State.TAKEN, made.id
    year.save(update_fields=["state", "next"])
    documenting.issue_document(policy_id=made.id, actor=SYSTEM, at=at)
    fact = events.NewYearTaken(
        policy_id=year.policy_id, next_id=made.id, premium=str(year.premium),
        starts_on=year.ends_on.isoformat(),
    )  # fmt: skip
    journal.record(fact, about=year.ref, actor=actor, at=at, party=year.holder_id)
    messaging.queue(
        "renewals.new_year_taken", to=Ref("party", year.holder_id), about=Ref("policy", made.id), at=at,
        facts={
            "policies": _named(year), "amount": str(year.premium), "since": year.ends_on.isoformat(),
        },
    )  # fmt: skip


@tx.use_case
def call_off_new_year(*, policy_id: int, holder_id: int, actor: Ref, at: datetime) -> Decimal:
    """
    The holder does not want the next year after all, before it begins; what goes back the way it came.

    ``policy_id`` is the new contract. All that was paid for it goes back, and the consent to automatic
    renewal ends with it. Until the old year's end the offer stands open again.

    :raises NewYearNotFound: none, or another's. :raises YearHasBegun: it is surrendered instead.
    """
    year = (
        NewYear.objects.select_for_update(of=("self",))
        .filter(next_id=policy_id, holder_id=holder_id)
        .first()
    )
    if year is None:
        raise NewYearNotFound
    paid = _undo(year, actor, at)
    policies.take_consent_back(policy_id=year.policy_id, holder_id=holder_id, actor=actor, at=at)
    messaging.queue(
        "renewals.new_year_called_off", to=Ref("party", holder_id), about=Ref("policy", year.policy_id),
        at=at, facts={"policies": _named(year), "amount": str(paid)},
    )  # fmt: skip
    return paid


def _undo(year: NewYear, actor: Ref, at: datetime) -> Decimal:
    """Take the contract back and give the money back; the offer is open again."""
    assert year.next_id is not None
    assert year.due is not None
    new_id = year.next_id
    paid = policies.call_off_renewal(policy_id=new_id, about=year.ref, actor=actor, at=at)
    line = OrderLine.objects.select_related("order").get(due=year.due, live=True)
    assert line.order.collection_id is not None
    payments.refund_collection(
        collection_id=line.order.collection_id, amount=paid, key=f"new_year:{new_id}", actor=actor, at=at
    )  # fmt: skip
    line.live = False
    line.save(update_fields=["live"])
    year.due.state, year.due.ended_on = PremiumDue.State.OPEN, None
    year.due.save(update_fields=["state", "ended_on"])
    year.state, year.next_id = NewYear.State.OFFERED, None
    year.save(update_fields=["state", "next"])
    fact = events.NewYearCalledOff(policy_id=year.policy_id, next_id=new_id, refunded=str(paid))
    journal.record(fact, about=year.ref, actor=actor, at=at, party=year.holder_id)
    return paid


@tx.step
def end_with_contract(*, policy_id: int, actor: Ref, at: datetime) -> None:
    """
    The old contract ended before its time: nothing is offered any more, and a year that was paid but has
    not begun goes back whole. One that has begun is looked at by a person.
    """
    year = NewYear.objects.select_for_update(of=("self",)).filter(policy_id=policy_id).first()
    if year is None or year.state not in ("OFFERED", "TO_DECIDE", "TAKEN"):
        return
    if year.state == NewYear.State.TAKEN:
        assert year.due is not None
        try:
            with tx.savepoint():
                _undo(year, actor, at)
        except policies.YearHasBegun:
            caring.open_case(
                due=year.due, kind="CALL", at=at,
                title="上一年度保单已提前终止，下一年度已经生效，请核对是否应退保险费并联系客户",
            )  # fmt: skip
            return
    _close(year, NewYear.State.CLOSED, actor, at)


@tx.use_case
def offer_by_hand(
    *, new_year_id: int, premium: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    A person sets the premium of a year that no table prices; the holder is told of it as of any other.

    :raises NewYearNotFound: none, or another office's. :raises NewYearDecided: not waiting for it.
    :raises PremiumWanted: no such amount.
    """
    year = _held(new_year_id, access)
    day = day_of(at)
    if year.state != NewYear.State.TO_DECIDE or year.version_id is None or day >= year.ends_on:
        raise NewYearDecided
    try:
        amount = yuan(premium)
    except ValueError:
        raise PremiumWanted from None
    if amount <= ZERO:
        raise PremiumWanted
    contract = policy_queries.policy_card(year.policy_id)
    old = products.get_terms(contract.product_version_id)
    on = offering.when(old, year.ends_on, day, days_before=(year.ends_on - day).days)
    year.due = PremiumDue.objects.create(
        policy_id=year.policy_id, holder_id=year.holder_id, office_id=year.office_id,
        agent_id=contract.agent_id, due_on=on.due, grace_ends_on=on.grace, amount=amount,
        reminded=days.FIRST, remind_on=max(day + timedelta(days=1), on.due - timedelta(days=7)),
        debit_on=on.debit, listed_on=day, for_new_year=True,
    )  # fmt: skip
    new = products.get_terms(year.version_id)
    year.changes = offering.changes(old, new, contract.premium, amount, None, None)
    year.premium, year.state = amount, NewYear.State.OFFERED
    year.decided_by, year.decided_at = str(actor), at
    year.save()
    work.close_items(about=year.ref, queue=offering.QUEUE, at=at)
    fact = events.NewYearOffered(
        policy_id=year.policy_id, premium=str(amount), version_id=year.version_id,
        starts_on=year.ends_on.isoformat(), by_person=True,
    )  # fmt: skip
    journal.record(fact, about=year.ref, actor=actor, at=at, party=year.holder_id)
    messaging.queue(
        "renewals.new_year_offer", to=Ref("party", year.holder_id), about=Ref("policy", year.policy_id),
        at=at, copy_agent=True,
        facts={
            "policies": _named(year), "amount": str(amount), "due": year.due.due_on.isoformat(),
        },
    )  # fmt: skip


@tx.use_case
def decline_new_year(
    *, new_year_id: int, reason: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    A person declines the next year, with a reason that the holder is told at once.

    :raises NewYearNotFound: none, or another office's. :raises NewYearDecided: paid, being paid or ended.
    :raises GuaranteedRenewal: the wording promises the year. :raises TooLateToDecline: see there.
    :raises DeclineReasonWanted: no words.
    """
    year = _held(new_year_id, access)
    if year.state not in ("OFFERED", "TO_DECIDE"):
        raise NewYearDecided
    if year.guaranteed:
        raise GuaranteedRenewal
    until = decline_by(year.ends_on, year.listed_on)
    if day_of(at) > until:
        raise TooLateToDecline(Sentence(_("不续保的决定最晚在 {day} 作出"), day=until))
    if len(reason.strip()) < REASON_LENGTH:
        raise DeclineReasonWanted
    if year.due_id and _is_being_paid(year.due_id):
        raise NewYearDecided(_("客户正在支付下一年度的保险费"))
    year.reason, year.decided_by, year.decided_at = reason.strip()[:300], str(actor), at
    year.save(update_fields=["reason", "decided_by", "decided_at"])
    _close(year, NewYear.State.DECLINED, actor, at)
    fact = events.NewYearDeclined(policy_id=year.policy_id, ends_on=year.ends_on.isoformat())
    journal.record(fact, about=year.ref, actor=actor, at=at, party=year.holder_id)
    messaging.queue(
        "renewals.new_year_declined", to=Ref("party", year.holder_id), about=Ref("policy", year.policy_id),
        at=at, copy_agent=True,
        facts={
            "policies": _named(year), "until": (year.ends_on - timedelta(days=1)).isoformat(),
            "reason": year.reason,
        },
    )  # fmt: skip


@tx.use_case
def write_down_consent(
    *, policy_id: int, agrees: bool, way: str, text_version: str, access: Access, actor: Ref,
    at: datetime,
) -> None:  # fmt: skip
    """
    A colleague writes down what the holder said on the phone or at the counter: agrees, or takes it back.

    At any time of the year: whether a next year was worked out yet does not matter.

    :raises PolicyNotFound: none, or another office's. :raises WayWanted: how they said so is missing.
    Also as ``policies.agree_to_renewal``.
    """
    access.require("renewals.handle")
    card = policy_queries.policy_card(policy_id)
    if not access.may("renewals.handle", card.office_id):
        raise policy_queries.PolicyNotFound
    told: dict[str, Any] = {
        "policy_id": policy_id,
        "holder_id": card.holder_id,
        "actor": actor,
        "at": at,
    }
    if not agrees:
        policies.take_consent_back(**told)
        return
    if way not in ("PHONE", "COUNTER"):
        raise WayWanted
    policies.note_consent(text_version=text_version, way=way, **told)


def decline_by(ends_on: date, listed_on: date) -> date:
    """The last day on which a year may be declined."""
    late = min(listed_on + timedelta(days=LISTED_LATE_DAYS), ends_on - timedelta(days=1))
    return max(ends_on - timedelta(days=DECLINE_DAYS), late)


def _held(new_year_id: int, access: Access) -> NewYear:
    access.require("renewals.handle")
    year = NewYear.objects.select_for_update(of=("self",)).filter(pk=new_year_id).first()
    if year is None or not access.may("renewals.handle", year.office_id):
        raise NewYearNotFound
    return year


def _is_being_paid(due_id: int) -> bool:
    """Whether an order has it; until commit none is begun, because an order holds its premiums first."""
    PremiumDue.objects.select_for_update(of=("self",)).get(pk=due_id)
    return OrderLine.objects.filter(due_id=due_id, live=True).exists()


def _close(year: NewYear, state: str, actor: Ref, at: datetime) -> None:
    if year.due_id is not None:
        PremiumDue.objects.filter(pk=year.due_id, state="OPEN").update(
            state="CLOSED", ended_on=day_of(at), remind_on=None, debit_on=None
        )
        caring.close_for(year.due_id, "ENDED_YEAR", actor, at)
    year.state = state
    year.save(update_fields=["state"])
    work.close_items(about=year.ref, queue=offering.QUEUE, at=at)


def _named(year: NewYear) -> str:
    card = policy_queries.policy_card(year.policy_id)
    return named([(card.product_name, card.number)])
