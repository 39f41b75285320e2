"""
The reader's own settings: size of type and language.

Kept in a cookie, so that nobody need sign in; a signed-in customer finds them on the next device too.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from yilu.people import operations as people_operations
from yilu.people import queries as people
from yilu.web.common import access

LARGE_TYPE_COOKIE = "yilu_type"
A_YEAR = 365 * 24 * 3600


def large_type(request: HttpRequest) -> bool:
    """Whether the reader asked for large type on this device."""
    return request.COOKIES.get(LARGE_TYPE_COOKIE) == "large"


def way_back(request: HttpRequest) -> str:
    """Where the form was, if that is a page of ours; else the door's front page."""
    there = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        there, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return there if safe and there.startswith("/") else "/"


@require_POST
def set_type_size(request: HttpRequest) -> HttpResponse:
    """Switch large type on or off."""
    response = HttpResponseRedirect(way_back(request))
    wanted = "large" if request.POST.get("large") == "1" else "standard"
    _keep(response, LARGE_TYPE_COOKIE, wanted)
    _tell_people(request, large_type=wanted == "large")
    return response


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Switch the language; one we do not speak changes nothing."""
    response = HttpResponseRedirect(way_back(request))
    wanted = request.POST.get("language", "")
    if wanted in dict(settings.LANGUAGES):
        _keep(response, settings.LANGUAGE_COOKIE_NAME, wanted)
        _tell_people(request, language=wanted)
    return response


def bring_along(request: HttpRequest, response: HttpResponse, party_id: int) -> None:
    """At sign-in: a customer's settings, where this device has none of its own."""
    known = people.get_party(party_id)
    if known.large_type and LARGE_TYPE_COOKIE not in request.COOKIES:
        _keep(response, LARGE_TYPE_COOKIE, "large")
    if (
        known.language != settings.LANGUAGE_CODE
        and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES
    ):
        _keep(response, settings.LANGUAGE_COOKIE_NAME, known.language)


def _tell_people(
    request: HttpRequest, *, language: str | None = None, large_type: bool | None = None
) -> None:
    principal = access.current(request)
    if principal is not None and principal.kind == "party":
        people_operations.set_preferences(
            party_id=principal.ref.id, language=language, large_type=large_type,
            actor=principal.ref, at=timezone.now(),
        )  # fmt: skip


def _keep(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=A_YEAR, samesite="Lax", secure=settings.SECURE, httponly=True
    )
