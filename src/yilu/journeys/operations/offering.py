"""The customer answers an offer; a person settles a break."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from yilu.journal import operations as journal
from yilu.journeys import events
from yilu.journeys.models import Breakpoint, KeptForm, Offer
from yilu.journeys.operations import breaking
from yilu.journeys.operations.refusals import (
    BreakpointNotFound,
    BreakSettled,
    NoSuchWay,
    NoteNeeded,
    OfferNotFound,
    OfferOver,
)
from yilu.journeys.rules.names import WAYS
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.people.queries import Access
from yilu.work import operations as work

RIGHT = "journeys.handle"


@dataclass(frozen=True, slots=True)
class Accepted:
    """What the door does next: whom it is about, which way."""

    subject: Ref
    way: str


def _mine(offer_id: int, actor: Ref) -> Offer:
    found = (
        Offer.objects.select_for_update(of=("self",))
        .filter(pk=offer_id, party_id=actor.id if actor.kind == "party" else -1)
        .select_related("breakpoint")
        .first()
    )
    if found is None:
        raise OfferNotFound
    return found


@tx.use_case
def accept_offer(*, offer_id: int, way: str, actor: Ref, at: datetime) -> Accepted:
    """
    Choose one of the ways offered: a person goes on with what was filled in. Twice is once.

    :raises OfferNotFound: none, or somebody else's. :raises NoSuchWay: it was not offered.
    :raises OfferOver: declined or settled meanwhile, or another way was chosen.
    """
    offer = _mine(offer_id, actor)
    held = offer.breakpoint
    done = Accepted(Ref.parse(held.subject), way)
    if way not in offer.ways:
        raise NoSuchWay
    if offer.state == Offer.State.ACCEPTED and offer.way == way:
        return done
    # One that ran out may still be taken: whoever comes back late is helped all the same.
    if offer.state not in (Offer.State.OPEN, Offer.State.EXPIRED) or held.closed_at is not None:
        raise OfferOver
    offer.state, offer.way, offer.answered_at = Offer.State.ACCEPTED, way, at
    offer.save(update_fields=["state", "way", "answered_at"])
    held.state = Breakpoint.State.TAKEN_UP
    held.save(update_fields=["state"])
    fact = events.ContinuationAccepted(offer_id=offer.pk, way=way)
    journal.record(fact, about=held.ref, actor=actor, at=at, party=offer.party_id)
    answer = breaking.answer_for(held, at)
    # Somebody who waits comes first.
    waits = replace(answer, priority="URGENT", minutes=min(answer.minutes, 30))
    breaking.give_out(held.ref, held, waits, at=at, way=WAYS[way])
    return done


@tx.use_case
def decline_offer(*, offer_id: int, actor: Ref, at: datetime) -> None:
    """
    Go on alone: the card disappears, and nobody calls. Twice is once.

    :raises OfferNotFound: none, or somebody else's. :raises OfferOver: a way was chosen already.
    """
    offer = _mine(offer_id, actor)
    if offer.state == Offer.State.DECLINED:
        return
    if offer.state not in (Offer.State.OPEN, Offer.State.EXPIRED):
        raise OfferOver
    offer.state, offer.answered_at = Offer.State.DECLINED, at
    offer.save(update_fields=["state", "answered_at"])
    fact = events.ContinuationDeclined(offer_id=offer.pk)
    journal.record(fact, about=offer.breakpoint.ref, actor=actor, at=at, party=offer.party_id)
    if offer.breakpoint.closed_at is None:
        breaking.close_many([(offer.breakpoint, "NOT_NEEDED")], by=actor, at=at)


@tx.use_case
def take_up(*, breakpoint_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """
    Take a break into one's own hands (我来接续): it is this colleague's item from here.

    :raises BreakpointNotFound: none in one's offices. :raises BreakSettled: it went on already.
    """
    held = _held(breakpoint_id, access)
    if held.closed_at is not None:
        raise BreakSettled
    work.open_item(
        breaking.QUEUE, about=held.ref, office_id=held.office_id, at=at, party_id=held.party_id,
        title=breaking.title_of(held), staff_id=actor.id,
    )  # fmt: skip
    if held.state in (Breakpoint.State.FOUND, Breakpoint.State.OFFERED):
        held.state = Breakpoint.State.TASKED
        held.save(update_fields=["state"])


@tx.use_case
def finish(
    *, breakpoint_id: int, needed: bool, note: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Say that a break is settled (接续完成): by a person, or the customer no longer needs it.

    :raises NoteNeeded: what was done is not said. :raises BreakpointNotFound, BreakSettled.
    """
    if len(note.strip()) < 4:
        raise NoteNeeded
    held = _held(breakpoint_id, access)
    if held.closed_at is not None:
        raise BreakSettled
    how = "BY_PERSON" if needed else "NOT_NEEDED"
    breaking.close_many([(held, how)], by=actor, at=at, note=note.strip())
    about = Ref.parse(held.subject)
    if about.kind == breaking.FORM:
        KeptForm.objects.filter(pk=about.id).update(closed_at=at, form=b"")


def _held(breakpoint_id: int, access: Access) -> Breakpoint:
    access.require(RIGHT)
    held = (
        Breakpoint.objects.select_for_update()
        .filter(pk=breakpoint_id, office_id__in=access.offices_for(RIGHT))
        .first()
    )
    if held is None:
        raise BreakpointNotFound
    return held
