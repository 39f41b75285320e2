"""
The books of policies, held against each other: what was promised, booked, paid and received; and
what was recorded and deleted since, and whether the files of the rest are there.

Each module reads one side of it straight from the tables, a span of policies at a time, each check in
one statement: it sees a change whole or not at all. Reads only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from yilu.audit.books import (
    dividends,
    lending,
    premiums,
    recorded_files,
    recordings,
    requests,
    standing,
    transfers,
)
from yilu.audit.books.span import Found, Span, money_moved, next_span
from yilu.kernel import tx

CHECKS: tuple[Callable[[Span], Iterator[Found]], ...] = (
    standing.balances, standing.lapses, requests.money, requests.authority, premiums.orders,
    premiums.dues, transfers.payments, transfers.benefits, lending.loans, lending.credits,
    dividends.allotted, dividends.additions, recordings.deleted_early, recorded_files.lost,
)  # fmt: skip
"""Every check, in the order in which their findings are told."""

__all__ = ["CHECKS", "Found", "Span", "find", "money_moved", "next_span"]


def find(span: Span) -> list[Found]:
    """Everything in a span of policies that is not confirmed; within a transaction."""
    # Wide statements over few rows: compiling them would take seconds where running them takes none.
    tx.changed("set local jit = off")
    return [found for check in CHECKS for found in check(span)]
