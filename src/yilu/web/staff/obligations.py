"""
时限承诺: every promise with its source, what runs on it now, and changing it from a day on.

Everybody at the insurer may read them. An edit never touches what runs: it is a new version.
"""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yilu.kernel.errors import Invalid, Refusal, Stale
from yilu.obligations import operations
from yilu.obligations import queries as obligations
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff.asked import actor_of, id_after, moment_in, names, number_in
from yilu.web.staff.links import links_to
from yilu.web.staff.page import access_of, show

MEASURED_DAYS = 30
WIDEST = 1000
GRADE_TONES = {"LAW": "info", "SECONDARY": "warn", "PLEDGE": "good"}


@require_GET
@staff_only()
def listing(request: HttpRequest) -> HttpResponse:
    """Every promise in force, with what runs and what is broken in one's own offices."""
    access, now = access_of(request), timezone.now()
    grade = request.GET.get("grade", "")
    text = request.GET.get("find", "").strip()[:40]
    counts = obligations.open_clocks(_offices(request))
    rows = [
        {"promise": each, "open": counts.get(each.code), "tone": GRADE_TONES[each.grade]}
        for each in obligations.list_definitions(now)
        if (not grade or each.grade == grade)
        and (not text or text in f"{each.title}{each.text}{each.citation}{each.code}")
    ]
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
    offices = _offices(request)
    met, ended = obligations.punctuality(now - timedelta(days=MEASURED_DAYS), now, offices).get(
        code, (0, 0)
    )
    broken = obligations.breaches(offices, now, code=code, after=id_after(request), limit=20)
    due = obligations.due_next(code, offices)
    named = links_to([*(ref for ref, _at in due), *(row.about for row in broken)])
    return show(
        request,
        "staff/obligations/promise.html",
        {
            "promise": shown,
            "tone": GRADE_TONES[shown.grade],
            "versions": versions,
            "who": names(*(v.author for v in versions)),
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
        },
        here="obligations",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right="obligations.edit")
def revise(request: HttpRequest, code: str) -> HttpResponse:
    """Let a promise say something else from a day on; clocks that run keep what they began with."""
    newest = obligations.definition_versions(code, timezone.now())[0]
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            if number_in(request, "version") != newest.number:
                raise Stale
            number = operations.revise_definition(
                code=code,
                changes=_changes(request, newest),
                effective_from=moment_in(request, "effective_from"),
                reason=request.POST.get("reason", ""),
                actor=actor_of(request),
                at=timezone.now(),
            )
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(
                request, _("第 %(number)s 版已保存；正在计时的不受影响。") % {"number": number}
            )
            return redirect("staff:promise", code)
    given = request.POST if request.method == "POST" else None
    return show(
        request,
        "staff/obligations/revise.html",
        {
            "code": code,
            "newest": newest,
            "given": _given(newest) | ({k: given[k] for k in given} if given else {}),
            "grid": _grid(newest, given),
            "units": obligations.UNITS,
            "grades": obligations.GRADES,
            "refusal": refusal,
        },
        here="obligations",
        status=refusal.status if refusal else 200,
    )


def _offices(request: HttpRequest) -> frozenset[int]:
    """One's own offices, and 0 for what belongs to none."""
    return access_of(request).office_ids | {0}


def _given(version: obligations.DefinitionVersionView) -> dict[str, Any]:
    rule = version.rule
    return {
        "title": version.title,
        "title_en": version.title_en,
        "text": version.text,
        "citation": version.citation,
        "grade": version.grade,
        "limit": rule.get("limit", ""),
        "unit": rule.get("unit", ""),
        "customer_words": rule.get("customer_words", ""),
    }


def _grid(version: obligations.DefinitionVersionView, given: Any) -> list[dict[str, Any]]:
    """The limits by case, to edit: which case, how much."""
    return [
        {
            "name": f"grid:{number}",
            "case": "，".join(
                _condition(name, value) for name, value in row.get("when", {}).items()
            ),
            "limit": (given or {}).get(f"grid:{number}", row.get("limit", "")),
            "unit": dict(obligations.UNITS).get(
                row.get("unit") or version.rule.get("unit") or "", ""
            ),
        }
        for number, row in enumerate(version.rule.get("grid", ()))
    ]


def _condition(name: str, value: Any) -> str:
    values = value if isinstance(value, list) else [value]
    if isinstance(value, dict):
        values = value.get("not", [])
        return f"{name} ≠ {'、'.join(map(str, values if isinstance(values, list) else [values]))}"
    return f"{name} = {'、'.join(map(str, values))}"


def _changes(request: HttpRequest, newest: obligations.DefinitionVersionView) -> dict[str, Any]:
    given = request.POST
    rule = copy.deepcopy(newest.rule)
    rule["limit"] = _limit(given.get("limit", ""))
    rule["unit"] = given.get("unit", "")
    for number, row in enumerate(rule.get("grid", ())):
        row["limit"] = _limit(given.get(f"grid:{number}", str(row.get("limit", ""))))
    if words := given.get("customer_words", "").strip():
        rule["customer_words"] = words[:WIDEST]
    else:
        rule.pop("customer_words", None)
    changes: dict[str, Any] = {
        name: given.get(name, "").strip()[:WIDEST] for name in ("text", "grade")
    }
    changes |= {
        name: given.get(name, "").strip()[:most]
        for name, most in (("title", 80), ("title_en", 160), ("citation", 200))
    }
    return changes | {"rule": rule}


def _limit(text: str) -> int:
    number = whole(text)
    if number is None or number > 999_999:
        raise Invalid(_("时限应为大于零的整数"), hint=_("例如 30；单位在旁边选择。"))
    return number
