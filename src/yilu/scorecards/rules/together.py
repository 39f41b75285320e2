"""What several departments did together, and how its credit is shared (A162)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from yilu.kernel.errors import Invalid, Sentence
from yilu.kernel.words import marked as _

DEPARTMENTS: Final = {
    "CLAIMS": _("理赔"),
    "UNDERWRITING": _("核保"),
    "SERVICING": _("保全"),
    "RENEWALS": _("续期"),
    "CONTACT": _("客户联络"),
    "COUNTER": _("柜面"),
    "COMPLAINTS": _("投诉处理"),
    "QUALITY": _("服务质量"),
    "PAYMENTS": _("资金收付"),
    "TECHNOLOGY": _("科技"),
    "SALES": _("销售"),
}
"""Departments that work together, by code."""
MOST_POINTS = 20
MOST_SHARES = 20


class BadInitiative(Invalid):
    """The initiative is none; the hint says what to mend."""

    code = "bad_initiative"
    message = _("协同事项填写有误")


@dataclass(frozen=True, slots=True)
class Share:
    """What one person of one department gets for what they did."""

    staff_id: int
    department: str
    points: int
    did: str


def check(shares: Sequence[Share]) -> None:
    """:raises BadInitiative: one department alone, a person twice, points that are none or too many."""
    if not 2 <= len(shares) <= MOST_SHARES:
        raise BadInitiative(hint=Sentence(_("请填写 2 至 {n} 位参与人。"), n=MOST_SHARES))
    if any(each.department not in DEPARTMENTS for each in shares):
        raise BadInitiative(hint=_("请为每位参与人选择部门。"))
    if len({each.department for each in shares}) < 2:
        raise BadInitiative(hint=_("跨部门协同至少要有两个部门参与。"))
    if len({each.staff_id for each in shares}) < len(shares):
        raise BadInitiative(hint=_("同一个人只能写一次。"))
    if any(len(each.did.strip()) < 4 for each in shares):
        raise BadInitiative(hint=_("请写明每个人做了什么（至少四个字）。"))
    whole = sum(each.points for each in shares)
    if any(each.points < 1 for each in shares) or whole > MOST_POINTS:
        raise BadInitiative(
            hint=Sentence(
                _("每人至少 1 分，合计不超过 {most} 分，现在是 {sum} 分。"), most=MOST_POINTS, sum=whole
            )
        )  # fmt: skip
