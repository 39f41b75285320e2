"""服务补救: customers to be called where service was not good; records that hide a complaint."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yilu.complaints import operations as complaints
from yilu.complaints import queries as complaint_queries
from yilu.contact import queries as contact
from yilu.kernel.errors import Invalid, NotFound, Refusal
from yilu.kernel.refs import SYSTEM, Ref
from yilu.obligations import queries as obligations
from yilu.people import queries as people
from yilu.quality import operations
from yilu.quality import queries as quality
from yilu.quality.queries import recoveries as queries
from yilu.web.common import complaining
from yilu.web.common.access import staff_only
from yilu.web.common.errors import tell_refused
from yilu.web.common.numbers import whole
from yilu.web.staff.asked import acting, names, number_in
from yilu.web.staff.inspections_seen import seen
from yilu.web.staff.links import link_to
from yilu.web.staff.page import access_of, show

HERE = "recoveries"


@require_GET
@staff_only()
def listing(request: HttpRequest) -> HttpResponse:
    """Mine, and those of the offices I look at; ``?state=CLOSED`` for what is over."""
    state = "CLOSED" if request.GET.get("state") == "CLOSED" else "OPEN"
    rows = queries.list_recoveries(access_of(request), state=state)
    who = names(*{Ref("staff", row.owner_id) for row in rows})
    page = {
        "rows": rows, "state": state, "who": {ref.id: name for ref, name in who.items()},
    }  # fmt: skip
    return show(request, "staff/inspections/recoveries.html", page, here=HERE)


@require_GET
@staff_only(right="quality.inspect")
def start(request: HttpRequest) -> HttpResponse:
    """What is to be put right, whom to call and who may; ``?origin=clock:12``."""
    origin = _origin(request.GET.get("origin", ""))
    return _start(request, origin, whole(request.GET.get("party")))


@require_POST
@staff_only(right="quality.inspect")
def begin(request: HttpRequest) -> HttpResponse:
    """Have the customer whom we served badly called."""
    origin = _origin(request.POST.get("origin", ""))
    page = {"inspection": "staff:inspection", "finding": "staff:quality_finding"}.get(origin.kind)
    try:
        made = operations.open_recovery(
            origin=origin, wrong=request.POST.get("wrong", ""),
            owner_id=number_in(request, "owner", 0), party_id=whole(request.POST.get("party")),
            **acting(request),
        )  # fmt: skip
    except NotFound:
        raise
    except Refusal as refused:
        if page is None:
            return _start(request, origin, whole(request.POST.get("party")), refused)
        tell_refused(request, refused)
        return redirect(page, origin.id)
    messages.success(request, _("已发起服务补救，责任人一个工作日内联系客户。"))
    return redirect("staff:recovery", made)


@require_GET
@staff_only()
def recovery(request: HttpRequest, recovery_id: int) -> HttpResponse:
    """What was wrong, whom to call, what was said, how it ended."""
    return _page(request, recovery_id)


@require_POST
@staff_only()
def act(request: HttpRequest, recovery_id: int, name: str) -> HttpResponse:
    """Note a call, close it, or hand it to complaints."""
    if name not in _ACTS:
        raise Http404
    queries.get_recovery(recovery_id, access_of(request))
    try:
        _ACTS[name](request, recovery_id)
    except NotFound:
        raise
    except Refusal as refused:
        return _page(request, recovery_id, refused)
    return redirect("staff:recovery", recovery_id)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only()
def finding(request: HttpRequest, finding_id: int) -> HttpResponse:
    """A record that does not fit what was said: was it a complaint? A person decides."""
    access, refusal = access_of(request), None
    found = quality.get_finding(finding_id, access)
    talk = contact.get_conversation(found.conversation_id)
    if request.method == "POST":
        try:
            _judge(request, finding_id, talk)
            return redirect("staff:quality_finding", finding_id)
        except NotFound:
            raise
        except Refusal as refused:
            refusal = refused
    now = timezone.now()
    origin = Ref("finding", finding_id)
    page = {
        "finding": found, "talk": talk, "refusal": refusal, "posted": request.POST,
        "seen": seen(Ref("conversation", found.conversation_id), access, now),
        "businesses": complaint_queries.BUSINESSES, "reasons": complaint_queries.REASONS,
        "subjects": complaining.subjects(talk.party_id) if talk.party_id else (),
        "may_judge": access.may("complaints.handle", found.office_id) and not found.judged
        and found.kind == "RECORD" and found.seat_id != access.staff_id,
        "clocks": obligations.list_clocks(origin, now), "recovery": queries.recovery_of(origin),
        "may_recover": access.may("quality.inspect", found.office_id),
        "owners": [
            each for each in people.list_colleagues(found.office_id, "complaints.handle")
            if each[0] != found.seat_id
        ],
        "who": {ref.id: name for ref, name in names(Ref("staff", found.seat_id)).items()},
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return show(request, "staff/inspections/finding.html", page, here=HERE, status=status)


def _judge(request: HttpRequest, finding_id: int, talk: contact.ConversationView) -> None:
    why, opened = request.POST.get("why", ""), 0
    if request.POST.get("complaint") == "yes":
        # Twice is once: the same matter complained about again joins the open case.
        opened = _receive(request, talk.party_id, against=(talk.seat_id,) if talk.seat_id else ())
    operations.judge_record(finding_id=finding_id, complaint_id=opened, why=why, **acting(request))
    messages.success(request, _("已登记为投诉。") if opened else _("已核定：不是投诉。"))


def _receive(request: HttpRequest, party_id: int | None, against: tuple[int, ...]) -> int:
    if party_id is None:
        raise Invalid(_("这次服务还没有关联客户"), hint=_("请先在会话页面关联客户，再登记投诉。"))
    told = complaining.told_in(request.POST, party_id)
    got = complaints.receive(
        party_id=party_id, channel="STAFF",
        told=complaints.Told(
            told.business, told.reason, told.words, told.demand, told.about, told.about_label,
            tuple({*told.against, *against}),
        ),
        **acting(request),
    )  # fmt: skip
    return got.id


def _page(request: HttpRequest, recovery_id: int, refusal: Refusal | None = None) -> HttpResponse:
    access, now = access_of(request), timezone.now()
    found = queries.get_recovery(recovery_id, access)
    page = {
        "found": found, "refusal": refusal, "posted": request.POST,
        "seen": seen(found.about, access, now), "channels": queries.CHANNELS,
        "outcomes": queries.OUTCOMES, "clocks": obligations.list_clocks(found.ref, now),
        "may_act": found.state == "OPEN"
        and (found.owner_id == access.staff_id or access.may("quality.inspect", found.office_id)),
        "businesses": complaint_queries.BUSINESSES, "reasons": complaint_queries.REASONS,
        "may_see_customer": access.may("people.view"), "about": link_to(found.about, access),
        "who": {
            str(ref): name
            for ref, name in names(Ref("staff", found.owner_id), Ref.parse(found.opened_by)).items()
        },
        "owner": f"staff:{found.owner_id}", "by_itself": found.opened_by == str(SYSTEM),
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return show(request, "staff/inspections/recovery.html", page, here=HERE, status=status)


def _start(
    request: HttpRequest, origin: Ref, party_id: int | None, refusal: Refusal | None = None
) -> HttpResponse:
    access, text = access_of(request), request.GET.get("q", "").strip()[:40]
    found = queries.get_start(origin, access, party_id=party_id)
    if found.begun is not None and refusal is None:
        return redirect("staff:recovery", found.begun)
    today = timezone.localdate()
    page = {
        "found": found, "refusal": refusal, "posted": request.POST, "q": text,
        "asks_customer": origin.kind == "correction",
        "parties": people.search_parties(access, text, today=today) if text else (),
        "link": link_to(found.about, access),
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return show(request, "staff/inspections/recovery_new.html", page, here=HERE, status=status)


def _note(request: HttpRequest, recovery_id: int) -> None:
    operations.note_try(
        recovery_id=recovery_id, channel=request.POST.get("channel", ""),
        reached=request.POST.get("reached") == "yes", words=request.POST.get("text", ""),
        **acting(request),
    )  # fmt: skip
    messages.success(request, _("已登记。"))


def _close(request: HttpRequest, recovery_id: int) -> None:
    outcome, opened = request.POST.get("outcome", ""), 0
    found = queries.get_recovery(recovery_id, access_of(request))
    if outcome == "COMPLAINT":
        if not any(each.reached for each in found.tries):
            raise Invalid(_("还没有联系上客户的记录，请先联系并登记。"))
        opened = _receive(request, found.party_id, against=())
    operations.close_recovery(
        recovery_id=recovery_id, outcome=outcome, result=request.POST.get("result", ""),
        complaint_id=opened, **acting(request),
    )  # fmt: skip
    messages.success(request, _("已办结。"))


_ACTS: dict[str, Callable[[HttpRequest, int], None]] = {"note": _note, "close": _close}


def _origin(text: str) -> Ref:
    try:
        found = Ref.parse(text)
    except ValueError:
        raise Invalid(_("页面内容不完整"), hint=_("请刷新页面后再提交。")) from None
    if found.kind not in queries.ORIGINS:
        raise Invalid(_("页面内容不完整"), hint=_("请刷新页面后再提交。"))
    return found
