"""A letter's file, for staff who see the claim or application it belongs to (文书)."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from yilu.claims import queries as claims
from yilu.kernel.errors import NotFound
from yilu.kernel.refs import Ref
from yilu.letters import operations
from yilu.letters import queries as letters
from yilu.underwriting.queries import desk as underwriting
from yilu.web.common.access import staff_only
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
