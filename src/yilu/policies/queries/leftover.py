"""What still lies on a contract and is the customer's: after its end all, before suspense and dividends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from yilu.kernel import tx
from yilu.kernel.money import ZERO
from yilu.policies.queries.refusals import PolicyNotFound
from yilu.policies.queries.values import balances, values_on
from yilu.policies.rules import leftovers


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """
    What lies on a contract on a day (余款), by what it is. ``loan`` is what is still owed on it.

    Suspense, dividends and premiums paid ahead belong to the holder, survival benefits to the insured.
    """

    policy_id: int
    holder_id: int
    insured_id: int
    office_id: int
    ended: bool
    suspense: Decimal = ZERO
    prepaid: Decimal = ZERO
    dividends: Decimal = ZERO
    dividend_interest: Decimal = ZERO
    survival: Decimal = ZERO
    survival_interest: Decimal = ZERO
    loan: Decimal = ZERO

    @property
    def holders(self) -> Decimal:
        """What is the holder's."""
        return self.suspense + self.prepaid + self.dividends

    @property
    def owners(self) -> dict[int, Decimal]:
        """Who is owed how much; nobody who is owed nothing."""
        shares = {self.holder_id: self.holders}
        shares[self.insured_id] = shares.get(self.insured_id, ZERO) + self.survival
        return {party: amount for party, amount in shares.items() if amount > ZERO}


_STANDS = """
    select holder_id, insured_id, office_id, state, ending, ended_on, effective_on, pay_mode, pay_years,
           paid_to, premium, waived_from,
           coalesce((select -sum(e.premium) from policies_ledgerentry e
                      where e.policy_id = p.id and e.kind = 'LEFTOVER'
                        and e.id > (select max(b.id) from policies_ledgerentry b
                                     where b.policy_id = p.id and b.premium > 0)), 0)
      from policies_policy p where id = %s::bigint
"""


def premiums_given_back(policy_id: int) -> Decimal:
    """
    Premiums paid ahead that went back when the contract ended (预交的保险费).

    What went back before a premium was paid again belongs to an earlier end, which was undone.
    """
    found = tx.rows(_STANDS, [policy_id])
    return Decimal(found[0][-1]) if found else ZERO


def leftover_of(policy_id: int, on: date) -> Leftover:
    """
    What lies on a contract on a day. :raises PolicyNotFound: no such policy.

    A maturity benefit that waits to be claimed is no leftover: it has its own request.
    """
    found = tx.rows(_STANDS, [policy_id])
    if not found:
        raise PolicyNotFound
    holder, insured, office, state, ending, ended_on, begun, mode, years, paid_to = found[0][:10]
    premium, waived, returned = found[0][10:]
    lying, values = balances(policy_id), values_on(policy_id, on)
    ended = state in ("EXPIRED", "TERMINATED")
    told = {
        "policy_id": policy_id, "holder_id": holder, "insured_id": insured, "office_id": office,
        "ended": ended, "suspense": max(lying["suspense"], ZERO), "dividends": values.dividends,
        "dividend_interest": values.dividends - lying["dividend"],
    }  # fmt: skip
    if not ended:
        return Leftover(**told)
    ahead = ZERO
    if ending in ("PAID_OUT", "WITH_MAIN") and waived is None and ended_on is not None:
        periods = leftovers.paid_ahead(begun, mode, years, paid_to, ended_on)
        ahead = premium * periods - returned
    theirs = ending != "MATURED"
    return Leftover(
        **told,
        prepaid=max(min(ahead, lying["premium"]), ZERO),
        survival=values.survival_account if theirs else ZERO,
        survival_interest=values.survival_account - lying["survival"] if theirs else ZERO,
        loan=values.loan_owed,
    )
