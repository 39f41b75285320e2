"""情景演练: a customer of ours to practise with, like a chat; the report afterwards, and a trainer's correction."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yilu.gateways import phraser
from yilu.kernel.errors import NotFound, Refusal
from yilu.kernel.refs import Ref
from yilu.knowledge import queries as knowledge
from yilu.quality.operations import drilling
from yilu.quality.queries import drills
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff.asked import actor_of, names
from yilu.web.staff.page import access_of, show

HERE = "training_drills"


@require_GET
@staff_only()
def listing(request: HttpRequest) -> HttpResponse:
    """Every situation with how I did; for who looks after training, the latest of their offices."""
    access, now = access_of(request), timezone.now()
    found = drills.list_drills(access) if access.may("quality.view") else []
    who = names(*{Ref("staff", each.staff_id) for each in found})
    page = {
        "rows": drills.scenarios_for(access.staff_id, at=now), "found": found,
        "who": {ref.id: name for ref, name in who.items()},
        "may_manage": access.may("quality.manage"),
        "unapproved": drills.scenario_drafts(access) if access.may("quality.manage") else [],
    }  # fmt: skip
    return show(request, "staff/training/drills.html", page, here=HERE)


@require_POST
@staff_only()
def begin(request: HttpRequest, code: str) -> HttpResponse:
    """Begin, or go on where I was."""
    made = drilling.start_drill(
        scenario=code, staff_id=access_of(request).staff_id, actor=actor_of(request),
        at=timezone.now(),
    )  # fmt: skip
    return redirect("staff:training_drill", made)


@require_GET
@staff_only()
def one(request: HttpRequest, drill_id: int) -> HttpResponse:
    """The talk while it goes on; the report once it is over."""
    return _one(request, drill_id, None)


def _one(request: HttpRequest, drill_id: int, refusal: Refusal | None) -> HttpResponse:
    access = access_of(request)
    page = _page(request, drill_id, refusal)
    view = page["drill"]
    page |= {
        "may_correct": view.over and view.staff_id != access.staff_id
        and access.may("quality.train", view.office_id),
        "who": {str(r): n for r, n in names(Ref("staff", view.staff_id), *_by(view)).items()},
        "whose": str(Ref("staff", view.staff_id)), "given": request.POST,
    }  # fmt: skip
    return show(
        request, "staff/training/drill.html", page, here=HERE,
        status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_POST
@staff_only()
def say(request: HttpRequest, drill_id: int) -> HttpResponse:
    """Say a line; the customer answers at once. When it is over the page is read anew."""
    refusal: Refusal | None = None
    try:
        line_id = drilling.say(
            drill_id=drill_id, text=request.POST.get("text", ""),
            key=request.POST.get("key", "")[:40], staff_id=access_of(request).staff_id,
            actor=actor_of(request), at=timezone.now(),
        )  # fmt: skip
        _reword(request, drill_id, line_id)
    except NotFound:
        raise
    except Refusal as refused:
        refusal = refused
    if not request.headers.get("HX-Request"):
        return (
            _one(request, drill_id, refusal)
            if refusal
            else redirect("staff:training_drill", drill_id)
        )
    page = _page(request, drill_id, refusal)
    answer = render(
        request, "staff/training/drill_lines.html", page, status=refusal.status if refusal else 200
    )
    if page["drill"].over:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
@staff_only()
def end(request: HttpRequest, drill_id: int) -> HttpResponse:
    """End it now and see the report; twice is once."""
    drilling.hand_in(
        drill_id=drill_id, staff_id=access_of(request).staff_id, actor=actor_of(request),
        at=timezone.now(),
    )  # fmt: skip
    return redirect("staff:training_drill", drill_id)


@require_POST
@staff_only(right="quality.train")
def correct(request: HttpRequest, drill_id: int) -> HttpResponse:
    """Put a score right, with a reason."""
    given = whole(request.POST.get("score"))
    try:
        drilling.correct_score(
            drill_id=drill_id, score=-1 if given is None else given,
            reason=request.POST.get("reason", ""), access=access_of(request),
            actor=actor_of(request), at=timezone.now(),
        )  # fmt: skip
    except NotFound:
        raise
    except Refusal as refused:
        return _one(request, drill_id, refused)
    messages.success(request, _("得分已更正，原得分保留。"))
    return redirect("staff:training_drill", drill_id)


def _page(request: HttpRequest, drill_id: int, refusal: Refusal | None) -> dict[str, Any]:
    now = timezone.now()
    view = drills.drill_of(access_of(request), drill_id, at=now)
    return {"drill": view, "refusal": refusal, "key": f"{now:%H%M%S%f}"}


def _reword(request: HttpRequest, drill_id: int, line_id: int | None) -> None:
    """
    The customer's line in other words, where a service for that is set up and says the same.

    The service never sees what the learner typed: there is nothing in its order that a learner wrote.
    """
    service = phraser.phraser()
    if service is None or line_id is None:
        return
    view = drills.drill_of(access_of(request), drill_id, at=timezone.now())
    line = view.lines[-1]
    said = service.phrase(question="", answer=line.text)
    if said is not None and not line.mine and knowledge.says_the_same(line.text, said):
        drilling.reword(line_id=line_id, text=said)


def _by(view: drills.DrillView) -> list[Ref]:
    return [Ref.parse(view.corrected_by)] if view.corrected_by else []
