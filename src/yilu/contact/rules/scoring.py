"""Who goes first (排队次序): arrival, less a credit; nothing else."""

from __future__ import annotations

from datetime import datetime
from typing import Final

URGENCY_CREDIT: Final = (0, 60, 300, 900)
"""Seconds of head start by urgency: ordinary, soon, pressing, somebody in danger."""
TIER_CREDIT: Final = (0, 30, 60, 120)
"""Seconds of head start by the customer's tier; only where no statutory clock runs."""
STATUTORY_CREDIT: Final = max(TIER_CREDIT)
"""What the law puts a clock on, no tier overtakes."""
GREEN_CREDIT: Final = 600
"""Under the green route its contacts go before the rest."""
WRITTEN_PATIENCE: Final = 3600
"""What lies written waits up to an hour longer than whoever holds the line."""


def credit(*, urgency: int, tier: int, statutory: bool, green: bool = False) -> int:
    """
    The head start in seconds.

    Where the law's clock runs, the tier counts for nothing: everybody has the same, and no less than
    the highest tier gives elsewhere, so that no tier overtakes anybody's statutory clock.
    """
    by_tier = STATUTORY_CREDIT if statutory else TIER_CREDIT[_within(tier, TIER_CREDIT)]
    by_need = URGENCY_CREDIT[_within(urgency, URGENCY_CREDIT)]
    return by_need + by_tier + (GREEN_CREDIT if green else 0)


def score(
    arrived_at: datetime,
    *,
    urgency: int,
    tier: int,
    statutory: bool,
    green: bool = False,
    written: bool = False,
) -> float:
    """
    The place in the queue: the smallest goes first.

    Arrival in seconds less the credit. The order of two that wait never changes while they wait, so
    that an index can hold it; a callback keeps the arrival of the call it is for. What is ``written``
    keeps nobody waiting who is there: its writer went about other things.
    """
    ahead = credit(urgency=urgency, tier=tier, statutory=statutory, green=green)
    return arrived_at.timestamp() - ahead + (WRITTEN_PATIENCE if written else 0)


def _within(level: int, credits: tuple[int, ...]) -> int:
    return min(max(level, 0), len(credits) - 1)
