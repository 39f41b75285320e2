"""What people do for a living, in plain words, by class of risk (职业类别 1–6). 示例，待保险公司确认。"""

from __future__ import annotations

from dataclasses import dataclass

from yilu.kernel.words import marked as _


@dataclass(frozen=True, slots=True)
class Occupation:
    """A kind of work and its class: the higher, the riskier."""

    code: str
    words: str
    of_class: int


OCCUPATIONS = (
    Occupation("OFFICE", _("办公室工作、教师、学生、退休、家务"), 1),
    Occupation("SERVICE", _("商店、餐饮、酒店、美容等服务"), 2),
    Occupation("FIELD", _("外勤销售、医护、保安、农民"), 2),
    Occupation("WORKSHOP", _("工厂车间操作、电工、出租车司机"), 3),
    Occupation("DELIVERY", _("外卖、快递、货车司机、装修"), 4),
    Occupation("SITE", _("建筑工地、架子工、高压电工"), 5),
    Occupation("HIGH_RISK", _("高空、井下、爆破、远洋捕捞、潜水"), 6),
)
BY_CODE = {each.code: each for each in OCCUPATIONS}
