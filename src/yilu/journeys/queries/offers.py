"""What is offered to a customer on the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from yilu.journeys.book import the_book
from yilu.journeys.models import KeptForm, Offer
from yilu.journeys.operations.forms import opened_form
from yilu.journeys.rules.continuing import FORM
from yilu.journeys.rules.names import BREAKS, WAYS
from yilu.kernel.refs import Ref

SHOWN_AFTER_ANSWER = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class OfferView:
    """A card on the customer's page (接续卡片): what stopped, that nothing is lost, how to go on."""

    id: int
    breakpoint_id: int
    kind: str
    kind_label: str
    name: str
    subject: Ref
    ways: tuple[tuple[str, str], ...]
    way: str
    accepted: str
    offered_at: datetime
    expires_at: datetime


def open_offers(party_id: int, at: datetime | None = None) -> tuple[OfferView, ...]:
    """
    The offers a customer has not answered, newest first; with ``at`` also those just accepted.

    A refused form and the request that came of it are one matter: of the two the newer is offered.

    One look at an index of open offers, so that a page may ask every second.
    """
    wanted = Q(state=Offer.State.OPEN)
    if at is not None:
        wanted = Q(state=Offer.State.OPEN, expires_at__gt=at) | Q(
            state=Offer.State.ACCEPTED, answered_at__gt=at - SHOWN_AFTER_ANSWER,
            breakpoint__closed_at__isnull=True,
        )  # fmt: skip
    rows = (
        Offer.objects.filter(wanted, party_id=party_id)
        .select_related("breakpoint")
        .order_by("-pk")[:3]
    )
    book = the_book()
    found = (
        OfferView(
            id=row.pk, breakpoint_id=row.breakpoint_id, kind=row.breakpoint.kind,
            kind_label=BREAKS[row.breakpoint.kind], name=book.named(row.breakpoint.code),
            subject=Ref.parse(row.breakpoint.subject),
            ways=tuple((way, WAYS[way]) for way in row.ways if way in WAYS), way=row.way,
            accepted=WAYS.get(row.way, ""), offered_at=row.offered_at, expires_at=row.expires_at,
        )
        for row in rows
    )  # fmt: skip
    shown: list[OfferView] = []
    for each in found:
        alike = (other for other in shown if other.name == each.name and not other.accepted)
        if each.accepted or not any(FORM in (each.subject.kind, o.subject.kind) for o in alike):
            shown.append(each)
    return tuple(shown)


@dataclass(frozen=True, slots=True)
class TakenOffer:
    """What a customer chose to go on with, for whoever talks to them about it."""

    breakpoint: Ref
    way: str
    family: str
    name: str
    kind_label: str
    subject: Ref
    request: str
    form: Mapping[str, Any]


def taken_offer(offer_id: int, party_id: int) -> TakenOffer | None:
    """One's own offer that was accepted and is not settled yet; else None."""
    row = (
        Offer.objects.filter(
            pk=offer_id, party_id=party_id, state=Offer.State.ACCEPTED,
            breakpoint__closed_at__isnull=True,
        )
        .select_related("breakpoint")
        .first()
    )  # fmt: skip
    if row is None:
        return None
    held, subject = row.breakpoint, Ref.parse(row.breakpoint.subject)
    form = (
        KeptForm.objects.filter(pk=subject.id, party_id=party_id).first()
        if subject.kind == FORM
        else None
    )
    return TakenOffer(
        held.ref, row.way, held.family, the_book().named(held.code), BREAKS[held.kind], subject,
        form.request if form else "", opened_form(form) if form else {},
    )  # fmt: skip


def kept_form(
    party_id: int, journey: str, request: str, policy_id: int | None
) -> dict[str, Any] | None:
    """What a customer filled in before a page refused it, to be filled in again for them."""
    row = KeptForm.objects.filter(
        party_id=party_id, journey=journey, request=request, policy_id=policy_id,
        closed_at__isnull=True,
    ).first()  # fmt: skip
    return opened_form(row) if row is not None else None


def kept_form_of(form_id: int, party_id: int) -> tuple[str, str, int | None] | None:
    """Journey, request and policy of a customer's kept form; None where it is not theirs."""
    return (
        KeptForm.objects.filter(pk=form_id, party_id=party_id)
        .values_list("journey", "request", "policy_id")
        .first()
    )
