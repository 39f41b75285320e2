"""A benefit divided between third parties who were harmed and the insured (赔款分付, 保险法 65). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from yilu.kernel.money import ZERO


@dataclass(frozen=True, slots=True)
class Demand:
    """What a third party asks for (``ceiling``) and what has been paid or promised to them already."""

    key: int
    ceiling: Decimal
    paid: Decimal = ZERO

    @property
    def left(self) -> Decimal:
        """What they may still be paid."""
        return max(self.ceiling - self.paid, ZERO)


@dataclass(frozen=True, slots=True)
class Division:
    """Who gets what of one payment; ``rest`` is the insured's. Together they are the payment."""

    parts: tuple[tuple[int, Decimal], ...]
    rest: Decimal


def divide(amount: Decimal, demands: Sequence[Demand]) -> Division:
    """
    Deal one payment out: the third parties first, in the order in which they were agreed to, nobody
    beyond their demand; what is left is the insured's.

    The insured is paid nothing before the third party is (保险法 65 III), so several payments one
    after the other come to the same as one.
    """
    left, parts = amount, []
    for demand in demands:
        part = min(left, demand.left)
        if part > ZERO:
            parts.append((demand.key, part))
            left -= part
    return Division(tuple(parts), left)
