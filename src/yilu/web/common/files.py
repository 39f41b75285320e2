"""Files as answers: what we issued, and what somebody handed in."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpResponse

SHOWN = frozenset({"image/jpeg", "image/png", "image/webp", "application/pdf"})


def pdf(content: bytes, filename: str) -> HttpResponse:
    """A letter of ours."""
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(filename)}"
    return response


def shown(content: bytes, media_type: str, filename: str) -> HttpResponse:
    """What somebody handed in: never a page of ours, nothing in it may run."""
    inline = media_type in SHOWN
    kind = media_type if inline else "application/octet-stream"
    response = HttpResponse(content, content_type=kind)
    place = "inline" if inline else "attachment"
    response.headers["Content-Disposition"] = f"{place}; filename*=UTF-8''{quote(filename)}"
    response.headers["Content-Security-Policy"] = (
        "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"
    )
    return response
