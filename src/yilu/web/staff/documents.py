"""A document beside what was read from it: look, correct, confirm (资料核对)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST

from yilu.claims import queries as claims
from yilu.documents import operations as documents
from yilu.documents import queries
from yilu.kernel.errors import Invalid, NotFound, Refusal
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.risk import queries as risks
from yilu.underwriting.queries import desk as underwriting
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff.page import access_of, show

PAGES_SHOWN = 20
BLANK_LINES = 2
ASKED_AGAIN = {"NOT_FOUND", "MISMATCH", "UNAVAILABLE", "NOT_NEEDED"}
"""What the registry said that it may say differently when it is asked again."""
REGISTRY_TONES = {"VALID": "good", "WAITING": "info", "NOT_NEEDED": "", "UNAVAILABLE": "warn"}


@dataclass(frozen=True, slots=True)
class Mark:
    """Where on a page a field was read, in hundredths of its width and height."""

    name: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of the file with the places its fields were read at."""

    number: int
    marks: tuple[Mark, ...]


def document_page(upload: queries.UploadView, access: Access) -> dict[str, Any]:
    """What the document part of the desk shows."""
    may = access.may("claims.register") and upload.source != "FEED"
    fields = queries.fields(upload.id)
    invoices = [i for i in queries.invoices_for(upload.about) if i.upload_id == upload.id]
    others = [u for u in queries.list_uploads(upload.about) if u.id != upload.id and u.live]
    return {
        "upload": upload,
        "fields": fields,
        "invoices": invoices,
        "marks": marks_of(upload, access),
        "sheets": _sheets(upload, fields),
        "may_correct": may and upload.state == "NEEDS_PERSON",
        "may_confirm": may and upload.state == "NEEDS_PERSON",
        "may_refuse": may and upload.live and upload.state in {"NEEDS_PERSON", "SETTLED"},
        "may_show": access.may("people.unmask"),
        "may_ask": access.may("claims.register") and upload.live,
        "asked_again": ASKED_AGAIN,
        "registry_labels": dict(queries.REGISTRY_STATES),
        "registry_tones": REGISTRY_TONES,
        "categories": tuple(queries.LINE_CATEGORIES.items()),
        "blank_lines": range(BLANK_LINES),
        "others": others,
        "reasons": people.UNMASK_REASONS.items(),
    }


def marks_of(upload: queries.UploadView, access: Access) -> dict[int, str]:
    """What signals say about lines of this bill, by the line's place."""
    if upload.about.kind != "claim" or not access.may("risk.view"):
        return {}
    return {
        f.line: f.says
        for signal in risks.claim_signals(upload.about)
        for f in signal.findings
        if f.upload == upload.id and f.line is not None
    }


def _sheets(upload: queries.UploadView, fields: tuple[queries.FieldView, ...]) -> tuple[Sheet, ...]:
    if not upload.size:
        return ()
    return tuple(
        Sheet(number, tuple(_mark(f.name, f.box) for f in fields if f.box and f.page == number))
        for number in range(1, min(max(upload.pages, 1), PAGES_SHOWN) + 1)
    )


def _mark(name: str, box: tuple[float, float, float, float]) -> Mark:
    left, top, right, bottom = box
    edges = (left, top, max(right - left, 0.0), max(bottom - top, 0.0))
    return Mark(name, *(round(100 * edge, 2) for edge in edges))


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
    return shown(_visible(upload_id, access_of(request)))


def shown(seen: queries.UploadView) -> HttpResponse:
    """A file as it was handed in; whoever asks has been found to be allowed to see it."""
    content, media_type = queries.open_file(seen.id)
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
    return redirect("staff:claim", claim_id=seen.about.id)


