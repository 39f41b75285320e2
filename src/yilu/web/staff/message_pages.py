"""通知的全程矩阵、渠道时效、客户回复；模板的起草与审批。"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n
from django.views.decorators.http import require_GET, require_http_methods

from yilu.journeys import queries as journeys
from yilu.kernel import masks
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.messaging import operations, queries
from yilu.people import queries as people
from yilu.web.common.access import staff_only
from yilu.web.staff.asked import actor_of, id_after, moment_in, names
from yilu.web.staff.links import place_of
from yilu.web.staff.page import access_of, show

HERE, WORDS = "messages", "message_words"
TABS = (
    ("messages", "staff:messages", _n("发送记录")),
    ("matrix", "staff:message_matrix", _n("全程矩阵")),
    ("channels", "staff:message_channels", _n("时效与渠道")),
    ("replies", "staff:message_replies", _n("客户回复")),
)
WISHES = {"": "", "OUT": _n("退订营销"), "BACK": _n("恢复接收"), "AUTOMATIC": _n("自动回复")}
TIMINGS = {"AT_ONCE": _n("随时"), "DAYTIME": _n("8–21 点"), "MARKETING": _n("9–20 点")}
SPANS = (1, 24, 168)
CHARTS = ("latency", "sent", "failures")
TONES = ("info", "good", "warn", "plain", "bad")
REPLIES = 50


@require_GET
@staff_only(right="claims.view")
def life_cycle(request: HttpRequest) -> HttpResponse:
    """The matrix: stage by channel and audience, then each message with when it goes."""
    stages = queries.life_cycle(timezone.now(), language=get_language() or "")
    return show(
        request,
        "staff/messages/matrix.html",
        {
            "tab": "matrix", "tabs": TABS, "stages": stages, "timings": TIMINGS,
            "channels": [(code, label) for code, label in queries.CHANNELS if code in queries.CHANNEL_CODES],
            "may_write": access_of(request).may("messaging.manage"), "purposes": queries.CAPS,
        },
        here=HERE,
    )  # fmt: skip


@require_GET
@staff_only(right="claims.view")
def channels(request: HttpRequest) -> HttpResponse:
    """How soon messages went and what failed, by channel, in the last hour, day or week."""
    hours, now = _hours(request), timezone.now()
    rows = queries.by_channel(now, hours=hours)
    sent = sum(row.sent for row in rows)
    on_time = sum(row.on_time for row in rows)
    return show(
        request,
        "staff/messages/channels.html",
        {
            "tab": "channels", "tabs": TABS, "rows": rows, "hours": hours, "sent": sent,
            "spans": [(1, _("近 1 小时")), (24, _("近 24 小时")), (168, _("近 7 天"))],
            "share": Decimal(on_time * 1000 // sent) / 1000 if sent else None, "trouble": queries.trouble(now, hours=hours),
        },
        here=HERE,
    )  # fmt: skip


@require_GET
@staff_only(right="claims.view")
def chart(request: HttpRequest, name: str) -> JsonResponse:
    """The numbers of a picture: ``latency`` (99 % within, seconds), ``sent``, ``failures`` by channel."""
    if name not in CHARTS:
        raise Http404
    hours, now = _hours(request), timezone.now()
    series = (
        queries.failures_over_time(now, hours=hours)
        if name == "failures"
        else queries.over_time(name, now, hours=hours)
    )
    form = "%H:%M" if hours <= 24 else "%m-%d"
    return JsonResponse(
        {
            "kind": "line" if name == "latency" else "bar",
            "names": [f"{timezone.localtime(moment):{form}}" for moment in series.moments],
            "series": [
                {
                    "name": _(label), "data": values, "tone": TONES[n % len(TONES)],
                    **({} if name == "latency" else {"stack": "all"}),
                }
                for n, (label, values) in enumerate(series.values)
            ],
        }
    )  # fmt: skip


def _hours(request: HttpRequest) -> int:
    given = request.GET.get("hours", "")
    return int(given) if given in {str(span) for span in SPANS} else 24


@require_GET
@staff_only(right="claims.view")
def replies(request: HttpRequest) -> HttpResponse:
    """What customers of one's offices answered, and what came from nobody we know; newest first."""
    access = access_of(request)
    found = queries.replies(before=id_after(request), limit=REPLIES)
    parties = people.list_parties(r.party_id for r in found if r.party_id)
    rows = []
    for reply in found:
        party = parties.get(reply.party_id or 0)
        if party is None or party.office_id in access.office_ids:
            rows.append(
                {
                    "reply": reply, "name": party.masked_name if party else "",
                    "link": place_of(_ref(party.id)) if party else "", "wish": WISHES[reply.wish],
                    "address": _masked(reply.address),
                }
            )  # fmt: skip
    return show(
        request,
        "staff/messages/replies.html",
        {
            "tab": "replies", "tabs": TABS, "rows": rows,
            "next": found[-1].id if len(found) == REPLIES else None,
        },
        here=HERE,
    )  # fmt: skip


def _masked(address: str) -> str:
    return masks.mask_email(address) if "@" in address else masks.mask_phone(address)


def _ref(party_id: int) -> Ref:
    return Ref("party", party_id)


# -- Words ----------------------------------------------------------------------------------------


@require_GET
@staff_only(right="messaging.manage")
def all_words(request: HttpRequest) -> HttpResponse:
    """Every template by stage; drafts that wait for a second person stand on top."""
    now = timezone.now()
    drafts = queries.open_drafts()
    writers = names(*(draft.drafted_by for draft in drafts))
    return show(
        request,
        "staff/messages/words.html",
        {
            "stages": queries.life_cycle(now, language=get_language() or ""),
            "drafts": [
                {
                    "draft": d,
                    "code": d.template,
                    "by": writers.get(d.drafted_by, ""),
                    "title": d.body["zh-hans"]["title"],
                }
                for d in drafts
            ],
            "waiting": queries.draft_codes(),
        },
        here=WORDS,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right="messaging.manage")
