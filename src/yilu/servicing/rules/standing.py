"""Which step follows which, and what the customer is told a request waits for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

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

STEPS = (_("填写"), _("确认"), _("审核与收付款"), _("办理完成"))
"""The steps a customer sees."""


def step_of(state: str) -> int:
    """Which of ``STEPS`` a request stands at, from 0."""
    return {DRAFT: 0, PREPARED: 1, CONFIRMED: 1, IN_REVIEW: 2, WAITING_MONEY: 2}.get(state, 3)


def is_fresh(verified_at: datetime | None, at: datetime, serves_for: timedelta) -> bool:
    """Whether a proof of identity still serves."""
    return verified_at is not None and timedelta(0) <= at - verified_at <= serves_for
