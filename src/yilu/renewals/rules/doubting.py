"""How doubtful a renewal is: plain rules with points, said to whoever helps."""

from __future__ import annotations

from dataclasses import dataclass

from yilu.kernel.words import marked as _


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What is known of a premium that is not paid yet (续期风险信号)."""

    failures: int = 0
    in_grace: bool = False
    last_week_of_grace: bool = False
    failed_before: int = 0
    reached: bool = True
    debit_closed: bool = False
    orphan: bool = False


@dataclass(frozen=True, slots=True)
class Doubt:
    """Points and the reasons behind them."""

    score: int
    reasons: tuple[tuple[str, int], ...]


RULES: dict[str, tuple[int, str]] = {
    "FAILED_AGAIN": (2, _("扣款或支付已失败两次以上")),
    "FAILED_ONCE": (1, _("扣款或支付失败过一次")),
    "IN_GRACE": (1, _("已进入宽限期")),
    "GRACE_ENDING": (2, _("宽限期只剩一周")),
    "FAILED_BEFORE": (1, _("以往几期也曾缴费失败")),
    "NOT_REACHED": (2, _("联系不上客户")),
    "DEBIT_CLOSED": (1, _("代扣账户已销户、冻结或解约")),
    "ORPHAN": (1, _("没有服务人员")),
}
"""Each rule's points and words."""


def doubt(signs: Signs) -> Doubt:
    """Add up the rules that hold."""
    holds = {
        "FAILED_AGAIN": signs.failures >= 2,
        "FAILED_ONCE": signs.failures == 1,
        "IN_GRACE": signs.in_grace and not signs.last_week_of_grace,
        "GRACE_ENDING": signs.last_week_of_grace,
        "FAILED_BEFORE": signs.failed_before > 0,
        "NOT_REACHED": not signs.reached,
        "DEBIT_CLOSED": signs.debit_closed,
        "ORPHAN": signs.orphan,
    }
    found = tuple((code, RULES[code][0]) for code, is_so in holds.items() if is_so)
    return Doubt(sum(points for _code, points in found), found)
