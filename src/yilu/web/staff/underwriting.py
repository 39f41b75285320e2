"""The underwriter's desk, the list before it and the figures behind it (核保)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yilu.claims import queries as claims
from yilu.contact import queries as contact
from yilu.documents import queries as documents
from yilu.kernel.errors import Invalid, Refusal
from yilu.kernel.money import yuan
from yilu.kernel.refs import Ref
from yilu.people.queries import Access
from yilu.underwriting import operations as underwriting
from yilu.underwriting.queries import UnknownApplication
from yilu.underwriting.queries import board as figures
from yilu.underwriting.queries import desk as queries
from yilu.underwriting.queries.loaded import loaded_premiums
from yilu.underwriting.queries.talks import talks_of
from yilu.web.common.access import staff_only
from yilu.web.common.files import shown
from yilu.web.common.numbers import whole
from yilu.web.staff.page import access_of, show
from yilu.web.staff.tables import may_keep

DAYS = 30
STATES = (
    "REFERRED",
    "EXAMINATION",
    "OFFERED",
    "AWAITING_PAYMENT",
    "ISSUED",
    "POSTPONED",
    "DECLINED",
)
POINTS = (25, 50, 75, 100, 125, 150, 200, 250, 300)
MONTHS = (3, 6, 12, 24)
OWN = "own"
"""The code of an exclusion an underwriter words themselves."""


@require_GET
@staff_only(right="underwriting.view")
def listing(request: HttpRequest) -> HttpResponse:
    """Applications of one's offices: what is open, one state, or one number."""
    state, search = request.GET.get("state", ""), request.GET.get("q", "").strip()
    rows = queries.list_applications(access_of(request), state=state, search=search)
    page = {
        "rows": rows,
        "state": state,
        "search": search,
        "states": [(code, queries.STATE_LABELS[code]) for code in STATES],
    }
    return show(request, "staff/underwriting/list.html", page, here="underwriting")


@require_GET
@staff_only(right="underwriting.view")
def application(request: HttpRequest, application_id: int) -> HttpResponse:
    """One application at the desk."""
    return _show_desk(request, application_id)


def _show_desk(
    request: HttpRequest, application_id: int, refusal: Refusal | None = None
) -> HttpResponse:
    """The desk as it is now, with the refusal of what was just tried and what was filled in."""
    access = access_of(request)
    desk = queries.desk(application_id, access, timezone.now())
    insured = desk.application.insured_id
    page: dict[str, Any] = {
        "desk": desk,
        "refusal": refusal,
        "given": request.POST if refusal else {},
        "open_clocks": [c for c in desk.clocks if c.met_at is None and c.state != "CANCELLED"],
        "over_clocks": [c for c in desk.clocks if c.met_at is not None],
        "claims": claims.list_for_party(insured)
        if insured and access.may("claims.view", desk.row.office_id)
        else (),
        "talks": talks_of(application_id),
        "conversations": contact.talks_about(Ref("application", application_id), access),
        "may_note": access.may("underwriting.decide", desk.row.office_id),
        "points": POINTS,
        "loaded": loaded_premiums(application_id, POINTS) if desk.may.get("OFFER") else {},
        "months": MONTHS,
        "tables_open": may_keep(access, "underwriting."),
        "told": [a for a in desk.answers if a.told],
        "holder_told": [a for a in desk.holders_answers if a.told],
        "not_told": [a for a in desk.answers if not a.told],
    }
    status = refusal.status if refusal else 200
    return show(request, "staff/underwriting/desk.html", page, here="underwriting", status=status)


@require_GET
@staff_only(right="underwriting.view")
def file(request: HttpRequest, application_id: int, upload_id: int) -> HttpResponse:
    """One of the papers of an application, for whoever may see its desk."""
    desk = queries.desk(application_id, access_of(request), timezone.now())
    view = next((each for each in desk.uploads if each.id == upload_id), None)
    if view is None:
        raise UnknownApplication
    content, media_type = documents.open_file(upload_id)
    return shown(content, media_type, view.filename)


Act = Callable[[HttpRequest, int, Access, Ref], str]


def _at_the_desk(act: Act) -> Callable[[HttpRequest, int], HttpResponse]:
    """A POST that carries out one operation and comes back to the desk with a word about it."""

    @require_POST
    @staff_only(right="underwriting.view")
    @wraps(act)
    def view(request: HttpRequest, application_id: int) -> HttpResponse:
        access = access_of(request)
        try:
            said = act(request, application_id, access, Ref("staff", access.staff_id))
        except (underwriting.ApplicationNotFound, UnknownApplication):
            raise
        except Refusal as refusal:
            return _show_desk(request, application_id, refusal)
        messages.success(request, said)
        return redirect("staff:underwriting_desk", application_id=application_id)

    return view


