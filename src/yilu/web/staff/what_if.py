"""条款测算: what other figures in the terms would have come to, in pictures and plain sentences."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_http_methods

from yilu.insight import operations
from yilu.insight.queries import what_if as queries
from yilu.kernel import sheets
from yilu.kernel.errors import Invalid, Refusal
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff.asked import actor_of, id_after, names
from yilu.web.staff.page import access_of, show
from yilu.web.staff.tables import XLSX

RIGHT = "insight.view"
TOP = 10
PAGE = 20
SAMPLE_USUAL = 100_000
BANDS = (
    gettext_noop("未赔付"), gettext_noop("100 元以下"), gettext_noop("100–500"), gettext_noop("500–1,000"), gettext_noop("1,000–3,000"),
    gettext_noop("3,000–1 万"), gettext_noop("1–3 万"), gettext_noop("3–10 万"), gettext_noop("10 万以上"),
)  # fmt: skip
CHANGES = (
    gettext_noop("少 1 万以上"), gettext_noop("少 3,000–1 万"), gettext_noop("少 1,000–3,000"), gettext_noop("少 300–1,000"), gettext_noop("少 100–300"),
    gettext_noop("少 100 以内"), gettext_noop("不变"), gettext_noop("多 100 以内"), gettext_noop("多 100–300"), gettext_noop("多 300–1,000"),
    gettext_noop("多 1,000–3,000"), gettext_noop("多 3,000–1 万"), gettext_noop("多 1 万以上"),
)  # fmt: skip
AGES = (
    gettext_noop("0–17 岁"),
    gettext_noop("18–30 岁"),
    gettext_noop("31–45 岁"),
    gettext_noop("46–60 岁"),
    gettext_noop("61 岁以上"),
    gettext_noop("年龄不详"),
)
SAME = 6


@require_GET
@staff_only(right=RIGHT)
def listing(request: HttpRequest) -> HttpResponse:
    """Every what-if of one's offices, the newest first."""
    runs = queries.list_runs(access_of(request), before=id_after(request), limit=PAGE + 1)
    return show(
        request,
        "staff/what_if/list.html",
        {
            "runs": [_row(run) for run in runs[:PAGE]],
            "who": names(*(Ref.parse(run.asked_by) for run in runs)),
            "following": runs[PAGE - 1].id if len(runs) > PAGE else None,
        },
        here="what_if",
    )


@require_http_methods(["GET", "POST"])
@staff_only(right=RIGHT)
def ask(request: HttpRequest) -> HttpResponse:
    """Choose a product's version, change figures, have it worked out; ``?from=`` starts from a run."""
    access, refusal = access_of(request), None
    versions = queries.list_versions()
    given = request.POST if request.method == "POST" else request.GET
    before = _begun_with(request)
    version_id = whole(given.get("version")) or (before.version_id if before else None)
    chosen = next((v for v in versions if v.id == version_id), versions[0] if versions else None)
    if request.method == "POST":
        try:
            return redirect("staff:what_if_run", _asked(request, chosen))
        except Refusal as problem:
            refusal = problem
    told = {c.key: c.after for c in before.changes} if before else {}
    parts = queries.parts_of(chosen.id) if chosen else ()
    return show(
        request,
        "staff/what_if/ask.html",
        {
            "versions": versions,
            "chosen": chosen,
            "parts": [
                (p, [(f, given.get(f.key, told.get(f.key, f.value))) for f in p.figures])
                for p in parts
            ],
            "offices": _offices(request),
            "office": whole(given.get("office")),
            "source": given.get("source") or (before.source if before else "RECORDED"),
            "size": given.get("size") or (before.sample_size if before else 0) or SAMPLE_USUAL,
            "key": given.get("key") or uuid.uuid4().hex,
            "may_see_claims": access.may("claims.view"),
            "refusal": refusal,
        },
        here="what_if",
        status=refusal.status if refusal else 200,
    )


def _begun_with(request: HttpRequest) -> queries.RunView | None:
    begun = whole(request.GET.get("from"))
    return queries.get_run(begun, access_of(request)) if begun is not None else None


def _asked(request: HttpRequest, chosen: queries.VersionRow | None) -> int:
    if chosen is None:
        raise operations.NothingToRecalculate
    size = None
    if request.POST.get("source") == "SAMPLE":
        size = whole((request.POST.get("size") or "").replace(",", "")) or 0
    office = whole(request.POST.get("office"))
    if office is None:
        raise Invalid(_("页面内容不完整"), hint=_("请刷新页面后再提交。"))
    return operations.ask_what_if(
        version_id=chosen.id, figures=request.POST.dict(), sample_size=size, office_id=office,
        request_key=f"{access_of(request).staff_id}:{request.POST.get('key', '')[:40]}",
        access=access_of(request), actor=actor_of(request), at=timezone.now(),
    )  # fmt: skip


