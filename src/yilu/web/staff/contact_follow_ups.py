"""新单回访: whom to call, the questions to ask, and the report that accounts for every new policy."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as later
from django.views.decorators.http import require_GET, require_http_methods

from yilu.contact import operations, queries
from yilu.kernel.days import day_of
from yilu.kernel.errors import NotFound, Refusal
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.policies import queries as policies
from yilu.web.common.access import staff_only
from yilu.web.staff.asked import actor_of, moment_in, names
from yilu.web.staff.asked import day_of as day_in
from yilu.web.staff.page import access_of, show

HERE = "contact_follow_ups"
GROUPS = (("due", later("现在该办")), ("later", later("稍后")), ("closed", later("已结案")))
OUTCOMES = (
    ("NO_ANSWER", later("无人接听")), ("BUSY", later("占线")), ("SWITCHED_OFF", later("关机或停机")),
    ("WRONG_NUMBER", later("号码错误")), ("LATER", later("客户约定再访")), ("REFUSED", later("客户拒访")),
)  # fmt: skip
WHY = {
    "NOT_BEGUN": later("没有立项"), "LATE": later("犹豫期后才完成"), "UNREACHABLE": later("各种方式均未联系上"),
    "WRONG_NUMBER": later("联系电话错误"), "OVERDUE": later("犹豫期已过，仍未完成"),
}  # fmt: skip


@require_GET
@staff_only(right="contact.view")
def listing(request: HttpRequest) -> HttpResponse:
    """Whom to reach now, who waits, who is done; the latest first where closed."""
    access, now = access_of(request), timezone.now()
    group = request.GET.get("group", "due")
    group = group if group in dict(GROUPS) else "due"
    rows = queries.list_follow_ups(access, group=group, at=now)
    known = people.list_parties(row.party_id for row in rows)
    page = {
        "ladder": queries.ladder_on(now), "group": group, "groups": [(code, _(label)) for code, label in GROUPS],
        "rows": [(row, known[row.party_id], policies.policy_card(row.policy_id)) for row in rows],
    }  # fmt: skip
    return show(request, "staff/contact/follow_ups.html", page, here=HERE)


@require_GET
@staff_only(right="contact.view")
def report(request: HttpRequest) -> HttpResponse:
    """Every new long-term policy of ``?from=`` to ``?to=``: done, under way, or excepted by name."""
    access, now = access_of(request), timezone.now()
    last = day_in(request.GET["to"]) if request.GET.get("to") else day_of(now)
    first = day_in(request.GET["from"]) if request.GET.get("from") else last - timedelta(days=60)
    found = queries.coverage(access, first, last, at=now)
    known = people.list_parties(line.holder_id for line in found.exceptions)
    page = {
        "found": found,
        "lines": [(line, known[line.holder_id], _(WHY[line.why])) for line in found.exceptions],
        "offices": {office.id: office.name for office in people.list_offices()},
    }  # fmt: skip
    return show(request, "staff/contact/follow_up_report.html", page, here=HERE)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(right="contact.view")
def follow_up(request: HttpRequest, follow_up_id: int) -> HttpResponse:
    """One call sheet: what to say, the eight questions, what was tried; note what came of it."""
    access, now, refusal = access_of(request), timezone.now(), None
    if request.method == "POST":
        try:
            return _note(request, follow_up_id)
        except NotFound:
            raise
        except Refusal as refused:
            refusal = refused
    found = queries.get_follow_up(follow_up_id, access, at=now)
    page: dict[str, Any] = {
        "visit": found, "party": people.get_party(found.party_id), "refusal": refusal,
        "policy": policies.policy_card(found.policy_id),
        "besides": [policies.policy_card(each) for each in found.beside_ids], "questions": queries.QUESTIONS,
        "answers": queries.GIVEN, "outcomes": [(code, _(label)) for code, label in OUTCOMES],
        "given": request.POST, "may": access.may("contact.handle", office_id=found.office_id),
        "who": names(*{Ref.parse(a.made_by) for a in found.attempts}),
        "may_unmask": access.may("people.unmask", office_id=found.office_id),
    }  # fmt: skip
    return show(
        request, "staff/contact/follow_up.html", page, here=HERE,
        status=refusal.status if refusal else 200,
    )  # fmt: skip


def _note(request: HttpRequest, follow_up_id: int) -> HttpResponse:
    given = request.POST
    told: dict[str, Any] = {
        "access": access_of(request),
        "actor": actor_of(request),
        "at": timezone.now(),
    }
    if given.get("act") == "answers":
        found = operations.complete(
            follow_up_id=follow_up_id, way=given.get("way", "PHONE"),
            answers={q.code: given[q.code] for q in queries.QUESTIONS if given.get(q.code)},
            words={q.code: given.get(f"{q.code}_words", "") for q in queries.QUESTIONS}, **told,
        )  # fmt: skip
        words = {
            "GOOD": _("回访完成。"), "NOT_HOLDER": _("接听人不是投保人，已记一次尝试。"),
            "MIS_SELLING": _("发现问题，已立问题件：十五个工作日内由销售以外的人员解决。"),
        }  # fmt: skip
        messages.success(request, words[found])
    else:
        state = operations.note_attempt(
            follow_up_id=follow_up_id, outcome=given.get("outcome", ""), kind=given.get("kind", "CALL"),
            call_again_at=moment_in(request, "again"), **told,
        )  # fmt: skip
        if state == "VISITING":
            messages.info(request, _("电话已不合适，已转分支机构上门。"))
        else:
            messages.success(request, _("已记录，到时会再提醒。"))
    return redirect("staff:contact_follow_ups")
