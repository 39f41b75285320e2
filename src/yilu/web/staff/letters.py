"""A letter's file, for staff who see the claim or application it belongs to (文书)."""

from __future__ import annotations

from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from yilu.claims import queries as claims
from yilu.kernel.errors import NotFound
from yilu.kernel.refs import Ref
from yilu.letters import operations
from yilu.letters import queries as letters
from yilu.underwriting.queries import desk as underwriting
from yilu.web.common.access import staff_only
from yilu.web.common.errors import telling
from yilu.web.staff.asked import acting
from yilu.web.staff.page import access_of


@require_GET
@staff_only(right="claims.view")
@cache_control(private=True, no_store=True)
def letter(request: HttpRequest, letter_id: int) -> HttpResponse:
    """The PDF; another branch's letter and none at all are refused in the same words."""
    seen = letters.find_letter(letter_id)
    if seen is None:
        raise operations.LetterNotFound
    about = Ref.parse(seen.about)
    try:
        if about.kind == "application":
            underwriting.get_for_staff(about.id, access_of(request))
        elif about.kind == "claim":
            claims.get_for_staff(about.id, access_of(request))
        else:
            raise operations.LetterNotFound
    except NotFound:
        raise operations.LetterNotFound from None
    opened = letters.open_letter(letter_id)
    response = HttpResponse(opened.content, content_type="application/pdf")
    response["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(opened.filename)}"
    return response


@staff_only()
def failed(request: HttpRequest, letter_id: int) -> HttpResponse:
    """A letter that could not be made: what it is, why, and the button that has it made again."""
    access = access_of(request)
    seen = letters.find_failed(letter_id, access)
    if seen is None:
        raise operations.LetterNotFound
    if request.method == "POST":
        with telling(request):
            operations.make_again(letter_id=letter_id, **acting(request))
            messages.success(
                request, _("正在重新制作，一般几秒钟即可完成；再次失败会重新出现在待办里。")
            )
        return redirect("staff:home")
    return render(request, "staff/letter_failed.html", {"letter": seen})