def _offices(request: HttpRequest) -> list[people.OfficeView]:
    """One's offices, those that hold others first."""
    mine = access_of(request).offices_for(RIGHT)
    found = [o for o in people.list_offices() if o.id in mine]
    return sorted(found, key=lambda o: (o.parent_id in mine, o.code))


@require_GET
@staff_only(right=RIGHT)
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """One what-if: how far it is, or what came out."""
    found = queries.get_run(run_id, access_of(request))
    return show(
        request,
        "staff/what_if/run.html",
        {
            "run": found,
            "told": _told(found) if found.state == "DONE" else None,
            "who": names(Ref.parse(found.asked_by)),
            "rows": list(queries.list_rows(run_id, access_of(request), TOP)),
            "offices": {o.id: o.name for o in people.list_offices()},
        },
        here="what_if",
    )


@require_GET
@staff_only(right=RIGHT)
def progress(request: HttpRequest, run_id: int) -> HttpResponse:
    """How far it is; the page asks while it moves."""
    found = queries.get_run(run_id, access_of(request))
    answer = render(request, "staff/what_if/progress.html", {"run": found})
    if not found.is_moving:
        answer["HX-Refresh"] = "true"
    return answer


def _row(found: queries.RunView) -> dict[str, Any]:
    done = found.state == "DONE"
    return {"run": found, "difference": _yuan(found.difference) if done else None}


def _yuan(fen: int) -> Decimal:
    return Decimal(fen).scaleb(-2)


def _percent(part: int, whole_: int) -> str | None:
    return f"{100 * part / whole_:.1f}%" if whole_ else None


