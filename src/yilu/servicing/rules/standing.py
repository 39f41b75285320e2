"""Which step follows which, and what the customer is told a request waits for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from yilu.kernel.words import marked as _

DRAFT, PREPARED, CONFIRMED, IN_REVIEW, WAITING_MONEY, DONE, REFUSED, WITHDRAWN = (
    "DRAFT", "PREPARED", "CONFIRMED", "IN_REVIEW", "WAITING_MONEY", "DONE", "REFUSED", "WITHDRAWN",
)  # fmt: skip
OPEN = frozenset({DRAFT, PREPARED, CONFIRMED, IN_REVIEW, WAITING_MONEY})
EDITABLE = frozenset({DRAFT, PREPARED})
SUBMITTED = frozenset({CONFIRMED, IN_REVIEW, WAITING_MONEY})
"""What we have in hand and owe an answer to."""

TRANSITIONS: Mapping[str, frozenset[str]] = {
    DRAFT: frozenset({PREPARED, CONFIRMED, IN_REVIEW, WAITING_MONEY, DONE, WITHDRAWN}),
    PREPARED: frozenset({DRAFT, CONFIRMED, IN_REVIEW, WAITING_MONEY, DONE, WITHDRAWN}),
    CONFIRMED: frozenset({IN_REVIEW, WAITING_MONEY, DONE, WITHDRAWN}),
    IN_REVIEW: frozenset({WAITING_MONEY, DONE, REFUSED, WITHDRAWN}),
    WAITING_MONEY: frozenset({IN_REVIEW, DONE, WITHDRAWN}),
    DONE: frozenset(),
    REFUSED: frozenset(),
    WITHDRAWN: frozenset(),
}
"""Only a person's review ends in a refusal."""

VERIFIED_FOR = timedelta(minutes=15)
"""How long a proof of identity serves for a request that moves money."""
ATTENDED_FOR = timedelta(days=1)
"""How long one made by a member of staff serves."""

MONEY_CONFIRMATIONS_A_DAY = 10
"""Requests that move money, confirmed by one customer by themselves in a day: more looks like theft."""

SURRENDER_CHECK_FROM = Decimal("10000.00")
"""A refund on surrender from which the applicant is verified (令2025-11 第13条), to be confirmed."""
TOLD_WHEN_COLLECTED_OVER = Decimal("1000.00")
"""An agent prepared it and more than this is collected: the customer is told (服务规定 17)."""

STEPS = (_("填写"), _("确认"), _("资料审核中"), _("办理完成"))
"""The steps a customer sees."""


def step_of(state: str) -> int:
    """Which of ``STEPS`` a request stands at, from 0."""
    return {DRAFT: 0, PREPARED: 1, CONFIRMED: 1, IN_REVIEW: 2, WAITING_MONEY: 2}.get(state, 3)


def is_fresh(verified_at: datetime | None, at: datetime, *, attended: bool) -> bool:
    """Whether a proof of identity still serves."""
    if verified_at is None:
        return False
    return timedelta(0) <= at - verified_at <= (ATTENDED_FOR if attended else VERIFIED_FOR)
