"""演练情景的编制: the customer, what is to be said and never said, what it is worth; in versions by two people."""

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
from yilu.quality.operations import scenario_versions
from yilu.quality.queries import drills, shapes
from yilu.web.common.access import staff_only
from yilu.web.common.errors import tell_refused
from yilu.web.staff import shaped
from yilu.web.staff.asked import actor_of, names, number_in
from yilu.web.staff.page import access_of, show

HERE = "training_drills"
RIGHT = "quality.manage"


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right=RIGHT)
def new(request: HttpRequest) -> HttpResponse:
    """A situation that is not there yet, under a code of its own."""
    code = request.POST.get("code", "").strip()
    writing = shaped.write(
        request, shapes.scenario_shape(), text="",
        save=lambda text: scenario_versions.write_scenario(
            scenario=code, text=text, revision=0, new=True, **_told(request)
        ),
    )  # fmt: skip
    if writing is None:
        messages.success(request, _("草稿已保存，请另一位同事批准。"))
        return redirect("staff:training_scenario", code)
    page = {"writing": writing, "code": code, "example": "angry_heir", "back": "staff:training_drills",
            "heading": _("新情景")}  # fmt: skip
    return show(request, "staff/shaped/new.html", page, here=HERE, status=writing.status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right=RIGHT)
def versions(request: HttpRequest, code: str) -> HttpResponse:
    """Every version of a situation; write the next one."""
    rows, shape = drills.scenario_versions(access_of(request), code), shapes.scenario_shape()
    writing = shaped.write(
        request, shape, text=rows[0].text,
        save=lambda text: scenario_versions.write_scenario(
            scenario=code, text=text, revision=number_in(request, "revision"), **_told(request)
        ),
    )  # fmt: skip
    if writing is None:
        messages.success(request, _("草稿已保存，请另一位同事批准。"))
        return redirect("staff:training_scenario", code)
    refs = {Ref.parse(each) for row in rows for each in (row.author, row.approver) if each}
    page = shaped.versions(shape, rows) | {
        "code": code, "rows": rows, "writing": writing, "me": str(actor_of(request)),
        "who": {str(ref): name for ref, name in names(*refs).items()},
    }  # fmt: skip
    return show(request, "staff/training/scenario.html", page, here=HERE, status=writing.status)


@require_GET
@staff_only(right=RIGHT)
def preview(request: HttpRequest, code: str, edition: int) -> HttpResponse:
    """A version, draft or not: what the learner is told, what the customer says, what is to be said."""
    rows = drills.scenario_versions(access_of(request), code)
    row = next((each for each in rows if each.number == edition), None)
    if row is None:
        raise Http404
    page = {"code": code, "row": row, "moods": drills.MOODS, "parts": [
        (label, row.scenario.points[part]) for part, (_usual, label) in drills.PARTS.items()
    ]}  # fmt: skip
    return show(request, "staff/training/scenario_preview.html", page, here=HERE)


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
        lambda: drills.scenario_versions(access_of(request), code)
    ):
        return redirect("staff:training_drills")
    return redirect("staff:training_scenario", code)


def _approve(request: HttpRequest) -> None:
    scenario_versions.approve_scenario(
        version_id=number_in(request, "version"), revision=number_in(request, "revision"),
        **_told(request),
    )  # fmt: skip
    messages.success(request, _("已批准：以后开始的演练用这一版。"))


def _discard(request: HttpRequest) -> None:
    scenario_versions.discard_scenario(version_id=number_in(request, "version"), **_told(request))
    messages.success(request, _("草稿已放弃。"))


_ACTS: dict[str, Callable[[HttpRequest], None]] = {"approve": _approve, "discard": _discard}


def _told(request: HttpRequest) -> dict[str, Any]:
    return {"access": access_of(request), "actor": actor_of(request), "at": timezone.now()}
