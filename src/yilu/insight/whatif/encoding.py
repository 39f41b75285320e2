"""
Facts of claims as whole numbers (fen, days, years): what the kernel calculates with.

A claim that whole numbers cannot express is refused by name and never approximated. What depends
only on facts is worked out here once; what depends on figures of the terms is left to the kernel.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from yilu.claims.queries import kept
from yilu.kernel.years import full_years
from yilu.products.terms import CAUSES, Allowance, Benefit, Reimbursement, Terms

NEVER_WAITS = 1 << 30
NO_SOCIAL, SETTLED, UNUSED = 0, 1, 2
"""Which ratio a visit has: priced without social insurance, settled by it, or not settled."""
A, B, C, OWN = "A", "B", "C", "OWN"
STAY_DAYS_MAX = 2000
CLAIM_COLUMNS = ("policy", "sum_insured", "owed", "elsewhere", "loan", "premiums", "cash", "waited")
VISIT_COLUMNS = (
    "claim", "policy", "year", "visit", "a", "b", "c", "own", "lowest", "within", "fund", "other",
    "settled", "fixed_deductible", "fixed_paid",
)  # fmt: skip
STAY_COLUMNS = ("claim", "policy", "year", "visit", "counted", "icu", "fixed_days")
ITEM_COLUMNS = ("row", "category", "amount", "comparable")


class Refused(Exception):
    """The kernel cannot express this claim or these terms; ``code`` says why (``REFUSALS``)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class Columns:
    """Growing columns of whole numbers."""

    names: tuple[str, ...]
    data: list[array[int]] = field(init=False)

    def __post_init__(self) -> None:
        self.data = [array("q") for _ in self.names]

    def add(self, *values: int) -> None:
        for column, value in zip(self.data, values, strict=True):
            column.append(value)

    def __len__(self) -> int:
        return len(self.data[0])


class Collector:
    """
    Takes the claims of each policy in the order in which they used up its benefits.

    ``add`` answers with the claim's place, or raises ``Refused`` and has taken nothing;
    ``add_fixed`` takes what a claim used that is not recalculated, as the ledger has it.
    """

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.claims = Columns(CLAIM_COLUMNS)
        self.rows = {
            b.code: Columns(VISIT_COLUMNS if isinstance(b, Reimbursement) else STAY_COLUMNS)
            for b in terms.benefits
            if isinstance(b, Reimbursement | Allowance)
        }
        self.items = {code: Columns(ITEM_COLUMNS) for code in self.rows}
        self._policies: dict[int, int] = {}
        self._visits: dict[tuple[int, str], int] = {}
        self._fixed = 0

    def check(self, case: Sequence[Any]) -> None:
        """:raises Refused: where ``add`` would refuse these facts."""
        self._read(case)

    def add(self, policy: int, case: Sequence[Any]) -> int:
        """One more claim: its facts as they are kept with a calculation."""
        row, visits, days, effective = self._read(case)
        place = len(self.claims)
        number = self._policies.setdefault(policy, len(self._policies))
        self.claims.add(number, *row)
        for visit, (figures, items) in visits:
            self._visit(visit, place, number, effective, figures, items)
        for code, key, first_on, counted, icu in days:
            year = year_of(effective, date.fromisoformat(first_on))
            self.rows[code].add(place, number, year, self._key(number, key), counted, icu, 0)
        return place

    def _read(self, case: Sequence[Any]) -> _Read:
        (
            claim_type, event_on, contract, cause, bills, stays, diagnoses, _injuries, _passing,
            _circumstances, owed, elsewhere, _other, upheld, _reported, *later,
        ) = case  # fmt: skip
        if any(later):  # paid in proportion, because the age was wrong: what was decided stays
            raise Refused("WRONG_AGE")
        if any(key.partition(":")[0] != "WAITING" for key in upheld):
            raise Refused("UPHELD")
        benefits = [
            b for b in self.terms.for_claim(claim_type) if cause in getattr(b, "causes", CAUSES)
        ]
        if any(b.code not in self.rows for b in benefits):
            raise Refused("OTHER_BENEFIT")
        effective = date.fromisoformat(contract[1])
        waited = NEVER_WAITS
        if cause != "ACCIDENT":
            first = min([event_on, *(d[1] for d in diagnoses)])
            start = max(contract[3], contract[15] or contract[3])
            waited = (date.fromisoformat(first) - date.fromisoformat(start)).days
        loan = fen(contract[13]) if any(b.deducts_loan for b in benefits) else 0
        row = (
            fen(contract[0]), fen(owed), fen(elsewhere), loan, fen(contract[11]), fen(contract[12]), waited,
        )  # fmt: skip
        visits = _visits(benefits, bills, event_on) if bills else ()
        prepared = [_numbers(visit, bool(contract[6])) for visit in visits]
        days = _stays(benefits, stays) if stays else []
        return row, list(zip(visits, prepared, strict=True)), days, effective

    def add_fixed(
        self, policy: int, code: str, year: int, visit: str, deductible: int, paid: int, days: int
    ) -> None:
        """What was used of a benefit by something that is not calculated anew (fen, days)."""
        columns = self.rows.get(code)
        if columns is None:
            return
        number = self._policies.setdefault(policy, len(self._policies))
        # A place of its own that is no claim's: it comes between the claims before and after it.
        self._fixed -= 1
        key = self._key(number, visit)
        if columns.names is VISIT_COLUMNS:
            columns.add(self._fixed, number, year, key, *(0,) * 9, deductible, paid)
        else:
            columns.add(self._fixed, number, year, key, 0, 0, days)

    def _visit(
        self, visit: _Visit, place: int, number: int, effective: date, figures: tuple[int, ...],
        items: Sequence[tuple[int, int, int]],
    ) -> None:  # fmt: skip
        code = visit.benefit.code
        columns = self.rows[code]
        for item in items:
            self.items[code].add(len(columns), *item)
        year = year_of(effective, date.fromisoformat(visit.on))
        columns.add(place, number, year, self._key(number, visit.key), *figures, 0, 0)

    def _key(self, number: int, visit: str) -> int:
        return self._visits.setdefault((number, visit), len(self._visits))


