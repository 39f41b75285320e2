"""From what the machine found to where the claim goes: a table decides, doubts only add care."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from yilu.claims.rules.loss import Loss
from yilu.kernel.years import add_years

GREEN, YELLOW, RED = "GREEN", "YELLOW", "RED"
NEEDS_A_LOOK = frozenset({"BILL_NOT_GENUINE", "BILL_REVERSED", "NO_COVER"})
"""Doubts grave enough for the red lane."""

PLAIN = frozenset({"BY_TABLE", "OVER_LIMIT"})
"""Reasons that say nothing against the claim: it is simply one that people decide."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where a claim goes and why (分案结果). ``reasons`` are codes of ``case.REASON_LABELS``."""

    lane: str
    programme: str
    reasons: tuple[str, ...]
    rule: str

    @property
    def straight_through(self) -> bool:
        """Whether the machine may approve by itself."""
        return self.lane == GREEN and not self.reasons


def days_in_force(effective_on: date, loss_date: date) -> int:
    """
    Days from the contract's effect to the loss, never 730 before its second anniversary: tables write
    two years (满两年) as 730 days, and with a 29 February between them two years are 731.
    """
    days = max(0, (loss_date - effective_on).days)
    return days if loss_date >= add_years(effective_on, 2) else min(days, 729)


def is_first_illness(
    loss: Loss, *, effective_on: date, loss_date: date, claimed_before: bool
) -> bool:
    """
    Whether a critical illness is the first (首次罹患) as far as we know: none was claimed for an earlier
    day, none of those named was confirmed before the second anniversary, none is called pre-existing.
    """
    since = add_years(effective_on, 2)
    return not (
        claimed_before
        or "PRE_EXISTING" in loss.circumstances
        or any(each.confirmed_on < since for each in loss.diagnoses)
    )


def questions(
    *,
    amount: Decimal,
    claim_type: str,
    severities: Sequence[str],
    worst: str,
    effective_on: date,
    loss_date: date,
    settled: bool,
    payee_is_insured: bool,
    channel: str,
    is_disaster: bool = False,
) -> dict[str, Any]:
    """The inputs of the table ``claims.triage``."""
    return {
        "amount": amount,
        "claim_type": claim_type,
        "signal_count": Decimal(len(severities)),
        "highest_severity": worst,
        "days_since_effective": Decimal(days_in_force(effective_on, loss_date)),
        "documents_settled": settled,
        "beneficiary_is_insured": payee_is_insured,
        "channel": channel,
        "is_disaster": is_disaster,
    }


def route(
    *,
    lane: str,
    programme: str,
    rule: str,
    doubts: Sequence[str],
    has_signals: bool,
    over_limit: bool,
    is_disaster: bool = False,
    first_illness: bool = True,
) -> Route:
    """
    The table's word, made more careful by doubts: never less.

    A claim stays green only without any doubt; a doubt about a bill itself makes it red. The
    machine never refuses: a ground to refuse, or nothing payable, goes to a person. Nor does it call a
    claim complex: neither the sum nor a death is complexity, and the thirty days (服务规定 23) are a
    person's word, with its reason.
    """
    reasons = list(doubts)
    if has_signals and lane != GREEN:
        reasons.append("SIGNAL")
    if over_limit:
        reasons.append("OVER_LIMIT")
    if lane != GREEN and not reasons:
        reasons.append("BY_TABLE")
    if lane == GREEN and reasons:
        lane = YELLOW
    if NEEDS_A_LOOK.intersection(reasons):
        lane = RED
    if lane != GREEN and programme == "FAST":
        programme = "STANDARD"
    if programme == "COMPLEX" or (lane == RED and programme != "DISASTER"):
        programme = "STANDARD"
    if programme == "ONE_DAY_CRITICAL" and not (first_illness and PLAIN.issuperset(reasons)):
        programme = "STANDARD"
    if is_disaster:  # once declared, a disaster's claims keep their programme and their clocks
        programme = "DISASTER"
    return Route(lane, programme, tuple(dict.fromkeys(reasons)), rule)


def is_drawn(number: str, share: Decimal) -> bool:
    """
    Whether a claim falls into the sample, by a hash of its number: nobody can steer it, everybody
    can check it. ``share`` is 0..1.
    """
    drawn = int.from_bytes(hashlib.sha256(f"sample:{number}".encode()).digest()[:4], "big")
    return drawn < share * (1 << 32)
