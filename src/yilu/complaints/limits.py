"""What each tier may give to make good, as managers set it for the day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from yilu.complaints.rules.handling import LIMIT_OF_TIER
from yilu.standards import queries as standards


def limits_of_tiers(at: datetime) -> Mapping[int, Decimal]:
    """The limit of each tier in yuan."""
    return {tier: standards.figure(code, at) for tier, code in LIMIT_OF_TIER.items()}
