"""The claim desk: everything to decide a claim, on one screen (理赔工作台)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from yilu.care import queries as care
from yilu.claims import queries as claims
from yilu.claims.queries import choices, programmes, unpaid
from yilu.claims.queries.payees import unidentified_payees
from yilu.contact import queries as conversations
from yilu.documents import queries as documents
from yilu.kernel.days import day_of
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.policies import queries as policies
from yilu.web.common.access import staff_only
from yilu.web.staff import talk_notes
from yilu.web.staff.documents import document_page
from yilu.web.staff.page import access_of, show


@require_GET
@staff_only(right="claims.view")
def claim(request: HttpRequest, claim_id: int) -> HttpResponse:
    """One claim at the desk; ``?upload=`` opens one of its files."""
    return show_desk(request, claim_id)


def show_desk(request: HttpRequest, claim_id: int, refusal: Refusal | None = None) -> HttpResponse:
    """The desk as it is now, with the refusal of what was just tried, if any."""
    access = access_of(request)
    desk = claims.desk(claim_id, access, timezone.now())
    now = timezone.now()
    actions = {action.code: action for action in desk.actions}
    takes_papers = (
        access.may("claims.register", desk.card.office_id)
        and desk.card.state in choices.CAN_TAKE_PAPERS
    )
    page: dict[str, Any] = {
        "desk": desk,
        "do": actions,
        "second": desk.card.state == "SECOND_REVIEW",
        "decided": any(each.state == "STANDS" for each in desk.decisions),
        "open_clocks": [c for c in desk.clocks if c.met_at is None and c.state != "CANCELLED"],
        "over_clocks": [c for c in desk.clocks if c.met_at is not None],
        "planned": "END_INVESTIGATION" in actions and _has_plan(desk, now),
        "sampled": any(item.queue == "claims.sample" for item in desk.items),
        "refusal": refusal,
        "talks": conversations.talks_about(Ref("claim", claim_id), access),
        "may": {
            "link": takes_papers,
            "upload": takes_papers,
            "review": access.may("claims.review", desk.card.office_id),
            "note": True,
            "risk": access.may("risk.view", desk.card.office_id),
        },
        "document_kinds": documents.FILE_KINDS,
        "note_kinds": choices.NOTE_KINDS,
        "evidence": talk_notes.evidence_of(desk.uploads),
        **talk_notes.FORM,
        "complexity_reasons": choices.COMPLEXITY_REASONS,
        "investigation_reasons": choices.INVESTIGATION_REASONS,
        "findings": choices.FINDINGS,
        "helpers": choices.HELPERS,
        "causes": choices.REOPENING_CAUSES,
        "after_review": choices.AFTER_REVIEW,
        "law": choices.LAW,
        "fraud_article": choices.FRAUD_ARTICLE,
        "frauds": choices.FRAUDS,
        "settled": claims.settled(desk.card),
        "unidentified": unidentified_payees(desk.card) if desk.card.state in unpaid.WAITING else (),
        "consultants": _consultants(desk, access),
        "me": access.staff_id,
        "lacking": (lacking := _lacking(desk)),
        "missing_kinds": (missing := _missing_kinds(desk)),
        "lacking_papers": lacking and bool(missing),
        "years": policies.years_of(desk.card.policy_id) if desk.policy.is_renewable else (),
        "waiting_until": desk.policy.waiting_until(desk.card.claim_type),
        "besides": policies.leftover_of(desk.card.policy_id, day_of(now))
        if desk.card.claim_type == "DEATH"
        else None,
        "programmes": programmes.programmes_of(
            desk,
            now,
            has_third_party=care.has_third_party(claim_id),
            cannot_travel=people.service_wishes(desk.card.claimant_id).assisted,
        ),
        "accounts": people.list_accounts(desk.card.claimant_id)
        if "CORRECT_ACCOUNT" in actions
        else (),
    }
    open_upload = _chosen(desk.uploads, request.GET.get("upload", ""))
    if open_upload is not None:
        page |= {"open_upload": open_upload, "open_upload_id": open_upload.id}
        page |= document_page(open_upload, access)
    status = refusal.status if refusal else 200
    return show(request, "staff/claims/desk.html", page, here="claims", status=status)


def _consultants(desk: claims.ClaimDesk, access: people.Access) -> list[tuple[int, str]]:
    """Whom this colleague may make the claim's consultant: oneself, or as a team lead anybody who may."""
    office = desk.card.office_id
    if desk.card.state in ("CLOSED", "WITHDRAWN", "MERGED"):
        return []
    found = people.list_colleagues(office, "claims.register")
    if access.may("work.lead", office_id=office):
        return list(found)
    may = access.may("claims.register", office_id=office)
    return [
        each for each in found if may and each[0] == access.staff_id and each[1] != desk.consultant
    ]


def _has_plan(desk: claims.ClaimDesk, now: datetime) -> bool:
    """Whether the investigation ends by its plan's report: then the desk leads there and asks for none."""
    plan = claims.investigation(desk.card, now)
    return plan is not None and bool(plan.steps or plan.reported_by)


def _lacking(desk: claims.ClaimDesk) -> bool:
    """Whether nothing can be granted yet because a paper or a fact is missing: then that comes first."""
    made = desk.calculation
    if made is None or made.benefit or made.waived_from:
        return False
    return bool(made.shortfalls) or desk.card.claim_type == "WAIVER"


def _missing_kinds(desk: claims.ClaimDesk) -> set[str]:
    """What the one notice of missing papers begins with: all the checklist wants and has not got."""
    rows = (row for row in desk.checklist if row.required and row.state == "MISSING")
    return {row.kinds[0] for row in rows if row.kinds}


def _chosen(uploads: tuple[Any, ...], wanted: str) -> Any:
    """The file asked for, else the first that waits for a person, else the first."""
    for upload in uploads:
        if str(upload.id) == wanted:
            return upload
    waiting = [u for u in uploads if u.state == "NEEDS_PERSON"]
    return (waiting or list(uploads) or [None])[0]
