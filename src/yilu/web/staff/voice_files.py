"""导入客户原声: hand a file in, watch it, see which rows were not taken and why."""

from __future__ import annotations

import csv
import io

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as later
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.kernel.errors import Invalid, Refusal, said
from yilu.people import queries as people
from yilu.voice import operations, queries
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff.asked import actor_of, day_of
from yilu.web.staff.page import access_of, show

RIGHT = "voice.manage"
SCALES = (("0-10", later("0 至 10 分")), ("1-5", later("1 至 5 分")), ("1-10", later("1 至 10 分")))


@require_http_methods(["GET", "POST"])
@staff_only(right=RIGHT)
def listing(request: HttpRequest) -> HttpResponse:
    """Every import, and the form for another."""
    access, refusal = access_of(request), None
    if request.method == "POST":
        try:
            return redirect("staff:voice_file", _handed_in(request))
        except Refusal as problem:
            refusal = problem
    return show(
        request,
        "staff/voice/files.html",
        {
            "rows": queries.list_batches(access), "refusal": refusal, "given": request.POST,
            "journeys": list(queries.JOURNEYS.items()), "office_id": access.office_id,
            "scales": [(code, _(label)) for code, label in SCALES],
            "offices": people.offices_with(access, RIGHT),
        },
        here="voice_files",
        status=refusal.status if refusal else 200,
    )  # fmt: skip


def _handed_in(request: HttpRequest) -> int:
    access = access_of(request)
    uploaded = request.FILES.get("file")
    if uploaded is None:
        raise Invalid(_("请选择文件"))
    on = request.POST.get("said_on", "")
    told = {"1": True, "0": False}.get(request.POST.get("positive", ""))
    about = operations.About(
        label=request.POST.get("label", ""), journey=request.POST.get("journey", "other"),
        scale=request.POST.get("scale", ""), positive=told, said_on=day_of(on) if on else None,
    )  # fmt: skip
    return operations.import_file(
        filename=uploaded.name or "", content=uploaded.read(), about=about,
        office_id=whole(request.POST.get("office")) or access.office_id, access=access,
        actor=actor_of(request), at=timezone.now(),
    )  # fmt: skip


@require_GET
@staff_only(right=RIGHT)
def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """One import: how far it is, what the columns were taken for, which rows were not taken."""
    access = access_of(request)
    found = queries.get_batch(batch_id, access)
    after = whole(request.GET.get("after")) or 0
    problems = queries.list_problems(batch_id, access, after=after, limit=51)
    return show(
        request,
        "staff/voice/file.html",
        {
            "b": found, "problems": problems[:50],
            "following": problems[49][0] if len(problems) > 50 else None,
            "analyses": [a for a in queries.list_analyses(access) if a.batch_id == batch_id][:1],
        },
        here="voice_files",
    )  # fmt: skip


@require_GET
@staff_only(right=RIGHT)
def progress(request: HttpRequest, batch_id: int) -> HttpResponse:
    """How far it is; the page asks while it moves."""
    found = queries.get_batch(batch_id, access_of(request))
    answer = render(request, "staff/voice/file_progress.html", {"b": found})
    if not found.is_moving:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
@staff_only(right=RIGHT)
def stop(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Stop reading; what is loaded stays."""
    operations.stop_import(
        batch_id=batch_id, access=access_of(request), actor=actor_of(request), at=timezone.now()
    )
    messages.success(request, _("已停止；已经导入的保留。"))
    return redirect("staff:voice_file", batch_id)


@require_GET
@staff_only(right=RIGHT)
def problems(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The rows that were not taken, as a file to correct them by."""
    rows = queries.list_problems(batch_id, access_of(request), limit=10_000)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_("行号"), _("原因")])
    writer.writerows((line, said(reason, _)) for line, reason in rows)
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="yilu-voice-problems-{batch_id}.csv"'
    return answer
