"""服务检查: an office looked at by a standard's list on a phone, third parties' files, what has to be put right."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, NotFound, Refusal
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.quality import operations
from yilu.quality import queries as quality
from yilu.quality.queries import audits as queries
from yilu.web.common.access import staff_only
from yilu.web.common.files import shown
from yilu.web.common.numbers import whole
from yilu.web.staff.asked import acting, names, names_said, number_in
from yilu.web.staff.asked import day_of as day_in
from yilu.web.staff.page import access_of, show

HERE = "audits"
FILE_MAX = 20 * 1024 * 1024


@require_GET
@staff_only(right="quality.view")
def listing(request: HttpRequest) -> HttpResponse:
    """The latest audits; begin one; what is still to be put right."""
    return _listing(request)


@require_POST
@staff_only(right="quality.inspect")
def begin(request: HttpRequest) -> HttpResponse:
    """Begin to look at an office by the standard that counts there."""
    office_id, touchpoint = number_in(request, "office", 0), request.POST.get("touchpoint", "")
    found = (
        quality.standard_for(touchpoint, office_id=office_id, on=day_of(timezone.now()))
        if touchpoint in quality.TOUCHPOINTS else None
    )  # fmt: skip
    try:
        made = operations.begin_audit(
            kind=request.POST.get("kind", ""), touchpoint=touchpoint, office_id=office_id,
            version_id=found.id if found else 0, **acting(request),
        )  # fmt: skip
    except Refusal as refused:
        return _listing(request, refused)
    return redirect("staff:audit", made)


@require_POST
@staff_only(right="quality.manage")
def take_in(request: HttpRequest) -> HttpResponse:
    """Load a third party's table."""
    upload = request.FILES.get("file")
    try:
        if upload is None:
            raise Invalid(_("请选择评测文件"))
        operations.import_audit(
            filename=upload.name or "", content=upload.read(FILE_MAX + 1),
            firm=request.POST.get("firm", ""), **acting(request),
        )  # fmt: skip
    except Refusal as refused:
        return _listing(request, refused)
    messages.success(request, _("已导入；有误的行列在下面，改好后可以再导入。"))
    return redirect("staff:audits")


@require_GET
@staff_only()
def audit(request: HttpRequest, audit_id: int) -> HttpResponse:
    """The list, to be filled in on a phone; afterwards the result and what has to be put right."""
    return _audit(request, audit_id)


@require_POST
@staff_only(right="quality.inspect")
def note(request: HttpRequest, audit_id: int, position: int) -> HttpResponse:
    """What was seen at one line, with a photograph."""
    try:
        operations.note_item(
            audit_id=audit_id, position=position, result=request.POST.get("result", ""),
            note=request.POST.get("note", ""), photo=_photo(request), **acting(request),
        )  # fmt: skip
    except NotFound:
        raise
    except Refusal as refused:
        return _audit(request, audit_id, refused, position)
    return redirect(f"{reverse('staff:audit', args=[audit_id])}#item-{position + 1}")


@require_POST
@staff_only(right="quality.inspect")
def finish(request: HttpRequest, audit_id: int) -> HttpResponse:
    """Hand the list in; each failed line has an owner and a day."""
    due = request.POST.get("due", "").strip()
    try:
        operations.finish_audit(
            audit_id=audit_id, owner_id=whole(request.POST.get("owner")),
            due_on=day_in(due) if due else None, **acting(request),
        )  # fmt: skip
    except NotFound:
        raise
    except Refusal as refused:
        return _audit(request, audit_id, refused)
    messages.success(request, _("检查已完成，不符合的项目已交责任人整改。"))
    return redirect("staff:audit", audit_id)


@require_GET
@staff_only()
def corrections(request: HttpRequest) -> HttpResponse:
    """Mine to put right, and those of the offices I look at."""
    return _corrections(request)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only()
