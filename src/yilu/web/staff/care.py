"""上门与人伤服务: visits on the phone of whoever goes, mediation, third parties."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yilu.care import operations as care
from yilu.care import queries
from yilu.care.queries import sketches
from yilu.claims import operations as claims
from yilu.claims import queries as claim_queries
from yilu.claims.queries import scene
from yilu.documents import queries as documents
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, Refusal
from yilu.kernel.refs import Ref
from yilu.obligations import queries as obligations
from yilu.people import queries as people
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff import talk_notes
from yilu.web.staff.asked import acting, moment_in, money_of, number_in
from yilu.web.staff.asked import day_of as day_asked
from yilu.web.staff.newcomers import met
from yilu.web.staff.page import access_of, show
from yilu.web.staff.servicing import add_papers
from yilu.web.staff.talk_notes import third_party_in

BASIS_LINES = 6
FILE_MAX = 20 * 1024 * 1024
USUAL_WAY = timedelta(minutes=30)
"""How long a way is taken to be before whoever goes says so."""


@require_GET
@staff_only(right="care.visit")
def visits(request: HttpRequest) -> HttpResponse:
    """Visits under way, the soonest first; ``?mine=1`` those one goes to."""
    mine = request.GET.get("mine") == "1"
    rows = queries.list_visits(access_of(request), mine=mine)
    return show(request, "staff/care/visits.html", {"rows": rows, "mine": mine}, here="visits")


@require_GET
@staff_only(right="care.visit")
def visit(request: HttpRequest, visit_id: int) -> HttpResponse:
    """One visit, made for the phone of whoever goes."""
    return _visit(request, visit_id)


def _visit(request: HttpRequest, visit_id: int, refusal: Refusal | None = None) -> HttpResponse:
    access = access_of(request)
    found = queries.get_visit(visit_id, access)
    answer = show(
        request,
        "staff/care/visit.html",
        {
            "visit": found, "refusal": refusal, "safety": queries.SAFETY[found.kind],
            "checks": queries.CHECKS[found.kind], "results": queries.RESULTS,
            "talks": queries.TALKS, **talk_notes.FORM,
            "evidence": talk_notes.evidence_of(documents.list_uploads(Ref("claim", found.claim_id)))
            if found.claim_id else (),
            "kinds": documents.FILE_KINDS,
            "cancelled_for": queries.CANCELLED_FOR,
            "wechat": queries.WECHAT, "given": request.POST, "sharing": queries.is_sharing(found.id),
            "goers": queries.who_may_go(found, timezone.now()),
            "may_plan": any(access.may(r) for r in queries.arranged_by(found.claim_id is not None)),
            "may_serve": (may_serve := found.request_id is not None and access.may("servicing.handle")),
            "sketches": sketches.sketches_of(found.id),
            "takes_papers": found.claim_id is not None or may_serve,
            "opinion_limit": claim_queries.opinion_limit(timezone.now()), "may_opine": _may_give_opinion(found, access), "mine": found.staff_id == access.staff_id,
            "eta": max(filter(None, (found.planned_at, timezone.now() + USUAL_WAY))),
        },
        here="visits",
        status=refusal.status if refusal else 200,
    )  # fmt: skip
    answer.headers["Permissions-Policy"] = "geolocation=(self), microphone=(), payment=()"
    return answer


def _may_give_opinion(found: queries.VisitView, access: people.Access) -> bool:
    """Whoever went there, once they were there, as long as nobody did."""
    there = found.staff_id == access.staff_id and found.state in care.ON_THE_SPOT
    return there and found.claim_id is not None and scene.may_give(found.claim_id, access)


@require_POST
@staff_only(right="care.visit")
def visit_act(request: HttpRequest, visit_id: int, name: str) -> HttpResponse:
    """One step of a visit: plan, call, set_out, way, delay, arrive, finish, cancel, talk, papers, opinion."""
    act = _VISIT_ACTS.get(name)
    if act is None:
        raise Http404
    try:
        act(request, visit_id)
    except care.VisitNotFound:
        raise
    except Refusal as refusal:
        return _visit(request, visit_id, refusal)
    if "quietly" in request.POST:  # the phone tells where it is by itself
        return HttpResponse(status=204)
    messages.success(request, _("已记录。"))
    return redirect("staff:visit", visit_id)


def _plan(request: HttpRequest, visit_id: int) -> None:
    planned_at = moment_in(request, "planned_at")
    if planned_at is None:
        raise Invalid(_("请填写约定时间"))
    care.plan_visit(
        staff_id=number_in(request, "staff"),
        planned_at=planned_at,
        visit_id=visit_id,
        **acting(request),
    )


def _set_out(request: HttpRequest, visit_id: int) -> None:
    care.set_out(eta_at=_eta_in(request), visit_id=visit_id, **acting(request))


def _delay(request: HttpRequest, visit_id: int) -> None:
    care.delay_visit(eta_at=_eta_in(request), visit_id=visit_id, **acting(request))


def _eta_in(request: HttpRequest) -> datetime:
    eta_at = moment_in(request, "eta_at")
    if eta_at is None:
        raise Invalid(_("请填写预计到达时间"))
    return eta_at


def _call(request: HttpRequest, visit_id: int) -> None:
    """The first call: reached or not, and WeChat added or why not."""
    care.note_first_call(
        reached=request.POST.get("reached") == "yes", wechat=request.POST.get("wechat", ""),
        words=request.POST.get("words", ""), visit_id=visit_id, **acting(request),
    )  # fmt: skip


def _way(request: HttpRequest, visit_id: int) -> None:
    """Where one is, for the customer who waits; ``end`` stops showing it."""
    if "end" in request.POST:
        care.end_way(visit_id=visit_id, **acting(request))
    else:
        care.share_way(point=request.POST.get("point", ""), visit_id=visit_id, **acting(request))


def _arrive(request: HttpRequest, visit_id: int) -> None:
    care.arrive(point=request.POST.get("point", ""), visit_id=visit_id, **acting(request))


def _finish(request: HttpRequest, visit_id: int) -> None:
    care.finish_visit(
        checks=request.POST.getlist("checks"), result=request.POST.get("result", ""),
        report=request.POST.get("report", ""), visit_id=visit_id, **acting(request),
    )  # fmt: skip


def _cancel(request: HttpRequest, visit_id: int) -> None:
    care.cancel_visit(
        reason=request.POST.get("reason", ""), words=request.POST.get("words", ""),
        visit_id=visit_id, **acting(request),
    )  # fmt: skip


def _talk(request: HttpRequest, visit_id: int) -> None:
    given, third = request.POST, third_party_in(request)
    care.log_talk(
        kind=given.get("kind", ""), text=given.get("text", ""), third_party=third["third_party"],
        third_phone=third["third_party_phone"], evidence_upload_id=third["evidence_upload_id"],
        why_no_phone=third["why_no_phone"], visit_id=visit_id, **acting(request),
    )  # fmt: skip


def _papers(request: HttpRequest, visit_id: int) -> None:
    """Papers photographed at the bedside go into the claim, or the servicing request, like any other."""
    found = queries.get_visit(visit_id, access_of(request))
    if found.request_id is not None:
        add_papers(request, found.request_id)
        return
    if found.claim_id is None:
        raise Invalid(_("这次上门没有要收取资料的业务"))
    papers = [
        claims.Paper(
            kind=request.POST.get("paper_kind", "OTHER"), filename=file.name or "photo.jpg",
            content=file.read(FILE_MAX + 1),
        )
        for file in request.FILES.getlist("files")
    ]  # fmt: skip
    if not papers:
        raise Invalid(_("请先拍照或选择文件"))
    claims.hand_in_documents(
        claim_id=found.claim_id, papers=papers, **acting(request),
    )  # fmt: skip


def _opinion(request: HttpRequest, visit_id: int) -> None:
    """What whoever saw the scene thinks of it: below 3,000 yuan it stands (A51)."""
    given = request.POST
    care.give_opinion(
        kind="DECLINE" if given.get("kind") == "DECLINE" else "APPROVE",
        amount=money_of(given.get("amount", "") or "0"), reason=given.get("reason", ""),
        visit_id=visit_id, **acting(request),
    )  # fmt: skip


_VISIT_ACTS: dict[str, Callable[[HttpRequest, int], None]] = {
    "plan": _plan, "set_out": _set_out, "delay": _delay, "arrive": _arrive, "finish": _finish, "cancel": _cancel,
    "call": _call, "way": _way, "talk": _talk, "papers": _papers, "opinion": _opinion,
}  # fmt: skip


@require_GET
@staff_only(right="claims.assess")
def talks(request: HttpRequest) -> HttpResponse:
    """Talks with people who were hurt: ``?which=`` open (the usual), mine, ended."""
    which = request.GET.get("which", "")
    which = which if which in (queries.MINE, queries.ENDED) else queries.OPEN
    now = timezone.now()
    rows = queries.list_talks(access_of(request), which=which, today=day_of(now))
    clocks = obligations.open_of(queries.PROMISE, {Ref("claim", r.claim_id) for r in rows}, now)
    told = {"rows": [(r, clocks.get(Ref("claim", r.claim_id))) for r in rows], "which": which}
    return show(request, "staff/care/talks.html", told, here="talks")


@require_GET
@staff_only(right="claims.view")
def claim_care(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Visits, mediation and third parties of one claim."""
    return _claim(request, claim_id)


