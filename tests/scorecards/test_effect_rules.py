"""Before and after: figures over days, what chance explains, what others saw too."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from yilu.scorecards.rules import effects

PAIRS = st.lists(
    st.tuples(st.floats(-50, 50), st.floats(1, 40)).map(lambda p: (round(p[0], 3), round(p[1], 3))),
    min_size=2, max_size=20,
)  # fmt: skip


def test_of_equal_days_it_is_the_ordinary_test_of_means():
    before = [78, 80, 75, 79, 77, 81, 76, 78, 80, 79, 77, 78]
    after = [91, 93, 90, 94, 92, 89, 93, 92, 91, 95, 92]
    told = effects.compare(
        effects.side([(v, 1) for v in before]), effects.side([(v, 1) for v in after])
    )
    known = stats.ttest_ind(after, before, equal_var=False)
    low, high = known.confidence_interval(0.95)
    assert told.difference == pytest.approx(known.statistic * math.sqrt(told.before.variance + told.after.variance))  # fmt: skip
    assert told.df == math.floor(known.df)
    assert told.p == pytest.approx(2 * stats.t.sf(abs(known.statistic), told.df), rel=1e-6)
    assert told.low == pytest.approx(low, abs=0.05)
    assert told.high == pytest.approx(high, abs=0.05)
    assert told.is_clear


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 7, 10, 31, 200])
@pytest.mark.parametrize("t", [0.0, 0.3, 1.0, 2.2, 6.0])
def test_students_series_agrees_with_a_library(freedom, t):
    assert effects.chance(t, freedom) == pytest.approx(2 * stats.t.sf(t, freedom), abs=1e-9)
    assert effects.quantile(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), rel=1e-6)


def test_days_without_a_case_say_nothing_and_one_day_is_none():
    assert effects.side([(3, 0), (1, 2)]) is None
    assert effects.side([(1, 2), (0, 0), (3, 2)], scale=100).value == 100
    assert effects.compare(None, effects.side([(1, 2), (2, 3)])) is None
    assert effects.beyond(None, None) is None


def test_few_days_are_said_to_be_few():
    short = effects.side([(1, 2), (1, 3), (2, 3)])
    long = effects.side([(n % 3, 3) for n in range(12)])
    assert effects.compare(short, long).thin
    assert not effects.compare(long, long).thin
    assert effects.beyond(effects.compare(long, long), effects.compare(short, long)).thin


def test_without_any_spread_a_difference_is_sure_and_none_is_chance():
    flat, higher = (effects.side([(v, 1)] * 12) for v in (3, 4))
    assert effects.compare(flat, flat).p == 1
    assert effects.compare(flat, higher).p == 0


@given(PAIRS, PAIRS, st.floats(0.5, 50))
@settings(max_examples=100)
def test_a_comparison_turns_round_and_scales_with_its_unit(one, other, scale):
    a, b = effects.side(one), effects.side(other)
    there, back = effects.compare(a, b), effects.compare(b, a)
    assert there.difference == pytest.approx(-back.difference)
    assert there.p == pytest.approx(back.p)
    assert there.low <= there.difference <= there.high
    assert 0 <= there.p <= 1
    big = effects.compare(effects.side(one, scale=scale), effects.side(other, scale=scale))
    assert big.difference == pytest.approx(there.difference * scale, abs=1e-6)
    assert big.p == pytest.approx(there.p, abs=1e-6)


@given(PAIRS, PAIRS, PAIRS, PAIRS)
@settings(max_examples=50)
def test_taking_others_out_is_never_surer_than_the_two_sides_allow(one, two, three, four):
    own = effects.compare(effects.side(one), effects.side(two))
    others = effects.compare(effects.side(three), effects.side(four))
    told = effects.beyond(own, others)
    assert told.difference == pytest.approx(own.difference - others.difference)
    assert told.low <= told.difference <= told.high
    assert effects.beyond(own, own).difference == 0
