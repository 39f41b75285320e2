"""Visits as whoever goes, the customer and their link see them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from yilu.care.models import Talk, Visit, Way
from yilu.care.operations.refusals import VisitNotFound
from yilu.care.operations.talking import THIRD_PHONE
from yilu.care.operations.visits import LOCATION, PLACE, WAY, read_point
from yilu.care.rules.visits import (
    CANCELLED_FOR,
    KINDS,
    RESULTS,
    SAFETY,
    STATES,
    TALKS,
    WAY_FRESH,
    WECHAT,
    metres,
)
from yilu.claims import queries as claims
from yilu.kernel import masks, sealing
from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _
from yilu.people.queries import Access
from yilu.servicing import queries as servicing

OPEN_STATES = ("ASKED", "PLANNED", "ON_WAY", "ARRIVED")
LIST_MAX, HOME_VISITS_SHOWN = 100, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkView:
    """One line of a visit's log."""

    kind_label: str
    text: str
    third_present: bool
    masked_third_phone: str
    why_no_phone: str
    written_by: str
    written_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitView:
    """A visit as staff see it."""

    id: int
    claim_id: int | None
    request_id: int | None
    policy_id: int | None
    party_id: int
    claim_number: str
    office_id: int
    about: Sentence | str
    kind: str
    kind_label: str
    state: str
    state_label: str
    masked_name: str
    place: str
    location: str
    located_at: datetime | None
    wish: str
    staff_id: int | None
    staff_name: str
    first_called_at: datetime | None
    wechat_label: str
    planned_at: datetime | None
    eta_at: datetime | None
    arrived_at: datetime | None
    metres_off: int | None
    checks: tuple[str, ...]
    result_label: str
    cancelled_for: str
    report: str
    confirmed_at: datetime | None
    asked_at: datetime
    talks: tuple[TalkView, ...] = ()

    @property
    def before_arrival(self) -> bool:
        """Whether somebody is still to come."""
        return self.state in OPEN_STATES and self.state != "ARRIVED"

    @property
    def coming(self) -> bool:
        """Whether somebody is still to come, or there now."""
        return self.state in OPEN_STATES


@dataclass(frozen=True, slots=True, kw_only=True)
class WayView:
    """Where whoever comes was a moment ago; how far that is, where the customer's own place is known."""

    point: str
    at: datetime
    kilometres: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """A visit as its link shows it: no claim, no names but ours."""

    kind: str
    kind_label: str
    state: str
    state_label: str
    staff_name: str
    number: int
    eta_at: datetime | None
    located: bool
    way: WayView | None
    cancelled_for: str
    report: str
    result_label: str
    safety: tuple[str, ...]


def list_visits(access: Access, *, mine: bool = False) -> tuple[VisitView, ...]:
    """Visits under way in one's offices, the soonest first; ``mine``: those one goes to."""
    found = seen_visits().filter(
        office_id__in=access.offices_for("care.visit"),
        state__in=["ASKED", "PLANNED", "ON_WAY", "ARRIVED", "DONE"],
    )
    if mine:
        found = found.filter(staff_id=access.staff_id)
    return tuple(view_of(v) for v in found.order_by("planned_at", "pk")[:LIST_MAX])


def get_visit(visit_id: int, access: Access) -> VisitView:
    """One visit with its log. :raises VisitNotFound: none, or not theirs: the same words."""
    visit = seen_visits().filter(pk=visit_id).first()
    if visit is None or visit.office_id not in access.offices_for("care.visit"):
        raise VisitNotFound
    return view_of(visit, with_talks=True)


def visits_of_customer(claim_id: int, party_id: int) -> tuple[VisitView, ...]:
    """The visits of a claim for its customer. :raises ClaimNotFound: not theirs."""
    claims.get_for_customer(claim_id, party_id)
    found = seen_visits().filter(claim_id=claim_id)
    return tuple(view_of(v) for v in found.order_by("-pk"))


def visits_of_person(party_id: int) -> tuple[VisitView, ...]:
    """Visits that are no claim's, the latest first; that the asker may see them is the caller's."""
    found = seen_visits().filter(party_id=party_id, claim=None)
    return tuple(view_of(v) for v in found.order_by("-pk")[:HOME_VISITS_SHOWN])


