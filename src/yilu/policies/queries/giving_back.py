"""What giving paid-up additions back alone comes to, shown before anybody confirms (交清增额领取试算)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_UP, Decimal

from yilu.kernel.errors import Invalid, Refusal, Sentence
from yilu.kernel.money import CENT, ZERO, said_yuan
from yilu.kernel.words import marked as _
from yilu.policies.queries.changing import still_carries
from yilu.policies.queries.values import values_on, worth_of
from yilu.products import queries as products


class NothingAdded(Refusal):
    """Dividends have bought nothing, or it was given back."""

    code = "nothing_added"
    message = _("这张保单没有交清增额")
    hint = _("分红保险的红利选择“购买交清增额”以后，才会有可领取的增额。")


class AdditionsStay(Refusal):
    """The terms give additions back with the whole contract only."""

    code = "additions_stay"
    message = _("按合同条款，交清增额只能随整张保单一起退")
    hint = _("只是临时用钱的话，可以考虑保单借款：可借金额里已经算上增额的现金价值。")


class MoreThanAdded(Invalid):
    """More is asked for than the additions are worth."""

    code = "more_than_added"
    message = _("超过交清增额的现金价值")
    hint = _("请改小金额，或选择“全部领取”。")


@dataclass(frozen=True, slots=True, kw_only=True)
class GivingBack:
    """Additions given back: the sum before and after, what it pays, what value stays with the contract."""

    sum_before: Decimal
    sum_after: Decimal
    pays: Decimal
    value_after: Decimal

    @property
    def gives_up(self) -> Decimal:
        """The sum that is insured no longer."""
        return self.sum_before - self.sum_after


def giving_back(policy_id: int, amount: Decimal | None, on: date) -> GivingBack:
    """
    What taking an amount out of the additions on a day leaves; None: all of them.

    The sum given up is rounded up to the cent: what stays is never worth more than before.

    :raises NothingAdded: there are none. :raises AdditionsStay: the terms do not let them go alone.
    :raises MoreThanAdded: nothing, or more than they are worth. :raises LoanInTheWay: the rest would not
        carry the loan. :raises PolicyNotFound: no such policy.
    """
    values = values_on(policy_id, on)
    if values.added_value <= ZERO:
        raise NothingAdded
    if not products.get_terms(worth_of(policy_id, on).version_id).additions_clause:
        raise AdditionsStay
    pays = values.added_value if amount is None else amount
    if not ZERO < pays <= values.added_value:
        raise MoreThanAdded(
            Sentence(_("交清增额的现金价值今天是 {most} 元"), most=said_yuan(values.added_value))
        )
    still_carries(values, values.cash_value - pays)
    part = (values.added_sum * pays / values.added_value).quantize(CENT, rounding=ROUND_UP)
    return GivingBack(
        sum_before=values.added_sum, sum_after=max(values.added_sum - part, ZERO), pays=pays,
        value_after=values.cash_value - pays,
    )  # fmt: skip
