"""What goes back to the customer when a contract ends early: shown before anybody confirms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from yilu.kernel import tx
from yilu.kernel.money import ZERO
from yilu.policies import parameters
from yilu.policies.queries.values import Values, balances, values_of
from yilu.products import queries as products


@dataclass(frozen=True, slots=True, kw_only=True)
class Surrender:
    """One policy of a surrender: the main policy first, then its riders (退保试算)."""

    policy_id: int
    number: str
    product_name: str
    cash_value: Decimal
    survival: Decimal
    survival_interest: Decimal
    dividends: Decimal
    dividend_interest: Decimal
    suspense: Decimal
    principal: Decimal
    interest: Decimal

    @property
    def owed(self) -> Decimal:
        """Loan and interest, taken off first."""
        return self.principal + self.interest

    @property
    def gross(self) -> Decimal:
        """Everything that is the customer's, before what is owed."""
        return self.cash_value + self.survival + self.dividends + self.suspense

    @property
    def pays(self) -> Decimal:
        """What goes out."""
        return max(self.gross - self.owed, ZERO)


_WITH_RIDERS = """
    select p.id, p.number, v.name from policies_policy p
      join products_productversion v on v.id = p.product_version_id
     where (p.id = %(policy)s::bigint or p.main_id = %(policy)s::bigint)
       and p.state in ('IN_FORCE', 'GRACE', 'SUSPENDED')
     order by p.id = %(policy)s::bigint desc, p.id
"""


def surrender_of(policy_id: int, on: date) -> tuple[Surrender, ...]:
    """What a surrender on a day comes to, policy by policy; none where it has ended."""
    rows = tx.rows(_WITH_RIDERS, {"policy": policy_id})
    values = values_of([row[0] for row in rows], on)
    return tuple(_surrender(id, number, name, values[id]) for id, number, name in rows)


def _surrender(policy_id: int, number: str, name: str, values: Values) -> Surrender:
    lying = balances(policy_id) if values.survival_account or values.dividends else {}
    return Surrender(
        policy_id=policy_id, number=number, product_name=name, cash_value=values.cash_value,
        survival=values.survival_account,
        survival_interest=values.survival_account - lying.get("survival", ZERO),
        dividends=values.dividends,
        dividend_interest=values.dividends - lying.get("dividend", ZERO),
        suspense=values.suspense, principal=values.loan_principal, interest=values.loan_interest,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Returnable:
    """One policy of a return in the cooling-off period (犹豫期退保试算); ``until`` is its last day."""

    policy_id: int
    number: str
    product_name: str
    until: date
    premiums: Decimal
    late_interest: Decimal
    suspense: Decimal
    principal: Decimal
    interest: Decimal
    cost: Decimal

    @property
    def pays(self) -> Decimal:
        """Every premium, less what was lent and the cost of the papers."""
        came = self.premiums + self.late_interest + self.suspense
        return came - self.principal - self.interest - self.cost


_RETURNABLE = """
    select p.id, p.number, v.name, p.product_version_id, p.received_on, p.formed_on
      from policies_policy p join products_productversion v on v.id = p.product_version_id
     where (p.id = %(policy)s::bigint or p.main_id = %(policy)s::bigint)
       and p.state in ('IN_FORCE', 'GRACE', 'SUSPENDED')
     order by p.id = %(policy)s::bigint desc, p.id
"""


def returnable(policy_id: int, on: date) -> tuple[Returnable, ...]:
    """
    What a return in the cooling-off period gives back, policy by policy.

    The days run from when the customer received the contract; one that was never delivered may
    always be returned. Riders go with their main contract, also those that have no such period of
    their own. None where the product has no such period or the policy has ended.
    """
    rows = tx.rows(_RETURNABLE, {"policy": policy_id})
    values = values_of([row[0] for row in rows], on)
    found, days = [], 0
    for id, number, name, version, received_on, formed_on in rows:
        days = max(days, products.get_terms(version).cooling_off_days)
        if not days:
            return ()
        lying = balances(id)
        # What was given back of the value before is not paid a second time.
        premiums = lying["premium"] + lying["refund"]
        until = (received_on or max(on, formed_on)) + timedelta(days=days)
        cost = min(parameters.cooling_off_cost(on), premiums) if id == policy_id else ZERO
        found.append(
            Returnable(
                policy_id=id, number=number, product_name=name, until=until, premiums=premiums,
                late_interest=lying["late_interest"], suspense=lying["suspense"],
                principal=values[id].loan_principal, interest=values[id].loan_interest, cost=cost,
            )
        )  # fmt: skip
    return tuple(found)
