"""How fast a benefit is calculated, without a database."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal

import bench
from yilu.claims.rules import Bill, BillLine, CaseFacts, calculate
from yilu.policies.terms import BenefitUsed, Contract, Used
from yilu.products.operations import CATALOGUE, read_wording

TIMES = 5000


def _case() -> CaseFacts:
    start = date(2024, 3, 1)
    contract = Contract(
        sum_insured=Decimal(20000), effective_on=start, formed_on=start, continuous_since=start,
        insured_birth_date=date(1990, 1, 1), with_social_insurance=True,
    )  # fmt: skip
    lines = tuple(
        BillLine(category=category, amount=Decimal(amount))
        for category, amount in (
            ("A", "3012.40"),
            ("B", "986.15"),
            ("C", "402.00"),
            ("OWN", "599.45"),
        )
    )
    bill = Bill(
        visit="v1", kind="INPATIENT", on=date(2026, 5, 10), total=Decimal("5000.00"), lines=lines,
        fund_paid=Decimal("2000.00"),
    )  # fmt: skip
    return CaseFacts(
        claim_type="MEDICAL", event_on=date(2026, 5, 10), contract=contract, bills=(bill,)
    )


def _used() -> Used:
    return Used(3, {"inpatient": BenefitUsed(paid=Decimal(900), paid_by_year={3: Decimal(900)})})


def _rate(with_text: bool) -> bench.Value:
    terms, case, used = read_wording(CATALOGUE / "small-medical" / "terms.toml"), _case(), _used()
    began = time.process_time()
    for _ in range(TIMES):
        found = calculate(case, terms, used)
        if with_text:
            found.digest()
            found.as_plain()
    spent = time.process_time() - began
    note = f"4 bill lines, {len(found.lines)} steps, {spent / TIMES * 1e6:.0f} µs each"
    return bench.Value(TIMES / spent, note=note)


@bench.measure("calculation.single", unit="calculations/core-s", at_least=10_000)
def single() -> bench.Value:
    """One medical calculation with four bill lines, exact, its steps ready to be explained."""
    return _rate(with_text=False)


@bench.measure("calculation.told", unit="calculations/core-s", at_least=3_000)
def told() -> bench.Value:
    """The same with its digest and every Chinese sentence written out."""
    return _rate(with_text=True)
