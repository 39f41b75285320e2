"""反馈收件箱: who wrote, who answers, whether it is solved; the opinion box; the feedback card."""

from __future__ import annotations

import io

import segno
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as later
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.obligations import queries as obligations
from yilu.people import queries as people
from yilu.voice import operations, queries
from yilu.voice.queries.feedback import card_link
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff.asked import actor_of, id_after, names
from yilu.web.staff.page import access_of, show

RIGHT = "voice.handle"
PAGE = 20
GROUPS = (
    ("open", later("待领取")), ("mine", later("我在办的")), ("replied", later("等客户确认")),
    ("closed", later("已结束")),
)  # fmt: skip


@require_GET
@staff_only(right=RIGHT)
def inbox(request: HttpRequest) -> HttpResponse:
    """What wants an answer, urgent ones first."""
    access = access_of(request)
    group = request.GET.get("group", "open")
    rows = queries.inbox(access, group=group, before=id_after(request), limit=PAGE)
    return show(
        request,
        "staff/voice/inbox.html",
        {
            "rows": rows, "group": group, "groups": [(code, _(label)) for code, label in GROUPS],
            "counts": queries.inbox_counts(access),
            "who": names(*(Ref("staff", r.owner_id) for r in rows if r.owner_id)),
        },
        here="voice_inbox",
    )  # fmt: skip


@require_GET
@staff_only(right=RIGHT)
def feedback(request: HttpRequest, feedback_id: int) -> HttpResponse:
    """One feedback with its clock, and what can be done."""
    return _feedback(request, feedback_id)


def _feedback(
    request: HttpRequest, feedback_id: int, refusal: Refusal | None = None, original: str = ""
) -> HttpResponse:
    access = access_of(request)
    row = queries.get_feedback(feedback_id, access)
    about = Ref.parse(row.about) if row.about else None
    return show(
        request,
        "staff/voice/feedback.html",
        {
            "row": row, "refusal": refusal, "original": original, "given": request.POST,
            "mine": row.owner_id == access.staff_id and row.state == "TAKEN",
            "clocks": obligations.list_clocks(Ref("feedback", feedback_id), timezone.now()),
            "claim_id": about.id if about and about.kind == "claim" else None,
            "owner": names(Ref("staff", row.owner_id)).get(Ref("staff", row.owner_id))
            if row.owner_id
            else "",
            "party": people.get_party(row.party_id) if row.party_id else None,
        },
        here="voice_inbox",
        status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_POST
@staff_only(right=RIGHT)
def act(request: HttpRequest, feedback_id: int) -> HttpResponse:
    """Take it, see it as it was written, answer it, or write down what was done."""
    access, actor, now = access_of(request), actor_of(request), timezone.now()
    what, text = request.POST.get("act"), request.POST.get("text", "")
    try:
        if what == "take":
            operations.take_feedback(feedback_id=feedback_id, access=access, actor=actor, at=now)
        elif what == "original":
            shown = operations.show_original(
                feedback_id=feedback_id, access=access, actor=actor, at=now
            )
            return _feedback(request, feedback_id, original=shown)
        elif what == "reply":
            operations.reply(feedback_id=feedback_id, text=text, access=access, actor=actor, at=now)
            messages.success(request, _("已答复客户，并请客户确认是否解决。"))
        elif what == "note":
            operations.note(feedback_id=feedback_id, text=text, access=access, actor=actor, at=now)
            messages.success(request, _("已记录。"))
        else:
            raise Http404
    except operations.FeedbackNotFound:
        raise
    except Refusal as problem:
        return _feedback(request, feedback_id, refusal=problem)
    return redirect("staff:voice_feedback", feedback_id)


@require_http_methods(["GET", "POST"])
@staff_only(right=RIGHT)
def box(request: HttpRequest) -> HttpResponse:
    """Type in what lay in the opinion box or was said aloud."""
    access, refusal = access_of(request), None
    if request.method == "POST":
        try:
            operations.type_in_opinion(
                comment=request.POST.get("comment", ""), who=request.POST.get("who", ""),
                journey=request.POST.get("journey", ""),
                office_id=whole(request.POST.get("office")) or access.office_id,
                found_on=request.POST.get("found_on", ""), access=access, actor=actor_of(request),
                at=timezone.now(),
            )  # fmt: skip
            messages.success(request, _("已录入，已放进待答复的反馈。"))
            return redirect("staff:voice_box")
        except Refusal as problem:
            refusal = problem
    return show(
        request,
        "staff/voice/box.html",
        {
            "refusal": refusal, "given": request.POST, "journeys": list(queries.JOURNEYS.items()),
            "who": list(queries.WHO.items()), "office_id": access.office_id,
            "offices": people.offices_with(access, RIGHT),
            "today": timezone.localdate(),
        },
        here="voice_inbox",
        status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only()
def card(request: HttpRequest) -> HttpResponse:
    """One's own feedback card, for a claim (``?claim=``) or for everybody one serves."""
    access = access_of(request)
    claim_id = whole(request.GET.get("claim") or request.POST.get("claim"))
    if request.method == "POST":
        if request.POST.get("act") == "end":
            operations.end_card(
                claim_id=claim_id, access=access, actor=actor_of(request), at=timezone.now()
            )
        operations.make_card(
            claim_id=claim_id, access=access, actor=actor_of(request), at=timezone.now()
        )
        return redirect(
            request.get_full_path() if not claim_id else f"{request.path}?claim={claim_id}"
        )
    return show(
        request,
        "staff/voice/card.html",
        {
            "link": card_link(access.staff_id, claim_id),
            "claim_id": claim_id,
            "services": _services(),
            "hotline": settings.HOTLINE,
        },
        here="voice_inbox",
    )


@require_GET
@staff_only()
def card_picture(request: HttpRequest) -> HttpResponse:
    """The QR picture of one's card; ``?of=services``: of the customers' page, which the card explains."""
    of_services = request.GET.get("of") == "services"
    link = (
        _services()
        if of_services
        else card_link(access_of(request).staff_id, whole(request.GET.get("claim")))
    )
    if link is None:
        raise Http404
    out = io.BytesIO()
    segno.make(link, error="m").save(out, kind="svg", scale=8, border=2, xmldecl=True)
    answer = HttpResponse(out.getvalue(), content_type="image/svg+xml")
    answer["Cache-Control"] = "private, no-store"
    return answer


def _services() -> str:
    """Where a telephone finds everything a customer can do alone."""
    return f"{settings.PUBLIC_URL}{reverse('customer:home')}"
