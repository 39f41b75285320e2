"""Money that is left on a contract goes back to whose it is, or to a person who finds out how."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Refusal
from yilu.kernel.money import ZERO
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.messaging import operations as messaging
from yilu.people import queries as people
from yilu.policies import events
from yilu.policies.models import DueBenefit, Policy, Restraint
from yilu.policies.operations.guards import ValueChanged, day_asked, refuse_if_restrained
from yilu.policies.operations.ledger import post
from yilu.policies.operations.paying_out import PayOut, pay_out
from yilu.policies.queries.leftover import Leftover, leftover_of
from yilu.work import operations as work

QUEUE = "policies.leftover"
WHY = {
    "NO_ACCOUNT": _("保单终止后有余款，客户没有登记账户"),
    "DIED": _("保单终止后有余款，应领取人已身故，请联系继承人"),
    "RESTRAINED": _("保单终止后有余款，保单冻结或质押中"),
    "LOAN": _("保单终止后有余款，借款尚未结清"),
    "RESCINDED": _("解除合同后应退保险费，投保人没有可用的账户，请联系客户"),
    "OVERPAID": _("年龄更正后应退保险费，投保人没有可用的账户，请联系客户"),
    "REJECTED": _("退还的余款被银行退回，请联系客户更换账户"),
}


class NothingLeft(Refusal):
    """Nothing lies on the contract for this person."""

    code = "nothing_left"
    message = _("这张保单上没有可以退还的余款")
    hint = _("多交的保险费、终止后的余款会显示在保单页；有疑问请联系客服核对账务。")


@tx.step
def return_leftover(
    *,
    policy_id: int,
    parties: Iterable[int],
    expected: Decimal,
    about: Ref,
    actor: Ref,
    at: datetime,
    as_of: date | None = None,
) -> Decimal:
    """
    Give back what lies on a contract for these people (退还余款); how much: the caller pays it out.

    ``expected`` is the sum the person saw (``queries.leftover_of``) on the day they asked. Twice is once.

    :raises NothingLeft: nothing is theirs. :raises ValueChanged: it is another sum now.
    :raises PolicyRestrained: frozen or pledged.
    """
    policy = Policy.objects.select_for_update(of=("self",)).get(pk=policy_id)
    refuse_if_restrained(policy_id)
    left = leftover_of(policy_id, day_asked(as_of, at))
    amount = sum((left.owners.get(party, ZERO) for party in set(parties)), ZERO)
    if amount <= ZERO:
        raise NothingLeft
    if amount != expected:
        raise ValueChanged
    _book(policy, left, set(parties), amount, about, actor, at)
    if amount == sum(left.owners.values(), ZERO):
        work.close_items(about=policy.ref, queue=QUEUE, at=at)
    return amount


def _book(
    policy: Policy, left: Leftover, parties: set[int], amount: Decimal, about: Ref, actor: Ref,
    at: datetime,
) -> None:  # fmt: skip
    holders, insureds = left.holder_id in parties, left.insured_id in parties
    interest = {
        "dividend": left.dividend_interest if holders else ZERO,
        "survival": left.survival_interest if insureds else ZERO,
    }
    borne = sum(interest.values(), ZERO)
    if borne:
        post(
            policy_id=policy.pk, entry="CREDITED", legs={**interest, "benefit": -borne}, about=about,
            actor=actor, at=at,
        )  # fmt: skip
    legs = {
        "customer": amount,
        "suspense": -left.suspense if holders else ZERO,
        "premium": -left.prepaid if holders else ZERO,
        "dividend": -left.dividends if holders else ZERO,
        "survival": -left.survival if insureds else ZERO,
    }
    post(policy_id=policy.pk, entry="LEFTOVER", legs=legs, about=about, actor=actor, at=at)
    if insureds and left.survival:
        DueBenefit.objects.filter(policy=policy).exclude(state="PAID").update(
            state="PAID", paid_about=str(about)
        )
    fact = events.LeftoverReturned(amount=str(amount))
    journal.record(fact, about=policy.ref, actor=actor, at=at, party=policy.holder_id)


@tx.step
def settle_ended(*, policy_id: int, about: Ref, at: datetime) -> tuple[Decimal, Decimal]:
    """
    Return what is left on a contract that has ended: what went out, and what waits for a person.

    Each share goes to its owner's own account. Where none is known, the owner has died, a loan is
    still owed or the contract is frozen, a person finds out: one item of work says why and how much.
    ``about`` names the event it follows from, so that twice is once.
    """
    policy = Policy.objects.select_for_update(of=("self",)).get(pk=policy_id)
    left = leftover_of(policy_id, day_asked(None, at))
    if not left.ended or not left.owners:
        return ZERO, ZERO
    why = ""
    if left.loan > ZERO:
        why = "LOAN"
    elif Restraint.objects.filter(policy_id=policy_id, lifted_at=None).exists():
        why = "RESTRAINED"
    gone = waits = ZERO
    for party, amount in left.owners.items():
        account, reason = (None, why) if why else _account_of(policy, party)
        if account is None:
            waits += amount
            _wait(policy, party, waits, reason, at)
            continue
        subject = Ref(f"{about.kind}_{party}", about.id)
        _book(policy, left, {party}, amount, subject, SYSTEM, at)
        _go(policy, party, account, amount, f"leftover:{about.id}:{party}", at)
        gone += amount
    return gone, waits


@tx.step
def pay_holder(policy: Policy, amount: Decimal, *, key: str, at: datetime, why: str = "") -> bool:
    """
    Pay the holder what is theirs to their own account; False where a person must find one first, whose
    item of work says ``why`` (of ``WHY``) rather than that the contract has ended.
    """
    account, reason = _account_of(policy, policy.holder_id)
    if account is None:
        _wait(policy, policy.holder_id, amount, reason, at, why=why)
        return False
    _go(policy, policy.holder_id, account, amount, key, at)
    return True


def _go(
    policy: Policy, party_id: int, account_id: int, amount: Decimal, key: str, at: datetime
) -> None:
    """On its way, and its owner told; where they must be identified first, then."""
    wanted = PayOut(
        about=policy.ref, to_party=party_id, account_id=account_id, amount=amount, purpose="REFUND",
        key=key, made_with=(policy.holder_id, policy.insured_id),
    )  # fmt: skip
    if pay_out([wanted], at=at):
        return  # they hear of it when it goes
    messaging.queue(
        "policies.leftover_returned", to=Ref("party", party_id), about=policy.ref, at=at,
        facts={"policy": policy.number, "amount": str(amount)},
    )  # fmt: skip


@tx.step
def return_to_holder(
    policy: Policy, amount: Decimal, *, about: Ref, actor: Ref, at: datetime, why: str = ""
) -> bool:
    """
    Let what lies in suspense go to the holder's own account; where there is none it stays there, and a
    person finds one: the holder may also ask for it (退还余款).
    """
    if _account_of(policy, policy.holder_id)[0] is not None:
        legs = {"customer": amount, "suspense": -amount}
        post(policy_id=policy.pk, entry="LEFTOVER", legs=legs, about=about, actor=actor, at=at)
    return pay_holder(policy, amount, key=f"{about.kind}:{about.id}:{policy.pk}", at=at, why=why)


def _account_of(policy: Policy, party_id: int) -> tuple[int | None, str]:
    """The account a person's own money goes to, or why there is none."""
    if people.died_on(party_id) is not None:
        return None, "DIED"
    known = {account.id for account in people.list_accounts(party_id)}
    agreed = (
        policy.premium_account_id if party_id == policy.holder_id else policy.benefit_account_id
    )
    if agreed in known:
        return agreed, ""
    return (max(known), "") if known else (None, "NO_ACCOUNT")


