"""The pure decisions of the room."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yilu.people.rules import particulars, sign_in


@given(st.integers(0, 10_000))
def test_a_lock_never_gets_shorter_and_never_longer_than_an_hour(failures):
    assert 0 <= sign_in.lock_seconds(failures) <= sign_in.lock_seconds(failures + 1) <= 3600


def test_nobody_waits_before_the_fifth_failure():
    assert [sign_in.lock_seconds(n) for n in range(8)] == [0, 0, 0, 0, 0, 60, 120, 240]


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    st.sampled_from([60, 3600, 86400]),
)
def test_a_window_begins_at_or_before_now_and_is_not_over(at, seconds):
    start = sign_in.window_start(at, seconds)

    assert 0 <= (at - start).total_seconds() < seconds
    assert sign_in.window_start(start, seconds) == start


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(0, 120))
def test_age_grows_by_one_on_each_birthday(born, years):
    day = (
        date(born.year + years, 3, 1)
        if (born.month, born.day) == (2, 29)
        else born.replace(year=born.year + years)
    )

    assert particulars.age_on(born, day) == years


@pytest.mark.parametrize(
    ("address", "fine"),
    [
        ("a@b.cn", True),
        ("a.b+c@d-e.example.com", True),
        ("a@b", False),
        ("@b.cn", False),
        ("a b@c.cn", False),
        ("a@b.cn\n", False),
        ("a" * 65 + "@b.cn", False),
    ],
)
def test_an_email_address_is_checked_by_its_shape(address, fine):
    assert (particulars.email_problem(address) is None) is fine


@pytest.mark.parametrize(
    "name", ["张三", "阿卜杜拉·买买提", "Zoë O'Neil", "𠮷野", "某某（上海）有限公司"]
)
def test_real_names_pass(name):
    assert particulars.name_problem(particulars.tidy_name(name)) is None


@given(st.text(max_size=100))
def test_any_text_is_a_name_or_has_a_problem(text):
    name = particulars.tidy_name(text)
    if particulars.name_problem(name) is None:
        assert "\x00" not in name
        assert name == name.strip()
        assert 1 <= len(name) <= 80
