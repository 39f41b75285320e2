"""
A whole portfolio under changed terms: how fast, and whether it is the single path to the fen.

``YILU_BENCH_PORTFOLIO=1000000`` compares so many claims, however long it takes; without it as many as two
minutes allow.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache
from itertools import groupby, islice

import bench
from yilu.claims.queries import kept
from yilu.insight.whatif import encoding, portfolio, recalculation, sample, single_path
from yilu.products.operations import CATALOGUE, read_wording
from yilu.products.terms import Reimbursement, Terms

CLAIMS = 300_000
ROUNDS = 5
ASKED = "YILU_BENCH_PORTFOLIO"
SECONDS = 120
CHUNK = 4_000
PRODUCTS = (
    "small-medical",
    "group-medical",
    "million-medical-social",
    "hospital-allowance",
    "accident",
)


@cache
def _today(code: str) -> Terms:
    return read_wording(CATALOGUE / code / "terms.toml")


@cache
def _changed(code: str) -> Terms:
    """Every figure another, with everything that stands on earlier claims: the longest way."""
    today = _today(code)
    return replace(
        today,
        benefits=tuple(
            replace(
                b, deductible_visit=Decimal("37.50"), deductible_year=Decimal("612.35"),
                deductible_met_by=("FUND", "OTHER"), ratio_social=Decimal("0.835"), ratio_unused=Decimal("0.555"),
                ratio_none=Decimal("0.6"), scope=replace(b.scope, B=Decimal("0.85"), C=Decimal("0.125")),
                cap_visit=Decimal("8000.01"), cap_year=Decimal(30_000), cap_lifetime=Decimal(60_000),
                waiting_days=15,
            )
            if isinstance(b, Reimbursement)
            else b
            for b in today.benefits
        ),
    )  # fmt: skip


@bench.measure("claims.portfolio", unit="claims/core-s", at_least=2_000_000)
def recalculated() -> bench.Value:
    """Recorded claims, laid out as columns, calculated anew under changed terms."""
    collector = encoding.Collector(_today("small-medical"))
    began = time.process_time()
    invented = list(sample.claims(_today("small-medical"), CLAIMS))
    told = time.process_time()
    for claim in invented:
        collector.add(claim.policy, claim.facts)
    read = time.process_time()
    laid = portfolio.laid_out(collector)
    done = time.process_time()
    bench.also(
        "claims.portfolio_read", CLAIMS / (done - told), "claims/core-s",
        note=f"facts to columns {read - told:.1f} s, laid out {done - read:.1f} s; {told - began:.0f} s to invent them",
    )  # fmt: skip
    spent = []
    for _ in range(ROUNDS):
        began = time.process_time()
        paid = recalculation.recalculate(laid, _changed("small-medical"))
        spent.append(time.process_time() - began)
    median = sorted(spent)[ROUNDS // 2]
    rows = sum(len(t) for t in laid.tables.values())
    return bench.Value(
        CLAIMS / median,
        note=f"{CLAIMS:,} claims, {rows:,} visits, deductibles and caps of visit, year and lifetime; "
        f"median of {ROUNDS}, {int(paid.sum()) // 100:,} yuan",
    )


@bench.measure("claims.portfolio_equal", unit="differences", at_most=0)
def equal() -> bench.Value:
    """The kernel beside the calculation that decides claims, claim by claim, to the fen."""
    asked = int(os.environ.get(ASKED, "0"))
    until = time.monotonic() + SECONDS
    compared = differences = 0
    for code, seed in _turns():
        if (compared >= asked) if asked else (time.monotonic() > until):
            break
        size = min(CHUNK, asked - compared) if asked else CHUNK
        differences += _compared(code, size, seed)
        compared += size
    note = f"{compared:,} random claims of {len(PRODUCTS)} products, today's terms and changed ones in turn"
    if not asked:
        note += f"; all that {SECONDS} s allow: {ASKED}=1000000 compares a million"
    return bench.Value(differences, note=note)


def _turns() -> Iterator[tuple[str, int]]:
    for seed in range(1, 1_000_000):
        for code in PRODUCTS:
            yield code, seed


def _compared(code: str, size: int, seed: int) -> int:
    """How many of so many invented claims the kernel and the single path do not agree on."""
    terms = _changed(code) if seed % 2 else _today(code)
    collector = encoding.Collector(_today(code))
    single: list[Decimal] = []
    for _policy, group in groupby(
        islice(sample.claims(_today(code), size, seed), size), key=lambda c: c.policy
    ):
        chain = []
        for claim in group:
            collector.add(claim.policy, claim.facts)
            chain.append(kept.facts_of(claim.facts))
        single += single_path.benefits_of(chain, terms)
    ours = recalculation.recalculate(portfolio.laid_out(collector), terms)
    return sum(int(fen) != int(yuan * 100) for fen, yuan in zip(ours, single, strict=True))
