"""隐私与授权: consents, who looked, and requests about one's own data (个保法 15, 44–47)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_POST, require_safe

from yilu.journal import queries as journal
from yilu.journeys import operations as journeys_operations
from yilu.journeys import queries as journeys
from yilu.people import operations as people_operations
from yilu.people import queries as people
from yilu.web.common import access
from yilu.web.common.errors import telling
from yilu.web.common.numbers import whole
from yilu.web.common.own_copy import own_copy
from yilu.web.customer import pages

PURPOSES = (
    "HEALTH_DATA", "MEDICAL_DATA_FETCH", "UNDERWRITING", "FINANCIAL", "RECORDING", "HEALTH_CARE", "AGENT_COPY",
    "MARKETING",
)  # fmt: skip
CHILD = "CHILD_DATA"
"""Given for each child by itself, where their insurance is applied for; here it is taken back."""
WARNINGS = {
    "HEALTH_DATA": _("撤回后，在办的理赔只能由人工按已有资料办理。确定撤回吗？"),
    "MEDICAL_DATA_FETCH": _("撤回后需要您自己提交医疗资料。确定撤回吗？"),
    "UNDERWRITING": _("撤回后，没填完的投保申请不能继续填健康告知。确定撤回吗？"),
    "FINANCIAL": _("撤回后您登记的银行卡全部停用，还没付出的款项等您重新登记后再付。确定撤回吗？"),
    "RECORDING": _("撤回后不能使用视频服务，正在进行的马上结束。确定撤回吗？"),
    CHILD: _("撤回后，为孩子没办完的投保停下来；已有的保障不变。确定撤回吗？"),
    "HEALTH_CARE": _("撤回后不再列出健康情况，也不再提醒复查。确定撤回吗？"),
    "AGENT_COPY": _("撤回后服务人员不再收到您的理赔通知。确定撤回吗？"),
    "MARKETING": _("撤回后不再收到推荐信息。确定撤回吗？"),
}
WITHDRAWN = {
    "HEALTH_DATA": _("已撤回。在办的理赔会由理赔人员按已有资料接着办，医院直付的授权同时停用。"),
    "MEDICAL_DATA_FETCH": _("已撤回。我们不再向医院调取资料，医院直付的授权同时停用。"),
    "UNDERWRITING": _("已撤回。没填完的投保申请要重新同意后才能继续。"),
    "FINANCIAL": _("已撤回。登记过的银行卡已停用。"),
    "RECORDING": _("已撤回。不再录制，正在进行的视频服务马上结束。"),
    CHILD: _("已撤回。为孩子没办完的投保要重新同意后才能继续。"),
    "HEALTH_CARE": _("已撤回。我们不再用您的健康信息提醒您。"),
    "AGENT_COPY": _("已撤回。服务人员不再收到您的理赔通知。"),
    "MARKETING": _("已撤回。您不会再收到推荐信息。"),
}
REQUESTS = (
    ("CORRECT", _("更正有误的资料"), _("写明哪一项不对、应当是什么")),
    ("DELETE", _("删除我的资料"), _("不再需要的会删除；法律要求保存的，到期才能删")),
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
    child_id: int | None = None
    child: str = ""


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
    """Consents with withdrawal, who looked at what, a copy at once, and requests a person answers."""
    me = pages.me(request)
    page = {
        "consents": [*_agreements(me.id), *_for_children(me.id)],
        "looks": _looks(me.id),
        "requests": [Wish(*each) for each in REQUESTS],
        "asked": people.list_data_requests(me.id),
        "ahead": journeys.is_foretold(me.id),
    }
    return pages.show(request, "privacy", page, tab="me")


@access.customers_only
@require_POST
def consent(request: HttpRequest) -> HttpResponse:
    """Give or take back one consent; each by itself."""
    me, now = pages.me(request), timezone.now()
    purpose = request.POST.get("purpose", "")
    if purpose == CHILD and request.POST.get("give") != "1":
        child_id = whole(request.POST.get("child")) or 0
        people_operations.withdraw_consent(party_id=child_id, purpose=CHILD, actor=me, at=now)
        messages.success(request, gettext(WITHDRAWN[CHILD]))
    elif request.POST.get("give") == "1":
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
        messages.success(request, gettext(WITHDRAWN[purpose]))
    asked_on = "suggestions" if request.POST.get("from") == "suggestions" else "privacy"
    return redirect(f"customer:{asked_on}")


@access.customers_only
@require_POST
def ahead(request: HttpRequest) -> HttpResponse:
    """Whether we may foretell where I could need help; each answer holds until the other is given."""
    me, now = pages.me(request), timezone.now()
    if request.POST.get("want") == "1":
        journeys_operations.allow_foretelling(party_id=me.id, actor=me, at=now)
        messages.success(request, gettext("已打开：可能遇到困难时，我们提前告诉您怎么办。"))
    else:
        journeys_operations.stop_foretelling(party_id=me.id, actor=me, at=now)
        messages.success(request, gettext("已关闭：我们不再预判，也不再发这类提醒。"))
    return redirect("customer:privacy")


@access.customers_only
@require_POST
def data_request(request: HttpRequest) -> HttpResponse:
    """Ask a person to correct or delete; asked twice is asked once."""
    me = pages.me(request)
    with telling(request):
        people_operations.open_data_request(
            party_id=me.id,
            kind=request.POST.get("kind", ""),
            wish=request.POST.get("note", ""),
            actor=me,
            at=timezone.now(),
        )
        messages.success(request, gettext("已收到，我们会在 15 天内答复您。"))
    return redirect("customer:privacy")


@access.customers_only
@require_POST
def take_request_back(request: HttpRequest, data_request_id: int) -> HttpResponse:
    """Take one's own request back while nobody has answered it."""
    me = pages.me(request)
    people_operations.withdraw_data_request(request_id=data_request_id, actor=me, at=timezone.now())
    messages.success(request, gettext("已撤回这项请求，资料没有变动。"))
    return redirect("customer:privacy")


@access.customers_only
@require_POST
def copy(request: HttpRequest) -> HttpResponse:
    """Everything we hold about the customer, at once; whoever has the phone gets no whole numbers."""
    me = pages.me(request)
    return own_copy(party_id=me.id, actor=me, at=timezone.now(), masked=True)


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


def _for_children(party_id: int) -> list[Agreement]:
    """What the customer agreed to for their children, one a child; the name as the house shows it."""
    agreed = people.agreed_for_children(party_id)
    text = people.consent_text(CHILD, get_language() or "")
    children = people.list_parties(child for child, _at in agreed)
    return [
        Agreement(
            CHILD, text.title, text.body, True, at, WARNINGS[CHILD], child,
            children[child].masked_name,
        )
        for child, at in agreed
    ]  # fmt: skip


def _looks(party_id: int) -> list[Look]:
    shown = [
        event
        for event in journal.party_timeline(party_id, merged=people.records_of(party_id)[1:])
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
