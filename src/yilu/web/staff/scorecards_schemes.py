"""考核方案: whom is judged by what; written by one, approved by another."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.kernel.errors import NotFound, Refusal
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.scorecards import operations, queries
from yilu.scorecards.queries import SchemeView
from yilu.web.common.access import staff_only
from yilu.web.common.errors import telling
from yilu.web.staff.asked import actor_of, day_of, names, number_in
from yilu.web.staff.page import access_of, show
from yilu.web.staff.scorecards_words import MANAGE, VIEW, office_names, shown, titles

HERE = "scorecards_cards"
ROWS = 10
FIELDS = ("kpi", "weight", "target", "zero", "full", "cap")


@require_GET
@staff_only(right=VIEW)
def schemes(request: HttpRequest) -> HttpResponse:
    """Every scheme in force and every draft."""
    rows = queries.list_schemes()
    return show(
        request, "staff/scorecards/schemes.html",
        {
            "rows": [(row, target_of(row.subject, row.target)) for row in rows],
            "coverage": _coverage(access_of(request)),
            "may_manage": access_of(request).may(MANAGE), "titles": titles(),
            "roles": people.ROLE_LABELS, "offices": office_names(),
            "staff": people.list_staff(access_of(request)) if access_of(request).may(MANAGE) else (),
        },
        here=HERE,
    )  # fmt: skip


def _coverage(access: people.Access) -> list[dict[str, Any]]:
    """Each role with its scheme, and the figures of the three kinds that it can be judged by."""
    label = titles()
    return [
        {
            "row": row, "name": _(people.ROLE_LABELS[row.role]),
            "kinds": [
                (_(words), [label[code] for code in row.measured[kind]])
                for kind, words in queries.CORE.items()
            ],
        }
        for row in queries.role_coverage(access, timezone.localdate())
    ]  # fmt: skip


@require_GET
@staff_only(right=VIEW)
def scheme(request: HttpRequest, scheme_id: int) -> HttpResponse:
    """One version, the others of the same people, and what may be done with it."""
    found = queries.get_scheme(scheme_id)
    access = access_of(request)
    units = {each.code: each.unit for each in queries.list_kpis()}
    label = titles()
    versions = queries.versions_of(found)
    written = names(*(Ref.parse(r) for v in versions for r in (v.author, v.approver) if r))
    return show(
        request, "staff/scorecards/scheme.html",
        {
            "scheme": found, "target": target_of(found.subject, found.target), "versions": versions,
            "parts": [
                {
                    "title": label.get(p.kpi, p.kpi), "weight": p.weight, "cap": p.cap,
                    "core": queries.CORE.get(queries.known()[p.kpi].core) if p.kpi in units else None,
                    **{name: shown(getattr(p, name), units.get(p.kpi, "")) for name in ("target", "zero", "full")},
                }
                for p in found.parts
            ],
            "volume": queries.VOLUMES.get(found.volume, ""),
            "who": {str(ref): name for ref, name in written.items()},
            "me": str(Ref("staff", access.staff_id)), "may_manage": access.may(MANAGE),
            "months": _firsts(timezone.localdate()),
        },
        here=HERE,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only(right=MANAGE)
def edit(request: HttpRequest) -> HttpResponse:
    """Write the next version for some people, or go on with its draft."""
    told = request.POST or request.GET
    # Not "target": the rows have a column of that name.
    subject, _colon, target = told.get("whom", "").partition(":")
    if subject not in queries.SUBJECTS:
        raise Http404
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            made = operations.write_scheme(
                subject=subject, target=target, title=told.get("title", ""), rows=_rows(request),
                volume=told.get("volume", ""), revision=number_in(request, "revision", 0),
                access=access_of(request), actor=actor_of(request), at=timezone.now(),
            )  # fmt: skip
        except NotFound:
            raise
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("草稿已保存，请另一位同事批准。"))
            return redirect("staff:score_scheme", made)
    draft = queries.draft_of(subject, target)
    source = draft or _newest(subject, target)
    known = queries.known()
    label = titles()
    return show(
        request, "staff/scorecards/scheme_edit.html",
        {
            "subject": subject, "target": target, "whom": target_of(subject, target), "refusal": refusal,
            "title": told.get("title") or (source.title if source else ""),
            "volume": told.get("volume") or (source.volume if source else ""),
            "revision": told.get("revision") or (draft.revision if draft else 0),
            "rows": _shown_rows(request, source), "volumes": queries.VOLUMES,
            "kpis": [
                {"code": k.code, "title": label[k.code], "core": k.core}
                for k in known.values() if subject == "BRANCH" or k.by_person
            ],
            "core": queries.CORE,
        },
        here=HERE, status=refusal.status if refusal else 200,
    )  # fmt: skip


@require_POST
@staff_only(right=MANAGE)
def act(request: HttpRequest, scheme_id: int, name: str) -> HttpResponse:
    """Approve a draft as it was seen, or give it up."""
    told: dict[str, Any] = {
        "scheme_id": scheme_id, "access": access_of(request), "actor": actor_of(request),
        "at": timezone.now(),
    }  # fmt: skip
    with telling(request):
        if name == "approve":
            since = day_of(request.POST.get("since", ""))
            operations.approve_scheme(revision=number_in(request, "revision"), since=since, **told)
            messages.success(request, _("已批准，从所选月份起计分。"))
        elif name == "discard":
            operations.discard_scheme(**told)
            messages.success(request, _("草稿已放弃。"))
            return redirect("staff:score_schemes")
        else:
            raise Http404
    return redirect("staff:score_scheme", scheme_id)


def target_of(subject: str, target: str) -> str:
    """Whom a scheme judges, in words."""
    if subject == "ROLE":
        return _(people.ROLE_LABELS.get(target, target))
    if subject == "BRANCH":
        number = int(target) if target.isascii() and target.isdigit() else 0
        return office_names().get(number, "") if target else _("全部机构")
    number = int(target) if target.isascii() and target.isdigit() and len(target) < 18 else 0
    return names(Ref("staff", number)).get(Ref("staff", number), "") if number else ""


def _rows(request: HttpRequest) -> list[dict[str, str]]:
    columns = [request.POST.getlist(name) for name in FIELDS]
    return [dict(zip(FIELDS, cells, strict=True)) for cells in zip(*columns, strict=False)][:30]


def _newest(subject: str, target: str) -> SchemeView | None:
    """The version in force for some people, to begin the next one with."""
    those = queries.list_schemes()
    return next((s for s in those if (s.subject, s.target) == (subject, target)), None)


def _shown_rows(request: HttpRequest, source: SchemeView | None) -> list[dict[str, str]]:
    """What was typed, else what there is; some empty rows after it."""
    if request.method == "POST":
        rows = _rows(request)
    else:
        rows = [part.kept() for part in source.parts] if source else []
    empty = dict.fromkeys(FIELDS, "")
    return [*rows, *(dict(empty) for _n in range(max(3, ROWS - len(rows))))]


def _firsts(today: date) -> list[date]:
    """The first days of the coming months."""
    this = queries.period_of("MONTH", today)
    found, period = [this.start] if today.day == 1 else [], this
    for _month in range(4):
        period = period.after
        found.append(period.start)
    return found
