"""One switch for a disaster (绿色通道): on, and off again, with who, when and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from yilu.contact import events
from yilu.contact.models import GreenRoute, Seat, Waiting
from yilu.contact.refusals import BadGreenRoute, GreenRouteNotFound
from yilu.contact.rules import reasons, scoring
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.people.queries import Access

from . import dispatching, seating
from .queueing import GREEN_REASONS


@tx.use_case
def open_green_route(
    *, title: str, notice: str, why: str, branch_ids: Sequence[int] = (), about: Ref | None = None,
    access: Access, actor: Ref, at: datetime,
) -> int:  # fmt: skip
    """
    Switch the green route on, for these branches or (without any) for the country; its id.

    From this moment customers' pages show the notice, the hotline says it first, every seat takes
    these contacts, reserve seats may sign on, and those who wait already go before the rest. The same
    disaster twice is one.

    :raises NotAllowed: without contact.supervise over these branches (head office for the country).
    :raises BadGreenRoute: no title, notice or reason, or no such branch.
    """
    title, notice, why = title.strip(), notice.strip(), why.strip()
    if not (title and notice and why) or len(title) > 60 or len(notice) > 300 or len(why) > 200:
        raise BadGreenRoute
    offices = {office.id: office for office in people.list_offices()}
    heads = [office.id for office in offices.values() if office.level == "HEAD"]
    for office_id in branch_ids or heads:
        if office_id not in offices:
            raise BadGreenRoute
        access.require("contact.supervise", office_id=office_id)
    tx.rows("select pg_advisory_xact_lock(hashtext('contact.green_route'))::text")
    same = GreenRoute.objects.filter(off_at=None, title=title).first()
    if same is not None:
        return same.pk
    row = GreenRoute.objects.create(
        title=title, notice=notice, why=why, branch_ids=sorted(set(branch_ids)),
        about=str(about) if about else "", on_at=at, on_by=str(actor),
    )  # fmt: skip
    fact = events.GreenRouteOpened(branch_ids=tuple(row.branch_ids), about=row.about)
    journal.record(fact, about=row.ref, actor=actor, at=at)
    _prefer_waiting(row)
    dispatching.dispatch(at=at, skills=["green"])
    return row.pk


@tx.use_case
def close_green_route(
    *, green_route_id: int, why: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Switch it off; reserve seats leave once their hands are free. Twice is once.

    :raises GreenRouteNotFound: none. :raises BadGreenRoute: no reason.
    :raises NotAllowed: without contact.supervise over its branches.
    """
    why = why.strip()
    row = GreenRoute.objects.select_for_update(of=("self",)).filter(pk=green_route_id).first()
    if row is None:
        raise GreenRouteNotFound
    heads = [office.id for office in people.list_offices() if office.level == "HEAD"]
    for office_id in row.branch_ids or heads:
        access.require("contact.supervise", office_id=office_id)
    if row.off_at is not None:
        return
    if not why or len(why) > 200:
        raise BadGreenRoute
    row.off_at, row.off_by, row.off_why = at, str(actor), why
    row.save()
    hours = max(0, int((at - row.on_at).total_seconds() // 3600))
    journal.record(events.GreenRouteClosed(hours=hours), about=row.ref, actor=actor, at=at)
    if not GreenRoute.objects.filter(off_at=None).exists():
        for seat in Seat.objects.select_for_update().filter(reserve=True).order_by("pk"):
            if seat.state != Seat.State.OFFLINE:
                seat.then, seat.then_why = Seat.State.OFFLINE, ""
                seating.settle(seat, at)


def _prefer_waiting(row: GreenRoute) -> None:
    """Those of these branches who wait already: every seat may take them, and they go first."""
    waiting = Waiting.objects.select_for_update(of=("self",), skip_locked=True).filter(seat_id=None)
    if row.branch_ids:
        waiting = waiting.filter(branch_id__in=row.branch_ids)
    for one in waiting.select_related("conversation").order_by("pk"):
        talk = one.conversation
        if talk.reason not in GREEN_REASONS:
            continue
        one.skill = "green"
        one.score = scoring.score(
            one.arrived_at, urgency=talk.urgency, tier=talk.tier, green=True,
            statutory=reasons.is_statutory(talk.reason), written=one.load == "TEXT",
        )  # fmt: skip
        one.save(update_fields=["skill", "score"])
