"""Visits from asking to the customer's confirmation (上门服务)."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError

from yilu.care import events
from yilu.care.models import Visit, Way
from yilu.care.rules import visits as rules
from yilu.claims import queries as claims
from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.messaging import operations as messaging
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.work import operations as work

from .refusals import BadVisit, ChecksLeft, NotNow, VisitNotFound, VisitOpenAlready
from .summing import count_in

PLACE, LOCATION, ARRIVAL = "care_visit.place", "care_visit.location", "care_visit.arrival"
LINK, WAY = "care_visit.secret", "care_way.point"
_POINT = re.compile(r"(-?\d{1,2}(?:\.\d{1,7})?),(-?\d{1,3}(?:\.\d{1,7})?)")


@tx.use_case
def ask_visit(
    *, claim_id: int, kind: str, place: str = "", wish: str = "", access: Access | None = None,
    actor: Ref, at: datetime,
) -> int:  # fmt: skip
    """
    Ask for a visit: the customer of a claim, or staff with ``claims.register``. The visit's id.

    :raises ClaimNotFound: no such claim, or not theirs. :raises BadVisit: unknown kind, or no address
        for a hospital or a home. :raises VisitOpenAlready: one of the kind is under way.
    """
    if access is not None:
        claim = claims.get_for_staff(claim_id, access)
        access.require("claims.register", office_id=claim.office_id)
    elif actor.kind == "party":
        claim = claims.get_for_customer(claim_id, actor.id)
    else:
        raise NotAllowed
    place, wish = place.strip(), wish.strip()
    if kind not in rules.OF_CLAIMS:
        raise BadVisit(_("请选择服务类别"))
    if (kind in rules.NEEDS_PLACE and not place) or len(place) > 200 or len(wish) > 300:
        raise BadVisit(_("请填写地址或医院病房，不超过200字"))
    try:
        with tx.savepoint():
            visit = Visit.objects.create(
                claim_id=claim.id, party_id=claim.claimant_id, office_id=claim.office_id, kind=kind,
                wish=wish, place=sealing.seal(place, PLACE) if place else b"", asked_by=str(actor),
                asked_at=at,
            )  # fmt: skip
    except IntegrityError:
        raise VisitOpenAlready from None
    if kind == "SURVEY":
        tell_to_keep_safe(visit, "care.survey_asked", at)
    say_asked(visit, actor, at)
    return visit.pk


@tx.step
def tell_to_keep_safe(visit: Visit, template: str, at: datetime) -> None:
    """The link at once, before anybody is named: how to stay safe, and a button that sends the location."""
    link = link_of(visit)
    visit.save(update_fields=["secret", "secret_index"])
    messaging.queue(
        template, to=Ref("party", visit.party_id), about=visit.ref, at=at, facts={"link": link}
    )


@tx.step
def say_asked(visit: Visit, actor: Ref, at: datetime, *, priority: int = 30) -> None:
    """Record that a visit is wanted, count it, and have somebody arrange it."""
    fact = events.VisitAsked(claim_id=visit.claim_id, kind=visit.kind, office_id=visit.office_id)
    say(visit, fact, actor, at)
    work.open_item(
        "care.visit", about=visit.ref, office_id=visit.office_id, at=at, party_id=visit.party_id,
        title=f"{rules.KINDS[visit.kind]}：安排人员和时间", priority=priority,
    )  # fmt: skip
    count_in(visit.office_id, visit.kind, at=at)


@tx.use_case
def plan_visit(
    *, visit_id: int, staff_id: int, planned_at: datetime, access: Access, actor: Ref, at: datetime
) -> str:
    """
    Say who goes and when, and tell the customer with a link; again to change it. The link, which stays.

    :raises VisitNotFound: none, or not theirs. :raises NotNow: on the way already, or over.
    :raises BadVisit: the time has passed, or that colleague may not go there.
    """
    visit = arranging(visit_id, access)
    to = _next(visit, "plan")
    if planned_at <= at:
        raise BadVisit(_("约定时间须在现在之后"))
    try:
        goes = people.staff_access(staff_id)
    except NotAllowed:
        raise BadVisit(_("没有这位同事")) from None
    if not goes.may("care.visit", office_id=visit.office_id):
        raise BadVisit(_("该同事没有上门服务的权限"))
    moved = visit.planned_at is not None and visit.planned_at != planned_at
    link = link_of(visit)
    visit.state, visit.staff_id = to, staff_id
    visit.planned_at, visit.eta_at = planned_at, planned_at
    visit.save()
    say(visit, events.VisitPlanned(claim_id=visit.claim_id, staff_id=staff_id), actor, at)
    template = "care.visit_moved" if moved else "care.visit_planned"
    tell(visit, template, at, at=planned_at.isoformat(), link=link)
    return link


def link_of(visit: Visit) -> str:
    """The customer's link to a visit, made now where there is none; the caller saves the row."""
    secret = sealing.unseal(visit.secret, LINK) if visit.secret else secrets.token_urlsafe(18)
    visit.secret = visit.secret or sealing.seal(secret, LINK)
    visit.secret_index = _index(secret)
    return f"{settings.PUBLIC_URL}/v/{secret}"


