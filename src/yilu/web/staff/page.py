"""What every page of the workbench has: the person, the navigation, their counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from yilu.people.queries import Access
from yilu.web.common.access import current
from yilu.work import queries as work


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the side navigation."""

    url: str
    icon: str
    label: str
    active: bool = False
    count: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Some lines under a heading."""

    label: str
    entries: tuple[Entry, ...]


# (place, url name, icon, label, rights any of which shows it; "" for everybody)
_MAP: tuple[tuple[str, tuple[tuple[str, str, str, str, str], ...]], ...] = (
    (
        "",
        (
            ("home", "staff:home", "home", _("我的工作"), ""),
            ("report", "staff:report", "phone-call", _("受理报案"), "claims.register"),
            ("claims", "staff:claims", "folders", _("赔案"), "claims.view"),
            (
                "waiting_reports",
                "staff:waiting_reports",
                "hourglass",
                _("待同意报案"),
                "claims.register",
            ),
            ("named_groups", "staff:named_groups", "users", _("特定人员预付"), "claims.review"),
            ("providers", "staff:providers", "building-hospital", _("医疗直付"), "claims.view"),
            (
                "applications",
                "staff:applications",
                "shield-check",
                _("投保件"),
                "underwriting.view",
            ),
            ("customers", "staff:customers", "users", _("客户"), "people.view"),
            ("servicing", "staff:servicing", "clipboard-list", _("保全"), "servicing.view"),
            (
                "underwriting",
                "staff:underwriting",
                "clipboard-check",
                _("核保"),
                "underwriting.view",
            ),
            ("recordings", "staff:recordings", "video", _("双录质检"), "underwriting.decide"),
            ("renewals", "staff:renewals", "calendar-due", _("续期"), "renewals.view"),
            ("contact", "staff:contact_seat", "headset", _("我的坐席"), "contact.handle"),
            ("video", "staff:video_list", "video", _("视频服务"), "video.view"),
            ("contact_list", "staff:contact_conversations", "messages", _("会话"), "contact.view"),
            (
                "contact_follow_ups",
                "staff:contact_follow_ups",
                "user-check",
                _("新单回访"),
                "contact.view",
            ),
            ("contact_problems", "staff:contact_problems", "flag", _("问题件"), "contact.view"),
            ("complaints", "staff:complaints", "message-circle", _("投诉"), "complaints.view"),
            ("holds", "staff:holds", "scale", _("留存指令"), "retention.view"),
            ("visits", "staff:visits", "map-pin", _("上门与查勘"), "care.visit"),
            ("talks", "staff:talks", "scale", _("人伤调解"), "claims.assess"),
            (
                "emergencies",
                "staff:emergencies",
                "ambulance",
                _("重大突发事件"),
                "catastrophe.handle",
            ),
        ),
    ),
    (
        _("客户之声"),
        (
            ("voice", "staff:voice", "message-circle", _("总览"), "voice.view"),
            ("voice_inbox", "staff:voice_inbox", "inbox", _("客户反馈"), "voice.handle"),
            ("voice_improvements", "staff:voice_improvements", "bulb", _("改进事项"), "voice.view"),
            ("voice_files", "staff:voice_files", "upload", _("导入原声"), "voice.manage"),
            ("voice_studies", "staff:voice_studies", "award", _("第三方与月报"), "voice.view"),
        ),
    ),
    (
        _("管理"),
        (
            ("journeys", "staff:journeys", "route", _("接续全景图"), "journeys.view"),
            (
                "journey_breaks",
                "staff:journey_breaks",
                "alert-triangle",
                _("断点清单"),
                "journeys.view",
            ),
            (
                "journey_problems",
                "staff:journey_problems",
                "checklist",
                _("问题台账"),
                "journeys.view",
            ),
            (
                "journey_reviews",
                "staff:journey_reviews",
                "calendar-due",
                _("周复盘"),
                "journeys.view",
            ),
            ("board", "staff:board", "chart-bar", _("时效与工作量"), "claims.view"),
            (
                "underwriting_board",
                "staff:underwriting_board",
                "chart-bar",
                _("核保概况"),
                "underwriting.view",
            ),
            (
                "contact_board",
                "staff:contact_board",
                "layout-dashboard",
                _("话务看板"),
                "contact.view",
            ),
            (
                "contact_roster",
                "staff:contact_roster",
                "calendar-event",
                _("排班与预测"),
                "contact.supervise",
            ),
            (
                "contact_seats",
                "staff:contact_seats",
                "users-group",
                _("坐席与技能"),
                "contact.supervise",
            ),
            ("hotline", "staff:hotline", "microphone", _("热线播报"), "knowledge.view"),
            ("hotline_flows", "staff:hotline_flows", "route", _("热线流程"), "knowledge.view"),
            (
                "contact_green",
                "staff:contact_green",
                "speakerphone",
                _("绿色通道"),
                "contact.supervise",
            ),
            ("open_work", "staff:open_work", "list-details", _("在办明细"), "work.lead"),
            ("pool", "staff:pool_overview", "world", _("全国共享作业"), "work.lead"),
            ("quality", "staff:quality", "clipboard-check", _("质量抽检"), "claims.assess"),
            ("payments", "staff:payments", "building-bank", _("付款"), "claims.pay"),
            ("kept_back", "staff:kept_back", "clock", _("应付未付"), "claims.view"),
            ("receivables", "staff:receivables", "arrow-back-up", _("多付追回"), "claims.pay"),
            ("money_audit", "staff:money_audit", "scale", _("金额稽核"), "audit.money"),
            ("messages", "staff:messages", "message-circle", _("通知"), "claims.view"),
            ("accuracy", "staff:accuracy", "scan", _("识别准确率"), "claims.view"),
            ("what_if", "staff:what_if", "calculator", _("条款测算"), "insight.view"),
            ("claims_year", "staff:claims_year", "chart-line", _("理赔年报"), "insight.view"),
            ("disclosures", "staff:disclosures", "file-text", _("信息披露"), "insight.view"),
            ("years", "staff:years", "clock", _("模拟年度"), "claims.view"),
            ("risk", "staff:risk", "alert-circle", _("风险信号"), "risk.view"),
            ("risk_models", "staff:risk_models", "chart-bar", _("风险模型"), "risk.model"),
        ),
    ),
    (
        _("服务考核"),
        (
            ("scorecards", "staff:scorecards", "chart-line", _("指标"), "scorecards.view"),
            ("scorecards_five", "staff:score_five", "star", _("五个一"), "scorecards.view"),
            ("scorecards_cards", "staff:score_cards", "clipboard-check", _("考核成绩"), ""),
            ("scorecards_stars", "staff:score_stars", "award", _("服务明星"), ""),
            (
                "scorecards_rating",
                "staff:score_rating",
                "scale",
                _("服务评价模拟"),
                "scorecards.view",
            ),
            (
                "scorecards_campaigns",
                "staff:score_campaigns",
                "flag",
                _("服务提升活动"),
                "scorecards.view",
            ),
        ),
    ),
    (
        _("标准"),
        (
            (
                "service_findings",
                "staff:service_findings",
                "alert-triangle",
                _("服务质检"),
                "quality.view",
            ),
            ("training", "staff:training", "certificate", _("我的培训"), ""),
            ("training_drills", "staff:training_drills", "messages", _("情景演练"), ""),
            ("training_classes", "staff:training_classes", "users-group", _("实训班"), ""),
            ("inspections", "staff:inspections", "clipboard-check", _("质检与我的结果"), ""),
            (
                "inspections_picture",
                "staff:inspections_picture",
                "chart-bar",
                _("质检概况"),
                "quality.view",
            ),
            (
                "recoveries",
                "staff:recoveries",
                "message-circle",
                _("服务补救"),
                "complaints.handle quality.view",
            ),
            ("audits", "staff:audits", "list-check", _("服务检查"), "quality.view"),
            ("corrections", "staff:corrections", "checklist", _("整改"), ""),
            ("quality_books", "staff:quality_books", "book", _("质检规范"), "quality.view"),
            ("service_exams", "staff:service_exams", "book", _("上岗考试"), ""),
            (
                "training_questions",
                "staff:training_questions",
                "question-mark",
                _("考试题库"),
                "quality.manage",
            ),
            (
                "training_overview",
                "staff:training_overview",
                "chart-bar",
                _("培训概况"),
                "quality.view",
            ),
            ("service_mine", "staff:service_mine", "award", _("我的服务质量"), ""),
            ("service_standards", "staff:service_standards", "list-check", _("服务标准"), ""),
            ("programmes", "staff:programmes", "gift", _("服务项目"), ""),
            (
                "prices",
                "staff:prices",
                "receipt",
                _("工时与配件价目"),
                "claims.view standards.edit",
            ),
            ("products", "staff:products", "shield", _("产品"), "standards.edit insight.view"),
            ("needs_book", "staff:needs_book", "help-circle", _("需求诊断手册"), "standards.edit"),
            ("figures", "staff:figures", "adjustments", _("数值标准"), "standards.edit"),
            ("tables", "staff:tables", "table", _("决策表"), "standards.edit underwriting.tables"),
            (
                "message_words",
                "staff:message_words",
                "message-circle",
                _("通知模板"),
                "messaging.manage",
            ),
            ("knowledge", "staff:knowledge", "book", _("知识库"), "knowledge.view"),
            ("checklists", "staff:checklists", "list-check", _("资料清单"), "standards.edit"),
            ("calendar", "staff:calendar", "calendar", _("工作日历"), "standards.edit"),
            ("obligations", "staff:obligations", "gavel", _("时限承诺"), ""),
            (
                "journey_versions",
                "staff:journey_versions",
                "route",
                _("旅程定义"),
                "journeys.manage",
            ),
            (
                "journey_standards",
                "staff:journey_standards",
                "list-check",
                _("接续标准"),
                "journeys.view",
            ),
        ),
    ),
    (
        _("运维"),
        (
            ("personnel", "staff:personnel", "users", _("员工与角色"), "people.staff"),
            (
                "provider_network",
                "staff:provider_network",
                "building-hospital",
                _("合作医疗机构"),
                "people.staff",
            ),
            (
                "privacy",
                "staff:privacy",
                "shield-check",
                _("个人信息保护台账"),
                "people.privacy_read",
            ),
            ("agents", "staff:agents", "users-group", _("代理人"), "people.staff"),
            ("system", "staff:system", "activity", _("系统运行"), "system.operate"),
            ("evidence", "staff:evidence", "shield-check", _("存证"), "system.operate"),
        ),
    ),
)


def access_of(request: HttpRequest) -> Access:
    """The signed-in person's rights; the decorator has made sure that there is one."""
    principal = current(request)
    assert principal is not None
    assert principal.access is not None
    return principal.access


