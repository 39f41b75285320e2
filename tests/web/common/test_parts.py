"""The small parts every page is made of."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
import time_machine
from django.template import Context, Template
from django.utils import translation
from tools import vendor

from yilu.kernel.errors import Sentence
from yilu.web.common import tones
from yilu.web.common.templatetags import yilu as parts

NOON = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False), translation.override("zh-hans"):
        yield


def draw(source: str, **given) -> str:
    return Template("{% load yilu %}" + source).render(Context(given))


def clock(**given):
    usual = {
        "code": "x", "title": "五日内核定", "citation": "服务规定第二十三条", "state": "RUNNING",
        "started_at": NOON, "due_at": NOON + timedelta(days=2), "working_left": 500,
        "natural_left": timedelta(days=2), "met_at": None, "breached": False,
    }  # fmt: skip
    return SimpleNamespace(**(usual | given))


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(Decimal("1234.5"), "1,234.50"), (Decimal("-0.01"), "−"), (None, "—"), (Decimal(0), "0.00")],
)
def test_money_has_a_sign_groups_and_two_places(amount, shown):
    assert shown in parts.money(amount)


def test_a_moment_is_said_as_people_say_it():
    assert parts.moment(NOON) == "今天 12:00"
    assert parts.moment(NOON - timedelta(days=1)) == "昨天 12:00"
    assert parts.moment(NOON + timedelta(days=1)) == "明天 12:00"
    assert parts.moment(NOON - timedelta(days=20)) == "2月12日 12:00"
    assert parts.moment(datetime(2025, 12, 31, 20, 0, tzinfo=UTC)) == "1月1日 04:00"
    assert parts.moment(datetime(2024, 5, 1, 4, 0, tzinfo=UTC)) == "2024年5月1日 12:00"
    assert parts.moment(None) == "—"
    assert parts.full_day(date(2026, 3, 4)) == "2026年3月4日"


def test_working_time_counts_days_of_eight_hours():
    assert parts.working_time(45) == "45 分钟"
    assert parts.working_time(200) == "3 小时 20 分钟"
    assert parts.working_time(480 * 4 + 61) == "4 个工作日 1 小时"
    assert parts.working_time(0) == "不到 1 分钟"
    assert parts.working_time(None) == "—"


def test_english_is_spoken_where_it_is_chosen():
    with translation.override("en"):
        assert parts.working_time(60) == "1 hour"
        assert parts.working_time(121) == "2 hours 1 minute"
        assert parts.moment(NOON) == "today 12:00"
        assert parts.full_day(date(2026, 3, 4)) == "4 Mar 2026"


@pytest.mark.parametrize(
    ("given", "tone", "words"),
    [
        ({}, "run", "工作时间还剩 1 个工作日"),
        ({"working_left": 25}, "warn", "工作时间还剩 25 分钟"),
        ({"breached": True}, "late", "已超时"),
        ({"state": "PAUSED"}, "rest", "暂停计时"),
        ({"met_at": NOON}, "met", "按时完成"),
        ({"met_at": NOON, "breached": True}, "late", "超时完成"),
        ({"working_left": None, "natural_left": timedelta(hours=5)}, "run", "还剩 5 小时"),
        ({"working_left": None, "natural_left": timedelta(minutes=20)}, "warn", "还剩 20 分钟"),
    ],
)
def test_a_clock_says_what_is_left_by_when_and_why(given, tone, words):
    shown = draw("{% clock view %}", view=clock(**given))

    assert f"y-clock-{tone}" in shown
    assert words in shown
    assert "服务规定第二十三条" in shown


def test_a_badge_never_says_it_by_colour_alone():
    assert "已到账" in draw('{% badge "PAID" %}')
    assert "y-badge-good" in draw('{% badge "PAID" %}')
    assert "待资料" in draw('{% badge "X" "待资料" "waiting" %}')
    assert "y-badge-warn" in draw('{% badge "X" "待资料" "waiting" %}')
    assert tones.label("NO_SUCH_STATE") == "NO_SUCH_STATE"


def test_a_badge_is_said_in_the_readers_language():
    with translation.override("en"):
        assert "Paid" in draw('{% badge "X" "已到账" "good" %}')


def test_what_people_typed_is_never_markup():
    evil = "<script>alert(1)</script>"
    file = SimpleNamespace(
        filename=evil, kind_label=evil, size=1, received_at=NOON, state="READ", sentence=evil
    )
    row = SimpleNamespace(label=evil, at=NOON, who=evil, detail=evil)

    for shown in (
        draw("{% file_tile file %}", file=file),
        draw("{% timeline rows %}", rows=[row]),
        draw("{% badge text text %}", text=evil),
        draw("{% empty text text %}", text=evil),
        draw("{% note text text %}", text=evil),
    ):
        assert "<script>" not in shown


def test_what_happened_nine_times_in_a_minute_is_told_once_and_counted():
    ticked = {"label": "逐条确认重要条款", "at": NOON, "who": "林投保"}
    rows = [ticked, ticked, {**ticked, "who": "系统"}, {**ticked, "at": NOON - timedelta(days=1)}]

    shown = draw("{% timeline rows %}", rows=rows)

    assert shown.count("<li>") == 3
    assert shown.count("× 2") == 1


def test_every_icon_a_page_names_is_on_the_sheet():
    import re
    from pathlib import Path

    names = {
        n.removeprefix("filled/") + ("-filled" if n.startswith("filled/") else "")
        for n in vendor.icon_names()
    }
    web = Path(parts.__file__).parents[2]
    used = {
        name
        for path in web.rglob("*.html")
        for name in re.findall(r'{% icon "([a-z0-9-]+)"', path.read_text(encoding="utf-8"))
    }

    assert used - names == set()


@pytest.mark.parametrize(
    ("days", "shown"),
    [(None, "—"), (0, "0.00"), (0.0007, "不到 0.01"), (0.005, "0.01"), (1.25, "1.25")],
)
def test_minutes_are_not_shown_as_no_days(days, shown):
    assert parts.in_days(days) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [("10000.00", "10,000.00"), ("0.5", "0.5"), ("80", "80"), ("", ""), ("无", "无")],
)
def test_thousands_are_set_apart(number, shown):
    assert parts.grouped(number) == shown


def test_a_day_that_was_kept_as_text_reads_as_days_do():
    assert parts.pieced("2027-05-23") == "2027年5月23日"
    assert parts.pieced("2027-05-23 起") == "2027年5月23日 起"
    with translation.override("en"):
        assert parts.pieced("2027-05-23") == "23 May 2027"


def test_days_in_sentences_are_written_as_people_write_them():
    assert parts.said("犹豫期已于 2026-03-09 结束") == "犹豫期已于 2026年3月9日 结束"
    assert parts.pieced("2026-03-09") == "2026年3月9日"
    assert parts.said("2026-13-45 和 v2026-03-09-1") == "2026-13-45 和 v2026-03-09-1"
    with translation.override("en"):
        assert parts.pieced("2026-03-09") == "9 Mar 2026"
        told = Sentence("犹豫期已于 {until} 结束，不能全额退还保险费", until=date(2026, 3, 9))
        assert "9 Mar 2026" in parts.said(told)


def test_a_month_is_said_in_either_language():
    assert parts.month(date(2026, 3, 9)) == "2026年3月"
    with translation.override("en"):
        assert parts.month(date(2026, 3, 9)) == "Mar 2026"
