"""How likely somebody breaks off: counted from cases alike, never beyond what was counted, held against what happened."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yilu.journeys.rules import foretelling as rules
from yilu.journeys.rules.foretelling import Rates, Seen

SIGNS = [
    frozenset(),
    frozenset({"broke_before"}),
    frozenset({"broke_before", "no_debit"}),
    frozenset({"first"}),
]
CELLS = st.lists(
    st.tuples(st.sampled_from(["a", "b"]), st.sampled_from(SIGNS), st.integers(0, 200), st.integers(0, 200)), max_size=6
)  # fmt: skip


def cell(step="a", signs=(), count=100, broke=10):
    return Seen(step, frozenset(signs), count, broke)


def test_too_few_cases_foretell_nothing_and_many_foretell_their_share():
    assert Rates([cell(count=29, broke=29)]).chance("a", ()) is None
    assert Rates([cell()]).chance("b", ()) is None
    many = Rates([cell(count=10_000, broke=1_000)]).chance("a", ())
    assert many.value == pytest.approx(0.1, abs=0.001)
    assert (many.alike, many.broke) == (10_000, 1_000)


def test_a_sign_tells_and_a_small_group_does_not_run_away():
    rates = Rates([cell(count=900, broke=90), cell(signs=["broke_before"], count=100, broke=60),
                   cell(signs=["broke_before", "no_debit"], count=2, broke=2)])  # fmt: skip
    calm, marked = rates.chance("a", ()), rates.chance("a", ["broke_before"])
    few = rates.chance("a", ["broke_before", "no_debit"])
    assert calm.value < 0.15 < 0.5 < marked.value < 0.7
    assert marked.value < few.value < 0.75
    assert (few.alike, few.broke) == (
        102,
        62,
    )  # those who have the most in common, of whom there are enough


@given(CELLS, st.sampled_from(SIGNS))
@settings(max_examples=50, deadline=None)
def test_a_chance_is_one_and_its_cases_were_seen(cells, signs):
    seen = [Seen(step, held, count, min(broke, count)) for step, held, count, broke in cells]
    chance = Rates(seen).chance("a", signs)
    whole = sum(each.count for each in seen if each.step == "a")
    if chance is None:
        assert whole < rules.LEAST_ALIKE
        return
    assert 0 < chance.value < 1
    assert rules.LEAST_ALIKE <= chance.alike <= whole
    assert 0 <= chance.broke <= chance.alike


@pytest.mark.parametrize(
    ("chance", "given", "help"),
    [(0.9, {}, "CALL"), (0.5, {}, "CALL"), (0.49, {}, "TOLD"), (0.25, {}, "TOLD"), (0.24, {}, "LOW"),
     (0.9, {"left": True}, "LEFT"), (0.9, {"helped_lately": True, "left": True}, "CAPPED"),
     (0.9, {"stopped": True}, "STOPPED"), (0.1, {"stopped": True}, "STOPPED"), (0.9, {"over": True, "stopped": True}, "OVER")],
)  # fmt: skip
def test_help_goes_to_the_likely_but_never_to_who_does_not_want_it(chance, given, help):
    none = {"over": False, "left": False, "stopped": False, "helped_lately": False}
    assert rules.help_for(chance, **(none | given)) == help


def test_about_one_of_ten_is_left_alone_and_always_the_same():
    left = [rules.is_left_alone("due", n) for n in range(2_000)]
    assert 150 < sum(left) < 250
    assert left == [rules.is_left_alone("due", n) for n in range(2_000)]


def test_forecasts_are_held_against_what_happened():
    assert rules.calibrate([]) is None
    right = rules.calibrate(
        [(0.2, n % 5 == 0) for n in range(100)] + [(0.6, n % 5 < 3) for n in range(100)]
    )
    assert [band.holds for band in right.bands] == [True, True]
    assert [band.count for band in right.bands] == [100, 100]
    assert right.skill > 10
    wrong = rules.calibrate([(0.9, n % 5 == 0) for n in range(100)])
    assert not wrong.bands[0].holds
    assert wrong.skill < 0
    assert rules.calibrate([(1.0, True)]).bands[0].thin


def test_what_help_did_is_told_with_what_chance_alone_does():
    assert rules.effect((10, 2), (0, 0)) is None
    clear = rules.effect((1_000, 100), (200, 60))
    assert clear.difference == pytest.approx(-0.2)
    assert clear.low < -0.2 < clear.high < 0
    assert clear.clear
    few = rules.effect((20, 1), (5, 4))
    assert few.thin
    assert not few.clear
