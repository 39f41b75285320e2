"""Whom to ask, and whom to leave in peace: one rule a touchpoint, as data."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from yilu.kernel.words import marked as _

REASONS = {
    "OFF": _("这个触点没有开启调查"),
    "NOT_DRAWN": _("未被抽中"),
    "ASKED_LATELY": _("近期已经问过"),
    "ASKED_OFTEN": _("一年内问得够多了"),
    "COMPLAINED": _("近期有过投诉或紧急反馈"),
    "UNANSWERED": _("上次的调查没有回应，先不打扰"),
}
"""Why somebody is not asked."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How often one touchpoint asks."""

    label: str
    journey: str
    share: int
    """Of a hundred."""
    quiet_days: int
    per_year: int
    complaint_days: int
    valid_days: int
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Past:
    """What matters of what a person was asked before, whatever the touchpoint."""

    last_asked_at: datetime | None
    asked_in_a_year: int
    last_complaint_at: datetime | None
    unanswered_in_a_row: int


def reason_not_to_ask(rule: Rule, past: Past, lot: int, at: datetime) -> str | None:
    """Why this person is left in peace, None to ask; ``lot`` is from 0 to 9,999."""
    if not rule.enabled:
        return "OFF"
    if lot >= rule.share * 100:
        return "NOT_DRAWN"
    if past.last_complaint_at and at - past.last_complaint_at < timedelta(days=rule.complaint_days):
        return "COMPLAINED"
    # Silence doubles the quiet: who does not answer is asked less and less.
    quiet = timedelta(days=rule.quiet_days * 2 ** min(past.unanswered_in_a_row, 3))
    if past.last_asked_at and at - past.last_asked_at < quiet:
        if at - past.last_asked_at < timedelta(days=rule.quiet_days):
            return "ASKED_LATELY"
        return "UNANSWERED"
    if past.asked_in_a_year >= rule.per_year:
        return "ASKED_OFTEN"
    return None


def draw(touchpoint: str, party_id: int, about: str) -> int:
    """A lot from 0 to 9,999 that is the same whenever it is drawn for the same thing."""
    said = f"{touchpoint}|{party_id}|{about}".encode()
    return int.from_bytes(hashlib.blake2b(said, digest_size=8).digest()) % 10_000