def _wait(
    policy: Policy, party_id: int, amount: Decimal, reason: str, at: datetime, *, why: str = ""
) -> None:
    wait_for_person(policy, party_id=party_id, amount=amount, reason=reason, at=at, why=why)
    if reason == "NO_ACCOUNT":
        messaging.queue(
            "policies.leftover_waits", to=Ref("party", party_id), about=policy.ref, at=at,
            facts={"policy": policy.number, "amount": str(amount)},
        )  # fmt: skip


def wait_for_person(
    policy: Policy, *, party_id: int, amount: Decimal, reason: str, at: datetime, why: str = ""
) -> None:
    """One item of work a contract: why the money could not go by itself, and how much it is."""
    work.open_item(
        QUEUE, about=policy.ref, office_id=policy.office_id, title=WHY[why or reason], at=at,
        amount=amount or None, party_id=party_id,
    )  # fmt: skip
    fact = events.LeftoverWaits(amount=str(amount), reason=reason)
    journal.record(fact, about=policy.ref, actor=SYSTEM, at=at, party=policy.holder_id)


@tx.step
def note_rejection(*, policy_id: int, party_id: int, at: datetime) -> None:
    """The bank sent money of a contract back: a person asks for another account, and it goes again."""
    policy = Policy.objects.get(pk=policy_id)
    wait_for_person(policy, party_id=party_id, amount=ZERO, reason="REJECTED", at=at)
