"""双录质检: what waits to be checked, the five steps of one recording, and the verdict on it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yilu.kernel.refs import Ref
from yilu.underwriting import operations as underwriting
from yilu.underwriting.queries import recordings as queries
from yilu.web.common.access import staff_only
from yilu.web.common.errors import telling
from yilu.web.staff.kept import told_kept
from yilu.web.staff.page import access_of, show

HERE = "recordings"


@require_GET
@staff_only(right="underwriting.decide")
def recordings(request: HttpRequest) -> HttpResponse:
    """Recordings of one's offices, those that wait first, and the share that was drawn."""
    access, state = access_of(request), request.GET.get("state", "")
    page = {
        "rows": queries.list_recordings(access, state),
        "share": queries.share(access, timezone.now()),
        "state": state,
        "states": queries.STATES.items(),
    }
    return show(request, "staff/underwriting/recordings.html", page, here=HERE)


@require_GET
@staff_only(right="underwriting.decide")
def recording(request: HttpRequest, application_id: int) -> HttpResponse:
    """One recording: the five steps, their files held against their digests, the verdict."""
    access = access_of(request)
    seen = queries.recording_page(application_id, access, timezone.now())
    page = {"seen": seen, "kept": told_kept(seen.kept, access)}
    return show(request, "staff/underwriting/recording.html", page, here=HERE)


@require_GET
@staff_only(right="underwriting.decide")
def recorded(request: HttpRequest, application_id: int, code: str) -> HttpResponse:
    """The file of one step, to be looked at; never kept by the browser."""
    content = queries.recorded_file(application_id, code, access_of(request))
    response = HttpResponse(content, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{application_id}-{code}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@require_POST
@staff_only(right="underwriting.decide")
def check(request: HttpRequest, application_id: int) -> HttpResponse:
    """Say whether the recording is in order."""
    access = access_of(request)
    with telling(request):
        underwriting.check_recording(
            application_id=application_id, passed=request.POST.get("passed") == "yes",
            finding=request.POST.get("finding", ""), access=access,
            actor=Ref("staff", access.staff_id), at=timezone.now(),
        )  # fmt: skip
        messages.success(request, _("质检意见已登记。"))
    return redirect("staff:recording", application_id=application_id)


urls = [
    path("recordings", recordings, name="recordings"),
    path("recordings/<int:application_id>", recording, name="recording"),
    path("recordings/<int:application_id>/check", check, name="recording_check"),
    path("recordings/<int:application_id>/<slug:code>", recorded, name="recorded"),
]
