"""Whether a premium may be collected, and whether one was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from yilu.journal import queries as journal
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.policies.models import PremiumHold


@dataclass(frozen=True, slots=True)
class HoldView:
    """An open question that stops collection."""

    reason: str
    about: Ref
    held_at: datetime


def premium_holds(policy_id: int) -> tuple[HoldView, ...]:
    """What keeps premiums of a policy from being collected now; empty: nothing."""
    rows = PremiumHold.objects.filter(policy_id=policy_id, released_at=None).order_by("id")
    return tuple(HoldView(r.reason, Ref.parse(r.about), r.held_at) for r in rows)


def premium_received_since(policy_id: int, since: date) -> date | None:
    """The first day, from ``since`` on, on which a premium was taken in; None: none was."""
    days = [
        day_of(e.at)
        for e in journal.timeline(Ref("policy", policy_id), limit=1000)
        if e.kind == "policies.premium_received" and day_of(e.at) >= since
    ]
    return min(days, default=None)
