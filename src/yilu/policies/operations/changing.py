"""Change who holds a contract, the account it is paid from, and what its holder chose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import CHINA, day_of
from yilu.kernel.errors import Refusal, Sentence
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.policies import events
from yilu.policies.models import Policy
from yilu.policies.operations.frequency import SameAsBefore
from yilu.policies.operations.guards import LIVE, Backdated, PolicyStateStale, changeable, locked
from yilu.policies.operations.pricing import repriced
from yilu.policies.queries.additions import may_buy_additions, participating


class ReceivedAlready(Refusal):
    """The contract was received on another day."""

    code = "received_already"
    message = _("保单签收日已登记，不能更改")
    hint = _("如登记有误，请联系客服更正。")


class NoAdditions(Refusal):
    """The product has no value that could be bought into."""

    code = "no_additions"
    message = _("这张保单的红利不能用来购买交清增额")
    hint = _("只有参加分红、有现金价值的长期保单可以选；可以选现金领取、累积生息或抵交保险费。")


@tx.step
def change_holder(
    *, policy_id: int, holder_id: int, reason: str, actor: Ref, at: datetime, on: date | None = None
) -> None:
    """
    Let somebody else hold the contract and its riders (变更投保人).

    ``reason``: AGREEMENT, INHERITANCE (the holder died) or GUARDIANSHIP. The old holder's account
    is no longer debited.

    :raises SameAsBefore: the same person. Also as every change.
    """
    policy = changeable(policy_id, at=at, on=on)
    if policy.holder_id == holder_id:
        raise SameAsBefore
    before, party = policy.holder_id, people.get_party(holder_id)
    Policy.objects.filter(main_id=policy_id, holder_id=before, state__in=LIVE).update(
        holder_id=party.id, premium_account=None, pay_method="SELF"
    )
    policy.holder_id, policy.premium_account, policy.pay_method = party.id, None, "SELF"
    policy.save(update_fields=["holder", "premium_account", "pay_method"])
    fact = events.HolderChanged(from_holder=before, to_holder=party.id, reason=reason)
    _say(fact, policy, actor, at)


@tx.step
def change_account(
    *, policy_id: int, pay_method: str, account_id: int | None, actor: Ref, at: datetime
) -> None:
    """
    Pay premiums another way (变更交费方式或账户); a debit needs an account in the holder's own name.

    :raises AccountNotFound: another's or a closed account. :raises PolicyStateStale: not living.
    """
    policy = locked(policy_id, LIVE)
    method = Policy.PayMethod(pay_method)
    if method == "BANK_DEBIT":
        people.get_payable_account(policy.holder_id, account_id or 0)
    policy.pay_method = method
    policy.premium_account_id = account_id if method == "BANK_DEBIT" else None
    policy.save(update_fields=["pay_method", "premium_account"])
    _say(events.PremiumAccountChanged(pay_method=method.value), policy, actor, at)


@tx.step
def change_occupation(
    *, policy_id: int, occupation_class: int, actor: Ref, at: datetime, on: date | None = None
) -> Decimal:
    """
    The insured does other work (变更职业类别): the premium follows from the next due day; the new one.

    :raises SameAsBefore: the same class. :raises PriceNotOffered: the product does not cover that
        class. Also as every change.
    """
    policy = changeable(policy_id, at=at, on=on)
    if policy.occupation_class == occupation_class:
        raise SameAsBefore
    policy.premium, policy.extra_premium = repriced(policy, occupation_class=occupation_class)
    policy.occupation_class = occupation_class
    if policy.owed_premium and policy.state != "SUSPENDED":
        policy.owed_premium = policy.premium
    policy.save(update_fields=["premium", "extra_premium", "occupation_class", "owed_premium"])
    fact = events.OccupationChanged(occupation_class=occupation_class, premium=str(policy.premium))
    _say(fact, policy, actor, at)
    return policy.premium


@dataclass(frozen=True, slots=True)
class OccupationOffer:
    """What another occupation class would make of an instalment, and the class as it is."""

    occupation_class: int
    premium: Decimal


def occupation_offer(*, policy_id: int, occupation_class: int) -> OccupationOffer:
    """
    What ``change_occupation`` would come to; it changes nothing.

    :raises SameAsBefore: the same class. :raises PriceNotOffered: the product does not cover it.
    """
    policy = Policy.objects.filter(pk=policy_id).first()
    if policy is None:
        raise PolicyStateStale
    if policy.occupation_class == occupation_class:
        raise SameAsBefore
    premium, _extra = repriced(policy, occupation_class=occupation_class)
    return OccupationOffer(policy.occupation_class, premium)


def may_have_additions(policy_id: int, *, on: date) -> bool:
    """Whether a dividend of the contract may buy a sum (交清增额)."""
    by_evening = datetime.combine(on, time.max, CHINA)
    return may_buy_additions(policy_id, participating(by_evening), on)


def require_additions(policy_id: int, *, on: date) -> None:
    """:raises NoAdditions: a dividend of the contract can buy nothing."""
    if not may_have_additions(policy_id, on=on):
        raise NoAdditions


@tx.step
def set_dividend_option(*, policy_id: int, option: str, actor: Ref, at: datetime) -> None:
    """
    What happens to dividends (红利领取方式): CASH, ACCUMULATE, REDUCE, or ADDITIONS (购买交清增额).

    :raises NoAdditions: the contract has no value that a dividend could buy.
    """
    policy = changeable(policy_id, at=at)
    if option == "ADDITIONS":
        require_additions(policy_id, on=day_of(at))
    policy.dividend_option = Policy.DividendOption(option)
    policy.save(update_fields=["dividend_option"])
    _say(events.OptionChosen(option="DIVIDEND", choice=option), policy, actor, at)


@tx.step
def set_premium_advance(*, policy_id: int, wanted: bool, actor: Ref, at: datetime) -> None:
    """Whether an unpaid premium may be lent from the value (保险费自动垫交)."""
    policy = changeable(policy_id, at=at)
    policy.advances_premium = wanted
    policy.save(update_fields=["advances_premium"])
    fact = events.OptionChosen(option="ADVANCE", choice="ON" if wanted else "OFF")
    _say(fact, policy, actor, at)


@tx.step
def set_survival_option(
    *, policy_id: int, option: str, account_id: int | None, actor: Ref, at: datetime
) -> None:
    """
    What happens to survival benefits (生存金领取方式): PAY to the insured's own account, or ACCUMULATE.

    :raises AccountNotFound: another's or a closed account.
    """
    policy = changeable(policy_id, at=at)
    if account_id is not None:
        people.get_payable_account(policy.insured_id, account_id)
    policy.survival_option = Policy.SurvivalOption(option)
    policy.benefit_account_id = account_id
    policy.save(update_fields=["survival_option", "benefit_account"])
    _say(events.BenefitAccountChanged(survival_option=option), policy, actor, at)


@tx.step
def mark_received(*, policy_id: int, on: date, actor: Ref, at: datetime) -> None:
    """
    The customer received the contract (签收): the cooling-off period runs from here. Twice is once.

    :raises ReceivedAlready: on another day. :raises Backdated: a day that has not come.
    """
    policy = locked(policy_id, LIVE)
    if policy.received_on is not None:
        if policy.received_on != on:
            raise ReceivedAlready(Sentence(_("保单已于 {on} 签收"), on=policy.received_on))
        return
    if not policy.formed_on <= on <= day_of(at):
        raise Backdated(_("签收日要在合同成立日至今天之间"))
    policy.received_on = on
    policy.save(update_fields=["received_on"])
    _say(events.PolicyReceived(received_on=on.isoformat()), policy, actor, at)


def _say(fact: object, policy: Policy, actor: Ref, at: datetime) -> None:
    journal.record(fact, about=policy.ref, actor=actor, at=at, party=policy.holder_id)
