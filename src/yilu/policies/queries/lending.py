"""What a loan would cost, shown before anybody confirms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from yilu.kernel.money import ZERO
from yilu.kernel.years import add_months
from yilu.policies import parameters
from yilu.policies.queries.values import open_loans
from yilu.policies.rules import loans


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanOffer:
    """A loan made on a day, until its term ends (借款试算)."""

    amount: Decimal
    yearly_rate: Decimal
    due_on: date
    owed_at_end: Decimal


def loan_offer(amount: Decimal, on: date) -> LoanOffer:
    """What an amount lent on a day comes to at the end of the term."""
    terms = parameters.loan_terms(on)
    due_on = add_months(on, terms.months)
    interest = loans.interest_between(amount, terms.yearly_rate, on, due_on)
    return LoanOffer(
        amount=amount, yearly_rate=terms.yearly_rate, due_on=due_on, owed_at_end=amount + interest
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseOffer:
    """What paying the interest and raising the loan comes to (还息增借试算)."""

    principal_before: Decimal
    interest: Decimal
    principal_after: Decimal


def raise_offer(policy_id: int, by: Decimal, on: date) -> RaiseOffer:
    """The loan of a policy on a day, raised by an amount; all nil where there is none."""
    for each in open_loans([policy_id]).get(policy_id, []):
        if each.loan.kind == "LOAN":
            stand = loans.standing(each.loan, on)
            return RaiseOffer(
                principal_before=stand.principal, interest=stand.interest,
                principal_after=stand.principal + by,
            )  # fmt: skip
    return RaiseOffer(principal_before=ZERO, interest=ZERO, principal_after=ZERO)
