"""A month or quarter is closed: its cards are kept as they are; what changes later is a marked correction."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.scorecards import events
from yilu.scorecards.models import Card, Closing, Scheme
from yilu.scorecards.operations.schemes import require_company
from yilu.scorecards.queries import measuring
from yilu.scorecards.queries.measuring import Measured
from yilu.scorecards.refusals import (
    AlreadyClosed,
    CardNotFound,
    NeedsReason,
    NoScheme,
    NothingChanged,
    NotOver,
)
from yilu.scorecards.rules import terms

UNITS = frozenset({"MONTH", "QUARTER"})


@tx.use_case
def close_period(*, period: str, access: Access, actor: Ref, at: datetime) -> int:
    """
    Keep the cards of everybody and every office that a scheme judges; how many.

    :raises NotOver: before its last day has gone by. :raises AlreadyClosed: a second time.
    :raises NoScheme: nothing to keep.
    """
    require_company(access)
    span = terms.read(period, units=UNITS)
    if day_of(at) < span.end:
        raise NotOver
    try:
        with tx.savepoint():
            closing = Closing.objects.create(
                period=span.code, start=span.start, unit=span.unit, cards=0, closed_by=str(actor),
                closed_at=at,
            )  # fmt: skip
    except IntegrityError:
        raise AlreadyClosed from None
    cards = [
        Card(
            closing=closing, scheme=scheme, office_id=office_id, staff_id=staff_id,
            made_by=str(actor), made_at=at, **_figures(found),
        )
        for office_id, staff_id, scheme, found in _all(span, access) if not found.is_empty
    ]  # fmt: skip
    if not cards:
        raise NoScheme
    Card.objects.bulk_create(cards)
    closing.cards = len(cards)
    closing.save(update_fields=["cards"])
    fact = events.PeriodClosed(period=span.code, cards=len(cards))
    journal.record(fact, about=Ref("closing", closing.pk), actor=actor, at=at)
    return len(cards)


@tx.use_case
def correct_card(*, card_id: int, reason: str, access: Access, actor: Ref, at: datetime) -> int:
    """
    Count a closed card anew from today's figures by its own scheme; the new row's id.

    :raises NothingChanged: it comes to the same. :raises CardNotFound: none, or corrected meanwhile.
    """
    require_company(access)
    reason = reason.strip()
    if not 5 <= len(reason) <= 300:
        raise NeedsReason
    row = (
        Card.objects.select_for_update(of=("self",)).select_related("closing", "scheme")
        .filter(pk=card_id).first()
    )  # fmt: skip
    if row is None or _is_corrected(row):
        raise CardNotFound
    span = terms.read(row.closing.period)
    found = _measured_again(row, span)
    figures = _figures(found)
    if figures["parts"] == row.parts and figures["volume"] == row.volume:
        raise NothingChanged
    made = Card.objects.create(
        closing=row.closing, scheme=row.scheme, office_id=row.office_id, staff_id=row.staff_id,
        number=row.number + 1, reason=reason, made_by=str(actor), made_at=at, **figures,
    )  # fmt: skip
    fact = events.CardCorrected(
        period=span.code, office_id=row.office_id, staff_id=row.staff_id, number=made.number
    )
    journal.record(fact, about=made.ref, actor=actor, at=at)
    return made.pk


def _all(span: terms.Period, access: Access) -> list[tuple[int, int | None, Scheme, Measured]]:
    counting = measuring.in_force(span)
    staff = measuring.everybody(access)
    whose = measuring.people_to_judge(staff, counting)
    where = {person.id: person.office_id for person in staff}
    measured = measuring.measure_people(whose, span.start, span.end) if whose else {}
    found: list[tuple[int, int | None, Scheme, Measured]] = [
        (where[staff_id], staff_id, whose[staff_id], each) for staff_id, each in measured.items()
    ]
    offices = people.list_offices()
    for office in offices:
        scheme = measuring.scheme_of_office(office.id, counting)
        if scheme is not None:
            below = measuring.offices_below(office.id, offices)
            each = measuring.measure(scheme, span.start, span.end, offices=below)
            found.append((office.id, None, scheme, each))
    return found


def _measured_again(row: Card, span: terms.Period) -> Measured:
    if row.staff_id:
        return measuring.measure_people({row.staff_id: row.scheme}, span.start, span.end)[
            row.staff_id
        ]
    below = measuring.offices_below(row.office_id, people.list_offices())
    return measuring.measure(row.scheme, span.start, span.end, offices=below)


def _figures(found: Measured) -> dict[str, object]:
    return {
        "total": found.total.total, "judged": found.total.judged, "volume": found.volume,
        "parts": found.kept(),
    }  # fmt: skip


def _is_corrected(row: Card) -> bool:
    those = Card.objects.filter(closing_id=row.closing_id, office_id=row.office_id)
    those = those.filter(staff=row.staff) if row.staff_id else those.filter(staff=None)
    return those.filter(number__gt=row.number).exists()