@tx.use_case
def set_out(*, visit_id: int, eta_at: datetime, access: Access, actor: Ref, at: datetime) -> None:
    """
    Say that one is on the way, and when one will be there; the customer is told.

    :raises VisitNotFound, NotNow: as they say. :raises BadVisit: an arrival in the past.
    """
    visit = going(visit_id, access)
    visit.state = _next(visit, "set_out")
    if eta_at < at:
        raise BadVisit(_("预计到达时间不能早于现在"))
    visit.set_out_at, visit.eta_at = at, eta_at
    visit.save()
    say(visit, events.VisitSetOut(claim_id=visit.claim_id), actor, at)
    scene = visit.kind == "SURVEY"
    tell(visit, "care.on_way_to_scene" if scene else "care.on_way", at, at=eta_at.isoformat())


@tx.use_case
def delay_visit(
    *, visit_id: int, eta_at: datetime, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Say on the way that one comes later, or sooner, than said; the customer is told. The same time changes nothing.

    :raises VisitNotFound, NotNow: as they say. :raises BadVisit: an arrival in the past.
    """
    visit = going(visit_id, access)
    visit.state = _next(visit, "delay")
    if eta_at < at:
        raise BadVisit(_("预计到达时间不能早于现在"))
    if eta_at == visit.eta_at:
        return
    visit.eta_at = eta_at
    visit.save(update_fields=["eta_at"])
    say(visit, events.VisitDelayed(claim_id=visit.claim_id), actor, at)
    tell(visit, "care.delayed", at, at=eta_at.isoformat())


@tx.use_case
def arrive(
    *, visit_id: int, point: str = "", access: Access, actor: Ref, at: datetime
) -> int | None:
    """
    Say that one is there; ``point`` is where the phone says it is ("30.25,120.17"), as proof.

    Returns how many metres from the customer's own location, where both are known.

    :raises VisitNotFound, NotNow: as they say. :raises BadVisit: no such point on earth.
    """
    visit = going(visit_id, access)
    visit.state = _next(visit, "arrive")
    where = read_point(point)
    visit.arrived_at = at
    Way.objects.filter(visit=visit).delete()
    if where is not None:
        visit.arrival = sealing.seal(point.replace(" ", ""), ARRIVAL)
        asked = read_point(sealing.unseal(visit.location, LOCATION)) if visit.location else None
        visit.metres_off = round(rules.metres(where, asked)) if asked else None
    visit.save()
    far = visit.metres_off is not None and visit.metres_off > rules.FAR_METRES
    say(visit, events.VisitArrived(claim_id=visit.claim_id, far=far), actor, at)
    return visit.metres_off


@tx.use_case
def finish_visit(
    *, visit_id: int, checks: Sequence[str], result: str, report: str, access: Access, actor: Ref,
    at: datetime,
) -> None:  # fmt: skip
    """
    Say what was done on the spot.

    :raises VisitNotFound, NotNow: as they say. :raises BadVisit: no result, or no words.
    :raises ChecksLeft: 已办妥 although something of the list is not done.
    """
    visit = going(visit_id, access)
    visit.state = _next(visit, "finish")
    if result not in rules.RESULTS or not 0 < len(report.strip()) <= 2000:
        raise BadVisit(_("请选择结果并写明办理情况"))
    done = [code for code in rules.CHECKS[visit.kind] if code in checks]
    if result == "DONE" and rules.missing_checks(visit.kind, done):
        raise ChecksLeft
    visit.checks, visit.result, visit.report, visit.finished_at = done, result, report.strip(), at
    visit.save()
    say(visit, events.VisitDone(claim_id=visit.claim_id, result=result), actor, at)
    work.close_items(about=visit.ref, at=at, queue="care.visit", outcome=result)


@tx.use_case
def cancel_visit(
    *, visit_id: int, reason: str, words: str = "", access: Access, actor: Ref, at: datetime
) -> None:
    """
    Say that nobody comes, and why (one of ``CANCELLED_FOR``); the customer is told, and their link says so.

    ``words``: what only colleagues read. :raises VisitNotFound, NotNow, BadVisit: as they say.
    """
    visit = arranging(visit_id, access)
    visit.state = _next(visit, "cancel")
    if reason not in rules.CANCELLED_FOR:
        raise BadVisit(_("请选择取消的原因"))
    visit.cancelled_for, visit.report, visit.finished_at = reason, words.strip()[:2000], at
    visit.save()
    Way.objects.filter(visit=visit).delete()
    say(visit, events.VisitCancelled(claim_id=visit.claim_id), actor, at)
    tell(visit, "care.visit_cancelled", at, why=rules.CANCELLED_FOR[reason])
    work.close_items(about=visit.ref, at=at, queue="care.visit", outcome="CANCELLED")


@tx.use_case
def send_location(*, secret: str, point: str, at: datetime) -> None:
    """
    The customer sends where they are, through the link. :raises VisitNotFound: no such link, or over.

    :raises BadVisit: no such point on earth.
    """
    visit = by_secret(secret)
    if visit.state not in ("ASKED", "PLANNED", "ON_WAY"):
        raise NotNow
    if read_point(point) is None:
        raise BadVisit(_("没有收到位置"))
    visit.location, visit.located_at = sealing.seal(point.replace(" ", ""), LOCATION), at
    visit.save(update_fields=["location", "located_at"])


@tx.use_case
def confirm_visit(*, secret: str, at: datetime) -> None:
    """The customer confirms what was done, through the link; twice is once."""
    visit = by_secret(secret)
    if visit.state == "CONFIRMED":
        return
    visit.state = _next(visit, "confirm")
    visit.confirmed_at = at
    visit.save(update_fields=["state", "confirmed_at"])
    say(visit, events.VisitConfirmed(claim_id=visit.claim_id), Ref("party", visit.party_id), at)


@tx.step
def by_secret(secret: str) -> Visit:
    """The visit a link opens, locked. :raises VisitNotFound: for anything else."""
    visit = (
        Visit.objects.select_for_update(of=("self",)).filter(secret_index=_index(secret)).first()
    )
    if visit is None or not secret:
        raise VisitNotFound
    return visit


def _index(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def tell(visit: Visit, template: str, when: datetime, /, **facts: str) -> None:
    """Have the customer told about their visit."""
    messaging.queue(
        template, to=Ref("party", visit.party_id), about=visit.ref, at=when,
        facts={"kind": rules.KINDS[visit.kind], **facts},
    )  # fmt: skip


def held(visit_id: int, access: Access, right: str) -> Visit:
    visit = Visit.objects.select_for_update(of=("self",)).filter(pk=visit_id).first()
    access.require(right)
    if visit is None or not access.may(right, office_id=visit.office_id):
        raise VisitNotFound
    return visit


def arranging(visit_id: int, access: Access) -> Visit:
    """A visit for whoever says who goes: of a claim its registrars, else also who handles servicing."""
    visit = Visit.objects.select_for_update(of=("self",)).filter(pk=visit_id).first()
    rights = rules.arranged_by(visit is None or visit.claim_id is not None)
    if not any(access.may(right) for right in rights):
        access.require(rights[0])
    if visit is None or not any(access.may(r, office_id=visit.office_id) for r in rights):
        raise VisitNotFound
    return visit


def going(visit_id: int, access: Access) -> Visit:
    """A visit for the one who goes. :raises NotAllowed: for a colleague's visit."""
    visit = held(visit_id, access, "care.visit")
    if visit.staff_id is not None and visit.staff_id != access.staff_id:
        raise NotAllowed(_("这是其他同事的上门服务，请先改派"))
    return visit


def _next(visit: Visit, action: str) -> str:
    to = rules.after(action, visit.state)
    if to is None:
        raise NotNow
    return to


def read_point(text: str) -> tuple[float, float] | None:
    """A point as degrees north and east; None for nothing. :raises BadVisit: no such point on earth."""
    if not text.strip():
        return None
    found = _POINT.fullmatch(text.replace(" ", ""))
    if found is None or abs(float(found[1])) > 90 or abs(float(found[2])) > 180:
        raise BadVisit(_("位置格式不正确"))
    return float(found[1]), float(found[2])


def say(visit: Visit, fact: object, actor: Ref, at: datetime) -> None:
    """Record a fact about a visit."""
    journal.record(fact, about=visit.ref, actor=actor, at=at, party=visit.party_id)
