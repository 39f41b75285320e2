"""A scheme weighs 100, never forgets the customer, and turns measured values into points."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yilu.scorecards.rules import scales, schemes
from yilu.scorecards.rules.schemes import BadScheme, Known, Part

KNOWN = {
    "nps": Known(code="nps", title="净推荐值", better="UP", core="NPS"),
    "days": Known(code="days", title="到账时长", better="DOWN", core="TIME"),
    "errors": Known(code="errors", title="差错率", better="DOWN", core="ERROR"),
    "done": Known(code="done", title="办结件数", better="UP"),
    "answered": Known(code="answered", title="接通率", better="UP", by_person=False),
}


def part(kpi, weight, target="50", zero="0", full="100", cap="100"):
    return Part(
        kpi=kpi, weight=Decimal(weight), target=Decimal(target), zero=Decimal(zero),
        full=Decimal(full), cap=Decimal(cap),
    )  # fmt: skip


DAYS = part("days", "20", "3", "10", "1")
GOOD = (part("nps", "10"), DAYS, part("done", "70"))


def refusal(parts, subject="ROLE"):
    with pytest.raises(BadScheme) as refused:
        schemes.check(parts, KNOWN, subject)
    return refused.value.hint


def test_a_scheme_that_weighs_the_customer_stands():
    schemes.check(GOOD, KNOWN, "ROLE")
    schemes.check((part("answered", "70"), part("nps", "30")), KNOWN, "BRANCH")


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ((), "1 至 15"),
        ((part("nps", "30"), part("done", "69")), "合计是 99"),
        ((part("nps", "9.5"), DAYS, part("done", "70.5")), "合计是 29.5%，不能低于 30%"),
        ((part("done", "100"),), "合计是 0%"),
        ((part("moon", "100"),), "没有“moon”"),
        ((part("nps", "50"), part("nps", "50")), "“净推荐值”出现了两次"),
        ((part("nps", "0"), part("days", "100", "3", "10", "1")), "权重要大于 0"),
        ((part("nps", "100", zero="80", full="10"),), "越高越好"),
        ((part("days", "100"),), "越低越好"),
        ((part("nps", "100", zero="50", full="50"),), "越高越好"),
        ((part("nps", "100", target="101"),), "目标要在"),
        ((part("nps", "100", cap="99"),), "封顶分"),
        ((part("nps", "100", cap="151"),), "封顶分"),
        ((part("answered", "60"), part("nps", "40")), "分不到个人"),
    ],
)
def test_a_scheme_is_refused_in_a_sentence_that_names_the_sum(parts, says):
    assert says in refusal(parts)


@pytest.mark.parametrize("number", ["", "abc", "NaN", "Infinity", "1e12", "0.00001"])
def test_what_is_no_number_is_refused(number):
    row = {"kpi": "nps", "weight": number, "target": "1", "zero": "0", "full": "2"}
    with pytest.raises(BadScheme):
        schemes.read([row])


def test_rows_of_a_form_are_read_and_empty_ones_left_out():
    row = {"kpi": "nps", "weight": "30", "target": "50", "zero": "0", "full": "1,000", "cap": ""}
    (read,) = schemes.read([row, {"kpi": ""}])
    assert (read.full, read.cap) == (1000, 100)
    assert schemes.read([read.kept()]) == (read,)


def test_a_card_says_where_points_were_lost():
    told = schemes.judge(GOOD, {"nps": Decimal(60), "days": Decimal("5.5"), "done": Decimal(140)})
    assert [(p.score, p.points, p.lost) for p in told.parts] == [(60, 6, 4), (50, 10, 10), (100, 70, 0)]  # fmt: skip
    assert told.total == 86
    assert told.lost_most.part.kpi == "days"


def test_what_was_not_measured_is_neither_earned_nor_lost():
    told = schemes.judge(GOOD, {"nps": None, "done": Decimal(80)})
    assert (told.judged, told.total) == (70, 80)
    assert told.parts[0].lost is None
    assert schemes.judge(GOOD, {"nps": Decimal(100), "days": Decimal(1)}).total is None
    assert schemes.judge(GOOD, {}).lost_most is None


def test_a_cap_above_100_pays_for_more():
    rich = part("done", "70", full="100", cap="120")
    assert schemes.judge((rich,), {"done": Decimal(500)}).parts[0].points == 84


VALUES = st.decimals(-500, 500, places=2)


@given(VALUES, VALUES, VALUES, VALUES, st.decimals(100, 150, places=0))
@settings(max_examples=100)
def test_better_never_scores_less_and_a_score_stays_in_its_bounds(zero, full, one, other, cap):
    if zero == full:
        with pytest.raises(ValueError, match="same"):
            scales.score(one, zero=zero, full=full, cap=cap)
        return
    better, worse = sorted([one, other], reverse=full > zero)
    scored = [scales.score(v, zero=zero, full=full, cap=cap) for v in (better, worse)]
    assert scored[0] >= scored[1]
    assert all(0 <= s <= cap for s in scored)
    assert scales.score(zero, zero=zero, full=full, cap=cap) == 0
    assert scales.score(full, zero=zero, full=full, cap=cap) == 100


@given(st.lists(st.one_of(st.none(), st.decimals(-50, 150, places=1)), min_size=3, max_size=3))
@settings(max_examples=100)
def test_points_and_losses_make_up_the_weight_that_was_judged(values):
    told = schemes.judge(GOOD, dict(zip(("nps", "days", "done"), values, strict=True)))
    judged = [p for p in told.parts if p.points is not None]
    assert told.judged == sum((p.points + p.lost for p in judged), Decimal(0))
    assert (told.total is None) == (told.judged < 50)
    assert told.total is None or 0 <= told.total <= 100
