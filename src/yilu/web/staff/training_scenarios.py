"""演练情景的编制: the customer, what is to be said and never said, what it is worth; in versions by two people."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.quality.operations import scenario_versions
from yilu.quality.queries import drills, shapes
from yilu.web.common.access import staff_only
from yilu.web.staff import training_written as written
from yilu.web.staff.page import show

RIGHT = "quality.manage"
SCENARIOS = written.Kind(
    shape=shapes.scenario_shape, versions=drills.scenario_versions,
    write=lambda code, **told: scenario_versions.write_scenario(scenario=code, **told),
    approve=scenario_versions.approve_scenario, discard=scenario_versions.discard_scenario,
    listing="training_drills", page="training_scenario",
    template="staff/training/scenario.html", here="training_drills",
    approved=gettext_noop("已批准：以后开始的演练用这一版。"),
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right=RIGHT)
def new(request: HttpRequest) -> HttpResponse:
    """A situation that is not there yet."""
    return written.new(request, SCENARIOS, heading=_("新情景"), example="angry_heir")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right=RIGHT)
def versions(request: HttpRequest, code: str) -> HttpResponse:
    """Every version of a situation; write the next one."""
    return written.versions(request, SCENARIOS, code)


@require_GET
@staff_only(right=RIGHT)
def preview(request: HttpRequest, code: str, edition: int) -> HttpResponse:
    """A version, draft or not: what the learner is told, what the customer says, what is to be said."""
    row = written.version(request, SCENARIOS, code, edition)
    page = {"code": code, "row": row, "moods": drills.MOODS, "parts": [
        (label, row.scenario.points[part]) for part, (_usual, label) in drills.PARTS.items()
    ]}  # fmt: skip
    return show(request, "staff/training/scenario_preview.html", page, here=SCENARIOS.here)


@require_POST
@staff_only(right=RIGHT)
def act(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """Approve a draft as it was seen, or give it up."""
    return written.act(request, SCENARIOS, code, name)
