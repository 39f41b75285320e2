"""
The evidence log as anybody may read it: C2SP tlog-tiles under ``/evidence/``.

A checkpoint changes about every second; a tile, once read at some width, never does.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yilu.journal import queries as journal

FOR_EVER = "public, max-age=31536000, immutable"
LEVELS_MAX = 63


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What the log is, and how to check it without trusting us."""
    page = {
        "head": journal.find_checkpoint(),
        "key": journal.verifier_key(),
        "prefix": f"{settings.PUBLIC_URL}/evidence",
    }
    return render(request, "public/evidence.html", page)


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest signed checkpoint (C2SP signed note)."""
    return _text(journal.checkpoint(), "no-cache")


@require_safe
def key(request: HttpRequest) -> HttpResponse:
    """The key that checks our checkpoints; compare it with the one published elsewhere."""
    return _text(journal.verifier_key() + "\n", "public, max-age=3600")


@require_safe
def tile(request: HttpRequest, level: str, where: str) -> HttpResponse:
    """The hashes of a tile. :raises NoSuchTile: for one that is not there, or no path at all."""
    number, width = _read(where)
    if int(level) > LEVELS_MAX:
        raise journal.NoSuchTile
    return _bytes(journal.tile(int(level), number, width))


@require_safe
def entries(request: HttpRequest, where: str) -> HttpResponse:
    """A bundle of leaves: commitments only, nothing about anybody."""
    number, width = _read(where)
    return _bytes(journal.entries(number, width))


def _read(where: str) -> tuple[int, int]:
    try:
        number, width = journal.read_tile_path(where)
    except ValueError:
        raise journal.NoSuchTile from None
    if number >= 1 << 48:  # beyond any log, and beyond what the database counts
        raise journal.NoSuchTile
    return number, width


def _text(text: str, cache: str) -> HttpResponse:
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = cache
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _bytes(content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type="application/octet-stream")
    response.headers["Cache-Control"] = FOR_EVER
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