@dataclass(slots=True)
class _Visit:
    key: str
    kind: str
    benefit: Benefit
    on: str
    bills: list[Sequence[Any]]


_Figures = tuple[tuple[int, ...], list[tuple[int, int, int]]]
_Read = tuple[
    tuple[int, ...], list[tuple[_Visit, _Figures]], list[tuple[str, str, str, int, int]], date
]


def _visits(
    benefits: Sequence[Benefit], bills: Sequence[Sequence[Any]], event_on: str
) -> list[_Visit]:
    """Visits as the clauses take them: by benefit, each from the earliest."""
    paying = [b for b in benefits if isinstance(b, Reimbursement)]
    found: dict[tuple[str, str], _Visit] = {}
    for bill in bills:
        key, kind, on = bill[0], bill[1], bill[2]
        benefit = next((b for b in paying if kind in b.visits), None)
        if benefit is None:
            continue
        group = kind
        if benefit.visit_is_event:
            key, group = event_on, benefit.code
        visit = found.get((key, group))
        if visit is None:
            found[key, group] = _Visit(key, kind, benefit, on, [bill])
        else:
            visit.bills.append(bill)
            visit.on = min(visit.on, on)
    order = {b.code: n for n, b in enumerate(paying)}
    return sorted(found.values(), key=lambda v: (order[v.benefit.code], v.on, v.key, v.kind))


def _numbers(visit: _Visit, social: bool) -> tuple[tuple[int, ...], list[tuple[int, int, int]]]:
    """A visit's sums by category; and the items for which a comparable one was established."""
    sums = {A: 0, B: 0, C: 0, OWN: 0}
    lowest = within = fund = other = 0
    is_settled = False
    items: list[tuple[int, int, int]] = []
    for bill in visit.bills:
        total, fund_paid = fen(bill[3]), fen(bill[5])
        fund += fund_paid
        other += fen(bill[7])
        is_settled |= fund_paid > 0 if bill[9] is None else bill[9]
        unknown, own = _sorted(bill[4], total, sums, items)
        if not unknown:
            continue
        if bill[8] is None:
            lowest += unknown
        else:
            outside = min(max(fen(bill[8]) - own, 0), unknown)
            sums[OWN] += outside
            within += unknown - outside
    settled = (SETTLED if is_settled else UNUSED) if social else NO_SOCIAL
    return (*sums.values(), lowest, within, fund, other, settled), items


def _sorted(
    lines: Sequence[Sequence[Any]],
    total: int,
    sums: dict[str, int],
    items: list[tuple[int, int, int]],
) -> tuple[int, int]:
    """Add a bill's lines to the sums; its cost of unknown category, and what is outside the list."""
    amounts = [fen(line[0]) for line in lines]
    listed = sum(amounts)
    if lines and listed != total:
        return total, 0
    unknown, own = total - listed, 0
    for line, amount in zip(lines, amounts, strict=True):
        category = line[1]
        if category not in sums:
            category = kept.category_of(category)
        if category not in sums:
            unknown += amount
            continue
        if category in (C, OWN):
            own += amount
            if line[3] is not None:
                items.append((0 if category == C else 1, amount, fen(line[3])))
                continue
        sums[category] += amount
    return unknown, own


def _stays(
    benefits: Sequence[Benefit], stays: Sequence[Sequence[Any]]
) -> list[tuple[str, str, str, int, int]]:
    told = sorted((s[1], s[2], s[0], s[3]) for s in stays)
    days = [
        (date.fromisoformat(a).toordinal(), date.fromisoformat(z).toordinal(), key, icu, a)
        for a, z, key, icu in told
    ]
    days = [d for d in days if 0 <= d[1] - d[0] <= STAY_DAYS_MAX]
    found = []
    for b in benefits:
        if isinstance(b, Allowance):
            for stay in _merged(days, b.same_stay_gap_days):
                counted = _counted(stay, b.count == "BOTH_DAYS")
                found.append((b.code, stay[0][2], stay[0][4], counted, sum(d[3] for d in stay)))
    return found


_Days = tuple[int, int, str, int, str]


def _merged(days: Sequence[_Days], gap: int) -> list[list[_Days]]:
    merged: list[list[_Days]] = []
    until = 0
    for day in days:
        near = bool(merged) and day[0] - until <= gap
        if near:
            merged[-1].append(day)
        else:
            merged.append([day])
        until = max(until, day[1]) if near else day[1]
    return merged


def _counted(stay: Sequence[_Days], both: bool) -> int:
    """Days of one stay, each once; the parts come from the earliest."""
    counted = reached = 0
    for first, last, *_ in stay:
        after = last + 1 if both or first == last else last
        counted += max(after - max(first, reached), 0)
        reached = max(reached, after)
    return counted


def fen(text: str) -> int:
    """An amount of the record as whole fen. :raises Refused: where it is finer, or no amount."""
    whole, _, part = text.partition(".")
    if len(part) > 2 or whole.startswith("-"):
        raise Refused("NOT_WHOLE_FEN")
    return int(whole) * 100 + int((part + "00")[:2])


def year_of(effective: date, day: date) -> int:
    """The policy year of a day, as ``Contract.year_of``."""
    return max(full_years(effective, day), 0) + 1
