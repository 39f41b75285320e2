"""The reader's own settings: size of type and language. Kept in a cookie, so that nobody need sign in."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

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
    return response


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Switch the language; one we do not speak changes nothing."""
    response = HttpResponseRedirect(way_back(request))
    wanted = request.POST.get("language", "")
    if wanted in dict(settings.LANGUAGES):
        _keep(response, settings.LANGUAGE_COOKIE_NAME, wanted)
    return response


def _keep(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=A_YEAR, samesite="Lax", secure=settings.SECURE, httponly=True
    )