def _claim(request: HttpRequest, claim_id: int, refusal: Refusal | None = None) -> HttpResponse:
    access = access_of(request)
    found = queries.care_of_claim(claim_id, access)
    return show(
        request,
        "staff/care/claim.html",
        {
            "care": found, "kinds": queries.KINDS, "plan_kinds": queries.list_plan_kinds(),
            "me": str(Ref("staff", access.staff_id)), "plan_open": _plan_open(found),
            "lines": range(BASIS_LINES), "refusal": refusal, "today": day_of(timezone.now()),
            "leaders": people.list_colleagues(found.claim.office_id, "claims.assess"),
            "may_ask": access.may("claims.register"), "may_mediate": access.may("claims.assess"),
            "may_visit": access.may("care.visit"), "may_pay": access.may("claims.pay"),
            "may_register": access.may("people.register"), "banks": people.list_banks(), "account_consent": people.consent_text("FINANCIAL"),
            "chosen": _chosen(request), "may_aid": access.may("claims.review"),
        },
        here="claims",
        status=refusal.status if refusal else 200,
    )  # fmt: skip


def _plan_open(found: queries.CareOfClaim) -> bool:
    """Whether talks go on or a plan waits: another is not begun before."""
    return any(m.state in ("PREPARED", "PLANNED", "TALKING") for m in found.mediations)


