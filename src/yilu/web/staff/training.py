"""我的培训: what is due and how long it takes, a course read chapter by chapter, one's training record."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.kernel.errors import NotFound, Refusal
from yilu.kernel.refs import Ref
from yilu.quality import queries as exams
from yilu.quality.operations import coursing
from yilu.quality.queries import drills, training
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff.asked import actor_of, names
from yilu.web.staff.page import access_of, show

HERE = "training"
CHECKS_MOST = 20


@require_GET
@staff_only()
def home(request: HttpRequest) -> HttpResponse:
    """Courses, drills, classes and exams of mine; what is late or due first."""
    access, now = access_of(request), timezone.now()
    tasks = training.my_tasks(access.staff_id, at=now)
    open_ones = [task for task in tasks if task.state not in {"done", "dropped"}]
    courses = training.list_courses(access.staff_id, at=now)
    page = {
        "tasks": open_ones, "done": [task for task in tasks if task.state == "done"],
        "late": sum(task.state == "late" for task in open_ones),
        "minutes": sum(task.minutes_left for task in open_ones), "states": training.STATES,
        "others": [c for c in courses if c.task is None or c.task.state == "done"],
        "drills": drills.scenarios_for(access.staff_id, at=now),
        "classes": [c for c in training.list_classes(access, at=now) if c.state == "PLANNED"][:3],
        "exams": [e for e in exams.exams_for(access.staff_id, at=now) if e.open and not e.passed],
    }  # fmt: skip
    return show(request, "staff/training/home.html", page, here=HERE)


@require_GET
@staff_only()
def task(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Where I am in a course: its first chapter that is not done."""
    found = training.read_chapter(enrolment_id, access_of(request).staff_id, "", at=timezone.now())
    return redirect("staff:training_chapter", enrolment_id, found.chapter.code)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only()
def chapter(request: HttpRequest, enrolment_id: int, chapter: str) -> HttpResponse:
    """Read a chapter; POST answers its check and goes on."""
    access, now = access_of(request), timezone.now()
    found = training.read_chapter(enrolment_id, access.staff_id, chapter, at=now)
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            complete = coursing.finish_chapter(
                enrolment_id=enrolment_id, chapter=chapter, answers=_answers(request),
                staff_id=access.staff_id, actor=actor_of(request), at=now,
            )  # fmt: skip
        except NotFound:
            raise
        except Refusal as refused:
            refusal = refused
        else:
            if complete:
                messages.success(request, _("课程已完成，记入您的培训档案。"))
                return redirect("staff:training")
            messages.success(request, _("答对了，继续下一章。"))
            return redirect("staff:training_task", enrolment_id)
    checks = [
        (n, check, whole(request.POST.get(f"a.{n}")))
        for n, check in enumerate(found.chapter.checks)
    ]
    page = {"reading": found, "checks": checks, "refusal": refusal, "states": training.STATES}
    return show(
        request, "staff/training/chapter.html", page, here=HERE,
        status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_POST
@staff_only()
def take(request: HttpRequest, code: str) -> HttpResponse:
    """Take a course of my own accord."""
    me = access_of(request).staff_id
    coursing.enrol(course=code, staff_id=me, actor=actor_of(request), at=timezone.now())
    messages.success(request, _("已加入您的学习任务。"))
    return redirect("staff:training")


@require_GET
@staff_only()
def record(request: HttpRequest, staff_id: int | None = None) -> HttpResponse:
    """Everything somebody has learnt: courses, classes, exams, drills."""
    access, now = access_of(request), timezone.now()
    found = training.record_of(access, staff_id or access.staff_id, at=now)
    page = {
        "record": found, "mine": found.staff_id == access.staff_id, "states": training.STATES,
        "titles": drills.scenario_titles(),
        "trainers": {
            ref.id: name
            for ref, name in names(*{Ref("staff", c.trainer_id) for c in found.classes}).items()
        },
    }  # fmt: skip
    return show(request, "staff/training/record.html", page, here=HERE)


def _answers(request: HttpRequest) -> list[int]:
    """The chosen options in order; what is not chosen is no option."""
    found = []
    for n in range(CHECKS_MOST):
        if f"a.{n}" not in request.POST:
            break
        chosen = whole(request.POST.get(f"a.{n}"))
        found.append(-1 if chosen is None else chosen)
    return found
