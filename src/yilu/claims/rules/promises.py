"""What we say to the customer about the next step: how soon, by which measure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from yilu.kernel.money import ZERO

SMALLEST, SMALL, LARGE = Decimal("3000.00"), Decimal("10000.00"), Decimal("100000.00")
"""Where the bands of amounts part, by which promises and statistics tell claims apart: their codes name
them. What the machine may pay and where a first opinion stands are figures managers set."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A time in working minutes or, where they count on nights and holidays too, natural minutes."""

    working_minutes: int = 0
    natural_minutes: int = 0
    working_days: int = 0


DAY = 24 * 60
CONTACT = Promise(working_minutes=120)
"""After a report by phone, agent or counter: somebody explains what is needed."""
GUIDANCE = Promise(natural_minutes=30)
"""After a report on the phone's page: the checklist is there at once, a message within the half hour."""
SPOKEN = Promise(working_days=1)
"""After a report that waits for the customer's consent: somebody speaks with them."""
CHECKED = Promise(working_minutes=60)
"""Documents are looked at and the benefit calculated within the hour."""
NEXT_UPDATE = Promise(working_days=3)
"""While it goes on, after each word about how it stands (pledge.next_update)."""
DECIDED = {
    "DISASTER": Promise(natural_minutes=7 * 60),
    "FAST": Promise(natural_minutes=10),
    "ONE_DAY_CRITICAL": Promise(natural_minutes=DAY - 60),
    "STANDARD": Promise(working_days=5),
    "COMPLEX": Promise(natural_minutes=30 * DAY),
}
"""From complete documents to the decision, by programme (服务规定 23; 保险法 23). Decision and money of a
critical illness together are one day of twenty-four hours (A73)."""
PAID = {
    "DISASTER": Promise(natural_minutes=60),
    "FAST": Promise(natural_minutes=10),
    "ONE_DAY_CRITICAL": Promise(natural_minutes=60),
    "STANDARD": Promise(working_days=3),
    "COMPLEX": Promise(natural_minutes=10 * DAY),
}
"""From the decision to the money (保险法 23: ten days at most)."""


def band_of(amount: Decimal | None) -> str:
    """The band of an amount, upper bounds included (以下含本数)."""
    if amount is None:
        return ""
    if amount < SMALLEST:
        return "UNDER_3K"
    if amount <= SMALL:
        return "UNDER_10K"
    return "UNDER_100K" if amount <= LARGE else "OVER_100K"


def is_small(benefit: Decimal | None, claimed: Decimal | None) -> bool:
    """
    Whether a claim is a small one (小额快赔), which reviewers take first: by what it comes to and by what is
    asked for, both. Where neither is known it is not.
    """
    at_stake = max(benefit or ZERO, claimed or ZERO)
    return ZERO < at_stake <= SMALL


def estimated_band(amount: Decimal | None) -> str:
    """UNDER_10K or OVER_10K by what was claimed so far; nothing known counts as small."""
    return "OVER_10K" if amount is not None and amount > SMALL else "UNDER_10K"


INVESTIGATED_DAYS = 20
"""From opening an investigation to its conclusion, within the thirty days of the decision."""
