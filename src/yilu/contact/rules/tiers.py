"""A customer's place by declared facts (客户等级): what the decision table is asked, and what it said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from yilu.kernel.words import marked as _

TABLE: Final = "contact.tier"
UNKNOWN: Final = -1
LONGEST_WHY: Final = 200


@dataclass(frozen=True, slots=True)
class Standing:
    """
    The facts about a customer that may count, and no others.

    ``needs_help`` is the customer's own wish (陪同办理). ``oldest_on``: when the oldest contract in
    force that they hold was formed. ``disaster_on``: when they, or one of their family, were
    confirmed to be hit by a declared emergency.
    """

    birth_date: date | None
    needs_help: bool
    policies: int
    oldest_on: date | None
    disaster_on: date | None


@dataclass(frozen=True, slots=True)
class Tier:
    """
    How far ahead, 0 (by arrival) to 3, and why in words for the customer.

    ``rule`` names the table's version and row that said so; empty where nobody is known.
    """

    level: int
    why: str
    rule: str = ""


BY_ARRIVAL: Final = Tier(0, _("按到达先后接待"))
"""Whoever nobody has identified."""


def asked_of(standing: Standing, today: date) -> dict[str, int | bool]:
    """The table's inputs."""
    struck = standing.disaster_on
    return {
        "disaster_days": (today - struck).days if struck is not None else UNKNOWN,
        "needs_help": standing.needs_help,
        "age": whole_years(standing.birth_date, today) if standing.birth_date else UNKNOWN,
        "policies": standing.policies,
        "years": whole_years(standing.oldest_on, today) if standing.oldest_on else 0,
    }


def whole_years(since: date, today: date) -> int:
    """Years that are over (周岁、满几年)."""
    return today.year - since.year - ((today.month, today.day) < (since.month, since.day))