def correction(request: HttpRequest, correction_id: int) -> HttpResponse:
    """Put right with evidence, confirmed, or sent back; looked at, it is a line of the list."""
    if request.method != "POST":
        return redirect(f"{reverse('staff:corrections')}#correction-{correction_id}")
    act = request.POST.get("act", "")
    try:
        if act == "correct":
            operations.correct(
                correction_id=correction_id, evidence=request.POST.get("evidence", ""),
                photo=_photo(request), **acting(request),
            )  # fmt: skip
        elif act in ("confirm", "back"):
            operations.confirm_correction(
                correction_id=correction_id, confirmed=act == "confirm",
                reason=request.POST.get("reason", ""), **acting(request),
            )  # fmt: skip
        else:
            raise Http404
    except NotFound:
        raise
    except Refusal as refused:
        return _corrections(request, refused)
    messages.success(request, _("已记录。"))
    return redirect("staff:corrections")


@require_GET
@staff_only()
def photo(request: HttpRequest, kind: str, owner_id: int, position: int) -> HttpResponse:
    """A photograph of an audit's line, or of what was put right."""
    access = access_of(request)
    if kind == "audit":
        content = queries.photo_of_item(owner_id, position, access)
    elif kind == "correction":
        content = queries.photo_of_correction(owner_id, access)
    else:
        raise Http404
    return shown(content, "image/png", f"{kind}-{owner_id}-{position}.png")


def _listing(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    access = access_of(request)
    rows = queries.list_audits(access)
    offices = people.list_offices()
    page = {
        "rows": rows, "refusal": refusal, "posted": request.POST,
        "offices": {each.id: each.name for each in offices},
        "choices": [
            each for each in offices
            if access.may("quality.inspect", each.id) and each.id != access.office_id
        ],
        "touchpoints": quality.TOUCHPOINTS, "kinds": {k: queries.KINDS[k] for k in ("SITE", "MYSTERY")},
        "may_inspect": access.may("quality.inspect"), "may_manage": access.may("quality.manage"),
        "files": queries.list_files(access) if access.may("quality.manage") else (),
        "who": names_said(*(row.auditor for row in rows)),
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return show(request, "staff/inspections/audits.html", page, here=HERE, status=status)


def _audit(
    request: HttpRequest, audit_id: int, refusal: Refusal | None = None, at: int = 0
) -> HttpResponse:
    access, today = access_of(request), day_of(timezone.now())
    found = queries.get_audit(audit_id, access)
    mine = found.auditor == f"staff:{access.staff_id}"
    asked = (
        queries.list_corrections(access, on=today, audit_id=audit_id)
        if access.may("quality.view") else []
    )  # fmt: skip
    page = {
        "audit": found, "mine": mine and found.state == "OPEN", "refusal": refusal, "at": at,
        "posted": request.POST, "results": queries.RESULTS, "corrections": asked,
        "done": sum(bool(item.result) for item in found.items),
        "failed": sum(item.result == "FAIL" for item in found.items),
        "owners": people.list_colleagues(found.office_id, "quality.view")
        or people.list_colleagues(found.office_id, "work.lead"),
        "office": people.get_office(found.office_id).name, "today": today,
        "who": names_said(found.auditor, *(f"staff:{each.owner_id}" for each in asked)),
        "who_id": {
            ref.id: n for ref, n in names(*{Ref("staff", c.owner_id) for c in asked}).items()
        },
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return show(request, "staff/inspections/audit.html", page, here=HERE, status=status)


def _corrections(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    access, today = access_of(request), day_of(timezone.now())
    mine = queries.list_corrections(access, on=today, mine=True)
    looks = access.may("quality.view")
    others = queries.list_corrections(access, on=today) if looks else []
    owned = {each.id for each in mine}
    page = {
        "mine": mine, "others": [each for each in others if each.id not in owned],
        "looks": looks, "may_confirm": access.may("quality.inspect"), "refusal": refusal,
        "me": access.staff_id, "offices": {each.id: each.name for each in people.list_offices()},
        "who": {
            ref.id: name
            for ref, name in names(*{Ref("staff", c.owner_id) for c in (*mine, *others)}).items()
        },
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return show(
        request, "staff/inspections/corrections.html", page, here="corrections", status=status
    )


def _photo(request: HttpRequest) -> tuple[str, bytes] | None:
    upload = request.FILES.get("photo")
    return (upload.name or "photo", upload.read(FILE_MAX + 1)) if upload is not None else None
