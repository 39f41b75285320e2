"""培训课程的编制: written by form in versions, seen as learners will see it, approved by somebody else."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.quality.operations import course_versions
from yilu.quality.queries import shapes, training
from yilu.web.common.access import staff_only
from yilu.web.staff import training_written as written
from yilu.web.staff.page import show

RIGHT = "quality.manage"
COURSES = written.Kind(
    shape=shapes.course_shape, versions=training.versions_of,
    write=lambda code, **told: course_versions.write_course(course=code, **told),
    approve=course_versions.approve_course, discard=course_versions.discard_course,
    listing="training_overview", page="training_versions",
    template="staff/training/versions.html", here="training_overview",
    approved=gettext_noop("已批准：以后开始学的人看到这一版。"),
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right=RIGHT)
def new(request: HttpRequest) -> HttpResponse:
    """A course that is not there yet."""
    return written.new(request, COURSES, heading=_("新课程"), example="my_course_1")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right=RIGHT)
def versions(request: HttpRequest, code: str) -> HttpResponse:
    """Every version of a course; write the next one."""
    return written.versions(request, COURSES, code)


@require_GET
@staff_only(right=RIGHT)
def preview(request: HttpRequest, code: str, edition: int, chapter: str = "") -> HttpResponse:
    """A version, draft or not, chapter by chapter as a learner reads it; nothing is counted."""
    row = written.version(request, COURSES, code, edition)
    chapters = row.course.chapters
    found = next(
        (each for each in chapters if each.code == chapter), None if chapter else chapters[0]
    )
    if found is None:
        raise Http404
    page = {"code": code, "row": row, "chapter": found, "place": chapters.index(found) + 1}
    return show(request, "staff/training/preview.html", page, here=COURSES.here)


@require_POST
@staff_only(right=RIGHT)
def act(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """Approve a draft as it was seen, or give it up."""
    return written.act(request, COURSES, code, name)
