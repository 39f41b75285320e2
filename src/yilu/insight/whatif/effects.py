"""What a change of terms does (测算结果): figures a page can show, made from the kernel's columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from yilu.products.terms import Terms

from . import single_path
from .portfolio import Flags, Ints, Portfolio
from .reading import Book

BANDS = (1, 10_000, 50_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000)
"""Where the next band of a benefit begins, in fen; the first band is nothing."""
STEPS = (10_000, 30_000, 100_000, 300_000, 1_000_000)
"""Where the next band of a change begins, in fen, up and down alike."""
AGES = (18, 31, 46, 61)
ROWS_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Row:
    """A claim with another benefit than before; amounts in yuan."""

    claim_id: int | None
    office_id: int | None
    age: int | None
    billed: Decimal
    before: Decimal
    after: Decimal


def billed(portfolio: Portfolio) -> Ints:
    """What every claim cost, in fen, as far as a benefit answers for it."""
    total = np.zeros(len(portfolio), np.int64)
    for table in portfolio.tables.values():
        if "a" not in table.columns or not len(table):
            continue
        cost = np.zeros(len(table), np.int64)
        for name in ("a", "b", "c", "own", "lowest", "within"):
            cost += table.columns[name]
        np.add.at(cost, table.items["row"], table.items["amount"])
        np.add.at(total, table.columns["claim"][table.by_claim], cost[table.by_claim])
    return total


def summary(
    book: Book, portfolio: Portfolio, before: Ints, after: Ints, shown: Flags
) -> dict[str, Any]:
    """Everything the page says, as plain JSON values; amounts in fen."""
    cost = billed(portfolio)[shown]
    policy = portfolio.claims["policy"][shown]
    then, now = before[shown], after[shown]
    decided = np.frombuffer(book.decided, np.int64)[shown] if len(book.decided) else then
    recorded = decided >= 0
    by_policy = np.bincount(policy, now - then).astype(np.int64)[np.unique(policy)]
    ages = np.frombuffer(book.ages, np.int64)[shown] if len(book.ages) else then
    offices = np.frombuffer(book.offices, np.int64)[shown] if len(book.offices) else then
    return {
        "claims": len(then),
        "policies": len(by_policy),
        "elsewhere": int((~shown).sum()),
        "refused": dict(book.refused),
        "billed": int(cost.sum()),
        "before": int(then.sum()),
        "after": int(now.sum()),
        "nothing_before": int((then == 0).sum()),
        "nothing_after": int((now == 0).sum()),
        "claim_changes": _changes(now - then),
        "policy_changes": _changes(by_policy),
        "bands": {"before": _bands(then), "after": _bands(now)},
        "ages": _by(np.where(ages < 0, len(AGES) + 1, np.digitize(ages, AGES)), then, now),
        "offices": _by(offices, then, now),
        "as_decided": int((recorded & (decided == then)).sum()),
        "not_as_decided": int((recorded & (decided != then)).sum()),
    }


def _changes(change: Ints) -> list[int]:
    """How many, by band of change: six down, none, six up."""
    size = np.searchsorted(STEPS, np.abs(change), side="right") + 1
    return [int(n) for n in np.bincount(np.sign(change) * size + 6, minlength=13)]


def _bands(amounts: Ints) -> list[list[int]]:
    band = np.digitize(amounts, BANDS)
    counts = np.bincount(band, minlength=len(BANDS) + 1)
    sums = np.bincount(band, amounts, minlength=len(BANDS) + 1)
    return [[int(n), int(fen)] for n, fen in zip(counts, sums, strict=True)]


def _by(key: Ints, then: Ints, now: Ints) -> list[list[int]]:
    """By key: key, claims, fen before, fen after, claims that win, claims that lose."""
    keys, place = np.unique(key, return_inverse=True)
    place = place.ravel()
    columns = (
        np.bincount(place), np.bincount(place, then), np.bincount(place, now),
        np.bincount(place, now > then), np.bincount(place, now < then),
    )  # fmt: skip
    return [[int(k), *(int(c[n]) for c in columns)] for n, k in enumerate(keys)]


def rows(
    book: Book, portfolio: Portfolio, before: Ints, after: Ints, shown: Flags
) -> Iterator[Row]:
    """The claims that change, the largest change first; of equal ones the earlier."""
    change = np.where(shown, after - before, 0)
    order = np.argsort(-np.abs(change), kind="stable")[:ROWS_KEPT]
    cost = billed(portfolio)
    for place in order[change[order] != 0].tolist():
        claim, age = book.claim_ids[place], book.ages[place]
        yield Row(
            claim or None,
            book.offices[place] if claim else None,
            None if age < 0 else age,
            _yuan(cost[place]),
            _yuan(before[place]),
            _yuan(after[place]),
        )


def _yuan(fen: Any) -> Decimal:
    return Decimal(int(fen)).scaleb(-2)


def checked(book: Book, terms: Sequence[tuple[Terms, Ints]]) -> tuple[int, int]:
    """
    The drawn policies by the single path under each of the terms: claims looked at, and differences.
    """
    claims = differences = 0
    for places, chain in book.drawn():
        for wording, found in terms:
            single = single_path.benefits_of(chain, wording)
            claims += len(places)
            differences += sum(
                _yuan(found[place]) != benefit
                for place, benefit in zip(places, single, strict=True)
            )
    return claims, differences
