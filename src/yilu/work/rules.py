"""How waiting work is ordered. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

LATE_BY_LAW = 0
"""What is past a limit the law sets stands before everything that is still in time, however urgent."""
URGENT, SOON, NORMAL, LATER = 10, 30, 50, 70
"""Priorities: smaller is sooner. Statutory clocks are the same for everyone (客户等级不影响法定时限)."""

TARGET_MINUTES = {
    "claims.intake": 30,
    "claims.documents": 60,
    "claims.review": 240,
    "claims.second_review": 240,
    "claims.payout_problem": 120,
    "claims.call_customer": 240,
    "servicing.continue": 240,
    "servicing.problem": 120,
    "documents.verify": 60,
    "payments.reconcile": 480,
    "messaging.failed": 480,
    "obligations.breach": 60,
    "journeys.continue": 120,
    "catastrophe.match": 30,
    "catastrophe.contact": 60,
}
DEFAULT_TARGET_MINUTES = 480

BY_HAND = frozenset(
    {
        "claims.intake", "claims.chase", "claims.call_customer", "claims.consultant", "claims.look_again",
        "claims.disowned", "claims.advance",
        "obligations.breach", "letters.problem", "messaging.failed", "journeys.ahead",
        "claims.letter", "underwriting.letter", "servicing.letter", "complaints.letter",
    }
)  # fmt: skip
"""Queues whose work leaves no trace of its own (a call, a look): whoever holds it says it is done.
Everywhere else the operation that does the work closes the item."""


def due_when_unsaid(queue: str, opened_at: datetime) -> datetime:
    """
    When an item is due if its opener named no time: the queue's own target, in plain minutes.

    Only a sort key and a nudge. What was promised to a customer is a clock in obligations.
    """
    return opened_at + timedelta(minutes=TARGET_MINUTES.get(queue, DEFAULT_TARGET_MINUTES))


def escalated(priority: int) -> int:
    """One level up: sooner by twenty, never before everything that is urgent, and never later."""
    return min(priority, max(URGENT, priority - 20))
