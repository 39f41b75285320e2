"""What a message is for, and what follows: who goes first, how often, what happens when in doubt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

PURPOSES = ("CODE", "PAYMENT", "STATUTORY", "SERVICE", "MARKETING")
PRIORITIES: Mapping[str, int] = {
    "CODE": 0,
    "PAYMENT": 1,
    "STATUTORY": 1,
    "SERVICE": 2,
    "MARKETING": 3,
}
"""Who waits for a one-time code stands before a page that does nothing without it."""

CAPS: Mapping[str, tuple[tuple[timedelta, int], ...]] = {
    "SERVICE": ((timedelta(hours=1), 20), (timedelta(days=1), 60)),
    "MARKETING": ((timedelta(days=1), 1), (timedelta(days=7), 3)),
}
"""How many messages of a purpose may disturb one person in a time. Codes, money and law: no cap."""

VALID_FOR: Mapping[str, timedelta] = {"CODE": timedelta(minutes=15), "MARKETING": timedelta(days=7)}
"""After which nobody wants it any more."""

DOUBT = timedelta(minutes=30)
"""How long a receipt may take to say that a message in doubt did go."""


class InDoubt:
    """What becomes of a message of which no receipt came: words of the rule."""

    LEAVE = "LEAVE"
    CALL = "CALL"
    NEXT = "NEXT"


def purpose_of(timing: str, secrets: Sequence[str]) -> str:
    """What a template is for where the matrix does not say."""
    if "code" in secrets:
        return "CODE"
    return "MARKETING" if timing == "MARKETING" else "SERVICE"


def capped_until(purpose: str, sent: Sequence[datetime], at: datetime) -> datetime | None:
    """
    Until when a person has had enough messages of a purpose; None if one more is fine.

    ``sent`` are the moments of those that disturbed them, in any order.
    """
    waits = [
        sorted(inside)[-most] + span
        for span, most in CAPS.get(purpose, ())
        if len(inside := [moment for moment in sent if moment > at - span]) >= most
    ]
    return max(waits, default=None)


def may_disturb(purpose: str, *, agreed: bool, opted_out: bool) -> bool:
    """
    Whether a channel that rings may carry it.

    Marketing needs the person's consent, and stops for whoever answered 退订. Everything else is
    part of the contract or the law and is never stopped by a keyword.
    """
    return purpose != "MARKETING" or (agreed and not opted_out)


def after_doubt(purpose: str) -> str:
    """
    What to do when nobody can say whether a message went and no receipt has come in time.

    Law and service go by the next channel: told twice does no harm. A text about money is never sent
    again by itself: a second one would look like a second payment. A person calls. Codes have expired.
    """
    if purpose in {"STATUTORY", "SERVICE"}:
        return InDoubt.NEXT
    return InDoubt.CALL if purpose == "PAYMENT" else InDoubt.LEAVE


def refill(tokens: float, filled_at: datetime, at: datetime, *, rate: float, burst: float) -> float:
    """The tokens of a bucket after the time that has gone by; time never runs backwards."""
    gone = max((at - filled_at).total_seconds(), 0.0)
    return min(burst, tokens + gone * rate)
