"""
The same, one claim after another, by the calculation that decides claims: what the kernel is held against.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from yilu.claims.queries import kept
from yilu.kernel.money import ZERO, round_yuan
from yilu.policies.terms import BenefitUsed, Use, Used
from yilu.products.terms import Terms


@dataclass(slots=True)
class _Tally:
    paid: Decimal = ZERO
    days: int = 0
    paid_by_year: dict[int, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    deductible_by_year: dict[int, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    days_by_year: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    paid_by_visit: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    deductible_by_visit: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    days_by_visit: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, use: Use) -> None:
        deductible = round_yuan(use.deductible_used)
        self.paid += use.paid
        self.days += use.days
        self.paid_by_year[use.year] += use.paid
        self.deductible_by_year[use.year] += deductible
        self.days_by_year[use.year] += use.days
        self.paid_by_visit[use.visit] += use.paid
        self.deductible_by_visit[use.visit] += deductible
        self.days_by_visit[use.visit] += use.days


class Ledger:
    """What the claims of one policy used up so far, as the policy's own ledger keeps it."""

    def __init__(self) -> None:
        self._by_benefit: dict[str, _Tally] = {}

    def add(self, uses: Iterable[Use]) -> None:
        """Write what a claim used: whole fen."""
        for use in uses:
            self._by_benefit.setdefault(use.benefit_code, _Tally()).add(use)

    def used(self) -> Used:
        """What the next claim is calculated with."""
        return Used(
            0,
            {
                code: BenefitUsed(
                    t.paid, t.days, t.paid_by_year, t.deductible_by_year, t.days_by_year, t.paid_by_visit,
                    t.deductible_by_visit, t.days_by_visit,
                )
                for code, t in self._by_benefit.items()
            },
        )  # fmt: skip


def benefits_of(chain: Sequence[kept.CaseFacts | Sequence[Use]], terms: Terms) -> list[Decimal]:
    """
    What the claims of one policy come to, in their order; uses among them are taken as they are.

    As in the kernel, a claim within the waiting period follows the clause.
    """
    ledger, found = Ledger(), []
    for each in chain:
        if isinstance(each, kept.CaseFacts):
            facts = each if "WAITING" in each.upheld else replace(each, upheld=("WAITING",))
            calculation = kept.calculate(facts, terms, ledger.used())
            ledger.add(calculation.uses)
            found.append(calculation.benefit)
        else:
            ledger.add(each)
    return found
