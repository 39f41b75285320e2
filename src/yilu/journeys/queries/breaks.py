"""Breaks, and one of them as a seat needs it: what was filled in, what happened, what was offered."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from yilu.journal import queries as journal
from yilu.journeys.book import the_book
from yilu.journeys.models import Breakpoint, KeptForm, Offer
from yilu.journeys.operations.forms import opened_form
from yilu.journeys.operations.refusals import BreakpointNotFound
from yilu.journeys.queries.cases import find_case, step_name
from yilu.journeys.rules.names import BREAKS, SEVERITIES, TOUCHPOINTS, WAYS
from yilu.kernel.errors import NotFound
from yilu.kernel.refs import Ref
from yilu.obligations import queries as obligations
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.servicing import queries as servicing

RIGHT = "journeys.view"
PAGE = 50


@dataclass(frozen=True, slots=True)
class BreakRow:
    """A break in a list."""

    id: int
    kind: str
    kind_label: str
    code: str
    name: str
    step_code: str
    step: str
    touchpoint: str
    subject: Ref
    severity: int
    severity_label: str
    state: str
    state_label: str
    how_label: str
    party_id: int | None
    customer: str
    office_id: int
    happened_at: datetime
    found_at: datetime
    closed_at: datetime | None
    problem_id: int | None


@dataclass(frozen=True, slots=True)
class OfferRow:
    """What the page offered, and what became of it."""

    ways: tuple[str, ...]
    way: str
    state: str
    state_label: str
    offered_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class BreakView:
    """One break with its whole context."""

    row: BreakRow
    evidence: tuple[tuple[str, Any], ...]
    rule: tuple[int, int]
    offer: OfferRow | None
    form: tuple[tuple[str, str], ...]
    form_attempts: int
    case_id: int | None
    clock: obligations.ClockView | None
    note: str
    closed_by: Ref | None
    events: tuple[journal.EventRow, ...]
    around: tuple[journal.EventRow, ...]


def list_breaks(
    access: Access, *, family: str = "", step: str = "", touchpoint: str = "", kind: str = "",
    only_open: bool = True, before: int | None = None, since: datetime | None = None,
    within: Collection[int] | None = None,
) -> list[BreakRow]:  # fmt: skip
    """The breaks of one's offices (``within``: of these only), newest first; a keyset page."""
    wanted = Q(office_id__in=access.offices_for(RIGHT)) & ~Q(state="PAST")
    for name, value in (
        ("family", family),
        ("step", step),
        ("touchpoint", touchpoint),
        ("kind", kind),
    ):
        if value:
            wanted &= Q(**{name: value})
    if only_open:
        wanted &= Q(closed_at__isnull=True)
    if before:
        wanted &= Q(pk__lt=before)
    if within is not None:
        wanted &= Q(office_id__in=within)
    if since:
        wanted &= Q(found_at__gte=since)
    return break_rows(list(Breakpoint.objects.filter(wanted).order_by("-pk")[: PAGE + 1]))


def list_taken_up(party_id: int, access: Access) -> list[BreakRow]:
    """What a customer has just chosen to go on with and is not settled: why they come to a seat."""
    rows = Breakpoint.objects.filter(
        party_id=party_id, state="TAKEN_UP", closed_at__isnull=True,
        office_id__in=access.offices_for(RIGHT),
    )  # fmt: skip
    return break_rows(list(rows.order_by("-pk")[:3]))


def break_rows(rows: Sequence[Breakpoint]) -> list[BreakRow]:
    """Rows as screens show them; the customers' names in one statement."""
    book = the_book()
    names = people.list_parties({row.party_id for row in rows if row.party_id})
    return [
        BreakRow(
            id=row.pk, kind=row.kind, kind_label=BREAKS[row.kind], code=row.code,
            name=book.named(row.code), step_code=row.step,
            step=step_name(book.newest(row.family), row.step),
            touchpoint=TOUCHPOINTS.get(row.touchpoint, row.touchpoint),
            subject=Ref.parse(row.subject), severity=row.severity,
            severity_label=SEVERITIES[row.severity], state=row.state,
            state_label=Breakpoint.State(row.state).label,
            how_label=str(Breakpoint.How(row.how).label) if row.how else "",
            party_id=row.party_id,
            customer=names[row.party_id].masked_name if row.party_id in names else "",
            office_id=row.office_id, happened_at=row.happened_at, found_at=row.found_at,
            closed_at=row.closed_at, problem_id=row.problem_id,
        )
        for row in rows
    ]  # fmt: skip


def get_break(breakpoint_id: int, access: Access, at: datetime) -> BreakView:
    """
    One break, with what a seat needs so that the customer tells nothing twice.

    What was filled in is shown to who may handle breaks of that office, nobody else.

    :raises BreakpointNotFound: none, or one of another office.
    """
    held = Breakpoint.objects.filter(
        pk=breakpoint_id, office_id__in=access.offices_for(RIGHT)
    ).first()
    if held is None:
        raise BreakpointNotFound
    offer = Offer.objects.filter(breakpoint=held).first()
    subject = Ref.parse(held.subject)
    form: tuple[tuple[str, str], ...] = ()
    attempts = 0
    if subject.kind == "kept_form" and access.may("journeys.handle", held.office_id):
        form, attempts = _form(subject.id)
    clocks = obligations.list_clocks(held.ref, at)
    around = _around(held.party_id) if held.party_id else []
    return BreakView(
        row=break_rows([held])[0],
        evidence=tuple(sorted(held.evidence.items())),
        rule=(held.table_version, held.table_row),
        offer=_offer(offer) if offer else None,
        form=form, form_attempts=attempts, case_id=find_case(subject, access),
        clock=clocks[0] if clocks else None, note=held.note,
        closed_by=Ref.parse(held.closed_by) if held.closed_by else None,
        events=tuple(journal.timeline(held.ref, 30)),
        around=tuple(e for e in around if e.at >= held.happened_at - timedelta(hours=2))[:20],
    )  # fmt: skip


def _around(party_id: int) -> list[journal.EventRow]:
    """What happened to the customer, also under records that were merged into theirs."""
    stands = people.get_party(party_id).id
    return journal.party_timeline(stands, 40, merged=people.records_of(stands)[1:])


def _offer(row: Offer) -> OfferRow:
    return OfferRow(
        tuple(WAYS.get(way, way) for way in row.ways), WAYS.get(row.way, ""), row.state,
        row.get_state_display(), row.offered_at, row.answered_at,
    )  # fmt: skip


def _form(form_id: int) -> tuple[tuple[tuple[str, str], ...], int]:
    """What was filled in, by the names of the fields where the form is one we know."""
    row = KeptForm.objects.filter(pk=form_id).first()
    if row is None:
        return (), 0
    labels: dict[str, str] = {}
    if row.journey == "servicing":
        labels = _labels(row.request)
    filled = [
        (labels.get(name, name), _said(value)) for name, value in opened_form(row).items() if value
    ]
    return tuple(filled), row.attempts


def _labels(request: str) -> dict[str, str]:
    try:
        return {field.name: field.label for field in servicing.kind_named(request).fields}
    except NotFound:
        return {}


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(str(each) for each in value.values() if each)
    if isinstance(value, list):
        return "；".join(_said(each) for each in value if each)
    return str(value)
