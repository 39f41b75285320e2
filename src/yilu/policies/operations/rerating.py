"""The insured's age or sex had been misstated: what it makes of the premium, past and coming (保险法 32)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Refusal
from yilu.kernel.money import ZERO
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.kernel.years import full_years
from yilu.policies import events
from yilu.policies.models import LedgerEntry, PaidUpAddition, Policy
from yilu.policies.operations import leaving
from yilu.policies.operations.guards import LIVE, ValueChanged, changeable
from yilu.policies.operations.ledger import post
from yilu.policies.operations.pricing import paid_instalments, repriced
from yilu.policies.terms import proportion


class AddedByDividends(Refusal):
    """Dividends have bought a sum at the wrong age: a person works out what they would have bought."""

    code = "added_by_dividends"
    message = _("红利已购买过交清增额，需人工核定")


@dataclass(frozen=True, slots=True)
class Rerated:
    """
    What the true age or sex makes of the premium; ``difference`` > 0: too little was paid so far, and
    ``sum_insured`` is what the premium as it is has bought (paid ÷ due).
    """

    premium: Decimal
    extra_premium: Decimal
    difference: Decimal
    sum_insured: Decimal


@tx.step
def correct_insured(
    *,
    policy_id: int,
    rated_age: int,
    rated_sex: str,
    about: Ref,
    actor: Ref,
    at: datetime,
    expected: Decimal | None = None,
    reduce: bool = False,
) -> Rerated:
    """
    The insured's age or sex had been misstated: work the premium out anew (保险法 32).

    Too little paid so far comes in (the caller collected ``difference``), too much goes back (the
    caller pays it out). ``expected`` is the difference the person saw. With ``reduce`` nobody makes up
    what was too little: the premium stays, and the sum insured becomes what it has bought.

    :raises ValueChanged: it is another one now. :raises PriceNotOffered: no price for that age; the
        law's other ways are for a person. Also as every change.
    """
    policy = changeable(policy_id, at=at)
    rerated = rerate(policy, rated_age, rated_sex)
    if expected is not None and expected != rerated.difference:
        raise ValueChanged
    if reduce and rerated.difference > ZERO:
        return _bought(policy, rerated, rated_age, rated_sex, actor, at)
    if rerated.difference:
        legs = {"customer": -rerated.difference, "premium": rerated.difference}
        post(policy_id=policy_id, entry="RERATED", legs=legs, about=about, actor=actor, at=at)
    policy.premium, policy.extra_premium = rerated.premium, rerated.extra_premium
    policy.rated_age, policy.rated_sex = rated_age, rated_sex
    policy.premiums_paid += rerated.difference
    if policy.owed_premium:
        policy.owed_premium = policy.premium
    policy.save(
        update_fields=[
            "premium", "extra_premium", "rated_age", "rated_sex", "premiums_paid", "owed_premium",
        ]
    )  # fmt: skip
    fact = events.InsuredCorrected(
        rated_age=rated_age, rated_sex=rated_sex, premium=str(policy.premium),
        difference=str(rerated.difference),
    )  # fmt: skip
    journal.record(fact, about=policy.ref, actor=actor, at=at, party=policy.holder_id)
    return rerated


def _bought(
    policy: Policy, rerated: Rerated, rated_age: int, rated_sex: str, actor: Ref, at: datetime
) -> Rerated:
    """The sum insured becomes what the premium has bought."""
    policy.sum_insured = rerated.sum_insured
    policy.rated_age, policy.rated_sex = rated_age, rated_sex
    policy.save(update_fields=["sum_insured", "rated_age", "rated_sex"])
    fact = events.InsuredCorrected(
        rated_age=rated_age, rated_sex=rated_sex, premium=str(policy.premium), difference="0.00",
        sum_insured=str(policy.sum_insured),
    )  # fmt: skip
    journal.record(fact, about=policy.ref, actor=actor, at=at, party=policy.holder_id)
    return Rerated(policy.premium, policy.extra_premium, ZERO, policy.sum_insured)


@tx.step
def refund_overpaid(
    *, policy_id: int, rated_age: int, rated_sex: str, about: Ref, expected: Decimal, actor: Ref,
    at: datetime,
) -> Decimal:  # fmt: skip
    """
    Too much premium was paid because of a wrong age: give it back to the holder (保险法 32 III), also of
    a contract on which a benefit is being paid or that has ended by it. Where no account of theirs is
    known it becomes theirs all the same (溢交款), and a person asks for one. How much; twice is once.

    :raises ValueChanged: it is not what was shown. :raises PriceNotOffered: no price for that age.
    """
    policy = Policy.objects.select_for_update(of=("self",)).get(pk=policy_id)
    booked = LedgerEntry.objects.filter(policy=policy, kind="RERATED", about=str(about))
    if booked.exists():
        return ZERO
    rerated = rerate(policy, rated_age, rated_sex)
    if -rerated.difference != expected or rerated.difference >= ZERO:
        raise ValueChanged
    legs = {"suspense": expected, "premium": -expected}
    post(policy_id=policy_id, entry="RERATED", legs=legs, about=about, actor=actor, at=at)
    policy.premium, policy.extra_premium = rerated.premium, rerated.extra_premium
    policy.rated_age, policy.rated_sex = rated_age, rated_sex
    policy.premiums_paid -= expected
    policy.save(
        update_fields=["premium", "extra_premium", "rated_age", "rated_sex", "premiums_paid"]
    )
    fact = events.InsuredCorrected(
        rated_age=rated_age, rated_sex=rated_sex, premium=str(policy.premium),
        difference=str(rerated.difference),
    )  # fmt: skip
    journal.record(fact, about=policy.ref, actor=actor, at=at, party=policy.holder_id)
    leaving.return_to_holder(policy, expected, about=about, actor=actor, at=at, why="OVERPAID")
    return expected


def rerate(policy: Policy, rated_age: int, rated_sex: str) -> Rerated:
    """The premium for another age and sex, and the difference for every instalment paid so far."""
    premium, extra = repriced(policy, age=rated_age, sex=rated_sex)
    return Rerated(
        premium, extra, (premium - policy.premium) * paid_instalments(policy),
        proportion(policy.sum_insured, policy.premium, premium),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RerateOffer:
    """
    What the true birth date and sex make of one contract, shown before anybody confirms (费率更正试算).

    ``difference`` > 0: so much too little was paid so far; < 0: too much. ``problem``: there is no price
    for the true age, a person applies the law's other ways.
    """

    policy_id: int
    number: str
    product_name: str
    holder_id: int
    rated_age: int
    rated_sex: str
    premium_before: Decimal
    premium_after: Decimal
    difference: Decimal = ZERO
    sum_before: Decimal = ZERO
    sum_bought: Decimal = ZERO
    problem: str = ""

    @property
    def changes(self) -> bool:
        """Whether anything becomes different."""
        return bool(self.problem) or self.premium_before != self.premium_after


def rerate_offers(*, insured_id: int, born: date, sex: str) -> tuple[RerateOffer, ...]:
    """
    What somebody's true birth date and sex make of every living contract on their life that was priced
    by another age or sex; it changes nothing.
    """
    priced = (
        Policy.objects.filter(insured_id=insured_id, state__in=LIVE, rated_age__isnull=False)
        .select_related("product_version")
        .order_by("pk")
    )
    offers = (_offer(policy, born, sex) for policy in priced)
    return tuple(each for each in offers if each is not None and each.changes)


def rerate_offer(*, policy_id: int, born: date, sex: str) -> RerateOffer | None:
    """
    The same for one contract in whatever state: a claim on it may have ended it. None where it was
    priced by this very age and sex, or by none.
    """
    policy = (
        Policy.objects.filter(pk=policy_id, rated_age__isnull=False)
        .select_related("product_version")
        .first()
    )
    return None if policy is None else _offer(policy, born, sex)


def _offer(policy: Policy, born: date, sex: str) -> RerateOffer | None:
    age = full_years(born, policy.effective_on)
    if (age, sex) == (policy.rated_age, policy.rated_sex or sex):
        return None
    told: dict[str, Any] = {
        "policy_id": policy.pk, "number": policy.number, "holder_id": policy.holder_id,
        "product_name": policy.product_version.name, "rated_age": age, "rated_sex": sex,
        "premium_before": policy.premium, "sum_before": policy.sum_insured,
    }  # fmt: skip
    try:
        if PaidUpAddition.objects.filter(policy=policy).exists():
            raise AddedByDividends
        rerated = rerate(policy, age, sex)
    except Refusal as refused:
        return RerateOffer(
            **told, premium_after=policy.premium, sum_bought=policy.sum_insured,
            problem=str(refused.message),
        )  # fmt: skip
    return RerateOffer(
        **told, premium_after=rerated.premium, difference=rerated.difference,
        sum_bought=rerated.sum_insured,
    )  # fmt: skip
