"""Which department hears of what (回访、咨询、投诉汇总分析反馈相关部门, A105)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from yilu.kernel.words import marked as _

DEPARTMENTS: Final[Mapping[str, str]] = {
    "SALES": _("销售"),
    "UNDERWRITING": _("承保"),
    "CLAIMS": _("理赔"),
    "SERVICING": _("保全"),
    "RENEWAL": _("续期收费"),
    "SERVICE": _("客户服务"),
}
SOURCES: Final[Mapping[str, str]] = {
    "FOLLOW_UP": _("回访"), "CONTACT": _("咨询"), "COMPLAINT": _("投诉"),
}  # fmt: skip
_BUSINESSES: Final[Mapping[str, str]] = {
    "SALES": "SALES", "UNDERWRITING": "UNDERWRITING", "SERVICING": "SERVICING", "RENEWAL": "RENEWAL",
    "CLAIMS": "CLAIMS", "SURRENDER": "SERVICING",
}  # fmt: skip
_CONTACTS: Final[Mapping[str, str]] = {
    "CONSULT.product": "SALES", "CONSULT.claim_how": "CLAIMS", "CONSULT.service_how": "SERVICING",
    "CONSULT.premium": "RENEWAL", "CONSULT.critical_repeat": "CLAIMS", "CONSULT.annuity_choice": "SERVICING",
    "CONSULT.surrender": "SERVICING", "QUERY.policy": "SERVICING", "QUERY.claim_progress": "CLAIMS",
    "QUERY.request_progress": "SERVICING", "QUERY.payment": "RENEWAL",
}  # fmt: skip
_WHOLE: Final[Mapping[str, str]] = {"REPORT": "CLAIMS", "CHANGE": "SERVICING"}
TROUBLE: Final = ("PROBLEM", "EXCEPTION")
"""Follow-ups that found something, and those that nobody could make: whoever sold the policy hears of them."""


def of_complaint(business: str, reason: str) -> str:
    """Who hears of a complaint: what was said at the sale is the sale's, whatever came of it later."""
    return "SALES" if reason == "MISLED" else _BUSINESSES.get(business, "SERVICE")


def of_contact(reason: str, sub_reason: str) -> str:
    """Who hears of what people asked; complaints and follow-ups are told by themselves: ""."""
    if reason in ("COMPLAINT", "FOLLOW_UP"):
        return ""
    return _CONTACTS.get(f"{reason}.{sub_reason}") or _WHOLE.get(reason, "SERVICE")