def words(request: HttpRequest, code: str) -> HttpResponse:
    """One template: what is sent now, its versions; write a draft, approve it or give it back."""
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            _act(request, code)
        except Refusal as refused:
            if refused.status == 404:
                raise
            refusal = refused
        else:
            return redirect("staff:message_template", code)
    view = queries.get_template(code, timezone.now())
    checks = (
        journeys.checks_of(Ref("template_version", view.draft.id), timezone.localdate())
        if view.draft
        else ()
    )
    people_ = [
        *(v.drafted_by for v in view.versions), *(v.judged_by for v in view.versions),
        *(each.by for each in checks),
    ]  # fmt: skip
    who = names(*people_)
    return show(
        request,
        "staff/messages/template.html",
        {
            "view": view, "refusal": refusal, "title": view.template.words["zh-hans"].title,
            "draft_words": _drafted(view.draft), "names": who, "who": who, "timings": TIMINGS,
            "checks": checks, "ready": all(each.passed for each in checks),
            "goes_back": sum(v.effective_from is not None for v in view.versions) > 1,
            "facts": {**view.template.facts, **view.template.secrets},
            "given": request.POST if refusal else None, "me": actor_of(request),
            "every_channel": [
                (channel, dict(queries.CHANNELS)[channel], channel in view.template.channels)
                for channel in _in_order(set(queries.CHANNEL_CODES), "", view.template.channels)
            ],
            "tongues": _tongues(view, request.POST if refusal else None),
        },
        here=WORDS,
        status=refusal.status if refusal else 200,
    )  # fmt: skip


def _drafted(draft: queries.VersionView | None) -> list[dict[str, str]]:
    """What a draft says, to be read before it is approved."""
    if draft is None:
        return []
    agent = draft.body.get("agent", {})
    return [
        {"label": label, "title": each["title"], "text": each["text"]}
        for label, each in (
            (_("中文"), draft.body["zh-hans"]), (_("英文"), draft.body["en"]),
            (_("代理人副本"), agent.get("zh-hans")), (_("代理人副本（英文）"), agent.get("en")),
        )
        if each
    ]  # fmt: skip


def _tongues(view: queries.TemplateView, given: Any) -> list[dict[str, Any]]:
    """The form's fields with what stands in them: what was typed, or else what is sent now."""
    made = []
    for kind, spoken in (("words", view.template.words), ("agent", view.template.agent)):
        for tongue, each in spoken.items():
            fields = {
                part: given.get(f"{kind}:{tongue}:{part}", "") if given else getattr(each, part)
                for part in ("title", "text")
            }
            label = _("中文") if tongue == "zh-hans" else _("英文")
            made.append({"kind": kind, "tongue": tongue, "label": label, **fields})
    return made


def _act(request: HttpRequest, code: str) -> None:
    given, now, actor = request.POST, timezone.now(), actor_of(request)
    view = queries.get_template(code, now)
    what = given.get("do", "")
    if what == "draft":
        operations.draft_template(
            template=code, words=_typed(given, "words", view.template.words),
            agent=_typed(given, "agent", view.template.agent),
            channels=_in_order(
                set(given.getlist("channels")), given.get("first", ""), view.template.channels
            ),
            reason=given.get("reason", ""), actor=actor, at=now,
        )  # fmt: skip
        messages.success(request, _("草稿已保存，请另一位同事审批。"))
        return
    if what == "back":
        number = operations.roll_back_template(template=code, actor=actor, at=now)
        messages.success(request, _("已回退：从现在起按第 %(n)s 版的内容发送。") % {"n": number})
        return
    if view.draft is None:
        raise operations.NoSuchTemplate
    if what == "check":
        operations.answer_template_check(
            version_id=view.draft.id, check=given.get("check", ""), evidence=given.get("evidence", ""),
            passed=given.get("passed") == "yes", actor=actor, at=now,
        )  # fmt: skip
        messages.success(request, _("已记录。"))
    elif what == "approve":
        operations.approve_template(
            version_id=view.draft.id, actor=actor, at=now,
            effective_from=moment_in(request, "from") or now,
        )  # fmt: skip
        messages.success(request, _("已批准，到生效时间起按新内容发送。"))
    else:
        operations.return_template(
            version_id=view.draft.id, remark=given.get("remark", ""), actor=actor, at=now
        )
        messages.success(request, _("草稿已退回。"))


def _in_order(chosen: set[str], first: str, present: Sequence[str]) -> tuple[str, ...]:
    """The chosen channels: ``first``, then as they stand now, new ones after; the mailbox always last."""
    ranked = [first, *(c for c in present if c != "OUTBOX"), *queries.CHANNEL_CODES]
    real = [
        c
        for c in dict.fromkeys(ranked)
        if c in chosen and c in queries.CHANNEL_CODES and c != "OUTBOX"
    ]
    return (*real, "OUTBOX") if "OUTBOX" in chosen else tuple(real)


def _typed(given: Any, kind: str, spoken: Any) -> dict[str, dict[str, str]]:
    return {
        tongue: {
            part: given.get(f"{kind}:{tongue}:{part}", "").strip() for part in ("title", "text")
        }
        for tongue in spoken
    }


urlpatterns = [
    path("messages/matrix", life_cycle, name="message_matrix"),
    path("messages/channels", channels, name="message_channels"),
    path("messages/channels/<slug:name>", chart, name="message_chart"),
    path("messages/replies", replies, name="message_replies"),
    path("messages/words", all_words, name="message_words"),
    path("messages/words/<str:code>", words, name="message_template"),
]
