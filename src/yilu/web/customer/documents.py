"""交资料: photographs and files, and what was read from each, shown back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_http_methods, require_safe

from yilu.claims import operations as claims
from yilu.claims import queries
from yilu.contact import queries as talks
from yilu.documents import operations as documents_operations
from yilu.documents import queries as documents_queries
from yilu.kernel.errors import Invalid, Refusal
from yilu.kernel.refs import Ref
from yilu.standards import queries as standards
from yilu.web.common import access
from yilu.web.customer import pages

BYTES_MAX = 20 * 1024 * 1024
"""What the browser checks before sending; the documents room is the judge."""
STILL_READING = {"RECEIVED", "READING"}
NOTHING_SAID = {"", "0", "0.00"}
"""What a paper leaves open; a customer need not read through it."""
SHOWN_TYPES = {"image/jpeg", "image/png", "image/webp", "application/pdf"}
"""What a browser may show in a tab; anything else is downloaded."""


class NoFile(Invalid):
    """The form came without a file."""

    code = "no_file"
    message = _("没有选中文件")
    hint = _("请先拍照或选择文件，再点上传。")


class TooLarge(Invalid):
    """Larger than any file we read."""

    code = "too_large"
    message = _("文件太大")
    hint = _("每个文件不超过 20 MB。请压缩，或拍照时选择较低清晰度。")
    status = 413


@dataclass(frozen=True)
class Refused:
    """One of several files that was not taken, and why."""

    name: str
    message: str
    hint: str
    status: int


@dataclass(frozen=True)
class Kind:
    """A sort of paper to choose: those of the checklist first, those missing marked."""

    code: str
    title: str
    missing: bool


@dataclass(frozen=True)
class Read:
    """A file and what was read from it."""

    file: Any
    url: str
    fields: tuple[Any, ...]
    of_another: bool


@access.customers_only
@require_http_methods(["GET", "HEAD", "POST"])
def documents(request: HttpRequest, claim_id: int) -> HttpResponse:
    """The desk for handing in; several files at once, each for itself."""
    me = pages.me(request)
    progress = queries.get_progress(claim_id, me, timezone.now())
    refused: list[Refused] = []
    if request.method == "POST":
        refused = take(request, progress, actor=me)
        if access.wants_json(request):
            return as_json(refused)
        if not refused:
            messages.success(request, gettext("收到了，正在读给您看。"))
            return redirect("customer:documents", claim_id=claim_id)
    page = desk(progress, me, refused, upload_url=reverse("customer:documents", args=[claim_id]))
    page["somebody"] = talks.opening(timezone.now())
    status = max((each.status for each in refused), default=200)
    return pages.show(request, "documents", page, tab="claims", status=status)


@access.customers_only
@require_safe
def uploads(request: HttpRequest, claim_id: int) -> HttpResponse:
    """The files alone, asked for again while some are being read."""
    me = pages.me(request)
    page = desk(queries.get_progress(claim_id, me, timezone.now()), me, [])
    response = pages.show(request, "parts/uploads", page)
    if not page["reading"]:  # everything has been read: the list and the next step have changed too
        response.headers["HX-Refresh"] = "true"
    return response


@access.customers_only
@require_safe
def open_file(request: HttpRequest, claim_id: int, upload_id: int) -> HttpResponse:
    """A file as it was handed in, for whoever handed it in."""
    me = pages.me(request)
    queries.get_progress(claim_id, me, timezone.now())
    view = documents_queries.get_upload(upload_id, party_id=me.id)
    content, media_type = documents_queries.open_file(upload_id, party_id=me.id)
    shown = media_type in SHOWN_TYPES
    response = HttpResponse(
        content, content_type=media_type if shown else "application/octet-stream"
    )
    response.headers["Content-Disposition"] = _disposition(
        "inline" if shown else "attachment", view.filename
    )
    # What somebody handed in is never a page of ours: nothing in it may run.
    response.headers["Content-Security-Policy"] = (
        "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"
    )
    return response


def take(
    request: HttpRequest, progress: Any, *, actor: Ref, only: frozenset[str] | None = None
) -> list[Refused]:
    """
    Take in every file of the form, each for itself; those that cannot be are told one by one.

    ``only``: the kinds that were asked for, where somebody came by a link.
    """
    files = request.FILES.getlist("files")
    if not files:
        return [Refused(gettext("上传"), NoFile.message, NoFile.hint, NoFile.status)]
    kind = request.POST.get("kind", "")
    refused: list[Refused] = []
    for file in files:
        try:
            if only is not None and kind not in only:
                raise documents_operations.NotAskedFor
            if file.size is None or file.size > BYTES_MAX:
                raise TooLarge
            claims.hand_in_documents(
                claim_id=progress.card.id,
                papers=[claims.Paper(kind, file.name or "", file.read())],
                actor=actor,
                at=timezone.now(),
            )
        except Refusal as reason:
            refused.append(Refused(str(file.name), reason.message, reason.hint, reason.status))
    return refused


def as_json(refused: list[Refused]) -> JsonResponse:
    """The answer to one file sent by the page's script."""
    if not refused:
        return JsonResponse({"taken": True})
    first = refused[0]
    words = {"message": gettext(first.message), "hint": gettext(first.hint) if first.hint else ""}
    return JsonResponse(words, status=first.status)


def desk(
    progress: Any, owner: Ref, refused: list[Refused], *, upload_url: str = ""
) -> dict[str, Any]:
    """Everything the desk shows: kinds to choose, the list, the files and what was read."""
    claim_id = progress.card.id
    rows = progress.checklist
    needed = [row for row in rows if row.required]
    kinds = kinds_of(rows)
    files = documents_queries.list_uploads(progress.card.ref)
    others = queries.bills_of_others(progress.card)
    return {
        "claim": progress,
        "checklist": rows,
        "guidance": standards.checklist(progress.card.claim_type, timezone.now()).guidance,
        "kinds": kinds,
        "chosen": next((k.code for k in kinds if k.missing), kinds[0].code if kinds else ""),
        "here": sum(row.state != "MISSING" for row in needed),
        "total": len(needed),
        "complete": all(row.state != "MISSING" for row in needed),
        "uploads": [_read(file, claim_id, others) for file in reversed(files)],
        "reading": any(file.state in STILL_READING for file in files),
        "refusals": refused,
        "bytes_max": BYTES_MAX,
        "upload_url": upload_url,
        "uploads_url": reverse("customer:uploads", args=[claim_id]),
        "done_url": reverse("customer:claim", args=[claim_id]),
    }


def kinds_of(rows: Any) -> list[Kind]:
    """Each kind of paper once, in the order of the list; something else comes last."""
    kinds: dict[str, Kind] = {}
    for row in rows:
        for code in row.kinds[:1]:
            kinds.setdefault(code, Kind(code, row.title, row.state == "MISSING" and row.required))
    kinds.setdefault("OTHER", Kind("OTHER", _("其他资料"), False))
    return list(kinds.values())


def _read(file: Any, claim_id: int, others: frozenset[int]) -> Read:
    url = reverse("customer:file", args=[claim_id, file.id]) if file.filename else ""
    fields = documents_queries.fields(file.id) if file.live else ()
    return Read(
        file, url, tuple(f for f in fields if f.value not in NOTHING_SAID), file.id in others
    )


def _disposition(how: str, filename: str) -> str:
    from urllib.parse import quote

    return f"{how}; filename*=UTF-8''{quote(filename)}"
