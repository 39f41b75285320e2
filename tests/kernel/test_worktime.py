"""Working time against a loop that looks at every minute."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yilu.kernel.worktime import BeyondAllCalendars, WorkTime, check_spells, read_spell, write_spell

SHANGHAI = ZoneInfo("Asia/Shanghai")
MINUTE = timedelta(minutes=1)
OFFICE = ((510, 720), (810, 1080))
WEEK = (OFFICE,) * 5 + ((), ())


def calendar(**given):
    defaults = {
        "week": WEEK,
        "days": {},
        "zone": SHANGHAI,
        "confirmed_until": 2026,
        "years": (2026, 2026),
    }
    return WorkTime(**{**defaults, **given})


def local(text, zone=SHANGHAI):
    return datetime.fromisoformat(text).replace(tzinfo=zone)


# -- the naive clock ----------------------------------------------------------------------------


def is_working_minute(time: WorkTime, at: datetime) -> bool:
    here = at.astimezone(time.zone)
    minute = here.hour * 60 + here.minute
    return any(a <= minute < b for a, b in time.spells_on(here.date()))


def naive_add(time, start, minutes):
    """Walk minute by minute; the answer is the end of the last minute worked."""
    at = start
    while minutes:
        minutes -= is_working_minute(time, at)
        at += MINUTE
    return at


def naive_between(time, start, end):
    worked, at = 0, start
    while at < end:
        worked += is_working_minute(time, at)
        at += MINUTE
    return worked


def naive_working_days(time, start, days):
    day = start.astimezone(time.zone).date()
    while days:
        day += timedelta(days=1)
        days -= time.is_working_day(day)
    end = time.spells_on(day)[-1][1]
    midnight = datetime(day.year, day.month, day.day, tzinfo=time.zone)
    if end == 1440:
        day += timedelta(days=1)
        return datetime(day.year, day.month, day.day, tzinfo=time.zone)
    return midnight.replace(hour=end // 60, minute=end % 60)


def _spells_between(edges):
    edges = sorted(edges)
    return tuple((a * 30, b * 30) for a, b in zip(edges[::2], edges[1::2], strict=False))


SPELLS = st.lists(st.integers(0, 48), unique=True, max_size=6).map(_spells_between)
WEEKS = st.lists(SPELLS, min_size=7, max_size=7).filter(any)
DATES = st.integers(0, 20).map(lambda n: date(2026, 3, 1) + timedelta(days=n))
DAYS = st.dictionaries(DATES, SPELLS, max_size=6)


def calendars(zones=("Asia/Shanghai", "Asia/Urumqi")):
    return st.builds(calendar, week=WEEKS, days=DAYS, zone=st.sampled_from(zones))


minutes_of_march = st.integers(0, 14 * 1440).map(
    lambda n: datetime(2026, 3, 2, tzinfo=UTC) + n * MINUTE
)


@settings(max_examples=60, deadline=None)
@given(calendars(), minutes_of_march, st.integers(0, 900))
def test_add_is_what_counting_minutes_gives(time, start, minutes):
    assert time.add(start, minutes) == naive_add(time, start, minutes)


@settings(max_examples=60, deadline=None)
@given(calendars(), minutes_of_march, minutes_of_march)
def test_between_is_what_counting_minutes_gives(time, a, b):
    a, b = sorted((a, b))
    assert time.between(a, b) == naive_between(time, a, b)
    assert time.between(b, a) == -time.between(a, b)


@settings(max_examples=60, deadline=None)
@given(calendars(), minutes_of_march, st.integers(0, 900))
def test_subtract_undoes_add_but_for_time_off(time, end, minutes):
    start = time.subtract(end, minutes)
    assert start <= end
    assert time.between(start, end) == minutes
    assert start == end or is_working_minute(time, start)  # no later start would do


@settings(max_examples=60, deadline=None)
@given(calendars(), minutes_of_march, st.integers(1, 12))
def test_working_days_are_counted_the_law_s_way(time, start, days):
    due = time.add_working_days(start, days)
    assert due == naive_working_days(time, start, days)
    assert time.working_days_between(start, due - timedelta(microseconds=1)) == days


@settings(max_examples=40, deadline=None)
@given(
    calendars(zones=("Europe/Berlin", "America/New_York")),
    st.integers(0, 2000),
    st.integers(0, 900),
)
def test_add_is_right_across_a_clock_change(time, offset, minutes):
    start = datetime(2026, 3, 6, tzinfo=UTC) + offset * 12 * MINUTE
    assert time.add(start, minutes) == naive_add(time, start, minutes)


@settings(max_examples=40, deadline=None)
@given(calendars(), minutes_of_march, st.integers(1, 9))
def test_spells_end_where_the_nth_later_spell_ends(time, start, count):
    due = time.add_spells(start, count)
    assert time.spells_between(start, due - timedelta(microseconds=1)) == count
    assert not time.is_open(due) or time.is_open(due - timedelta(microseconds=1))


@given(calendars(), minutes_of_march)
def test_next_opening_is_the_first_working_instant(time, at):
    opening = time.next_opening(at)
    assert time.is_open(opening)
    assert time.between(at, opening) == 0


# -- the Chinese year ---------------------------------------------------------------------------


def test_make_up_workday_counts_and_holiday_does_not():
    time = calendar(days={date(2026, 2, 14): OFFICE, date(2026, 2, 16): (), date(2026, 2, 17): ()})
    friday = local("2026-02-13T17:00")
    assert time.add(friday, 60) == local("2026-02-13T18:00")
    assert time.add(friday, 61) == local("2026-02-14T08:31")
    assert time.add_working_days(friday, 1) == local("2026-02-14T18:00")
    assert time.add_working_days(friday, 2) == local("2026-02-18T18:00")


def test_lunch_break_is_not_working_time():
    time = calendar()
    assert time.add(local("2026-03-02T11:50"), 20) == local("2026-03-02T13:40")
    assert time.between(local("2026-03-02T11:50"), local("2026-03-02T13:40")) == 20


def test_the_end_of_a_spell_is_reached_before_the_next_begins():
    time = calendar()
    assert time.add(local("2026-03-02T08:30"), 210) == local("2026-03-02T12:00")
    assert time.subtract(local("2026-03-02T14:00"), 30) == local("2026-03-02T13:30")


def test_seconds_are_kept():
    time = calendar()
    start = local("2026-03-02T09:00:00.250001")
    assert time.add(start, 10) - start == timedelta(minutes=10)
    assert time.between_exactly(start, time.add(start, 10)) == 600_000_000


def test_nothing_added_stays_where_it_is_even_at_night():
    night = local("2026-03-02T23:00")
    assert calendar().add(night, 0) == night


def test_zero_working_days_is_today_while_open_else_the_next():
    time = calendar()
    assert time.add_working_days(local("2026-03-02T09:00"), 0) == local("2026-03-02T18:00")
    assert time.add_working_days(local("2026-03-02T19:00"), 0) == local("2026-03-03T18:00")
    assert time.add_working_days(local("2026-03-07T09:00"), 0) == local("2026-03-09T18:00")


def test_morning_and_afternoon_are_spells():
    time = calendar()
    assert time.add_spells(local("2026-03-02T09:00"), 1) == local("2026-03-02T18:00")
    assert time.add_spells(local("2026-03-02T14:00"), 1) == local("2026-03-03T12:00")
    assert time.add_spells(local("2026-03-02T12:30"), 0) == local("2026-03-02T18:00")


# -- beyond the years that are known ------------------------------------------------------------


def test_years_not_announced_yet_are_provisional_and_never_an_error():
    time = calendar(fixed_days_off=[(1, 1), (5, 1), (10, 1)])
    late = local("2026-12-31T17:30")
    due = time.add_working_days(late, 10)
    assert due == local(
        "2027-01-15T18:00"
    )  # 1 January is fixed by statute, whatever the notice says
    assert time.is_provisional(due)
    assert not time.is_provisional(late)
    far = local("2041-06-03T09:00")
    assert time.add(far, 60) == local("2041-06-03T10:00")
    assert time.add(local("1999-06-01T09:00"), 60) == local("1999-06-01T10:00")


def test_growing_changes_no_answer():
    time, start = calendar(), local("2026-03-02T09:00")
    before = time.add(start, 4321)
    time.add(start, 480 * 250 * 40)
    time.subtract(start, 480 * 250 * 40)
    assert time.add(start, 4321) == before


def test_centuries_are_refused():
    with pytest.raises(BeyondAllCalendars, match="2300"):
        calendar().add(local("2026-03-02T09:00"), 10**10)


# -- what is refused ----------------------------------------------------------------------------


def test_a_time_without_zone_is_an_error():
    with pytest.raises(TypeError):
        calendar().add(datetime(2026, 3, 2, 9), 1)


def test_a_calendar_needs_working_time():
    with pytest.raises(ValueError, match="至少一天"):
        calendar(week=((),) * 7)


@pytest.mark.parametrize(
    "text", ["0830", "8:3-9:00", "18:00-08:00", "08:30-24:01", "a-b", "08:75-09:00"]
)
def test_a_malformed_spell_says_how_to_write_it(text):
    with pytest.raises(ValueError, match=r"时段|时刻"):
        read_spell(text)


def test_spells_read_as_they_are_written():
    assert write_spell(read_spell(" 8:30–12:00")) == "08:30-12:00"
    assert read_spell("00:00-24:00") == (0, 1440)


@pytest.mark.parametrize(
    "wrong", [[(600, 720), (540, 560)], [(540, 600), (590, 700)], [(600, 600)]]
)
def test_spells_must_be_in_order(wrong):
    with pytest.raises(ValueError, match="互不重叠"):
        check_spells(wrong)
