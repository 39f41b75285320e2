"""The official notice of a year's holidays, read from its own words."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yilu.standards import notices
from yilu.standards.rules import SpecialDay

YEAR_2026 = """
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
节假日期间，各地区、各部门要妥善安排好值班和安全等工作。
"""


def days(text, year=2026):
    return {d.day: d for d in notices.read_notice(text, year)}


def test_stretches_single_days_and_asides_are_understood():
    found = days(YEAR_2026)

    assert len(found) == 3 + 1 + 9 + 2 + 3
    assert found[date(2026, 2, 23)] == SpecialDay(date(2026, 2, 23), False, (), "春节")
    assert found[date(2026, 2, 28)].is_working
    assert found[date(2026, 1, 4)].name == "调休上班"


def test_a_stretch_may_end_in_another_month_and_name_its_year():
    found = days("元旦：2022年1月1日至3日放假。春节：1月31日至2月6日放假调休，共7天。", 2022)
    assert date(2022, 2, 6) in found
    assert len(found) == 10


def test_days_of_the_year_before_belong_to_their_own_notice():
    found = days("元旦：2023年12月30日至2024年1月1日放假，与周末连休。", 2024)
    assert list(found) == [date(2024, 1, 1)]


@pytest.mark.parametrize(
    "text",
    ["", "祝节日快乐", "春节：2月30日放假。", "春节：5日放假。", "国庆节：10月7日至1日放假。",
     "国庆节：1月1日至12月31日放假。", "元旦：1月1日放假。1月1日上班。"],
)  # fmt: skip
def test_what_names_no_days_is_refused(text):
    with pytest.raises(ValueError, match=r"[\u4e00-\u9fff]"):
        notices.read_notice(text, 2026)


@given(st.dictionaries(st.integers(0, 364), st.booleans(), min_size=1))
def test_lines_are_read_back_as_they_were_written(chosen):
    made = tuple(
        SpecialDay(date(2026, 1, 1) + timedelta(days=n), works, (), "调休上班" if works else "春节")
        for n, works in sorted(chosen.items())
    )
    assert notices.read_day_lines(notices.write_day_lines(made), 2026) == made


@pytest.mark.parametrize(
    "line", ["2026-02-05 春节", "2026-13-01 休", "2025-02-05 休", "休 2026-02-05", "2026-02-05 休\n2026-02-05 班"]
)  # fmt: skip
def test_a_wrong_line_is_named(line):
    with pytest.raises(ValueError, match="行有误"):
        notices.read_day_lines(line, 2026)


def test_lines_may_be_written_in_english_too():
    read = notices.read_day_lines("2026-02-05 off Spring Festival\n2026-02-07 work", 2026)
    assert [(d.is_working, d.name) for d in read] == [
        (False, "Spring Festival"),
        (True, "调休上班"),
    ]
