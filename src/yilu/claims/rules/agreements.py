"""What an agreement about a claim must say, and what its signature is bound to (电子签名法 13)."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import orjson

from yilu.kernel.money import ZERO
from yilu.kernel.words import marked as _

TERMS_MIN, TERMS_MAX = 10, 4000
LINES_MAX = 60

Line = tuple[date, Decimal]


def digest_of(
    *, kind: str, claim: str, party_id: int, terms: str, amount: Decimal | None,
    lines: Sequence[Line],
) -> str:  # fmt: skip
    """One digest of everything the signer sees."""
    shown = [
        kind, claim, party_id, terms, None if amount is None else f"{amount:.2f}",
        [[day.isoformat(), f"{sum_:.2f}"] for day, sum_ in lines],
    ]  # fmt: skip
    return hashlib.sha256(orjson.dumps(shown)).hexdigest()


def wrong_with_plan(lines: Sequence[Line], amount: Decimal, today: date) -> str:
    """Why these dates and amounts are no plan for the amount; empty where they are one."""
    if not lines or len(lines) > LINES_MAX:
        return _("请写明每一期的日期和金额，最多 60 期")
    days = [day for day, _sum in lines]
    if days[0] < today or any(later <= day for day, later in itertools.pairwise(days)):
        return _("每一期的日期要从今天起，一期比一期晚")
    if any(sum_ <= ZERO for _day, sum_ in lines):
        return _("每一期的金额要大于零")
    if sum((sum_ for _day, sum_ in lines), ZERO) != amount:
        return _("各期金额之和要等于应返还的金额")
    return ""


SETTLED = _("给付金额协议")
"""What a decision cites that pays the sum both sides signed (民法典 465, 保险法 23)."""


def departs(agreed: Decimal | None, amount: Decimal) -> bool:
    """Whether a decision over ``amount`` is another than the sum both sides signed, if any."""
    return agreed is not None and amount != agreed
