"""赔案协议: read what one is asked to agree to, sign it with a code to one's own phone, or say no."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from yilu.claims import operations as claims
from yilu.claims import queries
from yilu.kernel.errors import NotFound, Refusal
from yilu.kernel.refs import Ref
from yilu.video import operations as video
from yilu.web.common import access
from yilu.web.customer import pages


@access.customers_only
@require_safe
def agreement(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """What is agreed, in full, before anything can be signed."""
    return _show(request, agreement_id, sent=request.GET.get("sent") == "1")


@access.customers_only
@require_POST
def act(request: HttpRequest, agreement_id: int, name: str) -> HttpResponse:
    """Ask for a code, sign, decline, or take an authorisation back."""
    me, now = pages.me(request), timezone.now()
    try:
        if name == "code":
            digest = request.POST.get("digest", "")
            claims.send_agreement_code(agreement_id=agreement_id, digest=digest, actor=me, at=now)
            response = redirect("customer:agreement", agreement_id)
            response["Location"] += "?sent=1"
            return response
        if name == "sign":
            claim_id = claims.sign_agreement(
                agreement_id=agreement_id, code=request.POST.get("code", ""), actor=me, at=now,
                door="APP",
            )  # fmt: skip
            video.note_signed(about=Ref("claim", claim_id), party_id=me.id, at=now)
            messages.success(request, gettext("已签名。双方看到的内容和签名时间都已存证。"))
            return redirect("customer:agreement", agreement_id)
        if name == "decline":
            claims.decline_agreement(
                agreement_id=agreement_id, reason=request.POST.get("reason", ""), actor=me, at=now
            )
            messages.info(request, gettext("已告诉理赔员您不同意，会有同事联系您。"))
            return redirect("customer:agreement", agreement_id)
        if name == "take-back":
            claims.take_back_authorisation(agreement_id=agreement_id, actor=me, at=now)
            messages.info(request, gettext("授权已撤回，以后不再凭它向别人核实。"))
            return redirect("customer:claims")
    except NotFound:
        raise
    except Refusal as refused:
        return _show(request, agreement_id, sent=name == "sign", refusal=refused)
    raise Http404


def _show(
    request: HttpRequest, agreement_id: int, *, sent: bool = False, refusal: Refusal | None = None
) -> HttpResponse:
    me = pages.me(request)
    found = queries.get_agreement(agreement_id, me.id)
    page = {"agreement": found, "sent": sent, "refusal": refusal}
    status = pages.status_of(refusal)
    return pages.show(request, "agreement", page, tab="claims", status=status)


urls = [
    path("c/agreements/<int:agreement_id>", agreement, name="agreement"),
    path("c/agreements/<int:agreement_id>/<slug:name>", act, name="agreement_act"),
]
