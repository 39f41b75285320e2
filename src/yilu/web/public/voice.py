"""What a survey's link, a feedback card and an answer's link open: no sign-in, no name, no business."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.voice import operations as voice
from yilu.voice import queries
from yilu.web.common import access, device
from yilu.web.common.numbers import whole


@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: HttpRequest, token: str) -> HttpResponse:
    """Rate what was done, through a link that works once."""
    asked = queries.survey_by_link(token, timezone.now())
    refusal = None
    if request.method == "POST":
        try:
            voice.answer_survey(
                token=token, said=_said(request), actor=_who(request), at=timezone.now()
            )
            return _thanks(request)
        except voice.SurveyOver:
            raise
        except Refusal as problem:
            refusal = problem
    return _form(request, _("这次办得怎么样？"), asked.journey_label, refusal)


@require_http_methods(["GET", "HEAD", "POST"])
def card(request: HttpRequest, code: str) -> HttpResponse:
    """Rate whoever showed the card, on one's own telephone."""
    shown = queries.card_of(code)
    refusal = None
    index, token = device.device_of(request)
    if request.method == "POST":
        try:
            voice.answer_card(
                code=code, said=_said(request), third_party=request.POST.get("who") == "third",
                device=index, actor=_who(request), at=timezone.now(),
            )  # fmt: skip
            response = _thanks(request)
            device.keep(response, token)
            return response
        except voice.CardEnded:
            raise
        except Refusal as problem:
            refusal = problem
    name = people.get_staff(shown.staff_id).name
    response = _form(
        request,
        _("%(name)s的服务怎么样？") % {"name": name},
        shown.journey_label,
        refusal,
        card=True,
    )
    device.keep(response, token)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, secret: str) -> HttpResponse:
    """Read our answer, and say whether that solves it."""
    shown = queries.reply_by_link(secret)
    if request.method == "POST" and request.POST.get("solved") in ("yes", "no"):
        solved = request.POST["solved"] == "yes"
        voice.confirm(
            secret=secret, solved=solved, words=request.POST.get("words", ""), at=timezone.now()
        )
        return _thanks(request, solved=solved)
    return _private(render(request, "public/voice_answer.html", {"shown": shown}))


@require_http_methods(["GET", "HEAD"])
def thanks(request: HttpRequest) -> HttpResponse:
    """What happens next."""
    return render(request, "public/voice_thanks.html", {"again": request.GET.get("again") == "1"})


def _thanks(request: HttpRequest, *, solved: bool = True) -> HttpResponse:
    messages.success(request, _("收到了，谢谢您。"))
    response = redirect("public:voice_thanks")
    if not solved:
        response["Location"] += "?again=1"
    return response


def _said(request: HttpRequest) -> voice.Said:
    return voice.Said(
        stars=whole(request.POST.get("stars")), recommend=whole(request.POST.get("recommend")),
        comment=request.POST.get("comment", ""),
    )  # fmt: skip


def _who(request: HttpRequest) -> Ref | None:
    """Whoever is signed in on this telephone, whatever their door: staff never rate."""
    principal = access.current(request)
    return principal.ref if principal is not None else None


def _form(
    request: HttpRequest, title: str, about: str, refusal: Refusal | None, *, card: bool = False
) -> HttpResponse:
    page = {
        "title": title, "about": about, "refusal": refusal, "card": card, "given": request.POST,
        "five": range(1, 6), "ten": range(11),
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return _private(render(request, "public/voice_rate.html", page, status=status))


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-store"
    return response
