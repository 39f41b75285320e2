"""What the bank's word does to a payment, and how long to wait: pure decisions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from yilu.kernel.days import CHINA, day_of
from yilu.kernel.money import ZERO, yuan

NOTICE_WINDOW = timedelta(minutes=5)
"""How far the time of a bank's notice may be from ours, either way."""
LEASE = timedelta(seconds=60)
"""How long a sender may be busy with one payment before another sender looks after it."""
ASK_AFTER = timedelta(minutes=5)
"""When to ask about a payment the bank took and said nothing more about."""
ASK_EVERY = timedelta(minutes=30)
UNCLEAR_AFTER_ATTEMPTS = 6
"""After so many tries without an answer a person is told; asking goes on."""

RECORDS_KEPT_YEARS = 10
"""How long what shows a payment and who received it is kept at least (反洗钱法 34)."""

PAY_WITHIN = timedelta(days=30)
"""How long a customer may take to pay what we ask for, unless whoever asks says otherwise."""

NO_ANSWER = "NO_ANSWER"
CONTRADICTION = "CONTRADICTION"

# Reasons that lie in the account: the same number would only be refused again.
NUMBER_IS_WRONG = frozenset({"ACCOUNT_NOT_FOUND", "ACCOUNT_CLOSED"})


@dataclass(frozen=True, slots=True)
class Effect:
    """What becomes of a payment: its next state, and the name of what happened to it."""

    state: str
    happened: str  # NONE, SENT, SETTLED, REJECTED, CONTRADICTION


def judge(state: str, problem: str, said: str, *, same_amount: bool = True) -> Effect:
    """
    What the bank's word (ACCEPTED or PROCESSING, SETTLED, REJECTED) does to a payment.

    In any order and however often it is said, the end is the same. An end is never overwritten by
    another end: that is a contradiction, which a person resolves.
    """
    doubtful = state == "UNCLEAR" and problem != NO_ANSWER
    if doubtful:
        return Effect(state, "NONE")
    if not same_amount:
        return Effect("UNCLEAR", "CONTRADICTION")
    if said in {"ACCEPTED", "PROCESSING"}:
        if state in {"REQUESTED", "SENDING", "UNCLEAR"}:
            return Effect("SENT", "SENT")
        return Effect(state, "NONE")
    if said not in {"SETTLED", "REJECTED"}:
        raise ValueError(f"the bank does not say {said}")
    if state == said:
        return Effect(state, "NONE")
    if state in {"REQUESTED", "SENDING", "SENT", "UNCLEAR"}:
        return Effect(said, said)
    # SETTLED after REJECTED, REJECTED after SETTLED, paid though cancelled. A cancelled payment that
    # is refused is as unpaid as before.
    if state == "CANCELLED" and said == "REJECTED":
        return Effect(state, "NONE")
    return Effect("UNCLEAR", "CONTRADICTION")


def judge_collection(state: str, said: str, *, same_amount: bool = True) -> str:
    """
    What the bank's word (ACCEPTED or PROCESSING, COLLECTED, FAILED) does to a collection.

    COLLECTED or FAILED end it; STRAY is money that came after it had ended without; CONTRADICTION wants a
    person; NONE tells nothing new. An end is never overwritten: said twice or in any order, it stands.
    """
    if said in {"ACCEPTED", "PROCESSING"}:
        return "NONE"
    if said not in {"COLLECTED", "FAILED"}:
        raise ValueError(f"the bank does not say {said}")
    if not same_amount:
        return "CONTRADICTION"
    if state in {"WAITING", "SENT"}:
        return said
    if state == "COLLECTED":
        return "NONE" if said == "COLLECTED" else "CONTRADICTION"
    return "STRAY" if said == "COLLECTED" else "NONE"


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many tries that led nowhere: 2 seconds, doubling, 10 minutes at most."""
    return timedelta(seconds=min(2 ** max(attempts, 1), 600))


def account_helps(reason: str, *, same_account: bool, same_number: bool) -> bool:
    """Whether paying to another account can succeed where the bank gave this reason."""
    if reason in NUMBER_IS_WRONG:
        return not same_number
    if reason == "NAME_MISMATCH":
        return not same_account
    return True


def records_kept_until(paid_at: datetime) -> date:
    """The first day after the records of a payment may go: ten years, counted from the year's end."""
    return date(bank_day(paid_at).year + RECORDS_KEPT_YEARS + 1, 1, 1)