@_at_the_desk
def decide(request: HttpRequest, application_id: int, access: Access, actor: Ref) -> str:
    """Accept, offer changed conditions, ask for examinations, postpone or decline."""
    given = request.POST
    done = underwriting.decide_by_person(
        application_id=application_id,
        opinion=underwriting.Opinion(
            digest=given.get("digest", ""),
            kind=given.get("kind", ""),
            extra_mortality=whole(given.get("extra_mortality")) or 0,
            exclusions=_exclusions(request, application_id, access),
            sum_insured=_amount(given.get("sum_insured")),
            examinations=tuple(given.getlist("examinations")),
            months=whole(given.get("months")) or 0,
            words=given.get("words", "").strip(),
            override_reason=given.get("override_reason", "").strip(),
            riders=_rider_terms(request),
        ),
        access=access,
        actor=actor,
        at=timezone.now(),
    )
    return (
        _("意见已提交，等待另一位核保员复核。")
        if done.second
        else _("已决定，客户会马上收到通知。")
    )


def _rider_terms(request: HttpRequest) -> tuple[underwriting.RiderTerms, ...]:
    """The riders that were given terms of their own: "rider-<code>" is STANDARD, REFUSE or points."""
    said = {
        name.removeprefix("rider-"): request.POST.get(name, "")
        for name in request.POST
        if name.startswith("rider-") and request.POST.get(name)
    }
    return tuple(
        underwriting.RiderTerms(
            code=code,
            refused=value == "REFUSE",
            extra_mortality=0 if value in ("REFUSE", "STANDARD") else whole(value) or 0,
        )
        for code, value in said.items()
    )


@_at_the_desk
def confirm(request: HttpRequest, application_id: int, access: Access, actor: Ref) -> str:
    """The second pair of eyes."""
    agrees = request.POST.get("agrees") == "yes"
    underwriting.confirm_opinion(
        application_id=application_id, agrees=agrees, digest=request.POST.get("digest", ""),
        reason=request.POST.get("reason", "").strip(), access=access, actor=actor, at=timezone.now(),
    )  # fmt: skip
    return _("复核通过，结论生效。") if agrees else _("已退回提出意见的同事。")


@_at_the_desk
def talk(request: HttpRequest, application_id: int, access: Access, actor: Ref) -> str:
    """What was said with the customer on the telephone, or that nobody answered."""
    reached = request.POST.get("reached") == "yes"
    underwriting.note_talk(
        application_id=application_id, reached=reached, note=request.POST.get("note", ""),
        access=access, actor=actor, at=timezone.now(),
    )  # fmt: skip
    return _("沟通记录已保存。") if reached else _("已记下没有接通，请稍后再打。")


@require_GET
@staff_only(right="underwriting.view")
def board(request: HttpRequest) -> HttpResponse:
    """The straight-through share, what kept applications from it, and how fast."""
    return show(
        request,
        "staff/underwriting/board.html",
        {"board": _figures(request), "days": DAYS},
        here="underwriting_board",
    )


@require_GET
@staff_only(right="underwriting.view")
def chart(request: HttpRequest, name: str) -> JsonResponse:
    """The numbers of one chart: ``outcomes`` or ``conditions``."""
    found = _figures(request)
    if name == "outcomes":
        return JsonResponse(
            {
                "direction": "down",
                "names": [_(label) for _code, label, _n in found.outcomes],
                "series": [
                    {"name": _("件数"), "tone": "info", "data": [n for _c, _l, n in found.outcomes]}
                ],
            }
        )
    if name == "conditions":
        rows = found.conditions
        parts = (
            (_("变更条件"), "warn", [r.changed for r in rows]),
            (_("需要检查"), "info", [r.examined for r in rows]),
            (_("转人工"), "bad", [r.referred for r in rows]),
        )
        return JsonResponse(
            {
                "direction": "down",
                "names": [_(row.name) for row in rows],
                "series": [
                    {"name": label, "tone": tone, "stack": "a", "data": data}
                    for label, tone, data in parts
                ],
            }
        )
    raise Http404


def _figures(request: HttpRequest) -> figures.Board:
    now = timezone.now()
    offices = access_of(request).offices_for("underwriting.view")
    return figures.board(offices, now - timedelta(days=DAYS), now)


def _exclusions(
    request: HttpRequest, application_id: int, access: Access
) -> tuple[underwriting.Excluded, ...]:
    """The ticked ones of those the tables named, and one in the underwriter's own words."""
    if request.POST.get("kind") != "OFFER":
        return ()
    desk = queries.desk(application_id, access, timezone.now())
    ticked = set(request.POST.getlist("exclusions"))
    found = [
        underwriting.Excluded(
            code=e["code"], wording=e["wording"], icd_prefixes=tuple(e["icd_prefixes"])
        )
        for e in desk.exclusions_offered
        if e["code"] in ticked
    ]
    wording = request.POST.get("own_wording", "").strip()
    codes = re.split(r"[\s,，、]+", request.POST.get("own_icd", "").strip().upper())
    if wording:
        found.append(
            underwriting.Excluded(
                code=OWN, wording=wording, icd_prefixes=tuple(c for c in codes if c)
            )
        )
    return tuple(found)


def _amount(text: str | None) -> Decimal | None:
    if not (text or "").strip():
        return None
    try:
        return yuan((text or "").replace(",", "").strip())
    except ValueError:
        raise Invalid(_("保额请填写数字")) from None
