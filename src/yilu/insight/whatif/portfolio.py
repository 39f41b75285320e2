"""
The columns of a portfolio, laid out so that thousands of policies advance together (测算样本).

What a benefit has used is a chain: each claim of a policy stands on those before it. Chains of different
policies are free of one another, so the first claims of all policies are worked out at once, then
the second ones, and so on: a *round*. Within a claim the visits come one after another: a *step*.
In a step every chain appears at most once, so its rows can be calculated as one array.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from yilu.products.terms import Terms

from .encoding import CLAIM_COLUMNS, ITEM_COLUMNS, Collector, Columns

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Step:
    """Rows ``begin`` to ``end``: no chain twice. ``shared``: those whose visit other claims had too."""

    begin: int
    end: int
    first: bool
    shared: Ints | None


@dataclass(frozen=True, slots=True)
class Table:
    """
    The rows of one benefit in the order of calculation, and where each keeps what was used.

    ``chain``, ``slot`` (a policy year of a chain) and ``visit_slot`` (a visit that several claims
    share) are places in the kernel's running sums. ``rounds`` are the steps, grouped.
    """

    columns: dict[str, Ints]
    chain: Ints
    slot: Ints
    visit_slot: Ints
    chains: int
    slots: int
    visits: int
    rounds: tuple[tuple[Step, ...], ...]
    has_fixed: bool
    items: dict[str, Ints]
    """Items with a comparable one; ``row`` is a row of this table."""
    by_claim: Ints
    """The rows that are no opening entries, in the order of the claims."""
    heaviest: int
    """No chain has more than this, in fen or days: the sum of all that its rows say."""

    def __len__(self) -> int:
        return len(self.chain)


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Every claim of a product under recalculation: its facts as columns of whole numbers."""

    terms: Terms
    claims: dict[str, Ints]
    tables: dict[str, Table]

    def __len__(self) -> int:
        return len(self.claims["policy"])

    def digest(self) -> str:
        """SHA-256 over every figure: the same records, the same digest."""
        found = hashlib.sha256()
        for name in CLAIM_COLUMNS:
            found.update(np.ascontiguousarray(self.claims[name]).data)
        for code, table in self.tables.items():
            found.update(code.encode())
            for column in table.columns.values():
                found.update(np.ascontiguousarray(column).data)
            found.update(np.ascontiguousarray(table.items["amount"]).data)
        return found.hexdigest()


def laid_out(collected: Collector) -> Portfolio:
    """What was collected, in the order of calculation."""
    return Portfolio(
        collected.terms,
        _arrays(collected.claims),
        {
            code: table(_arrays(rows), _arrays(collected.items[code]))
            for code, rows in collected.rows.items()
        },
    )


def table(columns: dict[str, Ints], items: dict[str, Ints] | None = None) -> Table:
    """Lay out the rows of one benefit; a chain's rows come in the order in which they count."""
    items = items if items is not None else {n: _none() for n in ITEM_COLUMNS}
    policy, claim = columns["policy"], columns["claim"]
    size = len(policy)
    if not size:
        return Table(columns, _none(), _none(), _none(), 0, 0, 0, (), False, items, _none(), 0)
    order = np.argsort(policy, kind="stable")
    policy, claim = policy[order], claim[order]
    new_chain = np.r_[True, policy[1:] != policy[:-1]]
    new_claim = new_chain | np.r_[True, claim[1:] != claim[:-1]]
    rank = np.cumsum(new_chain) - 1
    block = np.cumsum(new_claim) - 1
    round_ = block - block[new_chain][rank]
    place = np.arange(size) - np.flatnonzero(new_claim)[block]
    # Chains of many claims first: those of a round are then the first ones, and memory is read in a row.
    length = np.bincount(rank[new_claim])
    chain_of = np.empty(len(length), np.int64)
    chain_of[np.argsort(-length, kind="stable")] = np.arange(len(length))
    chain = chain_of[rank]
    sorting = np.lexsort((chain, place, round_))
    order, chain, round_, place = (x[sorting] for x in (order, chain, round_, place))
    laid = {name: column[order] for name, column in columns.items()}
    slot, slots = _numbered(chain, laid["year"])
    visit_slot, visits = _shared(chain, laid["visit"], laid["claim"])
    back = np.empty(size, np.int64)
    back[order] = np.arange(size)
    real = back[columns["claim"] >= 0]
    return Table(
        laid, chain, slot, visit_slot, len(length), slots, visits,
        tuple(_rounds(round_, place, visit_slot)), bool((columns["claim"] < 0).any()),
        {**items, "row": back[items["row"]]}, real, _heaviest(laid, chain, items, back),
    )  # fmt: skip


def _heaviest(columns: dict[str, Ints], chain: Ints, items: dict[str, Ints], back: Ints) -> int:
    weight = np.zeros(len(chain))
    for name, column in columns.items():
        if name not in ("claim", "policy", "year", "visit", "settled"):
            weight += np.abs(column)
    np.add.at(weight, back[items["row"]], items["amount"])
    # Added up as floats, which never overflow; a little more than they say is certainly enough.
    return int(np.bincount(chain, weight).max() * 1.001) + 1


def _none() -> Ints:
    return np.zeros(0, np.int64)


def _arrays(columns: Columns) -> dict[str, Ints]:
    return {n: _array(column) for n, column in zip(columns.names, columns.data, strict=True)}


def _array(column: array[int]) -> Ints:
    return np.frombuffer(column, np.int64) if len(column) else _none()


def _numbered(chain: Ints, year: Ints) -> tuple[Ints, int]:
    """A place for every policy year of every chain; the first years lie as their chains do."""
    _, first, inverse = np.unique(chain << 20 | year, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(len(first))
    return rank[inverse.ravel()], len(first)


def _shared(chain: Ints, visit: Ints, claim: Ints) -> tuple[Ints, int]:
    """A place from 1 for every visit of a chain that more than one claim had; 0 for all others."""
    _, inverse = np.unique(visit, return_inverse=True)
    inverse = inverse.ravel()
    low = np.full(inverse.max() + 1, np.iinfo(np.int64).max)
    high = np.full(inverse.max() + 1, np.iinfo(np.int64).min)
    np.minimum.at(low, inverse, claim)
    np.maximum.at(high, inverse, claim)
    several = low != high
    place = np.cumsum(several) * several
    return place[inverse], int(several.sum()) + 1


def _rounds(round_: Ints, place: Ints, visit_slot: Ints) -> Iterator[tuple[Step, ...]]:
    begins = np.flatnonzero(
        np.r_[True, (round_[1:] != round_[:-1]) | (place[1:] != place[:-1])]
    ).tolist()
    ends = [*begins[1:], len(round_)]
    steps: list[Step] = []
    for begin, end in zip(begins, ends, strict=True):
        shared = np.flatnonzero(visit_slot[begin:end])
        step = Step(begin, end, not place[begin], shared if len(shared) else None)
        if step.first and steps:
            yield tuple(steps)
            steps = []
        steps.append(step)
    yield tuple(steps)
