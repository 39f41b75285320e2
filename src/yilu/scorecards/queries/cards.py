"""Cards as screens see them: one's own, those of one's offices, as closed or as they stand today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from yilu.kernel.days import day_of
from yilu.kernel.errors import NotAllowed
from yilu.people import queries as people
from yilu.people.queries import Access, StaffView
from yilu.scorecards import uses
from yilu.scorecards.models import Card, Closing, Credit, Scheme
from yilu.scorecards.queries import measuring
from yilu.scorecards.queries.kpis import list_kpis
from yilu.scorecards.queries.measuring import Measured
from yilu.scorecards.refusals import CardNotFound
from yilu.scorecards.rules.terms import Period, period_of, read

VIEW = "scorecards.view"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """One figure on a card."""

    code: str
    title: str
    unit: str
    better: str
    weight: Decimal
    target: Decimal
    zero: Decimal
    full: Decimal
    cap: Decimal
    value: Decimal | None
    score: Decimal | None
    points: Decimal | None
    lost: Decimal | None
    new: Decimal | None
    old: Decimal | None

    @property
    def reached(self) -> bool | None:
        """Whether the target was."""
        if self.value is None:
            return None
        return self.value >= self.target if self.better == "UP" else self.value <= self.target


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One row of a closed card's history; number 0 is what was closed."""

    number: int
    total: Decimal | None
    reason: str
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CardView:
    """A card: whose, by which scheme, the parts, and whether it is closed."""

    id: int | None
    period: Period
    staff_id: int | None
    office_id: int
    scheme_title: str
    scheme_number: int
    total: Decimal | None
    judged: Decimal
    volume: Decimal | None
    volume_title: str
    parts: tuple[PartView, ...]
    closed_at: datetime | None = None
    history: tuple[Correction, ...] = ()
    credits: int = 0

    @property
    def corrected(self) -> bool:
        """Whether it was corrected after it was closed."""
        return len(self.history) > 1

    @property
    def lost_most(self) -> PartView | None:
        """Where most points were lost."""
        lost = [part for part in self.parts if part.lost]
        return max(lost, key=lambda part: part.lost or 0, default=None)


def card_of_staff(staff_id: int, period: Period, access: Access) -> CardView | None:
    """
    A person's card; None if nothing judges them in this span.

    :raises CardNotFound: neither one's own nor of one's offices, or nobody.
    """
    person = _person(staff_id)
    own = staff_id == access.staff_id
    if person is None or not (own or access.may(VIEW, person.office_id)):
        raise CardNotFound
    closed = _closed(period, staff_id=staff_id)
    if closed is not None:
        return closed
    scheme = measuring.scheme_of_person(person, measuring.in_force(period))
    if scheme is None or is_closed(period):
        return None
    found = measuring.measure(scheme, period.start, period.end, person=staff_id)
    return _live(scheme, found, period, person.office_id, staff_id)


def card_of_office(office_id: int, period: Period, access: Access) -> CardView | None:
    """An office's card; None if nothing judges it. :raises CardNotFound: not one of one's offices."""
    offices = people.list_offices()
    if office_id not in {o.id for o in offices} or not access.may(VIEW, office_id):
        raise CardNotFound
    closed = _closed(period, office_id=office_id)
    if closed is not None:
        return closed
    scheme = measuring.scheme_of_office(office_id, measuring.in_force(period))
    if scheme is None or is_closed(period):
        return None
    below = measuring.offices_below(office_id, offices)
    found = measuring.measure(scheme, period.start, period.end, offices=below)
    return _live(scheme, found, period, office_id, None)


def list_cards(access: Access, period: Period) -> tuple[list[CardView], list[CardView]]:
    """The cards of one's offices and of the people there, the best first; both empty without any."""
    mine = access.offices_for(VIEW)
    if not mine:
        return [], []
    if is_closed(period):
        kept = _closed_cards(period, offices=sorted(mine))
        return _split(kept)
    counting = measuring.in_force(period)
    staff = [person for person in measuring.everybody(access) if person.office_id in mine]
    whose = measuring.people_to_judge(staff, counting)
    measured = measuring.measure_people(whose, period.start, period.end) if whose else {}
    where = {person.id: person.office_id for person in staff}
    cards = [
        _live(whose[staff_id], found, period, where[staff_id], staff_id)
        for staff_id, found in measured.items() if not found.is_empty
    ]  # fmt: skip
    offices = people.list_offices()
    for office in offices:
        scheme = measuring.scheme_of_office(office.id, counting) if office.id in mine else None
        if scheme is not None:
            below = measuring.offices_below(office.id, offices)
            found = measuring.measure(scheme, period.start, period.end, offices=below)
            cards.append(_live(scheme, found, period, office.id, None))
    return _split(cards)


def is_closed(period: Period) -> bool:
    """Whether its cards no longer move."""
    return Closing.objects.filter(period=period.code).exists()


def closed_periods(limit: int = 24) -> list[Period]:
    """The closed ones, the newest first."""
    codes = Closing.objects.order_by("-start", "unit").values_list("period", flat=True)
    return [read(code) for code in codes[:limit]]


