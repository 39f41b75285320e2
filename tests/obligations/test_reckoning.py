"""Limits and pauses against counting day by day and minute by minute."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yilu.obligations.rules import clocks, definitions, reckoning
from yilu.obligations.rules.reckoning import Unit
from yilu.standards import shipped

from .conftest import local

TIME = shipped.working_time()
MINUTE = timedelta(minutes=1)
START = datetime(2026, 2, 9, tzinfo=UTC)  # the week before the long holiday
CAUSE = definitions.PauseCause("SUPPLEMENT", "", "a", "b", "", "")


def version(unit, amount):
    rule = definitions.Rule((), (), (), (CAUSE,), (), (), (), "", "", "", False)
    return definitions.Version(
        1, "x", "claim", 1, START, None, "", "", "", "", "LAW", rule
    ), definitions.Limit(definitions.When(), amount, unit)


def start(unit, amount, at):
    made, limit = version(unit, amount)
    return clocks.started(
        made,
        limit,
        subject="claim:1",
        ordinal=0,
        office_id=0,
        party_id=None,
        time=TIME,
        event_id=1,
        at=at,
    )


# -- the naive reading of each unit -------------------------------------------------------------


def counts(unit, at):
    """Whether the minute, or the day, that begins ``at`` is one the unit counts."""
    here = at.astimezone(TIME.zone)
    if unit is Unit.NATURAL_DAYS:
        return True
    if unit is Unit.WORKING_DAYS:
        return TIME.is_working_day(here.date())
    if unit is Unit.MINUTES:
        return True
    return any(a <= here.hour * 60 + here.minute < b for a, b in TIME.spells_on(here.date()))


def naive_minutes(unit, begin, stretches, minutes):
    """Walk minute by minute and count those that count and lie in no pause."""
    at = begin
    while minutes:
        paused = any(a <= at < b for a, b in stretches)
        minutes -= counts(unit, at) and not paused
        at += MINUTE
    return at


def naive_days(unit, begin, stretches, days):
    """Walk day by day: the day a stretch begins is not counted, nor the day the period starts."""
    day = begin.astimezone(TIME.zone).date()
    spans = [(a.astimezone(TIME.zone).date(), b.astimezone(TIME.zone).date()) for a, b in stretches]
    while days:
        day += timedelta(days=1)
        if any(a < day <= b for a, b in spans):
            continue
        days -= unit is Unit.NATURAL_DAYS or TIME.is_working_day(day)
    return day


instants = st.integers(0, 25 * 1440).map(lambda n: START + n * MINUTE)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([Unit.WORKING_MINUTES, Unit.MINUTES]),
    instants,
    st.integers(1, 1200),
    st.lists(instants, min_size=2, max_size=6, unique=True).map(sorted),
)
def test_pauses_take_away_exactly_their_minutes(unit, begin, minutes, moments):
    clock = start(unit, minutes, begin)
    stretches = []
    for key, (a, b) in enumerate(zip(moments[::2], moments[1::2], strict=False)):
        if a < begin or clock.due_at < a:
            continue
        clock.pause(CAUSE, key, 1, a, "")
        clock.resume(CAUSE, key, 2, b, "")
        stretches.append((a, b))
    assert clock.state == "RUNNING"
    expected = naive_minutes(unit, begin, stretches, minutes)
    if stretches and expected <= stretches[-1][1]:
        # All was used up in the minute the last pause began: it ends where it resumes.
        expected = max(expected, stretches[-1][1])
    assert clock.due_at == expected


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([Unit.NATURAL_DAYS, Unit.WORKING_DAYS]),
    instants,
    st.integers(1, 12),
    st.lists(instants, min_size=2, max_size=6, unique=True).map(sorted),
)
def test_pauses_take_away_exactly_their_days(unit, begin, days, moments):
    clock = start(unit, days, begin)
    stretches = []
    for key, (a, b) in enumerate(zip(moments[::2], moments[1::2], strict=False)):
        if a < begin or clock.due_at < a:
            continue
        clock.pause(CAUSE, key, 1, a, "")
        clock.resume(CAUSE, key, 2, b, "")
        stretches.append((a, b))
    day = naive_days(unit, begin, stretches, days)
    due = clock.due_at.astimezone(TIME.zone)
    if stretches and stretches[-1][1].astimezone(TIME.zone).date() >= day:
        # Nothing was left when it resumed: the end of that day, or of the next working day.
        assert clock.due_at >= stretches[-1][1]
        assert TIME.working_days_between(stretches[-1][1], clock.due_at) <= 1
        return
    assert due.date() == day
    if unit is Unit.WORKING_DAYS:
        end = TIME.spells_on(day)[-1][1]
        assert (due.hour * 60 + due.minute, due.second) == (end, 0)
    else:
        assert (due.hour, due.minute, due.second) == (23, 59, 59)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(list(Unit)), instants, st.integers(1, 30), instants)
def test_a_clock_that_is_paused_and_resumed_at_once_loses_nothing(unit, begin, amount, moment):
    if unit is Unit.YEARS:
        return
    clock = start(unit, amount, begin)
    before = clock.due_at
    if begin <= moment <= before:
        clock.pause(CAUSE, 1, 1, moment, "")
        clock.resume(CAUSE, 1, 2, moment, "")
    assert clock.due_at >= before or unit in (Unit.WORKING_DAYS, Unit.WORKING_SPELLS)
    assert clock.due_at == max(before, clock.due_at)
    if unit in (Unit.WORKING_MINUTES, Unit.WORKING_HOURS, Unit.MINUTES, Unit.NATURAL_DAYS):
        assert clock.due_at == before or clock.due_at == moment


def test_overlapping_pauses_count_once():
    clock = start(Unit.MINUTES, 100, START)
    clock.pause(CAUSE, 1, 1, START + 10 * MINUTE, "")
    clock.pause(CAUSE, 2, 2, START + 20 * MINUTE, "")
    clock.resume(CAUSE, 1, 3, START + 30 * MINUTE, "")
    assert clock.state == "PAUSED"
    clock.resume(CAUSE, 2, 4, START + 50 * MINUTE, "")
    assert clock.due_at == START + 140 * MINUTE


# -- the law's way of counting days -------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "limit", "begin", "due"),
    [
        (Unit.NATURAL_DAYS, 30, "2026-03-04T09:00", "2026-04-03T23:59:59"),
        (Unit.NATURAL_DAYS, 3, "2026-02-14T23:59", "2026-02-17T23:59:59"),
        (Unit.WORKING_DAYS, 5, "2026-02-13T09:00", "2026-02-27T18:00:00"),
        (Unit.WORKING_DAYS, 1, "2026-02-13T09:00", "2026-02-14T18:00:00"),
        (Unit.WORKING_DAYS, 1, "2026-02-14T20:00", "2026-02-24T18:00:00"),
        (Unit.WORKING_HOURS, 4, "2026-03-04T10:00", "2026-03-04T15:30:00"),
        (Unit.WORKING_MINUTES, 60, "2026-03-04T17:30", "2026-03-05T09:00:00"),
        (Unit.WORKING_SPELLS, 1, "2026-03-04T10:00", "2026-03-04T18:00:00"),
        (Unit.WORKING_SPELLS, 1, "2026-03-04T15:00", "2026-03-05T12:00:00"),
        (Unit.MINUTES, 10, "2026-02-17T03:00", "2026-02-17T03:10:00"),
        (Unit.YEARS, 2, "2026-03-04T09:00", "2028-03-04T23:59:59"),
        (Unit.YEARS, 1, "2028-02-29T09:00", "2029-02-28T23:59:59"),
    ],
)
def test_each_unit_ends_where_the_law_says(unit, limit, begin, due):
    assert reckoning.due(TIME, unit, local(begin), limit) == local(due)


def test_a_period_that_resumes_with_nothing_left_on_a_day_off_ends_with_the_next_working_day():
    clock = start(Unit.WORKING_DAYS, 1, local("2026-03-05T09:00"))
    clock.pause(CAUSE, 1, 1, local("2026-03-06T17:00"), "")
    clock.resume(CAUSE, 1, 2, local("2026-03-07T10:00"), "")
    assert clock.due_at == local("2026-03-09T18:00")


def test_warning_points_keep_their_lead_when_the_deadline_moves():
    due = local("2026-03-11T18:00")
    points = [(None, 2 * 3_600_000_000), (definitions.Decimal("0.5"), 0)]
    begin = local("2026-03-04T18:00")
    first = reckoning.warning_times(TIME, Unit.WORKING_DAYS, begin, 5, due, points)
    assert first == [local("2026-03-11T16:00"), local("2026-03-09T14:00")]  # 20 of 40 hours
    moved = reckoning.warning_times(
        TIME, Unit.WORKING_DAYS, begin, 5, due + timedelta(days=1), points
    )
    assert moved == [local("2026-03-12T16:00"), local("2026-03-10T14:00")]


def test_the_official_year_lies_under_it():
    assert TIME.is_working_day(date(2026, 2, 28))
