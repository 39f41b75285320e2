"""Years counted from a day."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from yilu.kernel.years import add_years, full_years

DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))


def test_a_birthday_completes_the_year():
    assert full_years(date(2008, 5, 1), date(2026, 4, 30)) == 17
    assert full_years(date(2008, 5, 1), date(2026, 5, 1)) == 18


def test_a_leap_day_comes_on_the_28th_in_common_years():
    assert add_years(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert full_years(date(2024, 2, 29), date(2025, 2, 28)) == 1
    assert full_years(date(2024, 2, 29), date(2025, 2, 27)) == 0


@given(DAYS, st.integers(0, 40_000))
def test_full_years_lie_between_two_anniversaries(since, days):
    on = since + timedelta(days=days)
    years = full_years(since, on)

    assert add_years(since, years) <= on < add_years(since, years + 1)
