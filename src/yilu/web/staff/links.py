"""What to call a thing in a list, and where it is looked at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import resolve, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from yilu.claims import queries as claims
from yilu.kernel.refs import Ref
from yilu.people.queries import Access
from yilu.policies import queries as policies
from yilu.web.common.access import right_asked

KINDS = {
    "claim": _("赔案"),
    "payout": _("付款"),
    "payment_batch": _("付款批次"),
    "receivable": _("多付追回"),
    "bank_credit": _("入账"),
    "money_difference": _("金额差异"),
    "party": _("客户"),
    "policy": _("保单"),
    "premium_order": _("缴费订单"),
    "premium_due": _("续期应收"),
    "suspension": _("效力中止"),
    "letter": _("文书"),
    "upload": _("资料"),
    "offer": _("主动理赔"),
    "breakpoint": _("服务断点"),
    "problem": _("问题件"),
    "ledger_problem": _("问题台账"),
    "weekly_review": _("周复盘"),
    "disclosure": _("信息披露"),
    "review_decision": _("复盘决定"),
    "forecast": _("提前帮忙"),
    "voice_report": _("部门月报"),
    "journey_version": _("旅程版本"),
    "staff": _("员工"),
    "investigation_step": _("调查步骤"),
    "case_part": _("案件分工"),
    "mention": _("同事请您查看"),
    "quality_check": _("质量抽检"),
    "care": _("重案协助"),
    "waiting_report": _("待同意报案"),
    "agent": _("代理人"),
    "catastrophe": _("重大突发事件"),
    "affected": _("受影响客户"),
    "visit": _("上门服务"),
    "application": _("投保件"),
    "feedback": _("客户反馈"),
    "complaint": _("投诉"),
    "conversation": _("会话"),
    "servicing_request": _("保全申请"),
    "data_request": _("个人信息请求"),
    "double": _("疑似重复客户"),
    "privacy_record": _("个人信息保护台账"),
    "message": _("通知"),
    "sheet": _("答卷"),
    "enrolment": _("学习任务"),
    "follow_up": _("新单回访"),
    "family_application": _("家庭投保"),
    "renewal_case": _("续期跟进"),
    "handover": _("孤儿单承接"),
    "video": _("视频服务"),
    "inspection": _("服务质检"),
    "recovery": _("服务补救"),
    "finding": _("质检发现"),
    "correction": _("整改"),
    "audit": _("服务检查"),
    "hold": _("留存指令"),
    "new_year": _("续保"),
    "needs": _("需求分析"),
    "rescission": _("解除合同"),
    "reply": _("客户来信"),
    "collection": _("收款"),
}
OTHER = _("其他业务")
"""What has no name here."""
PAGES = {
    "claim": "staff:claim",
    "waiting_report": "staff:waiting_report",
    "payout": "staff:payout",
    "payment_batch": "staff:batch",
    "receivable": "staff:receivable",
    "money_difference": "staff:money_difference",
    "party": "staff:customer",
    "catastrophe": "staff:emergency",
    "affected": "staff:affected",
    "visit": "staff:visit",
    "breakpoint": "staff:journey_break",
    "problem": "staff:contact_problem",
    "ledger_problem": "staff:journey_problem",
    "weekly_review": "staff:journey_review",
    "disclosure": "staff:disclosure",
    "review_decision": "staff:journey_review_decision",
    "forecast": "staff:journeys_ahead_of",
    "voice_report": "staff:voice_report",
    "journey_version": "staff:journey_version",
    "application": "staff:underwriting_desk",
    "feedback": "staff:voice_feedback",
    "complaint": "staff:complaint",
    "conversation": "staff:contact_conversation",
    "servicing_request": "staff:service_request",
    "data_request": "staff:data_request",
    "double": "staff:double",
    "privacy_record": "staff:privacy_record",
    "enrolment": "staff:training_task",
    "follow_up": "staff:contact_follow_up",
    "renewal_case": "staff:renewal_case",
    "handover": "staff:renewal_orphan",
    "video": "staff:video",
    "inspection": "staff:inspection",
    "recovery": "staff:recovery",
    "finding": "staff:quality_finding",
    "correction": "staff:correction",
    "audit": "staff:audit",
}


@dataclass(frozen=True, slots=True)
class Link:
    """A name for a thing; ``url`` is empty where the workbench has no page of it for the reader."""

    label: str
    url: str


def links_to(refs: Iterable[Ref | str], access: Access) -> dict[str, Link]:
    """
    A link for each thing, by its ref as text; claims and policies by their number, a statement each.

    What the reader has no right to look at is named and leads nowhere: no list ends at a closed door.
    """
    asked = {Ref.parse(ref) if isinstance(ref, str) else ref for ref in refs}
    numbers = {
        "claim": claims.numbers_of([ref.id for ref in asked if ref.kind == "claim"]),
        "policy": policies.numbers_of([ref.id for ref in asked if ref.kind == "policy"]),
    }
    return {
        str(ref): Link(numbers.get(ref.kind, {}).get(ref.id) or _label(ref), _open_to(ref, access))
        for ref in asked
    }


def link_to(ref: Ref | str, access: Access) -> Link:
    """A link for one thing."""
    return links_to([ref], access)[str(ref)]


def place_of(ref: Ref) -> str:
    """Where something is looked at; nothing where the workbench has no page for it."""
    if ref.kind in claims.IN_A_CASE:
        return reverse("staff:case", args=[ref.kind, ref.id])
    return reverse(PAGES[ref.kind], args=[ref.id]) if ref.kind in PAGES else ""


def _open_to(ref: Ref, access: Access) -> str:
    """Where this reader may look at it."""
    if ref.kind == "enrolment":  # a task is its learner's own; who leads looks at all of them
        return reverse("staff:training_overview") if access.may("quality.view") else ""
    if ref.kind == "inspection":
        seen = access.may("quality.view") or access.may("quality.inspect")
        return place_of(ref) if seen else ""
    return _if_open(place_of(ref), access)


def reverse_open(page: str, access: Access) -> str:
    """The address of a page by its name; nothing if it has none or the reader may not go there."""
    return _if_open(reverse(page) if page else "", access)


def _if_open(url: str, access: Access) -> str:
    right = right_asked(resolve(url).func) if url else None
    return url if right is None or access.may(right) else ""


def called(ref: Ref | str) -> str:
    """
    What kind of thing it is and which, in words and without its number: for who may not even see that there is one.
    """
    return _label(Ref.parse(ref) if isinstance(ref, str) else ref)


def _label(ref: Ref) -> str:
    return f"{gettext(KINDS.get(ref.kind, OTHER))} #{ref.id}"
