"""What every answer carries, and what no request of ours does: too much, or what no row can hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict

from yilu.web.common import errors, push

Handler = Callable[[HttpRequest], HttpResponse]

NUMBER_MAX = 2**63 - 1
"""Beyond it no row has a number."""
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        f"connect-src 'self' {push.connect_source()}".rstrip(),
        "media-src 'self' blob:",
        "frame-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)

FRAMED = POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
FRAMED_DOORS = frozenset({"customer", "common", "public"})
"""Doors whose pages the customer's own video page may show: never the staff's."""


class OnlyOurOwn:
    """
    Forbid scripts, styles and frames from anywhere else, inline ones included.

    A view may set its own policy (a document shown inside a page of ours).
    """

    def __init__(self, handle: Handler) -> None:
        self.handle = handle

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.handle(request)
        if _in_a_frame_of_ours(request):
            response.headers.setdefault("Content-Security-Policy", FRAMED)
            response.headers["X-Frame-Options"] = "SAMEORIGIN"
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault(
            "Permissions-Policy", "geolocation=(), camera=(), microphone=(), payment=()"
        )
        return response


def _in_a_frame_of_ours(request: HttpRequest) -> bool:
    """
    A customer's page that our own video page opens beside the talk (屏幕协助).

    The browser says that one of our pages asked, and for a frame; the answer lets only our pages do so.
    """
    if request.headers.get("Sec-Fetch-Dest") != "iframe":
        return False
    match = request.resolver_match
    return (
        request.headers.get("Sec-Fetch-Site") == "same-origin"
        and match is not None
        and match.namespace in FRAMED_DOORS
    )


class RefuseTooLarge:
    """Refuse a body that no page of ours sends, before any of it is read."""

    def __init__(self, handle: Handler) -> None:
        self.handle = handle

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = str(request.META.get("CONTENT_LENGTH") or "0")
        if length.isdigit() and int(length) > settings.REQUEST_BYTES_MAX:
            return errors.too_large(request)
        return self.handle(request)


class RefuseImpossible:
    """
    Answer in place of the views what no view should have to think of.

    A number in an address that no row can have is not found. A NUL character, which no keyboard
    makes and the database cannot keep, is not found in an address, and a bad request in a form.
    """

    def __init__(self, handle: Handler) -> None:
        self.handle = handle

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.handle(request)

    def process_view(
        self, request: HttpRequest, view: object, args: Iterable[Any], given: Mapping[str, Any]
    ) -> HttpResponse | None:
        """Called by Django once it knows the view."""
        for value in given.values():
            if (isinstance(value, int) and value > NUMBER_MAX) or "\0" in str(value):
                return errors.not_found(request)
        # Those without form tokens are other systems: their bodies are signed, and read as they came.
        form = request.method == "POST" and request.content_type in FORMS
        form = form and not getattr(view, "csrf_exempt", False)
        if _holds_nul(request.GET) or (
            form
            and (_holds_nul(request.POST) or any("\0" in (f.name or "") for f in _files(request)))
        ):
            return errors.bad_request(request)
        return None


def _holds_nul(given: QueryDict) -> bool:
    return any("\0" in name or any("\0" in v for v in values) for name, values in given.lists())


def _files(request: HttpRequest) -> Iterable[Any]:
    return (file for _name, files in request.FILES.lists() for file in files)