def visit_by_link(secret: str, at: datetime) -> LinkView:
    """What a link shows. :raises VisitNotFound: for anything that is no link of ours."""
    index = hashlib.sha256(secret.encode()).hexdigest()
    visit = Visit.objects.select_related("staff", "way").filter(secret_index=index).first()
    if visit is None or not secret:
        raise VisitNotFound
    return LinkView(
        number=visit.pk, way=_way_of(visit, at),
        kind=visit.kind, kind_label=KINDS[visit.kind], state=visit.state,
        state_label=STATES[visit.state], staff_name=visit.staff.name if visit.staff else "",
        eta_at=visit.eta_at, located=visit.located_at is not None,
        report="" if visit.state == "CANCELLED" else visit.report,
        cancelled_for=CANCELLED_FOR.get(visit.cancelled_for, ""),
        result_label=RESULTS.get(visit.result, ""), safety=SAFETY[visit.kind],
    )  # fmt: skip


def is_sharing(visit_id: int) -> bool:
    """Whether whoever is on the way shows the customer where they are."""
    return Way.objects.filter(visit_id=visit_id).exists()


def _way_of(visit: Visit, at: datetime) -> WayView | None:
    way: Way | None = getattr(visit, "way", None)
    if way is None or visit.state != "ON_WAY" or way.at < at - WAY_FRESH:
        return None
    point = sealing.unseal(way.point, WAY)
    theirs = read_point(sealing.unseal(visit.location, LOCATION)) if visit.location else None
    ours = read_point(point)
    away = metres(ours, theirs) if ours and theirs else None
    return WayView(
        point=point, at=way.at, kilometres=None if away is None else max(0.1, round(away / 1000, 1))
    )


def claims_of_visits(visit_ids: Collection[int], party_id: int) -> dict[int, int | None]:
    """The claims of a customer's visits, by the visit; None for one that is about no claim."""
    found = Visit.objects.filter(pk__in=visit_ids, party_id=party_id)
    return dict(found.values_list("pk", "claim_id"))


def seen_visits() -> QuerySet[Visit]:
    return Visit.objects.select_related("party", "claim", "request", "policy", "staff")


def _about(visit: Visit) -> Sentence | str:
    """What a visit is about, in words for colleagues and the customer."""
    if visit.claim is not None:
        return visit.claim.number
    if visit.request is not None:
        return Sentence(_("保全申请：{what}"), what=servicing.name_of(visit.request.kind))
    if visit.policy is not None:
        return Sentence(_("保单 {number}"), number=visit.policy.number)
    return _("客户不便出门，当面办理")


def view_of(visit: Visit, *, with_talks: bool = False) -> VisitView:
    return VisitView(
        id=visit.pk, claim_id=visit.claim_id, request_id=visit.request_id,
        policy_id=visit.policy_id, office_id=visit.office_id, party_id=visit.party_id,
        claim_number=visit.claim.number if visit.claim else "", about=_about(visit), kind=visit.kind,
        kind_label=KINDS[visit.kind], state=visit.state, state_label=STATES[visit.state],
        masked_name=masks.mask_name(visit.party.name),
        place=sealing.unseal(visit.place, PLACE) if visit.place else "",
        location=sealing.unseal(visit.location, LOCATION) if visit.location else "",
        located_at=visit.located_at, wish=visit.wish, staff_id=visit.staff_id,
        staff_name=visit.staff.name if visit.staff else "", planned_at=visit.planned_at,
        first_called_at=visit.first_called_at, wechat_label=WECHAT.get(visit.wechat, ""),
        eta_at=visit.eta_at, arrived_at=visit.arrived_at, metres_off=visit.metres_off,
        checks=tuple(visit.checks), result_label=RESULTS.get(visit.result, ""),
        cancelled_for=CANCELLED_FOR.get(visit.cancelled_for, ""),
        report=visit.report, confirmed_at=visit.confirmed_at, asked_at=visit.asked_at,
        talks=tuple(_talk(t) for t in visit.talks.order_by("pk")) if with_talks else (),
    )  # fmt: skip


def _talk(talk: Talk) -> TalkView:
    phone = sealing.unseal(talk.third_phone, THIRD_PHONE) if talk.third_phone else ""
    return TalkView(
        kind_label=TALKS[talk.kind], text=talk.text, third_present=talk.third_present,
        masked_third_phone=masks.mask_phone(phone), why_no_phone=talk.why_no_phone,
        written_by=talk.written_by, written_at=talk.written_at,
    )  # fmt: skip
