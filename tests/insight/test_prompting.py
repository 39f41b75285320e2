"""prompts say what is the customer's own to everybody, and gaps only of who agreed to hear of products."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as some

from yilu.insight.rules import Held, Known, Near, prompts

TODAY = date(2026, 3, 4)
KINDS = ["TERM_LIFE", "CRITICAL_ILLNESS", "MEDICAL", "ACCIDENT", "ANNUITY"]
STATES = ["IN_FORCE", "GRACE", "SUSPENDED", "EXPIRED", "TERMINATED"]


def held(**told):
    usual = {
        "policy_id": 1, "number": "1", "name": "一路守护定期寿险", "kind": "TERM_LIFE",
        "state": "IN_FORCE", "ends_on": None, "is_insured": True, "is_holder": True,
    }  # fmt: skip
    return Held(**{**usual, **told})


def known(*policies, born=date(1990, 1, 1), around=(), agreed=True):
    return Known(birth_date=born, policies=policies, around=tuple(around), agreed_to_offers=agreed)


def codes(known_):
    return [prompt.code for prompt in prompts(known_, TODAY)]


class TestTheirs:
    def test_cover_that_ends_within_two_months_is_said_with_the_days(self):
        (prompt, *_) = prompts(known(held(ends_on=TODAY + timedelta(days=12)), agreed=False), TODAY)
        assert prompt.code == "EXPIRING"
        assert "12 天" in prompt.text

    def test_cover_that_ends_later_or_has_ended_is_not(self):
        assert codes(known(held(ends_on=TODAY + timedelta(days=61)), agreed=False)) == []
        assert codes(known(held(ends_on=TODAY - timedelta(days=1)), agreed=False)) == []

    def test_a_year_that_may_be_renewed_is_said_with_its_premium_and_never_as_an_end(self):
        soon = {"ends_on": TODAY + timedelta(days=12)}
        offered = held(**soon, follows="OFFERED", next_premium=Decimal("1366.00"))
        (prompt,) = prompts(known(offered, agreed=False), TODAY)
        assert prompt.code == "RENEWABLE"
        assert "1,366.00 元" in prompt.text
        assert "终止" not in prompt.text
        assert codes(known(held(**soon, follows="TO_DECIDE"), agreed=False)) == ["RENEWABLE"]
        assert codes(known(held(**soon, follows="TAKEN"), agreed=False)) == []
        assert codes(known(held(**soon, follows="STOPPED"), agreed=False)) == ["EXPIRING"]

    def test_money_not_fetched_is_said_to_who_may_fetch_it(self):
        unclaimed = Decimal("8200.00")
        (prompt,) = prompts(known(held(unclaimed=unclaimed), agreed=False), TODAY)
        assert prompt.code == "UNCLAIMED"
        assert "8,200.00 元" in prompt.text
        other = held(unclaimed=unclaimed, is_insured=False, is_holder=False)
        assert codes(known(other, agreed=False)) == []

    def test_a_premium_owed_and_a_policy_suspended_are_said(self):
        assert codes(known(held(state="GRACE"), agreed=False)) == ["GRACE"]
        assert codes(known(held(state="SUSPENDED"), agreed=False)) == ["SUSPENDED"]


class TestGaps:
    def test_an_adult_without_illness_or_medical_cover_has_two(self):
        assert codes(known(held())) == ["GAP_ILLNESS", "GAP_MEDICAL"]

    def test_cover_fills_them_and_ended_cover_does_not(self):
        both = (held(kind="CRITICAL_ILLNESS"), held(kind="MEDICAL"))
        assert codes(known(*both)) == []
        assert codes(known(held(), held(kind="MEDICAL", state="TERMINATED"))) == [
            "GAP_ILLNESS", "GAP_MEDICAL",
        ]  # fmt: skip

    def test_a_newborn_without_medical_cover_is_a_life_event(self):
        child = Near(masked_name="林*", birth_date=date(2025, 8, 1), kinds=("ENDOWMENT",))
        assert codes(known(around=[child])) == ["NEWBORN"]

    def test_a_child_without_any_cover_is_a_gap(self):
        child = Near(masked_name="林*", birth_date=date(2015, 8, 1), kinds=())
        assert codes(known(around=[child])) == ["GAP_CHILD"]
        covered = Near(masked_name="林*", birth_date=date(2015, 8, 1), kinds=("ACCIDENT",))
        assert codes(known(around=[covered])) == []

    def test_eighteen_and_sixty_are_times_to_look_again(self):
        assert codes(known(born=date(2008, 1, 1))) == ["TURNED"]
        assert codes(known(born=date(1966, 1, 1))) == ["TURNED"]


@given(
    some.lists(
        some.tuples(some.sampled_from(KINDS), some.sampled_from(STATES), some.booleans()),
        max_size=6,
    ),
    some.dates(date(1930, 1, 1), TODAY),
    some.dates(date(1990, 1, 1), TODAY),
)
def test_who_did_not_agree_hears_of_no_product(policies, born, child_born):
    around = [Near(masked_name="林*", birth_date=child_born, kinds=())]
    all_held = tuple(
        held(kind=kind, state=state, is_insured=insured, ends_on=TODAY)
        for kind, state, insured in policies
    )
    silent = prompts(known(*all_held, born=born, around=around, agreed=False), TODAY)
    spoken = prompts(known(*all_held, born=born, around=around, agreed=True), TODAY)
    assert not any(prompt.offers for prompt in silent)
    assert spoken[: len(silent)] == silent
