from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yilu.messaging import rules

ZONES = st.sampled_from(["Asia/Shanghai", "Asia/Urumqi", "Europe/London", "America/New_York"])
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))


@given(MOMENTS, ZONES, st.sampled_from(list(rules.TIMINGS)))
def test_earliest_is_never_before_now_never_far_and_always_a_fitting_hour(at, zone, timing):
    earliest = rules.earliest(timing, at, zone)
    assert at <= earliest < at + timedelta(days=1)
    window = rules.TIMINGS[timing]
    if window is None:
        assert earliest == at
    else:
        assert window[0] <= earliest.astimezone(ZoneInfo(zone)).time() < window[1]
    assert rules.earliest(timing, earliest, zone) == earliest


@pytest.mark.parametrize(
    ("name", "sex", "language", "wanted"),
    [
        ("林晓雯", "FEMALE", "zh-hans", "林女士"), ("欧阳锋", "MALE", "zh-hans", "欧阳先生"),
        ("张伟", None, "zh-hans", "张伟"), ("John Smith", "MALE", "zh-hans", "John Smith"),
        ("阿不都热合曼·买买提", "MALE", "zh-hans", "阿不都热合曼·买买提"), ("林晓雯", "FEMALE", "en", "林晓雯"),
        ("欧阳", "MALE", "zh-hans", "欧先生"),
    ],
)  # fmt: skip
def test_address_as(name, sex, language, wanted):
    assert rules.address_as(name, sex, language) == wanted


@pytest.mark.parametrize(
    ("kind", "value", "chinese", "english"),
    [
        ("money", "1234567.8", "1,234,567.80元", "RMB 1,234,567.80"),
        ("time", "2026-03-04T10:05:00+00:00", "3月4日18:05", "18:05 on 4 Mar 2026"),
        ("date", "2026-03-04", "2026年3月4日", "4 Mar 2026"),
        ("text", "原样", "原样", "原样"),
    ],
)
def test_tell(kind, value, chinese, english):
    assert rules.tell(kind, value, "zh-hans", "Asia/Shanghai") == chinese
    assert rules.tell(kind, value, "en", "Asia/Shanghai") == english


def test_channel_order_prefers_what_the_reader_wants_if_it_fits():
    available = frozenset({"SMTP", "OUTBOX"})
    wanted = ("SMS", "SMTP", "OUTBOX")
    assert rules.channel_order(wanted, None, available) == ("SMTP", "OUTBOX")
    assert rules.channel_order(wanted, "OUTBOX", available) == ("OUTBOX", "SMTP")
    assert rules.channel_order(wanted, "WECHAT", available) == ("SMTP", "OUTBOX")
    assert rules.channel_order(("SMS",), "OUTBOX", available) == ()


@given(st.integers(1, 50))
def test_pauses_grow_and_stay_bounded(attempts):
    assert rules.pause_after(attempts) <= rules.pause_after(attempts + 1) <= timedelta(hours=1)
