"""A draw holds its rates, takes the risky first, and comes out the same for whoever draws it again."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yilu.quality.books import inspections as shipped
from yilu.quality.rules import sampling
from yilu.quality.rules.sampling import BadPlan, Done, LotRule

PLAN = shipped.shipped()["plan"]
WEIGHTS = {"misrecorded": 100, "forbidden": 60, "low_rating": 50, "reopened": 0}

rules = st.builds(
    LotRule, what=st.just("call"), roles=st.just(frozenset()), offices=st.just(frozenset()),
    per_week=st.integers(0, 4), percent=st.integers(0, 100), new_per_week=st.integers(0, 6),
)  # fmt: skip
marks = st.sampled_from(
    [(), (), ("forbidden",), ("misrecorded",), ("reopened",), ("low_rating", "forbidden")]
)
things = st.dictionaries(st.tuples(st.integers(1, 60), st.integers(1, 3)), marks, max_size=25).map(
    lambda told: [Done(f"conversation:{n}", who, m) for (n, who), m in told.items()]
)


@given(rules, things, st.integers(0, 99).map(str))
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_rates_hold_the_risky_come_first_and_the_seed_draws_the_same(rule, done, seed):
    given_ = {"seed": seed, "new": {2}, "weights": WEIGHTS}
    drawn = sampling.draw(rule, done, **given_)
    assert sampling.draw(rule, done[::-1], **given_) == drawn
    of = {n: [d for d in done if d.staff_id == n] for n in (1, 2, 3)}
    for staff_id, mine in of.items():
        took = {d.subject for d in drawn if d.staff_id == staff_id}
        least = max(rule.per_week, rule.new_per_week if staff_id == 2 else 0)
        assert len(took) == min(len(mine), max(least, -(-len(mine) * rule.percent // 100)))
        left = [sampling.weight(d.marks, WEIGHTS) for d in mine if d.subject not in took]
        taken = [sampling.weight(d.marks, WEIGHTS) for d in mine if d.subject in took]
        assert not left or not taken or min(taken) >= max(left)
        alone = sampling.draw(rule, mine, **given_)
        assert {d.subject for d in alone} == took


def test_another_seed_draws_others_and_a_weightless_mark_is_chance():
    rule = LotRule(
        what="call", roles=frozenset(), offices=frozenset(), per_week=3, percent=0, new_per_week=0
    )
    done = [Done(f"conversation:{n}", 1, ("reopened",)) for n in range(200)]
    lots = [sampling.draw(rule, done, seed=s, new=(), weights=WEIGHTS) for s in ("a", "b")]
    assert lots[0] != lots[1]
    assert {each.because for lot in lots for each in lot} == {"random"}
    seeds = {
        sampling.seed_of("r", what=w, week="2026-03-02", office_id=1) for w in ("call", "claim")
    }
    assert len(seeds) == 2


def test_the_shipped_plan_is_one_and_says_what_is_sampled():
    plan = sampling.read(PLAN)
    assert {lot.what for lot in plan.lots} == set(sampling.WHAT)
    assert plan.appeal_days == 5
    assert plan.weights["misrecorded"] > plan.weights["forbidden"]


@pytest.mark.parametrize(
    "text",
    [
        "title =", "x" * 20_001, PLAN + '\n[[lot]]\nwhat = "call"\nper_week = 1\n', PLAN.replace('"call"', '"fax"'),
        PLAN.replace("appeal_days = 5", "appeal_days = 0"), PLAN.replace("forbidden = 60", "rude = 60"),
        PLAN.replace("percent = 3", "percent = 101"), PLAN.replace("percent = 3", "share = 3"),
        'title = "空"\nappeal_days = 1\n', 'title = "空"\nappeal_days = 1\n[[lot]]\nwhat = "call"\n',
        'title = "错"\nappeal_days = 1\n[[lot]]\nwhat = "call"\nper_week = 1\nroles = "CALL_AGENT"\n',
        'title = "错"\nappeal_days = 1\nweight = 3\n[[lot]]\nwhat = "call"\nper_week = 1\n', "title = 3",
    ],
)  # fmt: skip
def test_a_broken_plan_is_refused_with_what_to_mend(text):
    with pytest.raises(BadPlan) as refused:
        sampling.read(text)
    assert refused.value.hint