@require_POST
@staff_only(right="claims.view")
def claim_act(request: HttpRequest, claim_id: int, name: str) -> HttpResponse:
    """One step for a claim: ask, mediate, confirm, return, arrange, bid, end, aid, aid-end, third, verify, pay-third, third-again."""
    act = _CLAIM_ACTS.get(name)
    if act is None:
        raise Http404
    queries.care_of_claim(claim_id, access_of(request))
    try:
        act(request, claim_id)
    except Refusal as refusal:
        return _claim(request, claim_id, refusal)
    messages.success(request, _("已记录。"))
    return redirect("staff:claim_care", claim_id)


def _ask(request: HttpRequest, claim_id: int) -> None:
    care.ask_visit(
        claim_id=claim_id, kind=request.POST.get("kind", ""), place=request.POST.get("place", ""),
        wish=request.POST.get("wish", ""), **acting(request),
    )  # fmt: skip


def _mediate(request: HttpRequest, claim_id: int) -> None:
    given, basis = request.POST, []
    for n in range(BASIS_LINES):
        name, amount = given.get(f"{n}:name", "").strip(), given.get(f"{n}:amount", "").strip()
        if name or amount:
            basis.append((name, money_of(amount), given.get(f"{n}:ground", "")))
    care.plan_mediation(
        claim_id=claim_id, basis=basis, next_on=next_on_of(request), **acting(request)
    )


def _confirm(request: HttpRequest, claim_id: int) -> None:
    care.confirm_plan(mediation_id=number_in(request, "mediation"), **acting(request))


def _return(request: HttpRequest, claim_id: int) -> None:
    care.return_plan(
        mediation_id=number_in(request, "mediation"), reason=request.POST.get("reason", ""),
        **acting(request),
    )  # fmt: skip


def next_on_of(request: HttpRequest) -> date | None:
    """The day of the next talk in a form; None if left empty. :raises Invalid: if it is none."""
    text = request.POST.get("next_on", "").strip()
    return day_asked(text) if text else None


