"""Several policies for one cost (多保单理赔): the insured chooses the order, nobody is paid twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from yilu.claims.rules.calculation import calculate
from yilu.claims.rules.facts import CaseFacts
from yilu.claims.rules.result import Calculation
from yilu.kernel.money import ZERO
from yilu.policies.terms import NOTHING_USED, Contract, Used
from yilu.products.terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """One of the insured's policies with what was used of it (参与理赔的保单)."""

    contract: Contract
    terms: Terms
    used: Used = NOTHING_USED
    owed_premium: Decimal = ZERO


def in_order(case: CaseFacts, covers: Sequence[Cover]) -> tuple[Calculation, ...]:
    """
    Calculate a cost under several policies in the order the insured chose (健康保险办法 25).

    What an earlier policy pays is taken off for the next: together they never pay more than the
    cost. ``case.contract``, ``owed_premium`` and ``paid_elsewhere`` are replaced for each.
    """
    found: list[Calculation] = []
    paid = case.paid_elsewhere
    for cover in covers:
        here = replace(
            case, contract=cover.contract, owed_premium=cover.owed_premium, paid_elsewhere=paid
        )
        calculation = calculate(here, cover.terms, cover.used)
        found.append(calculation)
        # Before owed premium: a premium taken off was still paid towards the cost.
        paid += sum((use.paid for use in calculation.uses), ZERO)
    return tuple(found)