def show(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    here: str,
    status: int = 200,
) -> HttpResponse:
    """
    A page of the workbench; ``here`` names the entry of the navigation it belongs to.

    Where it comes back with a refusal it also carries what was typed, and puts it into its form again.
    """
    access = access_of(request)
    held = work.own_count(access.staff_id)
    return render(
        request,
        template,
        {
            "nav": _navigation(access, here),
            "access": access,
            "asker_name": access.name,
            "my_counts": [
                {
                    "url": reverse("staff:home"),
                    "icon": "inbox",
                    "label": _("我手上的工作"),
                    "count": held,
                }
            ],
            "typed": _typed(request) if status >= 400 else None,
            **(context or {}),
        },
        status=status,
    )


def _typed(request: HttpRequest) -> dict[str, list[str]] | None:
    """What a form was sent with, except what no page gives back; None where none was sent."""
    given = {name: values for name, values in request.POST.lists() if name not in _NEVER_SHOWN}
    return given or None


_NEVER_SHOWN = frozenset({"csrfmiddlewaretoken", "password", "password_new", "password_again"})


def _navigation(access: Access, here: str) -> list[Group]:
    groups = []
    for label, lines in _MAP:
        entries = tuple(
            Entry(reverse(name), icon, text, active=place == here)
            for place, name, icon, text, right in lines
            if not right or any(access.may(each) for each in right.split())
        )
        if entries:
            groups.append(Group(label, entries))
    return groups