def bank_day(at: datetime) -> date:
    """The bank's date at a moment."""
    return day_of(at)


def bounds(day: date) -> tuple[datetime, datetime]:
    """A bank day's first moment and the first moment after it."""
    start = datetime.combine(day, time(), tzinfo=CHINA)
    return start, datetime.combine(day + timedelta(days=1), time(), tzinfo=CHINA)


REPAY_WITHIN_DAYS = 30
"""How long somebody has who was paid too much, before we ask again."""


def repayment_reference(number: int) -> str:
    """
    What a payer writes beside a repayment: an ISO 11649 reference, RF, two check digits, our number.

    Its check digits find every single wrong digit and every exchange of neighbours.
    """
    body = f"{number:010d}"
    check = 98 - int(body + _AS_DIGITS["RF"] + "00") % 97
    return f"RF{check:02d}{body}"


_AS_DIGITS = {"RF": "2715"}
_REFERENCE = re.compile(r"R\s*F\s*((?:\d\s*){12})(?!\d)", re.ASCII | re.IGNORECASE)


def references_in(text: str) -> tuple[str, ...]:
    """The repayment references with right check digits in a remark, however people space them."""
    found = []
    for digits in _REFERENCE.findall(unicodedata.normalize("NFKC", text)):
        reference = "RF" + "".join(digits.split())
        if reference == repayment_reference(int(reference[4:])):
            found.append(reference)
    return tuple(dict.fromkeys(found))


BATCH_MAX = 5_000
"""How many payments one file holds at most."""

SETTLED_CODES = frozenset({"ACSC", "ACCC"})
UNDER_WAY_CODES = frozenset(
    {"ACTC", "ACCP", "ACSP", "ACWC", "ACWP", "RCVD", "PDNG", "PART", "ACFC"}
)
REJECTED_CODE = "RJCT"
REASONS_BY_CODE = {
    "AC01": "ACCOUNT_NOT_FOUND", "AC02": "ACCOUNT_NOT_FOUND", "AC03": "ACCOUNT_NOT_FOUND",
    "AC04": "ACCOUNT_CLOSED", "AC06": "ACCOUNT_CLOSED", "AC07": "ACCOUNT_CLOSED",
    "AM02": "LIMIT", "AM14": "LIMIT", "AM21": "LIMIT",
    "BE01": "NAME_MISMATCH", "BE22": "NAME_MISMATCH", "AC12": "OTHER",
}  # fmt: skip
"""ISO's external status reason codes, as our own reasons; any other is OTHER."""


def said_by(code: str) -> str | None:
    """What a status code of a pain.002 says in our words; None for one that we do not know."""
    if code in SETTLED_CODES:
        return "SETTLED"
    if code in UNDER_WAY_CODES:
        return "PROCESSING"
    return "REJECTED" if code == REJECTED_CODE else None


def by_wire_below(setting: str) -> Decimal | None:
    """
    Up to below which amount payments go over the direct connection; None: all of them do.

    ``setting`` is empty (no files), ``all`` (only files) or an amount: from there on, files.
    """
    text = setting.strip().lower()
    if not text or text == "off":
        return None
    return ZERO if text == "all" else yuan(text)


def message_id(number: int, on: date) -> str:
    """The message id of a batch: 20 signs, never given twice."""
    return f"YL{on:%Y%m%d}{number:010d}"


Part = tuple[date, Decimal]
"""A part of a plan of repayment: its last day, and how much."""
REMIND_DAYS = 3
"""How long before the day of a part its payer is asked for it."""


def open_parts(plan: Iterable[Part], repaid: Decimal) -> list[Part]:
    """What of a plan is still to come: what is back counts towards the earliest parts."""
    left, parts = repaid, []
    for day, amount in plan:
        covered = min(left, amount)
        left -= covered
        if covered < amount:
            parts.append((day, amount - covered))
    return parts


def asked_by(plan: Iterable[Part], repaid: Decimal, on: date) -> Decimal:
    """How much of a plan is to be back by a day and is not."""
    return sum((amount for day, amount in open_parts(plan, repaid) if day <= on), ZERO)
