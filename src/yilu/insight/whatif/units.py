"""The terms as whole numbers: units fine enough to be exact, shares, ratios, waiting periods."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from yilu.products.terms import Allowance, Benefit, Reimbursement, Scope, Terms

from .encoding import NO_SOCIAL, SETTLED, UNUSED, Refused
from .portfolio import Flags, Ints, Portfolio, Table

LARGEST = 1 << 62
CATEGORIES = ("A", "B", "C", "OWN")


@dataclass(frozen=True, slots=True)
class Unit:
    """How fine amounts are: a fen is ``cost`` units before the ratio and ``paid`` after it."""

    cost: int
    paid: int

    def rounded(self, amounts: Ints) -> Ints:
        """Whole fen, halves up. Never negative amounts."""
        return amounts if self.paid == 1 else (amounts + self.paid // 2) // self.paid


def same_shape(before: Terms, after: Terms) -> None:
    """
    Figures may differ; which cost belongs to which benefit may not.

    :raises Refused: named after what cannot be recalculated without reading the papers again.
    """
    if [b.code for b in before.benefits] != [b.code for b in after.benefits]:
        raise Refused("OTHER_BENEFITS")
    for one, other in zip(before.benefits, after.benefits, strict=True):
        for name in (
            "claim_type",
            "causes",
            "visits",
            "visit_is_event",
            "same_stay_gap_days",
            "count",
        ):
            if getattr(one, name, None) != getattr(other, name, None):
                raise Refused("OTHER_SHAPE")
        if type(one) is not type(other) or one.deducts_loan != other.deducts_loan:
            raise Refused("OTHER_SHAPE")


def unit_of(portfolio: Portfolio, terms: Terms) -> Unit:
    """
    As fine as the terms' figures need.

    :raises Refused: where the portfolio's amounts would not fit into 64 bits then.
    """
    scope = ratio = share = 0
    for b in terms.benefits:
        if isinstance(b, Reimbursement):
            scope = max(scope, *(_places(getattr(b.scope, c)) for c in CATEGORIES))
            ratio = max(ratio, *(map(_places, (b.ratio_social, b.ratio_unused, b.ratio_none))))
            share = max(share, _places(b.cap_year_share or Decimal(0)))
        elif isinstance(b, Allowance):
            share = max(share, _places(b.icu_multiple))
    unit = Unit(10**scope, 10 ** max(scope + ratio, share))
    if _most(portfolio, terms) * unit.paid * 2 >= LARGEST:
        raise Refused("TOO_LARGE")
    return unit


def _most(portfolio: Portfolio, terms: Terms) -> int:
    """A bound, in fen, of every sum the kernel forms: of a claim, or of what a policy used so far."""
    claims = portfolio.claims
    peaks = {name: int(column.max()) for name, column in claims.items() if name != "waited"}
    most = sum(peaks[name] for name in ("owed", "loan", "premiums", "cash", "elsewhere"))
    for code, table in portfolio.tables.items():
        b = terms.by_benefit[code]
        if isinstance(b, Reimbursement):
            amounts = (
                b.deductible_visit,
                b.deductible_year,
                b.cap_visit,
                b.cap_year,
                b.cap_lifetime,
            )
            figures = sum(fen_of(amount) for amount in amounts if amount is not None)
            figures += peaks["sum_insured"] * _ceiling(b.cap_year_share or Decimal(0))
            shares = (
                *(getattr(b.scope, c) for c in CATEGORIES),
                b.ratio_social,
                b.ratio_unused,
                b.ratio_none,
            )
            most += figures + table.heaviest * max(1, *map(_ceiling, shares)) ** 2
        elif isinstance(b, Allowance):
            daily = peaks["sum_insured"] if b.daily is None else fen_of(b.daily)
            most += daily * table.heaviest * _ceiling(b.icu_multiple + 1)
    return most


def _ceiling(share: Decimal) -> int:
    return -int(-share // 1)


def _places(figure: Decimal) -> int:
    exponent = figure.normalize().as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def scaled(figure: Decimal, scale: int) -> int:
    made = figure * scale
    if made != int(made):
        raise Refused("TOO_FINE")
    return int(made)


def fen_of(amount: Decimal) -> int:
    return scaled(amount, 100)


def whose(table: Table) -> Ints:
    """The claim of every row; the first for opening entries, which pay nothing."""
    return np.maximum(table.columns["claim"], 0)


def waits(of: Portfolio, table: Table, benefit: Benefit) -> Flags | None:
    """Rows of claims within the waiting period; None where there are none."""
    if not benefit.waiting_days:
        return None
    waits = (of.claims["waited"] < benefit.waiting_days)[whose(table)]
    waits &= table.columns["claim"] >= 0
    return waits if waits.any() else None


def ratios(b: Reimbursement, unit: Unit) -> Ints:
    """By how a visit was settled: what a unit of cost is worth in units of payment."""
    scale = unit.paid // unit.cost
    found = np.zeros(3, np.int64)
    for place, ratio in (
        (NO_SOCIAL, b.ratio_none), (SETTLED, b.ratio_social), (UNUSED, b.ratio_unused),
    ):  # fmt: skip
        found[place] = scaled(ratio, scale)
    return found


def in_scope(table: Table, scope: Scope, unit: Unit) -> Ints:
    """What of each visit's cost counts, by category; cost of unknown category at the least it can be."""
    columns, cost = table.columns, unit.cost
    a, b, c, own = (scaled(getattr(scope, name), cost) for name in CATEGORIES)
    left: Ints = columns["a"] * a
    for name, share in (
        ("b", b), ("c", c), ("own", own), ("lowest", min(a, b, c, own)), ("within", min(a, b)),
    ):  # fmt: skip
        if share:
            left += columns[name] * share
    items = table.items
    if len(items["row"]):
        counted = items["amount"] * np.where(items["category"] == 0, c, own)
        if scope.by_social_standard:
            listed = np.minimum(items["amount"], items["comparable"]) * cost
            counted = np.maximum(counted, listed)
        np.add.at(left, items["row"], counted)
    return left
