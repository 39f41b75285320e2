"""What a change of the cover comes to, shown before anybody confirms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

from yilu.kernel import tx
from yilu.kernel.errors import Invalid, Refusal, Sentence
from yilu.kernel.money import CENT, ZERO, round_yuan, said_yuan
from yilu.kernel.words import marked as _
from yilu.policies import parameters, rules
from yilu.policies.queries.refusals import PolicyNotFound, PremiumsAreWaived
from yilu.policies.queries.values import Values, values_on, worth_of
from yilu.policies.queries.worth import paid_up_sum
from yilu.policies.rules import loans, schedule
from yilu.products import queries as products


class CannotReduce(Invalid):
    """The sum asked for cannot stand."""

    code = "cannot_reduce"
    message = _("减少后的保额不在可选范围")
    hint = _("请按提示的范围填写；如不再需要这份保障，可办理退保。")


class LoanInTheWay(Refusal):
    """What would be left does not carry the loan."""

    code = "loan_in_the_way"
    message = _("办理后的现金价值不足以支持未还借款")
    hint = _("请先归还部分或全部借款，再办理此项。")


class NothingToReduce(Refusal):
    """The contract has nothing that could be taken out or bought with."""

    code = "nothing_to_reduce"
    message = _("该保单没有可用的现金价值，不能办理此项")
    hint = _("可考虑变更交费频次、减少保额，或咨询续期顾问。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduction:
    """A smaller sum: what it pays, what premium is left (减保试算)."""

    sum_before: Decimal
    sum_after: Decimal
    premium_before: Decimal
    premium_after: Decimal
    pays: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidUp:
    """The sum that the value buys with nothing more to pay (减额交清试算)."""

    sum_before: Decimal
    sum_after: Decimal
    value: Decimal
    owed: Decimal


_CONTRACT = """
    select product_version_id, state, sum_insured, premium, paid_to, pay_mode, effective_on, waived_from
      from policies_policy where id = %s::bigint
"""


def reduction_to(policy_id: int, sum_after: Decimal, on: date) -> Reduction:
    """
    What reducing the sum insured on a day comes to.

    :raises CannotReduce: not smaller, or below the product's least. :raises LoanInTheWay: the rest
        would not carry the loan. :raises PolicyNotFound: no such policy.
    """
    version, sum_before, premium = _contract(policy_id)
    least = products.get_terms(version).issue.sum_from
    if not least <= sum_after < sum_before:
        raise CannotReduce(
            Sentence(
                _("减少后的保额要在 {least} 元以上、{now} 元以下"),
                least=said_yuan(least),
                now=said_yuan(sum_before),
            )
        )
    values = values_on(policy_id, on)
    # What dividends have bought stays: only the basic sum is reduced.
    basic = values.cash_value - values.added_value
    pays = (basic * (sum_before - sum_after) / sum_before).quantize(CENT, rounding=ROUND_DOWN)
    still_carries(values, values.cash_value - pays)
    return Reduction(
        sum_before=sum_before, sum_after=sum_after, premium_before=premium,
        premium_after=round_yuan(premium * sum_after / sum_before), pays=pays,
    )  # fmt: skip


def withdrawal_of(policy_id: int, amount: Decimal, on: date) -> Reduction:
    """
    What taking an amount out of the value leaves (部分领取).

    :raises NothingToReduce: no value. :raises CannotReduce, LoanInTheWay: as ``reduction_to``.
    """
    version, sum_before, premium = _contract(policy_id)
    values = values_on(policy_id, on)
    basic = values.cash_value - values.added_value
    if basic <= ZERO:
        raise NothingToReduce
    least = products.get_terms(version).issue.sum_from
    left = max(basic - amount, ZERO)
    sum_after = (sum_before * left / basic).quantize(CENT, rounding=ROUND_DOWN)
    if amount <= ZERO or sum_after < least:
        most = (basic * (1 - least / sum_before)).quantize(CENT, rounding=ROUND_DOWN)
        raise CannotReduce(
            Sentence(
                _("部分领取金额要在 0 元以上、不超过 {most} 元"), most=said_yuan(max(most, ZERO))
            )
        )
    still_carries(values, left + values.added_value)
    return Reduction(
        sum_before=sum_before, sum_after=sum_after, premium_before=premium,
        premium_after=round_yuan(premium * sum_after / sum_before), pays=amount,
    )  # fmt: skip


def paid_up_offer(policy_id: int, on: date) -> PaidUp:
    """
    What the value buys when no premium is paid any more.

    :raises NothingToReduce: all is paid already, or the value buys nothing.
    """
    found = tx.rows(_CONTRACT, [policy_id])
    if not found:
        raise PolicyNotFound
    if found[0][7] is not None:
        raise PremiumsAreWaived
    sum_before, paid_to = found[0][2], found[0][4]
    values = values_on(policy_id, on)
    # The loan is settled out of the basic value: what dividends have bought stays as it is.
    basic = values.cash_value - values.added_value
    value = basic - values.loan_owed
    bought = paid_up_sum(worth_of(policy_id, on), on, value) if paid_to is not None else ZERO
    if bought <= ZERO:
        raise NothingToReduce
    return PaidUp(
        sum_before=sum_before, sum_after=min(bought, sum_before), value=basic,
        owed=values.loan_owed,
    )  # fmt: skip


def pay_modes_open(policy_id: int) -> tuple[str, ...]:
    """The frequencies a policy may change to now: those that have a due day where the next one is."""
    found = tx.rows(_CONTRACT, [policy_id])
    if not found:
        raise PolicyNotFound
    paid_to, mode, effective_on, waived_from = found[0][4:8]
    if paid_to is None or waived_from is not None:
        return ()
    return tuple(
        each
        for each in rules.MONTHS
        if each != mode and schedule.is_due_day(effective_on, each, paid_to)
    )


def _contract(policy_id: int) -> tuple[int, Decimal, Decimal]:
    found = tx.rows(_CONTRACT, [policy_id])
    if not found:
        raise PolicyNotFound
    if found[0][7] is not None:
        raise PremiumsAreWaived
    return found[0][0], found[0][2], found[0][3]


def still_carries(values: Values, value_after: Decimal) -> None:
    """:raises LoanInTheWay: what would be left of the value does not carry the loans."""
    share = parameters.loan_terms(values.on).share_of_value
    if values.loan_owed and loans.lendable(value_after, share, ZERO) < values.loan_owed:
        raise LoanInTheWay
