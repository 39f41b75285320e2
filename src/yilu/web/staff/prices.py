"""工时与配件价目: price books, an estimate held against one, a new version."""

from __future__ import annotations

import uuid
from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yilu.care import operations as care
from yilu.care import queries
from yilu.care.queries import deviations
from yilu.claims import operations as claims
from yilu.claims import queries as claim_queries
from yilu.kernel.errors import Invalid, Refusal
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff.asked import acting, money_of, number_in
from yilu.web.staff.page import access_of, show

CHECK_LINES = 6
FILE_MAX = 20 * 1024 * 1024


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only()
def prices(request: HttpRequest) -> HttpResponse:
    """Price books, for everybody; an estimate held against one (``act=check``), a new version (``act=import``)."""
    access, now = access_of(request), timezone.now()
    refusal, checked = None, None
    if request.method == "POST":
        try:
            if request.POST.get("act") == "import":
                return _import(request)
            if request.POST.get("act") == "answer":
                return _answer_for(request)
            checked = _check(request)
        except Refusal as problem:
            refusal = problem
    books = queries.list_books(now)
    region = request.POST.get("region") or request.GET.get("region") or (
        books[0].region if books else ""
    )  # fmt: skip
    find = request.GET.get("find", "").strip()[:40]
    return show(
        request,
        "staff/care/prices.html",
        {
            "books": books, "region": region, "find": find, "refusal": refusal,
            "problems": getattr(refusal, "problems", ()), "checked": checked,
            "findings": checked.findings if checked else (), "over": checked.over if checked else 0,
            "unanswered": deviations.unanswered(access.staff_id),
            "key": uuid.uuid4().hex, "may_see": access.may("claims.view"),
            "prices": queries.list_prices(region, now, find=find)
            if any(b.region == region for b in books) else (),
            "lines": _lines_of(request), "kinds": queries.PRICE_KINDS,
            "may_edit": access.may("standards.edit"),
        },
        here="prices",
        status=refusal.status if refusal else 200,
    )  # fmt: skip


def _check(request: HttpRequest) -> care.Checked:
    number = request.POST.get("claim", "").strip()
    claim_id = claim_queries.find_id(number) if number else None
    if number and claim_id is None:
        raise claims.ClaimNotFound
    return care.check_an_estimate(
        region=request.POST.get("region", ""), lines=_estimate(request),
        shop=request.POST.get("shop", ""), claim_id=claim_id,
        request_key=request.POST.get("key", "") or uuid.uuid4().hex, **acting(request),
    )  # fmt: skip


def _answer_for(request: HttpRequest) -> HttpResponse:
    care.answer_for_estimate(
        check_id=number_in(request, "check"), outcome=request.POST.get("outcome", ""),
        reason=request.POST.get("reason", ""), **acting(request),
    )  # fmt: skip
    messages.success(request, _("已记录。"))
    return redirect("staff:prices")


def _import(request: HttpRequest) -> HttpResponse:
    upload = request.FILES.get("file")
    if upload is None:
        raise Invalid(_("请选择价目文件"))
    number = care.publish_prices(
        region=request.POST.get("region", ""), filename=upload.name or "",
        content=upload.read(FILE_MAX + 1), **acting(request),
    )  # fmt: skip
    messages.success(request, _("价目第 %(n)s 版已生效。") % {"n": number})
    return redirect("staff:prices")


def _lines_of(request: HttpRequest) -> list[tuple[int, str, str, str]]:
    """The lines of the estimate as they were typed, to be changed and checked again."""
    given = request.POST
    return [
        (
            n,
            given.get(f"{n}:code", ""),
            given.get(f"{n}:quantity", "1"),
            given.get(f"{n}:price", ""),
        )
        for n in range(CHECK_LINES)
    ]


def _estimate(request: HttpRequest) -> list[queries.Estimated]:
    lines = []
    for n in range(CHECK_LINES):
        code = request.POST.get(f"{n}:code", "").strip()[:40]
        if code:
            quantity = whole(request.POST.get(f"{n}:quantity")) or 0
            price = money_of(request.POST.get(f"{n}:price", ""))
            lines.append(queries.Estimated(code, Decimal(quantity), price))
    if not lines:
        raise Invalid(_("请至少填写一行定损项目"))
    return lines
