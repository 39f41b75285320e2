"""
The regulator's service rating of life insurers, simulated (E69: eight indicators that weigh 100).

Our source gives five weights for groups of indicators; how a group divides among its two we do not
know and divide in halves; the values that bring nothing and everything are ours. So it is a
simulation, good for seeing which indicator costs most, not for foretelling a grade.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from yilu.kernel.words import marked as _
from yilu.scorecards.rules import scales


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One indicator: weight, unit, and the values that bring nothing and everything."""

    code: str
    label: str
    group: str
    weight: Decimal
    unit: str
    zero: Decimal
    full: Decimal

    @property
    def step(self) -> Decimal:
        """One percentage point, or one of the unit, for the better."""
        return Decimal(1) if self.full > self.zero else Decimal(-1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One indicator as measured; all None where it is missing."""

    indicator: Indicator
    value: Decimal | None
    score: Decimal | None
    points: Decimal | None
    lost: Decimal | None
    gain: Decimal | None
    """What one percentage point (or one of the unit) for the better would add to the total."""


@dataclass(frozen=True, slots=True)
class Rating:
    """All eight, and between what the total lies as long as some are missing."""

    lines: tuple[Line, ...]

    @property
    def known(self) -> Decimal:
        """The weight of what was measured."""
        weights = (each.indicator.weight for each in self.lines if each.value is not None)
        return sum(weights, Decimal(0))

    @property
    def low(self) -> Decimal:
        """The total if everything missing brought nothing."""
        return sum((each.points for each in self.lines if each.points is not None), Decimal(0))

    @property
    def high(self) -> Decimal:
        """The total if everything missing brought its full weight."""
        return self.low + WHOLE - self.known

    @property
    def missing(self) -> tuple[Line, ...]:
        """What is not measured."""
        return tuple(each for each in self.lines if each.value is None)


def _one(
    code: str, label: str, group: str, weight: str, zero: str, full: str, unit: str = "PERCENT"
) -> Indicator:
    return Indicator(
        code=code, label=label, group=group, weight=Decimal(weight), unit=unit, zero=Decimal(zero),
        full=Decimal(full),
    )  # fmt: skip


WHOLE: Final = Decimal(100)
GROUPS: Final[Mapping[str, tuple[str, Decimal]]] = {
    "DELIVERY": (_("保单送达"), Decimal(15)),
    "CALLS": (_("电话接通与回访"), Decimal(15)),
    "CLAIMS": (_("理赔时效与获赔"), Decimal(35)),
    "SERVICING": (_("保全时效"), Decimal(10)),
    "COMPLAINTS": (_("投诉率与及时办理"), Decimal(25)),
}
"""The five groups as our source gives them (E69)."""
INDICATORS: Final = (
    _one("DELIVERED", _("保单送达率"), "DELIVERY", "15", "90", "100"),
    _one("ANSWERED", _("电话呼入人工接通率"), "CALLS", "7.5", "70", "98"),
    _one("FOLLOWED", _("电话回访成功率"), "CALLS", "7.5", "80", "99"),
    _one("CLAIM_TIME", _("理赔服务时效（结案平均天数）"), "CLAIMS", "17.5", "30", "1", "DAYS"),
    _one("PAID_RATE", _("理赔获赔率"), "CLAIMS", "17.5", "85", "99"),
    _one("SERVICING_TIME", _("保全时效（办结平均天数）"), "SERVICING", "10", "10", "0.5", "DAYS"),
    _one("COMPLAINTS", _("万张保单投诉量"), "COMPLAINTS", "12.5", "5", "0", "NUMBER"),
    _one("COMPLAINTS_IN_TIME", _("投诉件办理及时率"), "COMPLAINTS", "12.5", "80", "100"),
)  # fmt: skip
"""The eight of a life insurer. The scales are ours."""


INDEX: Final = (
    ("PAY_CYCLE", _("出险支付周期")),
    ("PAID_RATE", _("获赔率")),
    ("SURRENDER_RATE", _("退保率")),
)
"""What our source names of the index of 中国银保信 (E70: four dimensions, seven indicators; four unnamed)."""
INDEX_UNNAMED = 4


def simulate(
    values: Mapping[str, Decimal | None], indicators: Sequence[Indicator] = INDICATORS
) -> Rating:
    """The rating of what was measured. :raises ValueError: the weights do not sum to 100."""
    if sum((each.weight for each in indicators), Decimal(0)) != WHOLE:
        raise ValueError("the indicators do not weigh 100")
    return Rating(tuple(_line(each, values.get(each.code)) for each in indicators))


def _line(indicator: Indicator, value: Decimal | None) -> Line:
    if value is None:
        return Line(indicator=indicator, value=None, score=None, points=None, lost=None, gain=None)
    score = _score(indicator, value)
    points = scales.points(indicator.weight, score)
    better = scales.points(indicator.weight, _score(indicator, value + indicator.step))
    return Line(
        indicator=indicator, value=value, score=score, points=points, lost=indicator.weight - points,
        gain=better - points,
    )  # fmt: skip


def _score(indicator: Indicator, value: Decimal) -> Decimal:
    return scales.score(value, zero=indicator.zero, full=indicator.full)
