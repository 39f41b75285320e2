"""
An advance before any bill is there (预付, A74): how high it may be, worked out from the expected costs.

The terms of the contract say what the expected costs would come to; of that the insurer advances a
share, up to a limit, both set by two people. What would have to be weighed by a person is not advanced.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_DOWN, Decimal

from yilu.claims.rules import case as cases
from yilu.claims.rules.calculation import calculate
from yilu.claims.rules.facts import Bill, BillLine
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, Refusal, Sentence
from yilu.kernel.money import CENT, ZERO, said_yuan
from yilu.kernel.words import marked as _
from yilu.policies import queries as policies
from yilu.standards import queries as standards

from .holding import Held
from .naming import named_in

LIMIT, SHARE = "claims.ahead_limit", "claims.ahead_share"
ADVANCED = "ADVANCED"
"""The claim's reason that keeps it from the machine: part of its benefit went out already."""


class NotInTheGroup(Invalid):
    """An advance to a named group for somebody who is in none."""

    code = "not_in_the_group"
    message = _("被保险人不在特定人群名单里")
    hint = _("请改选住院预付或突发事件预付，或先凭证明把被保险人列入名单。")


class AheadInDoubt(Refusal):
    """Something about the loss must be weighed by a person first."""

    code = "ahead_in_doubt"
    message = _("按条款有须先判断的事由，现在不能预付")
    hint = _("请先转人工核清事由；核清后按理算金额先行支付。")


class AheadTooHigh(Invalid):
    """More than the share of what the expected costs would come to, or than the limit."""

    code = "ahead_too_high"
    message = _("预付金额超过上限")


@dataclass(frozen=True, slots=True)
class Ahead:
    """What an advance without a bill rests on: who asked for it, and how much may go out in all."""

    asked_by: str
    ceiling: Decimal


@tx.step
def ceiling_of(held: Held, expected: Decimal, *, at: datetime) -> Decimal:
    """
    How much may be advanced in all on a claim whose costs are expected to be ``expected`` yuan.

    :raises PolicyNotInForce: no cover on the day of loss. :raises AheadInDoubt: a waiting period, an
        exclusion or another ground would have to be weighed.
    """
    policy = policies.get_policy(held.policy_id, held.loss_date)
    facts = cases.facts_of(
        claim_type=held.claim_type, loss_date=held.loss_date, loss=held.loss, papers=(),
        contract=policy.contract, cover=policy.cover, reported_on=day_of(held.reported_at),
    )  # fmt: skip
    bill = Bill(
        visit="expected", kind="INPATIENT", on=facts.event_on, total=expected,
        lines=(BillLine(amount=expected, category="A", name="预计费用"),),
    )  # fmt: skip
    found = calculate(
        replace(facts, bills=(bill,)), policy.terms, policies.benefit_use(held.policy_id)
    )
    if found.refusal_grounds:
        words = _("按条款有须先判断的事由（{what}），现在不能预付")
        raise AheadInDoubt(Sentence(words, what="、".join(g.label for g in found.refusal_grounds)))
    share = found.benefit * standards.figure(SHARE, at)
    return min(share.quantize(CENT, rounding=ROUND_DOWN), standards.figure(LIMIT, at))


@tx.step
def keep_below(
    held: Held, amount: Decimal, *, before: Decimal, expected: Decimal, at: datetime
) -> Decimal:
    """
    The ceiling an advance keeps to, with what was advanced ``before``.

    :raises AheadTooHigh: it is beyond. As ``ceiling_of``.
    """
    ceiling = ceiling_of(held, expected, at=at)
    if before + amount > ceiling:
        words = _("预付金额超过上限：按预计费用 {expected} 元，这件赔案最多还可以预付 {left} 元")
        raise AheadTooHigh(
            Sentence(
                words, expected=said_yuan(expected), left=said_yuan(max(ceiling - before, ZERO))
            ),
            hint=Sentence(
                _("预付不超过按条款估算金额的 {share}%，每件最多 {limit} 元。"),
                share=f"{standards.figure(SHARE, at) * 100:.0f}",
                limit=said_yuan(standards.figure(LIMIT, at)),
            ),
        )
    return ceiling


def check_scene(held: Held, scene: str, at: datetime) -> None:
    """:raises NotInTheGroup: a named group's advance for somebody who is in none."""
    if scene == "NAMED" and not named_in(held.insured_id, day_of(at)):
        raise NotInTheGroup
