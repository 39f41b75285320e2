"""投诉: take it, talk, hand it up, lengthen, answer, review; and what the year says."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.complaints import operations as complaints
from yilu.complaints import queries
from yilu.contact import queries as conversations
from yilu.kernel import sheets
from yilu.kernel.errors import Invalid, Refusal
from yilu.kernel.refs import Ref
from yilu.letters import queries as letters
from yilu.obligations import queries as obligations
from yilu.people import queries as people
from yilu.web.common import complaining
from yilu.web.common.access import staff_only
from yilu.web.common.files import pdf
from yilu.web.common.numbers import whole
from yilu.web.staff import contact_concerns
from yilu.web.staff.asked import actor_of, money_of, number_in
from yilu.web.staff.page import access_of, show

HERE = "complaints"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@staff_only(right="complaints.view")
def listing(request: HttpRequest) -> HttpResponse:
    """
    Cases of the offices one sees; ``?mine=1`` those one answers for.

    First the open ones, the first due on top, with what presses counted above; ``?state=`` lists every case of a state.
    """
    access, asked, now = access_of(request), request.GET, timezone.now()
    state, mine, pressing = asked.get("state", ""), asked.get("mine") == "1", asked.get("need", "")
    if state:
        rows = queries.list_for_staff(
            access, state=state, mine=mine, before=whole(asked.get("before")) or 0
        )
    else:
        rows = queries.list_pressing(access, now, pressing=pressing, mine=mine)
    due = {
        clock.about: clock
        for clock in obligations.open_promises([row.ref for row in rows], now)
        if clock.grade == "LAW"
    }
    page = {
        "rows": [(row, due.get(str(row.ref))) for row in rows], "state": state, "mine": mine,
        "pressing": pressing, "states": queries.STATES, "more": bool(state) and len(rows) == 100,
        "standing": queries.standing(access, now, mine=mine), "last": rows[-1].id if rows else 0,
    }  # fmt: skip
    return show(request, "staff/complaints/list.html", page, here=HERE)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right="complaints.handle")
def new(request: HttpRequest, party_id: int) -> HttpResponse:
    """Take a complaint of one customer: what we know stands there already."""
    access, refusal = access_of(request), None
    party = people.see_party(access, party_id)
    begun = contact_concerns.begun_from(request, party.id)
    if request.method == "POST":
        try:
            got = complaints.receive(
                party_id=party.id, channel=request.POST.get("channel", ""), access=access,
                told=complaining.told_in(request.POST, party.id), actor=actor_of(request),
                at=timezone.now(),
            )  # fmt: skip
            contact_concerns.end_in(request, begun, Ref("complaint", got.id))
            messages.success(
                request,
                _("该客户同一件事的投诉尚未办结，已并入原投诉。") if got.joined else _("已登记。"),
            )
            return redirect("staff:complaint", got.id)
        except Refusal as problem:
            refusal = problem
    given = request.POST if request.method == "POST" else begun.given
    page = {
        "party": party, "subjects": complaining.subjects(party.id), "given": given,
        "today": timezone.localdate(), "channels": queries.CHANNELS, "businesses": queries.BUSINESSES,
        "reasons": queries.REASONS, "refusal": refusal,
        "chosen": given.get("about") or request.GET.get("about", ""),
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return show(request, "staff/complaints/new.html", page, here=HERE, status=status)


@require_GET
@staff_only(right="complaints.view")
def complaint(request: HttpRequest, complaint_id: int) -> HttpResponse:
    """One case: what was said, whose it is, until when, and what may be done now."""
    return _page(request, complaint_id)


def _page(
    request: HttpRequest, complaint_id: int, refusal: Refusal | None = None, did: str = ""
) -> HttpResponse:
    """The page of a case; after a refusal with what was typed into the form of ``did``, which stands open."""
    access = access_of(request)
    case = queries.get_for_staff(complaint_id, access)
    aside = access.staff_id in case.against
    answered = case.row.round == 2 and case.answered_by == actor_of(request)
    may = {
        name: not aside and access.may(f"complaints.{name}", office_id=case.office_id)
        for name in ("handle", "decide", "review")
    }
    page = {
        "case": case, "limit": queries.limits_of_tiers(timezone.now())[case.row.tier], "aside": aside, "may": may, "refusal": refusal,
        "typed": {"word" if did == "facts" else did: request.POST} if did else {},
        "may_answer": not aside and not answered and access.may(case.right, office_id=case.office_id),
        "answered": answered,
        "clocks": obligations.list_clocks(case.ref, timezone.now()),
        "letters": letters.list_letters(case.ref), "words": queries.NOTED,
        "outcomes": queries.OUTCOMES, "outside": queries.OUTSIDE, "causes": queries.CAUSES,
        "accounts": people.list_accounts(case.row.party_id),
        "colleagues": people.list_colleagues(case.office_id, "complaints.handle"),
        "talks": conversations.talks_about(case.ref, access),
        "customer": people.see_party(access, case.row.party_id)
        if access.may("people.view") else None,
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return show(request, "staff/complaints/complaint.html", page, here=HERE, status=status)


@require_POST
@staff_only(right="complaints.view")
def act(request: HttpRequest, complaint_id: int, name: str) -> HttpResponse:
    """One step of a case; what it needs besides a right says the operation."""
    do = _ACTS.get(name)
    if do is None:
        raise Http404
    queries.get_for_staff(complaint_id, access_of(request))
    try:
        do(request, complaint_id)
    except complaints.ComplaintNotFound:
        raise
    except Refusal as refusal:
        return _page(request, complaint_id, refusal, name)
    messages.success(request, _("已记录。"))
    return redirect("staff:complaint", complaint_id)


def _common(request: HttpRequest, complaint_id: int) -> dict[str, Any]:
    return {
        "complaint_id": complaint_id, "access": access_of(request), "actor": actor_of(request),
        "at": timezone.now(),
    }  # fmt: skip


def _word(request: HttpRequest, complaint_id: int) -> None:
    given = request.POST
    complaints.note_word(
        kind=given.get("kind", ""), text=given.get("text", ""), proof=given.get("proof", ""),
        **_common(request, complaint_id),
    )  # fmt: skip


def _facts(request: HttpRequest, complaint_id: int) -> None:
    complaints.add_facts(words=request.POST.get("text", ""), **_common(request, complaint_id))


def _with_reason(operation: Callable[..., object]) -> Callable[[HttpRequest, int], None]:
    def do(request: HttpRequest, complaint_id: int) -> None:
        operation(reason=request.POST.get("reason", ""), **_common(request, complaint_id))

    return do


def _owner(request: HttpRequest, complaint_id: int) -> None:
    complaints.change_owner(
        staff_id=number_in(request, "staff"), reason=request.POST.get("reason", ""),
        **_common(request, complaint_id),
    )  # fmt: skip


def _aside(request: HttpRequest, complaint_id: int) -> None:
    complaints.name_concerned(
        staff_id=number_in(request, "staff"), **_common(request, complaint_id)
    )


def _outside(request: HttpRequest, complaint_id: int) -> None:
    given = request.POST
    complaints.ask_outside(
        kind=given.get("kind", ""), body=given.get("body", ""), proof=given.get("proof", ""),
        **_common(request, complaint_id),
    )  # fmt: skip


def _outside_end(request: HttpRequest, complaint_id: int) -> None:
    complaints.end_outside(result=request.POST.get("result", ""), **_common(request, complaint_id))


def _answer(request: HttpRequest, complaint_id: int) -> None:
    given = request.POST
    complaints.decide(
        answer=complaints.Answer(
            outcome=given.get("outcome", ""), findings=given.get("findings", ""),
            basis=given.get("basis", ""), measures=given.get("measures", ""),
            amount=money_of(given.get("amount", "") or "0"), account_id=whole(given.get("account")),
        ),
        **_common(request, complaint_id),
    )  # fmt: skip


def _review(request: HttpRequest, complaint_id: int) -> None:
    given = request.POST
    complaints.decide_review(
        changed=given.get("changed") == "1", findings=given.get("findings", ""),
        measures=given.get("measures", ""),
        **_common(request, complaint_id),
    )  # fmt: skip


def _cause(request: HttpRequest, complaint_id: int) -> None:
    given = request.POST
    complaints.name_cause(
        cause=given.get("cause", ""), words=given.get("words", ""),
        common=given.get("common") == "1",
        **_common(request, complaint_id),
    )  # fmt: skip


_ACTS: dict[str, Callable[[HttpRequest, int], None]] = {
    "word": _word, "facts": _facts, "escalate": _with_reason(complaints.escalate),
    "complex": _with_reason(complaints.find_complex), "extend": _with_reason(complaints.extend),
    "owner": _owner, "aside": _aside, "outside": _outside, "outside_end": _outside_end,
    "answer": _answer, "review": _review, "cause": _cause,
}  # fmt: skip


@require_GET
@staff_only(right="complaints.view")
def letter(request: HttpRequest, complaint_id: int, letter_id: int) -> HttpResponse:
    """One of the letters about a case."""
    case = queries.get_for_staff(complaint_id, access_of(request))
    if letter_id not in {each.id for each in letters.list_letters(case.ref)}:
        raise complaints.ComplaintNotFound
    opened = letters.open_letter(letter_id)
    return pdf(opened.content, opened.filename)


@require_GET
@staff_only(right="complaints.view")
def year(request: HttpRequest) -> HttpResponse:
    """What a year says: for managers, and for the yearly disclosure."""
    told = _figures(request)
    page = {
        "told": told,
        "year": told.since.year,
        "years": range(told.since.year - 2, told.since.year + 2),
        "offices": _by_office(told),
    }
    return show(request, "staff/complaints/year.html", page, here=HERE)


@require_GET
@staff_only(right="complaints.view")
def file(request: HttpRequest) -> HttpResponse:
    """The same figures as a workbook, for the yearly disclosure; nobody is named in it."""
    told = _figures(request)
    whole_year = [
        (_("收到"), told.received), (_("已答复"), told.answered), (_("处理中"), told.open),
        (_("成立或部分成立"), told.upheld), (_("第二轮"), told.second_round), (_("核查"), told.reviews),
        (_("核查后改变"), told.reviews_changed), (_("重大"), told.major), (_("已撤回"), told.withdrawn),
    ]  # fmt: skip
    parts: list[tuple[str, list[tuple[str, int]]]] = [
        (_("总数"), whole_year), (_("机构（地区）"), _by_office(told)),
        (_("业务环节"), _said(told.by_business)), (_("事由"), _said(told.by_reason)),
        (_("来源"), _said(told.by_channel)), (_("根源"), _said(told.by_cause)),
        (_("按月"), list(told.by_month)),
    ]  # fmt: skip
    out = io.BytesIO()
    book = sheets.workbook(out)
    sheet = book.add_worksheet(str(told.since.year))
    sheet.set_column(0, 1, 24)
    sheet.write_row(0, 0, [_("分类"), _("项目"), _("件数")], book.add_format({"bold": True}))
    rows = [(part, label, number) for part, counts in parts for label, number in counts]
    for n, row in enumerate(rows, 1):
        sheet.write_row(n, 0, row)
    book.close()
    answer = HttpResponse(out.getvalue(), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="complaints-{told.since.year}.xlsx"'
    answer["Cache-Control"] = "no-store"
    return answer


def _said(counts: Iterable[queries.Count]) -> list[tuple[str, int]]:
    return [(_(each.label), each.number) for each in counts]


def _by_office(told: queries.Figures) -> list[tuple[str, int]]:
    """How many in each institution, by its name."""
    known = {office.id: office.name for office in people.list_offices()}
    return [(known.get(office, ""), number) for office, number in told.by_office]


@require_GET
@staff_only(right="complaints.view")
def chart(request: HttpRequest, name: str) -> JsonResponse:
    """The numbers of a chart: ``reasons`` or ``months``."""
    told = _figures(request)
    if name == "months":
        names, data = [m for m, _n in told.by_month], [n for _m, n in told.by_month]
        return JsonResponse(
            {"names": names, "series": [{"name": _("件数"), "tone": "info", "data": data}]}
        )
    if name != "reasons":
        raise Http404
    return JsonResponse(
        {
            "direction": "down", "names": [_(c.label) for c in told.by_reason],
            "series": [{"name": _("件数"), "tone": "warn", "data": [c.number for c in told.by_reason]}],
        }
    )  # fmt: skip


def _figures(request: HttpRequest) -> queries.Figures:
    year = whole(request.GET.get("year")) or timezone.localdate().year
    if not 2000 <= year <= 2100:
        raise Invalid(_("年份填写有误"), hint=_("请从列表中选择年份。"))
    return queries.figures(date(year, 1, 1), date(year + 1, 1, 1), access_of(request))
