"""培训课程的编制: written by form in versions, seen as learners will see it, approved by somebody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.kernel.errors import NotFound, Refusal
from yilu.kernel.refs import Ref
from yilu.quality.operations import course_versions
from yilu.quality.queries import shapes, training
from yilu.web.common.access import staff_only
from yilu.web.common.errors import tell_refused
from yilu.web.staff import shaped
from yilu.web.staff.asked import actor_of, names, number_in
from yilu.web.staff.page import access_of, show

HERE = "training_overview"
RIGHT = "quality.manage"


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right=RIGHT)
def new(request: HttpRequest) -> HttpResponse:
    """A course that is not there yet, under a code of its own."""
    code = request.POST.get("code", "").strip()
    writing = shaped.write(
        request, shapes.course_shape(), text="",
        save=lambda text: course_versions.write_course(
            course=code, text=text, revision=0, new=True, **_told(request)
        ),
    )  # fmt: skip
    if writing is None:
        messages.success(request, _("草稿已保存，请另一位同事批准。"))
        return redirect("staff:training_versions", code)
    page = {"writing": writing, "code": code, "example": "my_course_1", "back": "staff:training_overview",
            "heading": _("新课程")}  # fmt: skip
    return show(request, "staff/shaped/new.html", page, here=HERE, status=writing.status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right=RIGHT)
def versions(request: HttpRequest, code: str) -> HttpResponse:
    """Every version of a course; write the next one."""
    rows, shape = training.versions_of(access_of(request), code), shapes.course_shape()
    writing = shaped.write(
        request, shape, text=rows[0].text,
        save=lambda text: course_versions.write_course(
            course=code, text=text, revision=number_in(request, "revision"), **_told(request)
        ),
    )  # fmt: skip
    if writing is None:
        messages.success(request, _("草稿已保存，请另一位同事批准。"))
        return redirect("staff:training_versions", code)
    refs = {Ref.parse(each) for row in rows for each in (row.author, row.approver) if each}
    page = shaped.versions(shape, rows) | {
        "code": code, "rows": rows, "writing": writing, "me": str(actor_of(request)),
        "who": {str(ref): name for ref, name in names(*refs).items()},
    }  # fmt: skip
    return show(request, "staff/training/versions.html", page, here=HERE, status=writing.status)


@require_GET
@staff_only(right=RIGHT)
def preview(request: HttpRequest, code: str, edition: int, chapter: str = "") -> HttpResponse:
    """A version, draft or not, chapter by chapter as a learner reads it; nothing is counted."""
    rows = training.versions_of(access_of(request), code)
    row = next((each for each in rows if each.number == edition), None)
    if row is None:
        raise Http404
    chapters = row.course.chapters
    found = next(
        (each for each in chapters if each.code == chapter), None if chapter else chapters[0]
    )
    if found is None:
        raise Http404
    page = {"code": code, "row": row, "chapter": found, "place": chapters.index(found) + 1}
    return show(request, "staff/training/preview.html", page, here=HERE)


@require_POST
@staff_only(right=RIGHT)
def act(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """Approve a draft as it was seen, or give it up."""
    if name not in _ACTS:
        raise Http404
    try:
        _ACTS[name](request)
    except NotFound:
        raise
    except Refusal as refused:
        tell_refused(request, refused)
    if name == "discard" and not shaped.is_there(
        lambda: training.versions_of(access_of(request), code)
    ):
        return redirect("staff:training_overview")
    return redirect("staff:training_versions", code)


def _approve(request: HttpRequest) -> None:
    course_versions.approve_course(
        version_id=number_in(request, "version"), revision=number_in(request, "revision"),
        **_told(request),
    )  # fmt: skip
    messages.success(request, _("已批准：以后开始学的人看到这一版。"))


def _discard(request: HttpRequest) -> None:
    course_versions.discard_course(version_id=number_in(request, "version"), **_told(request))
    messages.success(request, _("草稿已放弃。"))


_ACTS: dict[str, Callable[[HttpRequest], None]] = {"approve": _approve, "discard": _discard}


def _told(request: HttpRequest) -> dict[str, Any]:
    return {"access": access_of(request), "actor": actor_of(request), "at": timezone.now()}
