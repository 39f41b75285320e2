"""Days, doubts and calendars: pure rules over any contract."""

from datetime import UTC, date, datetime, timedelta

import icalendar
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from yilu.kernel.years import add_years
from yilu.policies import rules as policy_rules
from yilu.policies.rules import schedule
from yilu.renewals.rules import calendars, days
from yilu.renewals.rules.doubting import RULES, Signs, doubt

DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))
GRACE = st.sampled_from([30, 60])
AHEAD = st.sampled_from([7, 15, 30, 60])
MODES = st.sampled_from(["MONTHLY", "QUARTERLY", "HALF_YEARLY", "YEARLY"])


@given(DAYS, GRACE, AHEAD)
def test_stages_come_in_order_and_the_last_before_grace_ends(due_on, grace_days, ahead):
    ends = days.grace_ends(due_on, grace_days)
    on = days.stage_days(due_on, ends, ahead)
    assert list(on.values()) == sorted(on.values())
    assert on[days.FIRST] == due_on - timedelta(days=ahead)
    assert due_on < on[days.GRACE_ENDING] <= ends
    assert days.next_reminder(days.GRACE_ENDING, due_on, ends, ahead) is None


@given(DAYS, GRACE, AHEAD, st.integers(-90, 90))
def test_a_day_has_the_latest_stage_that_came_and_never_goes_back(
    due_on, grace_days, ahead, offset
):
    ends, day = days.grace_ends(due_on, grace_days), due_on + timedelta(days=offset)
    stage = days.stage_on(day, due_on, ends, ahead)
    assert stage <= days.stage_on(day + timedelta(days=1), due_on, ends, ahead)
    following = days.next_reminder(stage, due_on, ends, ahead)
    assert following is None or following > day or stage == days.NOT_TOLD
    if stage == days.NOT_TOLD:
        assert day < due_on - timedelta(days=ahead)


@given(DAYS, GRACE)
def test_debits_are_tried_from_the_due_day_and_only_within_grace(due_on, grace_days):
    ends = days.grace_ends(due_on, grace_days)
    tried = days.debit_days(due_on, ends)
    assert tried[0] == due_on
    assert all(due_on <= day <= ends for day in tried)
    for day, following in zip(tried, [*tried[1:], None], strict=True):
        assert days.next_debit(day, due_on, ends) == following


@given(DAYS)
def test_the_end_of_the_way_back_is_told_twice_before_it_closes(suspended_on):
    until = add_years(suspended_on, 2)
    told = days.warning_days(until)
    assert list(told) == sorted(told)
    assert suspended_on < told[0] < told[-1] < until


@given(DAYS, MODES, st.integers(1, 20), st.data())
@settings(max_examples=50)
def test_due_days_keep_the_day_of_the_start_or_the_months_last(start, mode, years, data):
    periods = policy_rules.periods_of(years, mode)
    n = data.draw(st.integers(1, max(1, periods - 1)))
    due = policy_rules.due_date(start, n, mode)
    assert due.day == start.day or (due + timedelta(days=1)).day == 1
    months = (due.year - start.year) * 12 + due.month - start.month
    assert months == n * policy_rules.MONTHS[mode]
    assume(periods > 1)
    until = add_years(start, years + 1)
    dues = schedule.dues_until(
        start, None, mode, years, policy_rules.due_date(start, 1, mode), until
    )
    assert len(dues) == periods - 1
    assert list(dues) == sorted(set(dues))


@given(DAYS, st.integers(1, 40))
def test_every_policy_year_has_one_anniversary_also_from_a_leap_day(start, years):
    day = add_years(start, years)
    assert days.is_anniversary(start, day)
    assert f"{start:%m%d}" in days.anniversary_month_days(day)
    near = [day + timedelta(days=n) for n in (-2, -1, 1, 2)]
    assert not any(days.is_anniversary(start, other) for other in near)
    for other in near:
        assert f"{start:%m%d}" not in days.anniversary_month_days(other)


@given(
    st.builds(
        Signs, failures=st.integers(0, 5), in_grace=st.booleans(), last_week_of_grace=st.booleans(),
        failed_before=st.integers(0, 3), reached=st.booleans(), debit_closed=st.booleans(),
        orphan=st.booleans(),
    )
)  # fmt: skip
def test_a_doubt_is_the_sum_of_its_reasons(signs):
    found = doubt(signs)
    assert found.score == sum(points for _code, points in found.reasons)
    assert all(RULES[code][0] == points for code, points in found.reasons)


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=120)


@given(TEXT, TEXT, st.dates(), st.sets(st.sampled_from([0, 1, 3, 7, 15, 30])))
@settings(max_examples=50)
def test_any_text_survives_the_calendar(title, words, day, alarms):
    assume(day < date(9999, 12, 31) and day > date(1000, 1, 1))
    at = datetime(2026, 3, 4, 4, tzinfo=UTC)
    entry = calendars.Entry("1-2@yilu", day, title, words)
    content = calendars.write([entry], name="缴费日历", alarm_days=sorted(alarms), at=at)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    (event,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert str(event.get("summary", "")) == title
    assert str(event.get("description", "")) == words
    assert event.decoded("dtstart") == day
    found = {a.decoded("trigger") for a in event.walk("VALARM")}
    assert found == {timedelta(hours=9) - timedelta(days=n) for n in alarms}
