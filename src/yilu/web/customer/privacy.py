"""隐私与授权: consents, who looked, and requests about one's own data (个保法 15, 44–47)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_POST, require_safe

from yilu.journal import queries as journal
from yilu.people import operations as people_operations
from yilu.people import queries as people
from yilu.web.common import access
from yilu.web.customer import pages

PURPOSES = ("HEALTH_DATA", "MEDICAL_DATA_FETCH", "UNDERWRITING", "AGENT_COPY", "MARKETING")
WARNINGS = {
    "HEALTH_DATA": _("撤回后，在办的理赔只能由人工按已有资料办理。确定撤回吗？"),
    "MEDICAL_DATA_FETCH": _("撤回后需要您自己提交医疗资料。确定撤回吗？"),
    "UNDERWRITING": _("撤回后，在办的投保申请不能继续核保。确定撤回吗？"),
    "AGENT_COPY": _("撤回后服务人员不再收到您的理赔通知。确定撤回吗？"),
    "MARKETING": _("撤回后不再收到推荐信息。确定撤回吗？"),
}
REQUESTS = (
    ("ACCESS", _("查询我的资料"), _("看看你们存了我哪些资料")),
    ("COPY", _("要一份副本"), _("给我一份副本")),
    ("CORRECT", _("更正有误的资料"), _("有一项不对，请改正")),
    ("DELETE", _("删除我的资料"), _("不再需要的请删除；法律要求留存的除外")),
)
FIELDS = {
    "phone": _("手机号"), "identity": _("证件号码"), "account": _("银行账号"),
    "name": _("姓名"), "email": _("邮箱"),
}  # fmt: skip
LOOKS_SHOWN = 20


@dataclass(frozen=True)
class Agreement:
    """A purpose, its words, and whether the customer agreed."""

    purpose: str
    title: str
    words: str
    given: bool
    at: datetime | None
    warning: str


@dataclass(frozen=True)
class Look:
    """Somebody saw something that is usually masked."""

    label: str
    at: datetime
    who: str
    detail: str = ""


@dataclass(frozen=True)
class Wish:
    """A kind of request."""

    kind: str
    title: str
    words: str


@access.customers_only
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Consents with withdrawal, who looked at what, and the four requests."""
    me = pages.me(request)
    page = {
        "consents": _agreements(me.id),
        "looks": _looks(me.id),
        "requests": [Wish(*each) for each in REQUESTS],
        "asked": _asked(me.id),
    }
    return pages.show(request, "privacy", page, tab="me")


@access.customers_only
@require_POST
def consent(request: HttpRequest) -> HttpResponse:
    """Give or take back one consent; each by itself."""
    me, now = pages.me(request), timezone.now()
    purpose = request.POST.get("purpose", "")
    if request.POST.get("give") == "1":
        text = people.consent_text(purpose)
        people_operations.give_consent(
            party_id=me.id,
            purpose=purpose,
            text_version=text.version,
            channel="APP",
            actor=me,
            at=now,
        )
        messages.success(request, gettext("已授权。随时可以撤回。"))
    else:
        people_operations.withdraw_consent(party_id=me.id, purpose=purpose, actor=me, at=now)
        messages.success(request, gettext("已撤回。"))
    return redirect("customer:privacy")


@access.customers_only
@require_POST
def data_request(request: HttpRequest) -> HttpResponse:
    """Ask to see, copy, correct or delete; asked twice is asked once."""
    me = pages.me(request)
    people_operations.open_data_request(
        party_id=me.id,
        kind=request.POST.get("kind", ""),
        wish=request.POST.get("note", ""),
        actor=me,
        at=timezone.now(),
    )
    messages.success(request, gettext("已收到，我们会在 15 天内答复您。"))
    return redirect("customer:privacy")


def _agreements(party_id: int) -> list[Agreement]:
    standing = {c.purpose: c for c in people.list_consents(party_id) if c.withdrawn_at is None}
    made = []
    for purpose in PURPOSES:
        text, held = people.consent_text(purpose, get_language() or ""), standing.get(purpose)
        made.append(
            Agreement(
                purpose, text.title, text.body, held is not None, held.given_at if held else None,
                WARNINGS[purpose],
            )
        )  # fmt: skip
    return made


def _looks(party_id: int) -> list[Look]:
    shown = [
        event
        for event in journal.party_timeline(party_id)
        if event.kind == "people.personal_data_shown" and event.actor.kind != "party"
    ][:LOOKS_SHOWN]
    names = people.names_of(event.actor for event in shown)
    return [
        Look(
            gettext("查看了%(what)s") % {"what": gettext(FIELDS.get(e.facts.get("field", ""), ""))},
            e.at,
            names.get(e.actor, ""),
            people.UNMASK_REASONS.get(e.facts.get("reason", ""), ""),
        )
        for e in shown
    ]


def _asked(party_id: int) -> list[Any]:
    states = {
        "OPEN": _("办理中"), "DONE": _("已办结"), "DECLINED": _("不予办理"), "WITHDRAWN": _("已撤回"),
    }  # fmt: skip
    return [
        Look(
            f"{gettext(r.label)} · {gettext(states.get(r.state, r.state))}", r.opened_at, "",
            r.answer or gettext("最晚答复日期") + f" {timezone.localtime(r.due_at):%Y-%m-%d}",
        )
        for r in people.list_data_requests(party_id)
    ]  # fmt: skip
