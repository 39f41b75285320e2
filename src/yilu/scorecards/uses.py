"""
What figures are used for: which speak for the customer, the five ones, the rating's inputs.

Figures themselves are ``catalogue/kpis.toml``; a test holds every code here against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from yilu.kernel.words import marked as _

CORE: Final[Mapping[str, str]] = {
    "nps": "NPS",
    "claim_days": "TIME", "claim_pay_days": "TIME", "loss_to_payment_days": "TIME",
    "small_claims_10_minutes": "TIME", "service_level_20s": "TIME", "servicing_days": "TIME",
    "issue_seconds": "TIME", "message_within_minute": "TIME", "complaints_on_time": "TIME",
    "on_time": "TIME", "review_hours": "TIME", "investigation_days": "TIME", "notice_hours": "TIME",
    "visit_days": "TIME", "reissue_hours": "TIME", "underwriting_days": "TIME",
    "renewal_care_days": "TIME", "complaint_days": "TIME",
    "error_rate": "ERROR", "clean_conversations": "ERROR", "sent_back_rate": "ERROR",
    "told_at_once": "ERROR", "batches_discarded": "ERROR", "reviews_changed": "ERROR",
    "inspections_passed": "ERROR",
}  # fmt: skip
"""Which figures count as recommendation, timeliness or service errors (A166)."""

BY_PERSON: Final = frozenset({
    "claim_days", "error_rate", "answer_rate", "service_level_20s", "first_contact_resolution",
    "follow_up_rate", "follow_up_success", "continuation_rate", "servicing_days",
    "clean_conversations", "exams_passed", "nps", "content_customers",
    "review_hours", "sent_back_rate", "investigation_days", "notice_hours", "told_at_once",
    "visit_days", "reissue_hours", "batches_discarded", "underwriting_days", "renewal_care_days",
    "complaint_days", "reviews_changed", "inspections_passed",
})  # fmt: skip
"""
What may judge a person: the figure knows who did it, and nobody is tempted to do wrong by it.

The paid ratio is not among them: nobody shall be judged by how often they pay. How many complaints
are not: who owns one is who helps; how soon and how rightly they were answered is. What customers say of whom they dealt with counts from thirty answers on.
"""

VOLUMES: Final[Mapping[str, str]] = {
    "error_rate": _("核定件数"),
    "claim_days": _("结案件数"),
    "first_contact_resolution": _("会话数"),
    "answer_rate": _("来电数"),
    "servicing_days": _("保全办结件数"),
    "follow_up_success": _("回访件数"),
    "review_hours": _("复核件数"),
    "investigation_days": _("调查件数"),
    "told_at_once": _("补充通知件数"),
    "visit_days": _("上门次数"),
    "batches_discarded": _("制单批次"),
    "underwriting_days": _("核保件数"),
    "renewal_care_days": _("续期关怀件数"),
    "complaint_days": _("投诉答复件数"),
}
"""Whose cases may stand for how much work was done (多劳多得)."""

BEHIND: Final = frozenset({
    "SERVICE_MANAGER", "STANDARDS_EDITOR", "PRIVACY_OFFICER", "OPERATOR", "AUDITOR",
})  # fmt: skip
"""Roles that serve no customer themselves: their work shows in an office's figures, or in none."""

RATING: Final[Mapping[str, str]] = {
    "DELIVERED": "policy_delivery",
    "ANSWERED": "answer_rate",
    "FOLLOWED": "follow_up_success",
    "CLAIM_TIME": "claim_days",
    "PAID_RATE": "paid_ratio",
    "SERVICING_TIME": "servicing_days",
    "COMPLAINTS": "complaints_per_10000",
    "COMPLAINTS_IN_TIME": "complaints_on_time",
}
"""The rating's indicators and our figures for them (E69)."""

INDEX: Final[Mapping[str, str]] = {
    "PAY_CYCLE": "loss_to_payment_days",
    "PAID_RATE": "paid_ratio",
    "SURRENDER_RATE": "surrender_rate",
}
"""The service quality index as far as our source names it (E70)."""


@dataclass(frozen=True, slots=True)
class One:
    """One of the five ones: the promise, its figure, the figure beside it, how the one shows the other."""

    code: str
    title: str
    kpi: str
    beside: str
    says: str
    icon: str


FIVE: Final = (
    One(
        "CALL", _("电话一拨就通"), "answer_rate", "service_level_20s",
        _("客户要找人时，电话有没有人接；旁边是二十秒内接起的比例。"), "phone-call",
    ),
    One(
        "CLAIM", _("理赔一天处理"), "claim_pay_days", "small_claims_10_minutes",
        _("从资料齐全到赔款到账平均几天；旁边是小额案件十分钟到账的比例。"), "clock",
    ),
    One(
        "MESSAGE", _("短信一触即发"), "message_within_minute", "message_delivery",
        _("通知从可以发出到送达是否在一分钟内；旁边是最终送达的比例。"), "send",
    ),
    One(
        "COMPLAINT", _("投诉一站解决"), "complaints_settled_at_once", "complaints_on_time",
        _("一位首问责任人负责到底、一轮答复办结的比例；旁边是投诉按时办结的比例。"), "message-circle",
    ),
    One(
        "PROCESS", _("流程一路透明"), "on_time", "continuation_rate",
        _("客户看得到的每一个时限是否按时；旁边是中断后有人接着办成的比例。"), "route",
    ),
)  # fmt: skip
"""The five ones (五个一, A165)."""

SUGGESTED: Final[Mapping[str, tuple[str, ...]]] = {
    "ATTITUDE": ("nps", "clean_conversations"),
    "EFFICIENCY": ("claim_pay_days", "service_level_20s"),
    "QUALITY": ("error_rate", "first_contact_resolution", "claims_satisfaction"),
    "ENVIRONMENT": ("site_score", "content_customers"),
}
"""With which figures a campaign's themes begin; whoever plans it chooses."""
