"""实训班: batches that meet; planned by who leads training, joined by anybody, signed off by the trainer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yilu.kernel.errors import NotFound, Refusal
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.quality.operations import classes
from yilu.quality.queries import training
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff.asked import acting, moment_in, names, number_in
from yilu.web.staff.page import access_of, show

HERE = "training_classes"


@require_GET
@staff_only()
def listing(request: HttpRequest) -> HttpResponse:
    """Classes I may go to, the coming ones first."""
    return _listing(request, None)


def _listing(request: HttpRequest, refusal: Refusal | None) -> HttpResponse:
    access, now = access_of(request), timezone.now()
    rows = training.list_classes(access, at=now)
    page = {
        "rows": rows, "refusal": refusal, "given": request.POST, "me": access.staff_id,
        "may_train": access.may("quality.train"), "who": _who(rows),
        "courses": training.list_courses(access.staff_id, at=now),
        "staff": people.list_staff(access), "soonest": now + timedelta(hours=1),
    }  # fmt: skip
    return show(
        request, "staff/training/classes.html", page, here=HERE,
        status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_POST
@staff_only(right="quality.train")
def plan(request: HttpRequest) -> HttpResponse:
    """Plan a batch for my office."""
    given = request.POST
    try:
        starts = moment_in(request, "starts")
        minutes = number_in(request, "minutes")
        now = timezone.now()
        made = classes.plan_class(
            title=given.get("title", ""), course=given.get("course", ""), place=given.get("place", ""),
            starts_at=starts or now, ends_at=(starts or now) + timedelta(minutes=min(minutes, 5000)),
            seats=number_in(request, "seats"), trainer_id=number_in(request, "trainer"),
            **acting(request),
        )  # fmt: skip
    except Refusal as refused:
        return _listing(request, refused)
    messages.success(request, _("实训班已安排，同事可以报名。"))
    return redirect("staff:training_class", made)


@require_GET
@staff_only()
def one(request: HttpRequest, class_id: int) -> HttpResponse:
    """One class: who comes, and who came."""
    return _one(request, class_id, None)


def _one(request: HttpRequest, class_id: int, refusal: Refusal | None) -> HttpResponse:
    access, now = access_of(request), timezone.now()
    found = training.get_class(access, class_id)
    leads = access.may("quality.train", found.office_id)
    page = {
        "row": found, "refusal": refusal, "who": _who([found]), "me": access.staff_id,
        "mine": any(staff_id == access.staff_id for staff_id, _came in found.people),
        "leads": leads, "may_sign": leads or found.trainer_id == access.staff_id,
        "begun": found.starts_at <= now, "staff": people.list_staff(access) if leads else (),
        "going": found.state == "PLANNED", "here": {staff_id for staff_id, _came in found.people},
    }  # fmt: skip
    return show(
        request, "staff/training/class.html", page, here=HERE,
        status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_POST
@staff_only()
def act(request: HttpRequest, class_id: int, name: str) -> HttpResponse:
    """Join, give a colleague a seat, sign off who came, cancel."""
    if name not in _ACTS:
        raise Http404
    training.get_class(access_of(request), class_id)
    try:
        word = _ACTS[name](request, class_id)
    except NotFound:
        raise
    except Refusal as refused:
        return _one(request, class_id, refused)
    messages.success(request, word)
    return redirect("staff:training_class", class_id)


def _join(request: HttpRequest, class_id: int) -> str:
    me = access_of(request).staff_id
    classes.join_class(class_id=class_id, staff_id=me, **acting(request))
    return _("已报名，请按时到场。")


def _add(request: HttpRequest, class_id: int) -> str:
    who = number_in(request, "staff")
    classes.join_class(class_id=class_id, staff_id=who, **acting(request))
    return _("已加入名单。")


def _sign(request: HttpRequest, class_id: int) -> str:
    came = [whole(each) for each in request.POST.getlist("came")]
    classes.sign_off(
        class_id=class_id, came=[each for each in came if each is not None], **acting(request)
    )
    return _("签到已确认，记入每个人的培训档案。")


def _cancel(request: HttpRequest, class_id: int) -> str:
    classes.cancel_class(class_id=class_id, **acting(request))
    return _("实训班已取消。")


_ACTS: dict[str, Callable[[HttpRequest, int], str]] = {
    "join": _join, "add": _add, "sign": _sign, "cancel": _cancel,
}  # fmt: skip


def _who(rows: list[training.ClassView]) -> dict[int, str]:
    ids = {row.trainer_id for row in rows} | {who for row in rows for who, _came in row.people}
    return {ref.id: name for ref, name in names(*{Ref("staff", each) for each in ids}).items()}