def _arrange(request: HttpRequest, claim_id: int) -> None:
    next_on = next_on_of(request)
    if next_on is None:
        raise Invalid(_("请填写下次协商的日期"))
    care.arrange_talk(
        mediation_id=number_in(request, "mediation"), next_on=next_on,
        staff_id=whole(request.POST.get("staff")), **acting(request),
    )  # fmt: skip


def _bid(request: HttpRequest, claim_id: int) -> None:
    care.make_bid(
        mediation_id=number_in(request, "mediation"), ours=request.POST.get("side") == "OURS",
        amount=money_of(request.POST.get("amount", "")), reason=request.POST.get("reason", ""),
        next_on=next_on_of(request), **acting(request),
    )  # fmt: skip


def _end(request: HttpRequest, claim_id: int) -> None:
    agreed = request.POST.get("agreed", "").strip()
    care.end_mediation(
        mediation_id=number_in(request, "mediation"), agreed=money_of(agreed) if agreed else None,
        words=request.POST.get("words", ""), third_party_id=whole(request.POST.get("third")),
        **acting(request),
    )  # fmt: skip


def _aid(request: HttpRequest, claim_id: int) -> None:
    care.ask_legal_aid(
        mediation_id=number_in(request, "mediation"), reason=request.POST.get("reason", ""),
        **acting(request),
    )  # fmt: skip


def _aid_end(request: HttpRequest, claim_id: int) -> None:
    care.end_legal_aid(
        mediation_id=number_in(request, "mediation"), to_court=request.POST.get("to") == "court",
        words=request.POST.get("words", ""), **acting(request),
    )  # fmt: skip


def _chosen(request: HttpRequest) -> people.PartyView | None:
    """Whom this colleague has just identified by name and number, to be entered as a third party."""
    wanted = whole(request.POST.get("person") or request.GET.get("with"))
    return people.list_parties({wanted})[wanted] if wanted and wanted in met(request) else None


def _third(request: HttpRequest, claim_id: int) -> None:
    given, chosen = request.POST, _chosen(request)
    found = [chosen] if chosen else people.search_parties(
        access_of(request), given.get("party", ""), today=timezone.localdate()
    )  # fmt: skip
    if len(found) != 1:
        raise Invalid(
            _("没有找到唯一的一位，请用完整的手机号或证件号码查找"),
            hint=_("第三方还没有建档的，请先建档。"),
        )
    demand = given.get("demand", "").strip()
    care.enter_third_party(
        claim_id=claim_id, party_id=found[0].id, relation=given.get("relation", ""),
        demand=money_of(demand) if demand else None, **acting(request),
    )  # fmt: skip


def _third_of(request: HttpRequest, claim_id: int) -> queries.ThirdPartyView:
    """The third party of this claim that a form names. :raises ThirdPartyNotFound: another claim's."""
    wanted = number_in(request, "third")
    for known in queries.care_of_claim(claim_id, access_of(request)).third_parties:
        if known.id == wanted:
            return known
    raise care.ThirdPartyNotFound


def _verify(request: HttpRequest, claim_id: int) -> None:
    third = _third_of(request, claim_id)
    accounts = third.accounts
    chosen = whole(request.POST.get("account")) or (accounts[0].id if accounts else None)
    care.verify_third_party(third_party_id=third.id, account_id=chosen, **acting(request))


def _pay_third(request: HttpRequest, claim_id: int) -> None:
    third, file = _third_of(request, claim_id), request.FILES.get("file")
    consent = claims.Paper("OTHER", file.name or "", file.read()) if file else None
    care.pay_third_party_directly(third_party_id=third.id, consent=consent, **acting(request))


def _pay_third_again(request: HttpRequest, claim_id: int) -> None:
    care.pay_third_party_again(
        third_party_id=_third_of(request, claim_id).id, account_id=number_in(request, "account"),
        reason=request.POST.get("reason", ""), **acting(request),
    )  # fmt: skip


_CLAIM_ACTS: dict[str, Callable[[HttpRequest, int], None]] = {
    "ask": _ask, "mediate": _mediate, "confirm": _confirm, "return": _return, "arrange": _arrange, "bid": _bid, "end": _end, "aid": _aid, "aid-end": _aid_end, "third": _third,
    "verify": _verify, "pay-third": _pay_third,
    "third-again": _pay_third_again,
}  # fmt: skip
