"""Premium and cash-value tables of a product, worked out from life table, interest and wording."""

from __future__ import annotations

import time

import bench

PRODUCTS = ("critical-illness", "whole-life", "annuity", "endowment", "term-life")


@bench.measure("products.tables", unit="s", at_most=2)
def tables_of_a_product() -> bench.Value:
    """Every premium and cash value of the product that takes longest, read, judged and worked out."""
    from yilu.products import operations
    from yilu.products.actuarial import tables

    took: dict[str, float] = {}
    figures = 0
    for code in PRODUCTS:
        tables.table_of.cache_clear()
        began = time.perf_counter()
        read = operations.read_folder(operations.CATALOGUE / code)
        took[code] = time.perf_counter() - began
        if code == PRODUCTS[0]:
            figures = sum(1 + len(line) for r in read.rates.values() for line in r.values.values())
    slowest = max(took, key=lambda code: took[code])
    rest = ", ".join(f"{code} {seconds:.2f}" for code, seconds in took.items() if code != slowest)
    return bench.Value(took[slowest], note=f"{slowest}, {figures:,} figures; {rest}")


@bench.measure("products.price", unit="µs", at_most=100)
def one_price() -> bench.Value:
    """One premium from the stored table, as the application form asks for at each change."""
    from datetime import UTC, datetime
    from decimal import Decimal

    from yilu.products import operations, queries

    operations.load_catalogue(at=datetime(2020, 1, 1, tzinfo=UTC))
    version = queries.get_version_id("critical-illness", datetime(2026, 11, 20, tzinfo=UTC).date())
    asked = 5_000
    queries.price(
        version, sex="MALE", age=30, sum_insured=Decimal(300_000), pay_years=20, pay_mode="YEARLY"
    )
    began = time.process_time()
    for n in range(asked):
        queries.price(
            version, sex="MALE" if n % 2 else "FEMALE", age=20 + n % 30,
            sum_insured=Decimal(300_000), pay_years=20, pay_mode="YEARLY",
        )  # fmt: skip
    return bench.Value((time.process_time() - began) / asked * 1e6, note=f"{asked:,} prices")
