"""Why people turn to us (来访事由): the taxonomy, as data (A100)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from yilu.kernel.words import marked as _


@dataclass(frozen=True, slots=True)
class Reason:
    """
    One kind of contact.

    ``statutory``: the law's clock runs for it, so that a customer's tier changes nothing.
    ``opens`` is the screen a seat goes to with one click.
    """

    code: str
    label: str
    skill: str
    subs: Mapping[str, str] = field(default_factory=dict)
    statutory: str = ""
    opens: str = ""


REASONS: Final[Mapping[str, Reason]] = {
    reason.code: reason
    for reason in (
        Reason("CONSULT", _("咨询"), "general", {
            "product": _("产品与条款"), "claim_how": _("怎样理赔"), "service_how": _("怎样办保全"),
            "premium": _("缴费与续期"), "critical_repeat": _("重疾多次赔付"),
            "annuity_choice": _("年金领取方式"), "surrender": _("退保损失"), "underwriting": _("核保结论与条件"), "other": _("其他咨询"),
        }),
        Reason("QUERY", _("查询"), "general", {
            "policy": _("保单信息"), "claim_progress": _("理赔进度"), "request_progress": _("保全进度"),
            "payment": _("缴费与到账"), "network": _("网点与医院"), "other": _("其他查询"),
        }, opens="customer"),
        Reason("REPORT", _("报案"), "claims", {
            "illness": _("疾病住院"), "accident": _("意外伤害"), "critical": _("重大疾病"),
            "death": _("身故"), "other": _("其他报案"),
        }, statutory=_("保险法第二十三条"), opens="claim_report"),
        Reason("CHANGE", _("电话变更"), "servicing", {
            "phone": _("联系方式"), "address": _("地址"), "payment_way": _("缴费方式与账户"),
            "beneficiary": _("受益人"), "other": _("其他变更"),
        }, statutory=_("人身保险业务基本服务规定第十九条"), opens="servicing"),
        Reason("COMPLAINT", _("投诉"), "complaints", {
            "sales": _("销售"), "claim": _("理赔"), "service": _("服务态度与时效"),
            "surrender": _("退保"), "other": _("其他投诉"),
        }, statutory=_("银行业保险业消费投诉处理管理办法第十八条")),
        Reason("FOLLOW_UP", _("回访"), "follow_up", {
            "new_policy": _("新单回访"), "premium": _("续期回访"), "claim": _("理赔回访"),
            "visit": _("服务回访"),
        }, statutory=_("人身保险业务基本服务规定第十五条"), opens="follow_up"),
    )
}  # fmt: skip
"""Every reason by code. 服务规定 19: changes of the policy have their time as well."""

COMPLEX: Final = frozenset({"critical_repeat", "annuity_choice"})
"""Needs that go to a named adviser at once (A19)."""
OWN_SKILLS: Final[Mapping[str, str]] = {
    **dict.fromkeys(COMPLEX, "adviser"), "underwriting": "underwriting",
}  # fmt: skip
"""Whom a sub-reason wants, where its reason's own seats know too little (A19, A23)."""


def skill_for(reason: str, sub_reason: str = "") -> str:
    """Who answers it: the skill of the reason; an adviser for complex needs, an underwriter for a verdict."""
    if sub_reason in OWN_SKILLS:
        return OWN_SKILLS[sub_reason]
    return REASONS[reason].skill if reason in REASONS else "general"


def is_statutory(reason: str) -> bool:
    """Whether the law's clock runs for contacts of this reason."""
    return reason in REASONS and bool(REASONS[reason].statutory)


def fits(reason: str, sub_reason: str) -> bool:
    """Whether both exist and belong together; an empty sub-reason always does."""
    return reason in REASONS and (not sub_reason or sub_reason in REASONS[reason].subs)
