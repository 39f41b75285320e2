"""疑似重复客户: two records side by side, settled by one person and another; a mistake is parted again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n
from django.views.decorators.http import require_GET, require_POST

from yilu.insight.queries import person360
from yilu.people import operations
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.web.common.access import staff_only
from yilu.web.common.errors import telling
from yilu.web.staff.asked import acting, actor_of, id_after, names_said, number_in
from yilu.web.staff.page import access_of, show

RIGHT = "people.register"
STANDING = ("SUSPECTED", "PROPOSED", "PARTING", "MERGED", "PARTED", "DISTINCT")
HELD = (
    ("policies", _n("保单")), ("applications", _n("投保申请")), ("claims", _n("赔案")),
    ("requests", _n("保全申请")), ("complaints", _n("投诉")), ("payouts", _n("付给客户的款")),
    ("collections", _n("向客户收的款")), ("conversations", _n("通话与会话")), ("messages", _n("消息")),
    ("consents", _n("授权同意")),
)  # fmt: skip
ACTS = {
    "propose": _n("已提出合并，请另一位同事复核。"), "confirm": _n("已合并，名下的记录正在转过去。"),
    "distinct": _n("已记下：不是同一人，不再提示。"), "back": _n("已退回，理由已记录。"),
    "ask_to_part": _n("已提出拆开，请另一位同事复核。"), "part": _n("已拆开，各自的记录正在回到原处。"),
}  # fmt: skip


@require_GET
@staff_only(right=RIGHT)
def listing(request: HttpRequest) -> HttpResponse:
    """Pairs in one state, the latest first."""
    state = request.GET.get("state", STANDING[0])
    state = state if state in STANDING else STANDING[0]
    rows, following = people.list_doubles(access_of(request), state, id_after(request))
    page = {
        "states": [(code, people.DOUBLE_STATES[code]) for code in STANDING], "state": state,
        "rows": rows, "following": following,
    }  # fmt: skip
    return show(request, "staff/customers/doubles.html", page, here="customers")


@require_GET
@staff_only(right=RIGHT)
def pair(request: HttpRequest, double_id: int) -> HttpResponse:
    """Two records side by side with what each holds, and what may be done about them."""
    access = access_of(request)
    seen = people.see_double(access, double_id)
    gone = seen.gone
    merged = gone if seen.state in ("MERGED", "PARTING") else None
    page: dict[str, Any] = {
        "seen": seen, "merged": merged, "moved": people.moved_with(merged.id) if merged else None,
        "held": _held(access, [each.id for each in seen.pair if not merged or each.id != merged.id]),
        "accounts": {each.id: people.list_accounts(each.id) for each in seen.pair},
        "names": names_said(seen.asked_by, seen.decided_by),
        "own": seen.asked_by == str(actor_of(request)),
    }  # fmt: skip
    rows = [
        (label, [page["held"].get(each.id, {}).get(label) for each in seen.pair])
        for _code, label in HELD
    ]
    # What the viewer may not know of either record is no line of its own.
    page["rows"] = [(label, counts) for label, counts in rows if any(counts)]
    return show(request, "staff/customers/double.html", page, here="customers")


@require_POST
@staff_only(right=RIGHT)
def act(request: HttpRequest, double_id: int) -> HttpResponse:
    """One step: propose, confirm, set apart, send back, ask to part, part."""
    do, told = request.POST.get("do", ""), {"double_id": double_id, **acting(request)}
    told["why"] = request.POST.get("why", "")
    people.see_double(access_of(request), double_id)
    with telling(request):
        if do == "propose":
            operations.propose_merge(keeps_id=number_in(request, "keeps"), **told)
        elif do == "confirm":
            operations.confirm_merge(**told)
        elif do == "distinct":
            operations.call_distinct(**told)
        elif do == "back":
            operations.send_back(**told)
        elif do == "ask_to_part":
            operations.ask_to_part(**told)
        elif do == "part":
            operations.confirm_parting(**told)
        else:
            return HttpResponse(status=400)
        messages.success(request, _(ACTS[do]))
    return redirect("staff:double", double_id)


@require_POST
@staff_only(right=RIGHT)
def name(request: HttpRequest, party_id: int) -> HttpResponse:
    """A colleague knows of another record of the same person: the two are put side by side."""
    people.see_party(access_of(request), party_id)
    with telling(request):
        other = number_in(request, "other")
        made = operations.name_double(party_id=party_id, other_id=other, **acting(request))
        return redirect("staff:double", made)
    return redirect("staff:customer", party_id=party_id)


def _held(access: Access, party_ids: list[int]) -> dict[int, dict[str, str]]:
    """How many of each kind of thing each record holds; None where the viewer may not know."""
    found: dict[int, dict[str, str]] = {}
    for party_id in party_ids:
        whole = person360.person(access, party_id, timezone.now())
        counts = {}
        for code, label in HELD:
            things = getattr(whole, code)
            if things is not None:
                many = code != "policies" and len(things) >= person360.LATEST
                counts[label] = f"{person360.LATEST}+" if many else str(len(things))
        found[party_id] = counts
    return found