def _told(found: queries.RunView) -> dict[str, Any]:
    """The result in yuan, counts and shares, as the page says it."""
    r = found.result
    down, up = sum(r["claim_changes"][:SAME]), sum(r["claim_changes"][SAME + 1 :])
    policies_down = sum(r["policy_changes"][:SAME])
    policies_up = sum(r["policy_changes"][SAME + 1 :])
    difference = found.difference
    # By claim, so that a large group is not always first.
    grew = max(r["ages"], key=lambda a: abs(a[3] - a[2]) / max(a[1], 1), default=[0, 0, 0, 0])
    return {
        "claims": r["claims"], "policies": r["policies"], "billed": _yuan(r["billed"]),
        "before": _yuan(r["before"]), "after": _yuan(r["after"]), "difference": _yuan(difference),
        "amount": _yuan(abs(difference)), "percent": _percent(abs(difference), r["before"]),
        "ratio_before": _percent(r["before"], r["billed"]), "ratio_after": _percent(r["after"], r["billed"]),
        "mean_before": _yuan(r["before"] // max(r["claims"], 1)),
        "mean_after": _yuan(r["after"] // max(r["claims"], 1)),
        "nothing_before": r["nothing_before"], "nothing_after": r["nothing_after"],
        "up": up, "down": down, "same": r["claim_changes"][SAME],
        "policies_up": policies_up, "policies_down": policies_down, "policies_same": r["policy_changes"][SAME],
        "age": _(AGES[grew[0]]), "age_up": grew[3] >= grew[2],
        "age_change": _yuan(abs(grew[3] - grew[2]) // max(grew[1], 1)),
        "refused": [(queries.LEFT_OUT.get(code, code), n) for code, n in r["refused"].items()],
        "left_out": sum(r["refused"].values()), "elsewhere": r["elsewhere"], "checked": r["checked"],
        "as_decided": r["as_decided"], "not_as_decided": r["not_as_decided"],
        "ages": [
            (_(AGES[key]), n, _yuan(then), _yuan(now), _yuan(now - then), won, lost)
            for key, n, then, now, won, lost in r["ages"]
        ],
        "by_office": _by_office(found),
    }  # fmt: skip


def _by_office(
    found: queries.RunView,
) -> list[tuple[str, int, Decimal, Decimal, Decimal, int, int]]:
    named = {} if found.is_sample else {o.id: o.name for o in people.list_offices()}
    return [
        (
            named.get(key) or _("样本机构 %(n)s") % {"n": key + 1},
            n, _yuan(then), _yuan(now), _yuan(now - then), won, lost,
        )
        for key, n, then, now, won, lost in found.result["offices"]
    ]  # fmt: skip


@require_GET
@staff_only(right=RIGHT)
def chart(request: HttpRequest, run_id: int, name: str) -> JsonResponse:
    """The numbers of one picture: ``bands``, ``claims``, ``policies``, ``ages`` or ``offices``."""
    found = queries.get_run(run_id, access_of(request))
    if found.state != "DONE" or name not in _CHARTS:
        raise Http404
    return JsonResponse(_CHARTS[name](found))


def _bands(found: queries.RunView) -> dict[str, Any]:
    bands = found.result["bands"]
    return {
        "names": [_(band) for band in BANDS],
        "series": [
            {
                "name": _("现行条款（件）"),
                "tone": "plain",
                "data": [n for n, _fen in bands["before"]],
            },
            {"name": _("改动后（件）"), "tone": "info", "data": [n for n, _fen in bands["after"]]},
        ],
    }


def _changed(counts: list[int]) -> dict[str, Any]:
    """Who wins and who loses; those with no change are said in words, they would hide the others."""
    places = [n for n in range(len(CHANGES)) if n != SAME]
    return {
        "names": [_(CHANGES[n]) for n in places],
        "series": [
            {"name": _("减少"), "tone": "bad", "stack": "a", "data": [counts[n] if n < SAME else 0 for n in places]},
            {"name": _("增加"), "tone": "good", "stack": "a", "data": [counts[n] if n > SAME else 0 for n in places]},
        ],
    }  # fmt: skip


def _grouped(rows: list[tuple[str, int, Decimal, Decimal, Decimal, int, int]]) -> dict[str, Any]:
    return {
        "direction": "down",
        "names": [row[0] for row in rows],
        "series": [
            {"name": _("现行条款（元）"), "tone": "plain", "data": [float(row[2]) for row in rows]},
            {"name": _("改动后（元）"), "tone": "info", "data": [float(row[3]) for row in rows]},
        ],
    }


_CHARTS: dict[str, Callable[[queries.RunView], dict[str, Any]]] = {
    "bands": _bands,
    "claims": lambda found: _changed(found.result["claim_changes"]),
    "policies": lambda found: _changed(found.result["policy_changes"]),
    "ages": lambda found: _grouped(_told(found)["ages"]),
    "offices": lambda found: _grouped(_by_office(found)),
}


@require_GET
@staff_only(right=RIGHT)
def export(request: HttpRequest, run_id: int) -> HttpResponse:
    """The claims that change as an Excel workbook, the largest change first."""
    found = queries.get_run(run_id, access_of(request))
    offices = {o.id: o.name for o in people.list_offices()}
    out = io.BytesIO()
    book = sheets.workbook(out)
    sheet = book.add_worksheet(_("条款测算")[:31])
    head = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1})
    money = book.add_format({"num_format": "#,##0.00"})
    titles = [
        _("名次"),
        _("赔案号"),
        _("机构"),
        _("年龄"),
        _("费用"),
        _("现行条款"),
        _("改动后"),
        _("变动"),
    ]
    for i, title in enumerate(titles):
        sheet.write_string(0, i, title, head)
    rows = queries.list_rows(run_id, access_of(request), queries.ROWS_KEPT)
    for n, row in enumerate(rows, 1):
        sheet.write_number(n, 0, row.place)
        sheet.write_string(n, 1, row.number or _("样本数据"))
        sheet.write_string(n, 2, offices.get(row.office_id or 0, ""))
        if row.age is not None:
            sheet.write_number(n, 3, row.age)
        for i, amount in enumerate((row.billed, row.before, row.after, row.change), 4):
            sheet.write_number(n, i, float(amount), money)
    sheet.set_column(1, 2, 20)
    sheet.set_column(4, 7, 14)
    sheet.freeze_panes(1, 0)
    _basis(book, found)
    book.close()
    response = HttpResponse(out.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="yilu-what-if-{run_id}.xlsx"'
    return response


def _basis(book: Any, found: queries.RunView) -> None:
    """A second sheet: which terms, which data, so that the file explains itself."""
    sheet = book.add_worksheet(_("依据")[:31])
    lines = [
        (_("产品"), f"{found.product} {found.version}"),
        (_("数据"), _(found.source_label)),
        (_("条款摘要"), found.terms_digest),
        (_("数据摘要"), found.portfolio_digest),
        *(
            (f"{c.benefit} {_(c.label)}", f"{c.before or '—'} → {c.after or '—'} {_(c.unit_label)}")
            for c in found.changes
        ),
    ]
    for n, (left, right) in enumerate(lines):
        sheet.write_string(n, 0, left)
        sheet.write_string(n, 1, right)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 70)
