"""The roster, held against law and pledge, and against what is expected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet

from yilu.contact.models import Shift
from yilu.contact.queries.norms import manned_on, norms_on
from yilu.contact.rules.forecasting import Need, Slot, forecast, needs
from yilu.contact.rules.rosters import DayCheck, check_day
from yilu.contact.rules.words import LIVE
from yilu.kernel import tx
from yilu.kernel.days import CHINA, day_of
from yilu.people.queries import Access
from yilu.standards import queries as standards

DEFAULT_TALK, DEFAULT_PATIENCE = 240.0, 120.0
"""Seconds of talk and wrap-up, and of patience, until there are enough of our own."""
ENOUGH = 30


@dataclass(frozen=True, slots=True)
class ShiftView:
    """Somebody's stretch of time at the seat."""

    id: int
    staff_id: int
    name: str
    from_at: datetime
    to_at: datetime


@dataclass(frozen=True, slots=True)
class DayPlan:
    """A day half hour by half hour: expected, needed, planned."""

    day: date
    slots: tuple[Slot, ...]
    needs: tuple[Need, ...]
    planned: tuple[int, ...]
    talk: float
    patience: float
    days_known: int


def list_shifts(access: Access, first: date, last: date) -> list[ShiftView]:
    """Shifts of one's offices that touch these days."""
    access.require("contact.view")
    rows = _shifts(first, last).filter(office_id__in=access.offices_for("contact.view"))
    return [
        ShiftView(row.pk, row.staff_id, row.staff.name, row.from_at, row.to_at)
        for row in rows.select_related("staff").order_by("from_at", "staff__name")
    ]


def check_days(first: date, last: date) -> list[DayCheck]:
    """
    Every day's roster of the whole hotline held against law and pledge (服务规定 5; 7×12).

    Seats of all branches answer the one hotline, so the check is the country's.
    """
    spans = [(row.from_at, row.to_at) for row in _shifts(first, last)]
    calendar = standards.working_time(0)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [
        check_day(day, spans, working_day=calendar.is_working_day(day), manned=manned_on(day))
        for day in days
    ]


def plan_of(day: date, *, at: datetime) -> DayPlan:
    """What is expected on a day, the seats it takes, and how many are planned, by half hour."""
    today = day_of(at)
    until = min(day, today)
    history, first = _history(until)
    slots = forecast(history, day, first) if first else forecast({}, day, until)
    talk, patience = _habits(at)
    spans = [(row.from_at, row.to_at) for row in _shifts(day, day)]
    midnight = datetime.combine(day, time(), CHINA)
    planned = tuple(
        sum(a <= midnight + timedelta(minutes=30 * n + 15) < b for a, b in spans) for n in range(48)
    )
    target = float(norms_on(day).service_level)
    needed = needs(slots, talk=talk, patience=patience, target=target)
    return DayPlan(
        day, tuple(slots), tuple(needed), planned, talk, patience,
        (until - first).days if first else 0,
    )  # fmt: skip


def asked_on(day: date) -> Sequence[int]:
    """How many asked for a person, by half hour, as it was."""
    counts = [0] * 48
    for (found, slot), count in _counts(day, day + timedelta(days=1)).items():
        if found == day:
            counts[slot] = count
    return counts


def _history(until: date) -> tuple[dict[tuple[date, int], int], date | None]:
    counts = _counts(until - timedelta(days=56), until)
    return counts, min((day for day, _slot in counts), default=None)


def _counts(first: date, last: date) -> dict[tuple[date, int], int]:
    """Contacts in, by day and half hour where the insurer is: those who asked for a person."""
    rows = tx.rows(
        """
        select (here::date), (extract(hour from here) * 2 + extract(minute from here)::int / 30)::int,
               count(*)
          from (select queued_at at time zone 'Asia/Shanghai' as here
                  from contact_conversation
                 where direction = 'IN' and channel = any(%s::text[]) and queued_at is not null
                   and opened_at >= %s::timestamptz and opened_at < %s::timestamptz) asked
         group by 1, 2
        """,
        [
            sorted(LIVE), datetime.combine(first, time(), CHINA), datetime.combine(last, time(), CHINA),
        ],
    )  # fmt: skip
    return {(day, int(slot)): int(count) for day, slot, count in rows}


def _habits(at: datetime) -> tuple[float, float]:
    """How long a talk with its wrap-up lasts, and how patient people are, of the last four weeks."""
    [(talks, talked, left, waited)] = tx.rows(
        """
        select count(*) filter (where wrapped_at is not null),
               coalesce(extract(epoch from sum(wrapped_at - connected_at)
                                           filter (where wrapped_at is not null)), 0)::float,
               count(*) filter (where ending in ('CUSTOMER', 'LONG_WAIT')),
               coalesce(extract(epoch from sum(coalesce(connected_at, ended_at) - queued_at)), 0)::float
          from contact_conversation
         where channel = any(%s::text[]) and queued_at is not null and opened_at >= %s::timestamptz
        """,
        [sorted(LIVE), at - timedelta(days=28)],
    )
    # Censored exponential patience: all the time waited, over the times somebody left.
    return (
        talked / talks if talks >= ENOUGH else DEFAULT_TALK,
        waited / left if left >= ENOUGH // 3 else DEFAULT_PATIENCE,
    )


def _shifts(first: date, last: date) -> QuerySet[Shift]:
    begins = datetime.combine(first, time(), CHINA)
    ends = datetime.combine(last + timedelta(days=1), time(), CHINA)
    return Shift.objects.filter(cancelled_at=None, from_at__lt=ends, to_at__gt=begins)
