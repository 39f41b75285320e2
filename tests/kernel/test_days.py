from datetime import UTC, date, datetime

import pytest

from yilu.kernel.days import day_of


def test_the_small_hours_belong_to_the_new_day():
    assert day_of(datetime(2026, 11, 21, 16, 30, tzinfo=UTC)) == date(2026, 11, 22)
    assert day_of(datetime(2026, 11, 21, 15, 59, tzinfo=UTC)) == date(2026, 11, 21)


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        day_of(datetime(2026, 11, 21, 16, 30))
