"""时限承诺: every promise with its source and what runs on it now; everybody at the insurer may read."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from yilu.obligations import queries as obligations
from yilu.web.common.access import staff_only
from yilu.web.staff.asked import actor_of, id_after, names
from yilu.web.staff.links import links_to
from yilu.web.staff.page import access_of, show

MEASURED_DAYS = 30
GRADE_TONES = {"LAW": "info", "SECONDARY": "warn", "PLEDGE": "good"}


@require_GET
@staff_only()
def listing(request: HttpRequest) -> HttpResponse:
    """Every promise in force, with what runs and what is broken in one's own offices."""
    access, now = access_of(request), timezone.now()
    grade = request.GET.get("grade", "")
    text = request.GET.get("find", "").strip()[:40]
    counts, waiting = obligations.open_clocks(_offices(request)), obligations.codes_waiting()
    rows = [
        {
            "promise": each, "open": counts.get(each.code), "tone": GRADE_TONES[each.grade],
            "waiting": each.code in waiting,
        }
        for each in obligations.list_definitions(now)
        if (not grade or each.grade == grade)
        and (not text or text in f"{each.title}{each.text}{each.citation}{each.code}")
    ]  # fmt: skip
    return show(
        request,
        "staff/obligations/list.html",
        {
            "rows": rows,
            "grade": grade,
            "find": text,
            "grades": obligations.GRADES,
            "may_edit": access.may("obligations.edit"),
        },
        here="obligations",
    )


@require_GET
@staff_only()
def promise(request: HttpRequest, code: str) -> HttpResponse:
    """One promise: its words and source, its versions, what runs on it and what is broken."""
    access, now = access_of(request), timezone.now()
    versions = obligations.definition_versions(code, now)
    shown = obligations.definition(code)
    for version in obligations.list_definitions(now):
        if version.code == code:
            shown = version
    change = obligations.waiting_change(code)
    asked = [who for v in versions for who in (v.author, v.agreed_by)]
    asked.append(change.author if change else None)
    offices = _offices(request)
    met, ended = obligations.punctuality(now - timedelta(days=MEASURED_DAYS), now, offices).get(
        code, (0, 0)
    )
    broken = obligations.breaches(offices, now, code=code, after=id_after(request), limit=20)
    due = obligations.due_next(code, offices)
    named = links_to([*(ref for ref, _at in due), *(row.about for row in broken)], access)
    return show(
        request,
        "staff/obligations/promise.html",
        {
            "promise": shown,
            "tone": GRADE_TONES[shown.grade],
            "now": now,
            "ended_at": versions[0].effective_to,
            "versions": versions,
            "waiting": change,
            "is_author": change is not None and change.author == actor_of(request),
            "who": names(*(who for who in asked if who is not None)),
            "open": obligations.open_clocks(offices).get(code, obligations.OpenClocks()),
            "counted_up_to": obligations.COUNTED_UP_TO,
            "met": met,
            "late": ended - met,
            "share": round(100 * met / ended, 1) if ended else None,
            "days": MEASURED_DAYS,
            "next_due": [(named[str(ref)], due) for ref, due in due],
            "broken": [(row, named[str(row.about)]) for row in broken],
            "next": broken[-1].clock_id if len(broken) == 20 else None,
            "may_edit": access.may("obligations.edit"),
            "may_recover": access.may("quality.inspect"),
        },
        here="obligations",
    )


def _offices(request: HttpRequest) -> frozenset[int]:
    """One's own offices, and 0 for what belongs to none."""
    return access_of(request).office_ids | {0}
