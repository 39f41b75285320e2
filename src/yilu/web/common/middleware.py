"""Who is asking, and how a refusal is said."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext

from yilu.kernel.errors import Refusal, said
from yilu.web.common import errors
from yilu.web.common.access import WHO, current

Handler = Callable[[HttpRequest], HttpResponse]

RETRY_SECONDS = 60


class WhoIsAsking:
    """
    Give every request its ``asker`` (a Principal or nothing, read when first looked at).

    A page made for somebody is not kept by browsers or caches in between.
    """

    def __init__(self, handle: Handler) -> None:
        self.handle = handle

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.asker = SimpleLazyObject(lambda: current(request))  # type: ignore[attr-defined]
        response = self.handle(request)
        # Only a session that was looked at counts: a public page stays cacheable.
        if request.session.accessed and request.session.get(WHO):
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response


class SayRefusals:
    """
    Turn a refusal into an answer with its status, its sentence and what to do about it.

    A page for a browser, a part of one for HTMX, JSON for the API (RFC 9457) and for webhooks; the
    Chinese source texts are said in the reader's language.
    """

    def __init__(self, handle: Handler) -> None:
        self.handle = handle

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.handle(request)
        if response.status_code == 405 and not response.content:
            # A view that takes another method answers with nothing: say so in words.
            told = errors.say(request, 405)
            told.headers["Allow"] = response.headers.get("Allow", "")
            return told
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Called by Django for an exception of a view; anything but a refusal is a bug."""
        if not isinstance(exception, Refusal):
            return None
        return answer(request, exception)


def answer(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal as the asker understands it; also for API frameworks with handlers of their own."""
    if request.path.startswith(("/api/", "/hooks/")):
        response: HttpResponse = problem(request, refusal)
    else:
        response = errors.say(
            request, refusal.status, refusal.message, refusal.hint, code=refusal.code
        )
    if refusal.status == 429:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    if refusal.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def problem(request: HttpRequest, refusal: Refusal) -> JsonResponse:
    """A refusal as a problem object (RFC 9457): ``code`` is stable, the texts are for people."""
    hint = said(refusal.hint, gettext) if refusal.hint else ""
    return JsonResponse(
        {
            "type": f"/help/problems#{refusal.code}",
            "title": said(refusal.message, gettext),
            "detail": hint,
            "status": refusal.status,
            "code": refusal.code,
            "instance": request.path,
        },
        status=refusal.status,
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
    )
