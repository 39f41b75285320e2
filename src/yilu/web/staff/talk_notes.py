"""A line in a claim's shared log as its forms tell it: what was said, and what of a third party who took part."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest

from yilu.claims import operations as claims
from yilu.claims.queries import choices
from yilu.documents.queries import UploadView
from yilu.web.common.numbers import whole

FORM = {"thirds": choices.THIRDS, "why_no_phone": choices.WHY_NO_PHONE}
"""What the form of a third party offers besides the files of its claim."""


def third_party_in(request: HttpRequest) -> dict[str, Any]:
    """What the form says of a third party, as ``Note`` calls it."""
    given = request.POST
    return {
        "third_party": given.get("third_party") or "NONE",
        "third_party_phone": given.get("third_party_phone", ""),
        "evidence_upload_id": whole(given.get("evidence")),
        "why_no_phone": given.get("why_no_phone", ""),
    }


def note_in(request: HttpRequest) -> claims.Note:
    """The line a form tells."""
    given = request.POST
    return claims.Note(
        kind=given.get("kind", ""),
        text=given.get("text", ""),
        shown_to_customer=given.get("told") == "on" and given.get("kind") != "NOTE",
        **third_party_in(request),
    )


def evidence_of(uploads: Iterable[UploadView]) -> list[tuple[int, str, str]]:
    """The files of a claim that a line may name as its evidence: id, kind and name."""
    return [(u.id, u.kind_label, u.filename) for u in uploads if u.live]
