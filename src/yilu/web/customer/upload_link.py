"""补资料 through a link we sent: no sign-in, one claim, until it expires."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from yilu.claims import queries
from yilu.documents import queries as documents_queries
from yilu.kernel.refs import Ref
from yilu.web.common import access
from yilu.web.customer import documents, pages


@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: HttpRequest, token: str) -> HttpResponse:
    """
    Hand in what was asked for. The link shows no name, no amount and no file that is there already.
    """
    link = documents_queries.read_upload_link(token, at=timezone.now())
    owner = Ref("party", link.party_id)
    progress = queries.progress(link.about.id, timezone.now())
    refused: list[documents.Refused] = []
    if request.method == "POST":
        refused = documents.take(request, progress, actor=owner, only=frozenset(link.items))
        if access.wants_json(request):
            return documents.as_json(refused)
        if not refused:
            messages.success(request, gettext("收到了，谢谢。"))
            return redirect("customer:upload_link", token=token)
    kinds = [
        documents.Kind(code, label, True)
        for code, label in zip(link.items, link.item_labels, strict=True)
    ]
    page = documents.desk(progress, owner, refused) | {
        "upload_url": reverse("customer:upload_link", args=[token]),
        "link": link,
        "kinds": kinds,
        "chosen": kinds[0].code,
        "signed_in": pages.find_me(request) is not None,
    }
    page["uploads"] = []
    status = max((each.status for each in refused), default=200)
    response = render(request, "customer/upload_link.html", page, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    return response
