"""The regulator's rating simulated, periods, candidates, shared credit: rules alone."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yilu.scorecards.rules import rating, standing, terms, together
from yilu.scorecards.rules.standing import Standing
from yilu.scorecards.rules.terms import BadPeriod
from yilu.scorecards.rules.together import BadInitiative, Share

BEST = {each.code: each.full for each in rating.INDICATORS}


class TestRating:
    def test_eight_indicators_weigh_100_and_each_group_what_the_source_gives(self):
        assert len(rating.INDICATORS) == 8
        for code, (_label, weight) in rating.GROUPS.items():
            assert weight == sum(i.weight for i in rating.INDICATORS if i.group == code)
        assert sum(weight for _label, weight in rating.GROUPS.values()) == 100

    def test_weights_that_do_not_sum_to_100_do_not_run(self):
        with pytest.raises(ValueError, match="100"):
            rating.simulate({}, rating.INDICATORS[1:])

    def test_the_best_of_everything_is_100_and_the_worst_0(self):
        assert rating.simulate(BEST).low == rating.simulate(BEST).high == 100
        worst = rating.simulate({each.code: each.zero for each in rating.INDICATORS})
        assert worst.low == worst.high == 0

    def test_a_worked_example(self):
        told = rating.simulate(
            {
                "DELIVERED": Decimal("98"),  # 80 of 100 × 15 = 12
                "ANSWERED": Decimal("91"),  # 75 × 7.5 = 5.63
                "FOLLOWED": Decimal("99.5"),  # above full: 7.5
                "CLAIM_TIME": Decimal("3.9"),  # 90 × 17.5 = 15.75
                "PAID_RATE": Decimal("97.6"),  # 90 × 17.5 = 15.75
                "COMPLAINTS": Decimal("1"),  # 80 × 12.5 = 10
                "COMPLAINTS_IN_TIME": Decimal("75"),  # below zero: 0
            }
        )
        assert [line.points for line in told.lines] == [
            Decimal(p) if p else None
            for p in ("12", "5.63", "7.50", "15.75", "15.75", "", "10", "0")
        ]
        assert told.known == 90
        assert (told.low, told.high) == (Decimal("66.63"), Decimal("76.63"))
        assert [line.indicator.code for line in told.missing] == ["SERVICING_TIME"]

    def test_one_point_of_each_brings_what_it_weighs_by_its_scale_and_nothing_above_the_top(self):
        told = {
            x.indicator.code: x for x in rating.simulate({**BEST, "PAID_RATE": Decimal(95)}).lines
        }
        assert told["PAID_RATE"].gain == Decimal("1.25")  # 17.5 / 14
        assert told["DELIVERED"].gain == 0
        slow = rating.simulate({"CLAIM_TIME": Decimal(30)})
        assert next(x.gain for x in slow.lines if x.value is not None) == Decimal("0.60")  # a day

    @given(st.lists(st.one_of(st.none(), st.decimals(-10, 120, places=2)), min_size=8, max_size=8))
    @settings(max_examples=100)
    def test_it_stays_between_0_and_100_and_what_is_missing_widens_it_by_its_weight(self, values):
        told = rating.simulate(dict(zip(BEST, values, strict=True)))
        assert 0 <= told.low <= told.high <= 100
        assert told.high - told.low == sum((x.indicator.weight for x in told.missing), Decimal(0))
        assert all(x.gain >= 0 for x in told.lines if x.gain is not None)


class TestPeriods:
    @given(st.sampled_from(sorted(terms.UNITS)), st.dates(date(2000, 1, 10), date(2200, 1, 1)))
    @settings(max_examples=200)
    def test_a_day_lies_in_its_period_whose_code_reads_back(self, unit, day):
        found = terms.period_of(unit, day)
        assert found.start <= day < found.end
        assert terms.read(found.code) == found
        assert found.before.end == found.start
        assert found.after.start == found.end
        assert found.last_day == found.end - timedelta(days=1)
        assert str(found.start.year) in found.label or unit == "WEEK"

    @pytest.mark.parametrize("text", ["", "2026-13", "2026W54", "2026Q5", "26-01", "2026-1", "1999", "２０２６"])  # fmt: skip
    def test_what_is_no_period_is_refused(self, text):
        with pytest.raises(BadPeriod):
            terms.read(text)

    def test_a_length_not_wanted_is_refused(self):
        with pytest.raises(BadPeriod):
            terms.read("2026W05", units=frozenset({"MONTH"}))
        with pytest.raises(BadPeriod):
            terms.period_of("DAY", date(2026, 1, 1))


def someone(n, total="80", volume=50, **more):
    score = None if total is None else Decimal(total)
    return Standing(staff_id=n, office_id=1, total=score, volume=volume, **more)


class TestCandidates:
    def test_the_best_come_first_and_equals_share_a_place(self):
        told = standing.candidates(
            [someone(1), someone(2, "90"), someone(3, volume=60), someone(4)], least_volume=10
        )
        assert [(c.standing.staff_id, c.place) for c in told] == [(2, 1), (3, 2), (1, 3), (4, 3)]

    def test_who_cannot_be_named_reads_why(self):
        told = standing.candidates(
            [someone(1, "99", volume=3, findings=2, complaints=1), someone(2, None)], least_volume=5
        )
        assert {c.place for c in told} == {None}
        assert told[0].why_not == ("办理 3 件，少于 5 件", "有 2 项质检发现", "有 1 件成立的投诉")
        assert told[1].why_not == ("可计分的指标不足一半",)

    @given(
        st.lists(
            st.builds(
                someone, st.integers(1, 999),
                total=st.one_of(st.none(), st.integers(0, 100).map(str)), volume=st.integers(0, 60),
                findings=st.integers(0, 1), complaints=st.integers(0, 1),
            ), max_size=8, unique_by=lambda s: s.staff_id,
        )
    )  # fmt: skip
    @settings(max_examples=50)
    def test_everybody_is_told_either_a_place_or_a_reason(self, people):
        told = standing.candidates(people, least_volume=10)
        assert sorted(c.standing.staff_id for c in told) == sorted(p.staff_id for p in people)
        assert all((c.place is None) == bool(c.why_not) for c in told)
        placed = [c.standing.total for c in told if c.place]
        assert placed == sorted(placed, reverse=True)


TEAM = (Share(1, "CLAIMS", 5, "改了补料通知"), Share(2, "CONTACT", 3, "先打电话说明"))


class TestSharedCredit:
    def test_two_departments_may_share(self):
        together.check(TEAM)

    @pytest.mark.parametrize(
        ("shares", "says"),
        [
            (TEAM[:1], "2 至 20"),
            ((TEAM[0], replace(TEAM[1], department="CLAIMS")), "两个部门"),
            ((TEAM[0], replace(TEAM[1], department="MOON")), "选择部门"),
            ((TEAM[0], replace(TEAM[1], staff_id=1)), "只能写一次"),
            ((TEAM[0], replace(TEAM[1], points=16)), "现在是 21"),
            ((TEAM[0], replace(TEAM[1], points=0)), "至少 1 分"),
            ((TEAM[0], replace(TEAM[1], did="做了")), "做了什么"),
        ],
    )
    def test_anything_else_is_refused(self, shares, says):
        with pytest.raises(BadInitiative) as refused:
            together.check(shares)
        assert says in refused.value.hint