def to_close(at: datetime) -> list[Period]:
    """Months and quarters that are over, have a scheme and are not closed; the oldest first."""
    first = Scheme.objects.filter(state="APPROVED").order_by("since").first()
    if first is None or first.since is None:
        return []
    known = set(Closing.objects.values_list("period", flat=True))
    today, found = day_of(at), []
    for unit in ("MONTH", "QUARTER"):
        period = period_of(unit, first.since)
        while period.end <= today:
            if period.start >= first.since and period.code not in known:
                found.append(period)
            period = period.after
    return sorted(found)


def credits_of(staff_ids: Sequence[int], since: date, until: date) -> dict[int, int]:
    """What people were credited for work across departments, confirmed (A162)."""
    rows = Credit.objects.filter(
        staff_id__in=staff_ids, initiative__state="CONFIRMED", initiative__done_on__gte=since,
        initiative__done_on__lt=until,
    ).values_list("staff_id", "points")  # fmt: skip
    found: dict[int, int] = {}
    for staff_id, points in rows:
        found[staff_id] = found.get(staff_id, 0) + points
    return found


def _person(staff_id: int) -> StaffView | None:
    """Somebody at work with their roles as of today."""
    try:
        held = people.staff_access(staff_id)
    except NotAllowed:
        return None
    roles = tuple(grant.role for grant in held.grants)
    return StaffView(staff_id, held.username, held.name, held.office_id, True, roles)


def _split(cards: Sequence[CardView]) -> tuple[list[CardView], list[CardView]]:
    ordered = sorted(
        cards, key=lambda card: (-(card.total if card.total is not None else Decimal(-1)), -(card.volume or 0))
    )  # fmt: skip
    return [c for c in ordered if c.staff_id is None], [c for c in ordered if c.staff_id]


def _live(
    scheme: Scheme, found: Measured, period: Period, office_id: int, staff_id: int | None
) -> CardView:
    credited = credits_of([staff_id], period.start, period.end) if staff_id else {}
    return CardView(
        id=None, period=period, staff_id=staff_id, office_id=office_id, scheme_title=scheme.title,
        scheme_number=scheme.number, total=found.total.total, judged=found.total.judged,
        volume=found.volume, volume_title=uses.VOLUMES.get(scheme.volume, ""),
        parts=_parts(scheme, found.kept()), credits=credited.get(staff_id or 0, 0),
    )  # fmt: skip


def _closed(
    period: Period, *, staff_id: int | None = None, office_id: int | None = None
) -> CardView | None:
    wanted = {"staff_id": staff_id} if staff_id else {"staff_id": None, "office_id": office_id}
    rows = list(
        Card.objects.select_related("scheme", "closing")
        .filter(closing__period=period.code, **wanted).order_by("number")
    )  # fmt: skip
    return _kept(period, rows) if rows else None


def _closed_cards(period: Period, *, offices: Sequence[int]) -> list[CardView]:
    rows = (
        Card.objects.select_related("scheme", "closing")
        .filter(closing__period=period.code, office_id__in=offices).order_by("number")
    )  # fmt: skip
    whose: dict[tuple[int, int | None], list[Card]] = {}
    for row in rows:
        whose.setdefault((row.office_id, row.staff_id), []).append(row)
    return [_kept(period, history) for history in whose.values()]


def _kept(period: Period, rows: Sequence[Card]) -> CardView:
    last = rows[-1]
    credited = credits_of([last.staff_id], period.start, period.end) if last.staff_id else {}
    return CardView(
        id=last.pk, period=period, staff_id=last.staff_id, office_id=last.office_id,
        scheme_title=last.scheme.title, scheme_number=last.scheme.number, total=last.total,
        judged=last.judged, volume=last.volume, volume_title=uses.VOLUMES.get(last.scheme.volume, ""),
        parts=_parts(last.scheme, last.parts), closed_at=last.closing.closed_at,
        history=tuple(
            Correction(
                number=row.number, total=row.total, reason=row.reason, made_by=row.made_by,
                made_at=row.made_at,
            )
            for row in rows
        ),
        credits=credited.get(last.staff_id or 0, 0),
    )  # fmt: skip


def _parts(scheme: Scheme, kept: Sequence[dict[str, str | None]]) -> tuple[PartView, ...]:
    known = {each.code: each for each in list_kpis()}
    values = {each["kpi"]: each for each in kept}
    found = []
    for part in measuring.parts_of(scheme):
        kpi, told = known.get(part.kpi), values.get(part.kpi, {})
        found.append(
            PartView(
                code=part.kpi, title=kpi.title if kpi else part.kpi, unit=kpi.unit if kpi else "",
                better="UP" if part.full > part.zero else "DOWN", weight=part.weight,
                target=part.target, zero=part.zero, full=part.full, cap=part.cap,
                **{n: measuring.number(told, n) for n in ("value", "score", "points", "lost", "new", "old")},
            )
        )  # fmt: skip
    return tuple(found)
