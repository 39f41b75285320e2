"""Declared deaths and appraisals, by the letter of the law and of the standard."""

from datetime import date
from itertools import groupby

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yilu.claims.rules import rescission
from yilu.claims.rules.appraisal import Finding, combine, is_code
from yilu.claims.rules.appraisal_items import ITEMS, by_class
from yilu.claims.rules.vanished import Judgment, weigh

COVER = {"from_on": date(2020, 1, 1), "to_on": date(2024, 1, 1)}


def judged(missing, on, **more):
    return Judgment(missing_on=missing, judged_on=on, **more)


def test_the_right_to_rescind_lasts_thirty_days_and_is_barred_to_the_day():
    until = rescission.last_day(date(2026, 1, 1))
    assert until == date(2026, 1, 31)
    assert rescission.forfeited_from(until) == date(2026, 1, 2)
    assert rescission.barred_from(date(2024, 3, 31), 2) == date(2026, 3, 31)
    assert rescission.barred_from(date(2024, 2, 29), 2) == date(2026, 2, 28)


class TestDeclaredDeath:
    def test_counts_from_the_judgment(self):
        day = weigh(judged(date(2018, 1, 1), date(2023, 5, 1)), **COVER)
        assert (day.died_on, day.covered_on, day.doubts) == (date(2023, 5, 1), date(2023, 5, 1), ())

    def test_of_an_accident_counts_from_the_accident(self):
        day = weigh(judged(date(2021, 7, 1), date(2023, 9, 1), by_accident=True), **COVER)
        assert (day.died_on, day.doubts) == (date(2021, 7, 1), ())

    def test_outside_the_cover_looks_at_the_day_of_vanishing(self):
        day = weigh(judged(date(2023, 6, 1), date(2027, 8, 1)), **COVER)
        assert (day.died_on, day.covered_on) == (date(2027, 8, 1), date(2023, 6, 1))
        assert day.doubts == ("NOT_COVERED_THEN",)

    def test_never_covered_is_said(self):
        day = weigh(judged(date(2019, 6, 1), date(2025, 8, 1)), **COVER)
        assert day.doubts == ("NEVER_COVERED",)

    @pytest.mark.parametrize(
        ("accident", "impossible", "on", "early"),
        [
            (False, False, date(2023, 12, 31), True),
            (False, False, date(2024, 1, 1), False),
            (True, False, date(2021, 12, 31), True),
            (True, False, date(2022, 1, 1), False),
            (True, True, date(2020, 6, 1), False),
        ],
    )
    def test_before_the_years_of_the_code_is_doubted(self, accident, impossible, on, early):
        told = judged(date(2020, 1, 1), on, by_accident=accident, impossible=impossible)
        assert ("TOO_EARLY" in weigh(told, from_on=date(2000, 1, 1), to_on=None).doubts) is early


def found(*rows, on=date(2026, 5, 1), **more):
    told = {"event_on": date(2026, 1, 1), "within_days": 180, "by_accident": True} | more
    findings = [Finding(code=c, part=p, grade=g) for c, p, g in rows]
    return combine(findings, assessed_on=on, **told)


class TestAppraisal:
    def test_the_gravest_counts(self):
        assert found(("4.2-1", "脾", 8), ("7.6-12", "左手", 5)).grade == 5

    def test_two_of_the_gravest_rise_by_one_only(self):
        three = found(("7.6-12", "左手", 5), ("7.6-12", "右手", 5), ("3.1-1", "鼻", 5))
        assert (three.grade, three.sharing) == (4, 3)
        assert found(("1.3-1", "脑", 1), ("7.6-1", "四肢", 1)).grade == 1

    def test_the_same_part_and_nature_counts_once(self):
        twice = found(("8.2-13", "背部", 8), ("8.2-14", "背部", 9))
        assert twice.grade == 8
        assert len(twice.objections) == 1

    def test_what_does_not_fit_is_said_and_refuses_nothing(self):
        out = found(("4.2-1", "脾", 3), ("6.9-9", "肾", 7), on=date(2026, 9, 1), by_accident=False)
        assert out.grade == 3
        assert len(out.objections) == 4

    def test_codes_are_of_the_standard(self):
        assert all(is_code(code) for code in ITEMS)
        assert [len(items) for _name, items in by_class()] == [6, 57, 11, 15, 22, 40, 98, 32]
        for _section, items in groupby(ITEMS.values(), key=lambda item: item.section):
            grades = [item.grade for item in items]
            assert grades == sorted(grades), "the standard goes from the gravest to the lightest"
        assert not is_code("9.1-1")
        assert not is_code("=1+1")


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(ITEMS)), st.sampled_from(["左", "右", "背", "胸"])),
        min_size=1, max_size=6,
    )
)  # fmt: skip
def test_the_result_is_the_gravest_or_one_above(rows):
    graded = [(code, part, ITEMS[code].grade) for code, part in rows]
    out = found(*graded)
    worst = min(g for *_r, g in graded)
    assert max(worst - 1, 1) <= out.grade <= worst
    assert found(*reversed(graded)).grade == out.grade
