"""The hard side of a claim, a page each: facts, investigation, rescission, cover, appraisal, beneficiaries, other insurers, money back, team."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET

from yilu.claims import operations as claims
from yilu.claims import queries
from yilu.claims.queries import choices, hard, lapses
from yilu.claims.queries.limits import ahead_bounds
from yilu.claims.queries.payees import payees_of
from yilu.kernel.days import day_of
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.policies import queries as policies
from yilu.web.common.access import staff_only
from yilu.web.common.numbers import whole
from yilu.web.staff import talk_notes
from yilu.web.staff.hard_facts import facts_page
from yilu.web.staff.newcomers import met
from yilu.web.staff.page import access_of, show

PAGES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("facts", _("认定事实"), ()),
    ("team", _("协作"), ()),
    ("investigation", _("调查"), ()),
    ("rescission", _("解除权"), ()),
    ("cover", _("保单效力"), ()),
    ("beneficiaries", _("受益人"), ("DEATH",)),
    ("appraisal", _("伤残鉴定"), ("DISABILITY", "WAIVER")),
    ("misstated", _("年龄误告"), ()),
    ("coordination", _("他处赔付"), ("MEDICAL", "ACCIDENT")),
    ("money-back", _("先行给付与追回"), ()),
    ("late", _("逾期利息"), ()),
    ("agreements", _("协议"), ()),
    ("try", _("试算"), ()),
)
"""The pages of a case: place, label, and the types of claim it is for (none: all)."""


ADDED_MAX = 20
"""How many people beside those known a page of beneficiaries takes up."""


@require_GET
@staff_only(right="claims.view")
def page(request: HttpRequest, claim_id: int, place: str) -> HttpResponse:
    """One of the pages of a case."""
    return show_page(request, claim_id, place)


@require_GET
@staff_only(right="claims.view")
def case(request: HttpRequest, kind: str, part_id: int) -> HttpResponse:
    """To the page of the case on which a part of it is done: a step, a mention, a part, a check."""
    place = queries.IN_A_CASE.get(kind)
    if place is None:
        raise Http404
    if place == "quality":
        return redirect("staff:quality")
    card = queries.get_for_staff(queries.claim_of(kind, part_id), access_of(request))
    return redirect("staff:hard", claim_id=card.id, place=place)


def show_page(
    request: HttpRequest, claim_id: int, place: str, refusal: Refusal | None = None
) -> HttpResponse:
    """The page as it is now, with the refusal of what was just tried, if any."""
    access = access_of(request)
    if place not in _MADE:
        raise Http404
    card = queries.get_for_staff(claim_id, access)
    told: dict[str, Any] = {
        "card": card,
        "place": place,
        "tabs": [
            (code, label) for code, label, types in PAGES if not types or card.claim_type in types
        ],
        "refusal": refusal,
        "may": {
            "assess": access.may("claims.assess", card.office_id),
            "review": access.may("claims.review", card.office_id),
            "investigate": access.may("claims.investigate", card.office_id),
            "register": access.may("claims.register", card.office_id),
            "lead": access.may("work.lead", card.office_id),
        },
        "open": card.state in ("REVIEW", "INVESTIGATING", "SUPPLEMENT"),
    }
    told |= _MADE[place](request, card, access)
    status = refusal.status if refusal else 200
    name = place.replace("-", "_")
    return show(request, f"staff/claims/hard/{name}.html", told, here="claims", status=status)


def _investigation(request: HttpRequest, card: queries.ClaimCard, access: Access) -> dict[str, Any]:
    now = timezone.now()
    return {
        "plan": queries.investigation(card, now),
        "kinds": hard.STEP_KINDS,
        "results": hard.STEP_RESULTS,
        "findings": choices.FINDINGS,
        "reasons": dict(choices.INVESTIGATION_REASONS),
        "owners": queries.colleagues_of(card.office_id, "claims.investigate"),
        "me": access.staff_id,
    }


def _rescission(request: HttpRequest, card: queries.ClaimCard, access: Access) -> dict[str, Any]:
    grounds, held = queries.rescission(card, day_of(timezone.now()))
    return {
        "grounds": grounds, "held": held, "faults": hard.FAULT_CHOICES,
        "forfeitable": any(g.known.last_day for g in grounds),
        "fraud": hard.may_rescind_for_fraud(card), "given": request.POST,
        "me": str(Ref("staff", access.staff_id)),
    }  # fmt: skip


def _cover(request: HttpRequest, card: queries.ClaimCard, access: Access) -> dict[str, Any]:
    return {
        "cover": lapses.cover_beside(card),
        "grounds": lapses.GROUNDS,
        "me": str(Ref("staff", access.staff_id)),
        "given": request.POST,
    }


def _appraisal(request: HttpRequest, card: queries.ClaimCard, access: Access) -> dict[str, Any]:
    return {
        "appraisals": queries.appraisals(card),
        "items": queries.APPRAISAL_ITEMS,
        "lines": range(1, 5),
    }


def _beneficiaries(request: HttpRequest, card: queries.ClaimCard, access: Access) -> dict[str, Any]:
    desk = queries.desk(card.id, access, timezone.now())
    benefit = desk.calculation.benefit if desk.calculation else None
    named = policies.all_beneficiaries(card.policy_id)
    found = queries.entitlement(card, card.benefit_amount or benefit)
    ids = {n.party_id for n in named if n.party_id} | {card.claimant_id} - {card.insured_id}
    ids |= {p.party_id for p in found.persons} if found else set()
    ids |= _added(request, access)
    known = people.list_parties(ids)
    text = request.GET.get("who", "").strip()
    more = (
        people.search_parties(access, text, today=day_of(timezone.now()))
        if text and access.may("people.view")
        else []
    )
    return {
        "named": {n.party_id: n for n in named if n.party_id},
        "found": found,
        "given": {p.party_id: p for p in found.persons} if found else {},
        "candidates": [known[n] for n in sorted(known)],
        "who": text,
        "more": [p for p in more if p.id not in known and p.id != card.insured_id],
        "with": sorted(known),
        "relations": hard.RELATION_CHOICES,
        "fates": hard.FATE_CHOICES,
        "benefit": benefit,
        "declared": queries.declared_death(card),
        "payees": payees_of(card),
        "banks": people.list_banks(),
        "account_consent": people.consent_text("FINANCIAL"),
        "may_register": access.may("people.register"),
        "here_with": f"{request.path}?{urlencode([('with', n) for n in sorted(known)])}",
    }


def _added(request: HttpRequest, access: Access) -> set[int]:
    """Whom the page was asked to add: customers of these offices, and whoever was identified by number."""
    asked = {n for n in map(whole, request.GET.getlist("with")) if n is not None}
    identified = asked & set(met(request))
    for party_id in sorted(asked - identified)[:ADDED_MAX]:
        with suppress(people.PartyNotFound):
            identified.add(people.see_party(access, party_id).id)
    return identified


def _misstated(request: HttpRequest, card: queries.ClaimCard, access: Access) -> dict[str, Any]:
    desk = queries.desk(card.id, access, timezone.now())
    found = queries.misstated_ages(card)
    return {
        "found": found,
        "settled": any(each.state in ("PROPOSED", "STANDS") for each, _way in found),
        "benefit": desk.calculation.benefit if desk.calculation else None,
        "me": str(Ref("staff", access.staff_id)),
    }


def _coordination(request: HttpRequest, card: queries.ClaimCard, access: Access) -> dict[str, Any]:
    desk = queries.desk(card.id, access, timezone.now())
    benefit = card.benefit_amount
    if benefit is None and desk.calculation:
        benefit = desk.calculation.benefit
    return {"sums": queries.coordination(card, benefit), "benefit": benefit}


def _money_back(request: HttpRequest, card: queries.ClaimCard, access: Access) -> dict[str, Any]:
    limit = access.limit_for("claims.decide", card.office_id)
    return {
        "money_back": queries.money_back(card),
        "causes": hard.RECOVERY_CAUSES,
        "limit": limit,
        "higher": queries.who_may_decide_more(card, limit),
        "given": request.POST,
    }


def _late(request: HttpRequest, card: queries.ClaimCard, access: Access) -> dict[str, Any]:
    return {
        "rows": [
            (each, people.list_accounts(each.row.party_id)) for each in queries.late_payments(card)
        ],
        "may_decide": access.may("claims.decide", card.office_id)
        or access.may("claims.review", card.office_id),
    }


def _agreements(request: HttpRequest, card: queries.ClaimCard, access: Access) -> dict[str, Any]:
    return {
        "agreements": queries.agreements(card),
        "owed": queries.owed_back(card),
        "agreement_kinds": hard.AGREEMENT_KINDS,
    }


def _team(request: HttpRequest, card: queries.ClaimCard, access: Access) -> dict[str, Any]:
    desk = queries.desk(card.id, access, timezone.now())
    return {
        "team": queries.team(card, access),
        "notes": desk.notes,
        "areas": hard.AREAS,
        "care_kinds": hard.CARE_KINDS,
        "scenes": hard.ADVANCE_SCENES if card.claim_type in hard.ADVANCE_TYPES else (),
        "ahead": ahead_bounds(timezone.now()),
        "may_advance": card.state in hard.ADVANCE_STATES and card.claim_type != "DEATH",
        "given": request.POST,
        "mine": str(Ref("staff", access.staff_id)),
        "note_kinds": choices.NOTE_KINDS,
        "evidence": talk_notes.evidence_of(desk.uploads),
        **talk_notes.FORM,
        "me": access.staff_id,
    }


def _try(request: HttpRequest, card: queries.ClaimCard, access: Access) -> dict[str, Any]:
    desk = queries.desk(card.id, access, timezone.now())
    if not desk.calculation or not access.may("claims.assess", card.office_id):
        return {"desk": desk, "tried": None}
    given = request.GET
    loss = claims.Loss.from_json(desk.loss)
    if given.get("cause") in claims.CAUSES:
        loss = claims.Loss.from_json(desk.loss | {"cause": given["cause"]})
    if "tried" in given:
        loss = claims.Loss.from_json(
            loss.as_json()
            | {
                "circumstances": [
                    c for c in given.getlist("circumstances") if c in claims.CIRCUMSTANCES
                ]
            }
        )
    chosen = claims.Chosen.from_json(desk.calculation.chosen)
    if "tried" in given:
        chosen = claims.Chosen(
            upheld=tuple(given.getlist("upheld")), paid_elsewhere=_money(given.get("elsewhere")),
            other_death_cover=chosen.other_death_cover,
        )  # fmt: skip
    tried = claims.try_calculation(
        claim_id=card.id, changes=claims.Changes(loss=loss, chosen=chosen), access=access,
        actor=Ref("staff", access.staff_id), at=timezone.now(),
    )  # fmt: skip
    now, then = tried.now.as_plain(), tried.then.as_plain()
    return {
        "desk": desk,
        "tried": tried,
        "rows": _beside(now["lines"], then["lines"]),
        "difference": tried.then.benefit - tried.now.benefit,
        "causes": tuple(claims.CAUSES.items()),
        "loss": loss,
        "chosen": chosen,
        "circumstances": tuple(claims.CIRCUMSTANCES.items()),
        "grounds": {g["key"]: g for g in (*now["refusal_grounds"], *then["refusal_grounds"])},
    }


def _beside(now: list[dict[str, Any]], then: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines of two sums beside each other, changed ones marked."""
    rows = []
    for n in range(max(len(now), len(then))):
        a, b = (now[n] if n < len(now) else None), (then[n] if n < len(then) else None)
        rows.append(
            {
                "now": a, "then": b, "differs": (a and a["amount"]) != (b and b["amount"]),
                "now_amount": a and Decimal(a["amount"]), "then_amount": b and Decimal(b["amount"]),
            }
        )  # fmt: skip
    return rows


def _money(text: str | None) -> Decimal:
    try:
        return max(Decimal((text or "0").replace(",", "") or "0"), Decimal(0)).quantize(
            Decimal("0.01")
        )
    except ArithmeticError:
        return Decimal("0.00")


_MADE: dict[str, Callable[[HttpRequest, queries.ClaimCard, Access], dict[str, Any]]] = {
    "investigation": _investigation,
    "rescission": _rescission,
    "cover": _cover,
    "appraisal": _appraisal,
    "beneficiaries": _beneficiaries,
    "misstated": _misstated,
    "coordination": _coordination,
    "money-back": _money_back,
    "late": _late,
    "agreements": _agreements,
    "facts": facts_page,
    "team": _team,
    "try": _try,
}
