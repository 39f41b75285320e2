"""The sums that part one way of a claim from another, as managers set them for the day."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from yilu.claims.operations.ahead import LIMIT, SHARE
from yilu.standards import queries as standards


def fast_limit(at: datetime) -> Decimal:
    """Up to here a clean and complete claim is paid by the machine (小额快赔)."""
    return standards.figure("claims.fast_limit", at)


def opinion_limit(at: datetime) -> Decimal:
    """Below this an opinion given on the spot stands (现场查勘意见)."""
    return standards.figure("claims.first_opinion_limit", at)


def ahead_bounds(at: datetime) -> tuple[Decimal, Decimal]:
    """Before any bill: the share of the estimated benefit that may be advanced (of one), and the most in yuan."""
    return standards.figure(SHARE, at), standards.figure(LIMIT, at)
