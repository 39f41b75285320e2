"""A document beside what was read from it: look, correct, confirm (资料核对)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST

from yilu.claims import queries as claims
from yilu.documents import operations as documents
from yilu.documents import queries
from yilu.kernel.errors import NotFound, Refusal
from yilu.kernel.refs import Ref
from yilu.people.queries import Access
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff.page import access_of, show

OPEN_STATES = {"NEEDS_PERSON", "READ"}


def document_page(upload: queries.UploadView, access: Access) -> dict[str, Any]:
    """What the document part of the desk shows."""
    may = access.may("claims.register") or access.may("claims.assess")
    invoices = [i for i in queries.invoices_for(upload.about) if i.upload_id == upload.id]
    return {
        "upload": upload,
        "fields": queries.fields(upload.id),
        "invoices": invoices,
        "previewed": bool(upload.size),
        "may_correct": may and upload.state in OPEN_STATES,
        "may_confirm": may and upload.state in OPEN_STATES,
    }


@require_GET
@staff_only(right="claims.view")
def upload(request: HttpRequest, upload_id: int) -> HttpResponse:
    """One document: a part of the desk for HTMX, a page of its own otherwise."""
    access = access_of(request)
    seen = _visible(upload_id, access)
    page = document_page(seen, access)
    if request.headers.get("HX-Request"):
        return render(request, "staff/claims/document.html", page)
    return show(request, "staff/claims/document_page.html", page, here="claims")


@require_GET
@staff_only(right="claims.view")
@cache_control(private=True, max_age=300)
def preview(request: HttpRequest, upload_id: int) -> HttpResponse:
    """A picture of one page; ``?page=`` counts from one."""
    _visible(upload_id, access_of(request))
    picture = queries.preview(upload_id, whole(request.GET.get("page")) or 1)
    return HttpResponse(picture, content_type="image/png")


@require_GET
@staff_only(right="claims.view")
@cache_control(private=True, no_store=True)
def file(request: HttpRequest, upload_id: int) -> HttpResponse:
    """The file as it was handed in: shown where it is a picture or PDF, else saved."""
    seen = _visible(upload_id, access_of(request))
    content, media_type = queries.open_file(upload_id)
    inline = media_type in {"application/pdf", "image/png", "image/jpeg"}
    response = HttpResponse(content, content_type=media_type)
    kind = "inline" if inline else "attachment"
    response["Content-Disposition"] = f'{kind}; filename="{seen.id}{_ending(seen.filename)}"'
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; img-src 'self'"
    return response


@require_POST
@staff_only(right="claims.register")
def correct_field(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Put one field right."""
    access = access_of(request)
    seen = _visible(upload_id, access)
    refusal: Refusal | None = None
    try:
        documents.correct_field(
            upload_id=upload_id,
            name=request.POST.get("field", ""),
            value=request.POST.get("value", ""),
            version=_version(request),
            actor=Ref("staff", access.staff_id),
            at=timezone.now(),
        )
    except Refusal as refused:
        refusal = refused
    return _again(request, seen, access, refusal)


@require_POST
@staff_only(right="claims.register")
def confirm(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Stand for every field as it is shown."""
    access = access_of(request)
    seen = _visible(upload_id, access)
    try:
        documents.confirm_document(
            upload_id=upload_id,
            version=_version(request),
            actor=Ref("staff", access.staff_id),
            at=timezone.now(),
        )
    except Refusal as refused:
        return _again(request, seen, access, refused)
    if seen.about.kind == "claim":
        return redirect("staff:claim", claim_id=seen.about.id)
    return redirect("staff:upload", upload_id)


def _again(
    request: HttpRequest, seen: queries.UploadView, access: Access, refusal: Refusal | None
) -> HttpResponse:
    page = document_page(queries.get_upload(seen.id), access) | {"refusal": refusal}
    status = refusal.status if refusal else 200
    if request.headers.get("HX-Request"):
        # HTMX puts in what a 422 says; the sentence stands above the fields.
        return render(request, "staff/claims/document.html", page, status=422 if refusal else 200)
    return show(request, "staff/claims/document_page.html", page, here="claims", status=status)


def _visible(upload_id: int, access: Access) -> queries.UploadView:
    """A document of a claim this person sees; another's and none are refused in the same words."""
    seen = queries.get_upload(upload_id)
    if seen.about.kind != "claim":
        raise queries.UploadNotFound
    try:
        claims.get_for_staff(seen.about.id, access)
    except NotFound:
        raise queries.UploadNotFound from None
    return seen


def _version(request: HttpRequest) -> int:
    given = whole(request.POST.get("version"))
    return -1 if given is None else given


def _ending(filename: str) -> str:
    dot = filename.rfind(".")
    ending = filename[dot:].lower() if dot >= 0 else ""
    return ending if ending[1:].isalnum() and len(ending) <= 6 else ""