@require_POST
@staff_only(right="claims.register")
def correct_lines(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Put the items of an invoice right, all of them at once; a row without a name falls away."""
    access = access_of(request)
    seen = _visible(upload_id, access)
    refusal: Refusal | None = None
    try:
        documents.correct_lines(
            upload_id=upload_id,
            lines=_lines_in(request, upload_id),
            version=_version(request),
            actor=Ref("staff", access.staff_id),
            at=timezone.now(),
        )
    except Refusal as refused:
        refusal = refused
    return _again(request, seen, access, refusal, correcting_lines=True)


@require_POST
@staff_only(right="claims.register")
def refuse(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Say that a file is no use: it falls out of the claim, and the list shows what is missing again."""
    access = access_of(request)
    seen = _visible(upload_id, access)
    first = whole(request.POST.get("first"))
    if first is not None:
        _visible(first, access)
    try:
        documents.refuse_document(
            upload_id=upload_id,
            reason=request.POST.get("reason", ""),
            version=_version(request),
            actor=Ref("staff", access.staff_id),
            at=timezone.now(),
            first_upload_id=first,
        )
    except Refusal as refused:
        return _again(request, seen, access, refused)
    messages.success(request, _("已不予受理；需要客户重交的，请发出一次性补充通知。"))
    return redirect("staff:claim", claim_id=seen.about.id)


@require_POST
@staff_only(right="people.unmask")
@cache_control(private=True, no_store=True)
def show_field(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Show a masked number in full, for a reason; the showing is on record."""
    access = access_of(request)
    seen = _visible(upload_id, access)
    name, reason = request.POST.get("field", ""), request.POST.get("reason", "")
    known = dict(people.UNMASK_REASONS)
    try:
        if reason not in known:
            raise Invalid(_("请选择查看原因"))
        shown = documents.show_field(
            upload_id=upload_id,
            name=name,
            reason=known[reason],
            actor=Ref("staff", access.staff_id),
            at=timezone.now(),
        )
    except Refusal as refused:
        return _again(request, seen, access, refused)
    if request.headers.get("HX-Request"):
        return render(request, "staff/claims/field_shown.html", {"shown": shown})
    return _again(request, seen, access, None, shown_field=name, shown=shown)


@require_POST
@staff_only(right="claims.register")
def ask_registry(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Have an invoice verified again, as when the registry was away."""
    access = access_of(request)
    seen = _visible(upload_id, access)
    refusal: Refusal | None = None
    try:
        documents.ask_registry_again(
            upload_id=upload_id, actor=Ref("staff", access.staff_id), at=timezone.now()
        )
    except Refusal as refused:
        refusal = refused
    return _again(request, seen, access, refusal)


LINE_PARTS = ("name", "category", "amount", "self_paid")


def _lines_in(request: HttpRequest, upload_id: int) -> list[dict[str, Any]]:
    """The rows of the form; what it does not show of a line (quantity, price) stays as it was."""
    before = queries.get_invoice(upload_id).lines
    given = [request.POST.getlist(f"line_{part}") for part in ("no", *LINE_PARTS)]
    if len({len(column) for column in given}) != 1:
        raise Invalid(_("页面内容不完整"), hint=_("请刷新页面后再提交。"))
    rows = []
    for number, *values in zip(*given, strict=True):
        row = dict(zip(LINE_PARTS, values, strict=True))
        if not row["name"].strip() and not row["amount"].strip():
            continue
        kept = whole(number)
        if kept is not None and kept < len(before):
            row = before[kept].as_json() | row
        rows.append(row)
    return rows


def _again(
    request: HttpRequest,
    seen: queries.UploadView,
    access: Access,
    refusal: Refusal | None,
    **more: Any,
) -> HttpResponse:
    page = document_page(queries.get_upload(seen.id), access) | {"refusal": refusal} | more
    status = refusal.status if refusal else 200
    if request.headers.get("HX-Request"):
        # HTMX puts in what a 422 says; the sentence stands above the fields.
        return render(request, "staff/claims/document.html", page, status=422 if refusal else 200)
    return show(request, "staff/claims/document_page.html", page, here="claims", status=status)


def _visible(upload_id: int, access: Access) -> queries.UploadView:
    """
    A document of a claim or an application this person sees; another's and none are refused in the
    same words.
    """
    seen = queries.get_upload(upload_id)
    if seen.about.kind not in {"claim", "application"}:
        raise queries.UploadNotFound
    look = claims.get_for_staff if seen.about.kind == "claim" else underwriting.get_for_staff
    try:
        look(seen.about.id, access)
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
