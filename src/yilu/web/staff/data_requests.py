"""个人信息请求: what somebody asks about their own data, what may be done, and the answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n
from django.views.decorators.http import require_GET, require_POST

from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.obligations import queries as obligations
from yilu.people import operations as people_operations
from yilu.people import queries as people
from yilu.policies import queries as policies
from yilu.underwriting import queries as underwriting
from yilu.web.common.access import staff_only
from yilu.web.common.errors import telling
from yilu.web.common.own_copy import own_copy
from yilu.web.staff.asked import acting, actor_of, names_said
from yilu.web.staff.page import access_of, show

RIGHT = "people.register"
KINDS = (
    ("COPY", _n("要一份资料副本")), ("CORRECT", _n("更正有误的资料")), ("DELETE", _n("删除资料")),
)  # fmt: skip
ERASING = {
    "propose_erasure": _n("已提出删除，请另一位同事复核。现在什么都还没有删除。"),
    "confirm_erasure": _n("已删除，这位客户的个人资料不能恢复。"),
    "send_erasure_back": _n("已退回，理由已记录；请求仍待办理。"),
}  # fmt: skip
LIVING = frozenset({"IN_FORCE", "GRACE", "SUSPENDED"})


@require_GET
@staff_only(right=RIGHT)
def data_request(request: HttpRequest, data_request_id: int) -> HttpResponse:
    """One request: what is asked, by when, what stands in the way, and the ways to answer it."""
    access, now = access_of(request), timezone.now()
    asked = people.see_data_request(access, data_request_id)
    held = policies.list_for_party(asked.party_id)
    kept = people.kept_until(asked.party_id)
    applications = underwriting.list_for_party(asked.party_id)
    page: dict[str, Any] = {
        "asked": asked, "customer": people.get_party(asked.party_id),
        "clocks": obligations.list_clocks(Ref("data_request", data_request_id), now),
        "living": sum(each.state in LIVING for each in held), "held": len(held),
        "applications": len(applications), "kept": kept,
        "copies": asked.open and asked.kind in {"COPY", "ACCESS"},
    }  # fmt: skip
    if asked.kind == "DELETE":
        page |= _erasing(request, asked, now)
    return show(request, "staff/customers/data_request.html", page, here="customers")


def _erasing(request: HttpRequest, asked: people.DataRequestView, now: datetime) -> dict[str, Any]:
    """What would go and what keeps it; what was proposed, and whether it is still what it was."""
    proposed = people.latest_erasure(asked.id)
    names = names_said(proposed.asked_by, proposed.decided_by) if proposed else {}
    if not asked.open:
        return {"proposed": proposed, "names": names}
    found = people.what_keeps(asked.party_id, day_of(now))
    kept = any(each.stands(day_of(now)) for each in found)
    waits = proposed if proposed and proposed.waits else None
    return {
        "erasing": True, "proposed": proposed, "waits": waits, "goes": people.GOES, "stays": people.STAYS,
        "keeps": [(each, each.stands(day_of(now))) for each in found],
        "may_propose": not kept and not waits,
        "own": waits is not None and waits.asked_by == str(actor_of(request)),
        "stale": waits is not None and (kept or not waits.sees(found)),
        "names": names,
    }  # fmt: skip


@require_POST
@staff_only(right=RIGHT)
def answer(request: HttpRequest, data_request_id: int) -> HttpResponse:
    """Answer: done, not done with the reason; or a step towards erasing, by two people."""
    asked = people.see_data_request(access_of(request), data_request_id)
    told = request.POST.get("answer", "")
    with telling(request):
        if request.POST.get("do") in ERASING:
            return _erase(request, data_request_id)
        people_operations.answer_data_request(
            request_id=data_request_id, fulfil=request.POST.get("do") == "done", answer=told,
            actor=actor_of(request), at=timezone.now(),
        )  # fmt: skip
        messages.success(request, _("已答复，客户会收到通知，全文在客户的“隐私与授权”里。"))
        return redirect("staff:customer", party_id=asked.party_id)
    return redirect("staff:data_request", data_request_id)


def _erase(request: HttpRequest, data_request_id: int) -> HttpResponse:
    """One step of erasing: proposed, agreed to by another, or sent back."""
    do = request.POST["do"]
    told = {"request_id": data_request_id, "why": request.POST.get("why", ""), **acting(request)}
    if do == "propose_erasure":
        people_operations.propose_erasure(**told)
    elif do == "confirm_erasure":
        people_operations.confirm_erasure(**told)
    else:
        people_operations.send_erasure_back(**told)
    messages.success(request, _(ERASING[do]))
    return redirect("staff:data_request", data_request_id)


@require_POST
@staff_only(right=RIGHT)
def copy(request: HttpRequest, data_request_id: int) -> HttpResponse:
    """The whole copy for somebody whose identity was seen; only while they ask for it."""
    asked = people.see_data_request(access_of(request), data_request_id)
    if not asked.open or asked.kind not in {"COPY", "ACCESS"}:
        raise people.DataRequestNotFound
    return own_copy(
        party_id=asked.party_id, actor=actor_of(request), at=timezone.now(), masked=False
    )


@require_POST
@staff_only(right=RIGHT)
def take_in(request: HttpRequest, party_id: int) -> HttpResponse:
    """Somebody asks at the counter, by letter or on the telephone: their request begins here."""
    access = access_of(request)
    people.see_party(access, party_id)
    access.require(RIGHT, office_id=people.get_party(party_id).office_id)
    with telling(request):
        made = people_operations.open_data_request(
            party_id=party_id, kind=request.POST.get("kind", ""), wish=request.POST.get("wish", ""),
            actor=actor_of(request), at=timezone.now(),
        )  # fmt: skip
        messages.success(request, _("已登记，客户会收到短信。"))
        return redirect("staff:data_request", made)
    return redirect("staff:customer", party_id=party_id)
