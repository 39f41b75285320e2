"""Cover follows dates, numbers catch slips, shares make a whole."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yilu.policies import rules
from yilu.policies.rules import PolicyNotInForce, cover_on
from yilu.policies.terms import Contract

START = date(2024, 3, 1)
CONTRACT = Contract(
    sum_insured=Decimal(100000), effective_on=START, formed_on=START, continuous_since=START,
    insured_birth_date=date(1990, 1, 1), premium=Decimal("1200.00"), paid_to=date(2026, 3, 1),
)  # fmt: skip


def cover(on, **given):
    return cover_on(replace(CONTRACT, **given), on, grace_days=60)


def refused(on, **given):
    with pytest.raises(PolicyNotInForce) as found:
        cover(on, **given)
    return found.value.message


class TestCover:
    def test_runs_from_the_first_day_to_before_the_last(self):
        ends = date(2025, 3, 1)

        assert cover(START, ends_on=ends).state == "IN_FORCE"
        assert cover(date(2025, 2, 28), ends_on=ends).year == 1
        assert refused(date(2024, 2, 29)) == "出险日 2024-02-29 早于保单生效日 2024-03-01"
        assert refused(ends, ends_on=ends) == "保险期间已于 2025-03-01 零时届满"

    def test_goes_on_in_the_days_of_grace_less_the_owed_premium(self):
        assert cover(date(2026, 3, 1)).state == "IN_FORCE"
        first, last = cover(date(2026, 3, 2)), cover(date(2026, 4, 30))

        assert (first.state, first.owed_premium) == ("GRACE", Decimal("1200.00"))
        assert last.state == "GRACE"
        assert (
            refused(date(2026, 5, 1))
            == "续期保险费自 2026-03-01 起未交，宽限期 60 日已过，保单中止"
        )

    def test_owes_nothing_where_premiums_are_waived_or_paid_in_full(self):
        late = date(2026, 8, 1)

        assert cover(late, waived_from=date(2026, 1, 1)).owed_premium == 0
        assert cover(late, paid_to=None).state == "IN_FORCE"
        assert cover(late, pay_mode="SINGLE").state == "IN_FORCE"

    def test_stops_while_suspended_and_not_before(self):
        since = date(2025, 5, 1)

        assert cover(date(2025, 4, 30), suspended_on=since).state == "IN_FORCE"
        assert refused(since, suspended_on=since) == "保单自 2025-05-01 起效力中止，尚未复效"

    def test_leaves_a_gap_between_suspension_and_reinstatement(self):
        gaps = ((date(2025, 5, 1), date(2025, 8, 1)),)

        assert (
            refused(date(2025, 7, 31), gaps=gaps)
            == "保单在 2025-05-01 至 2025-08-01 期间中止，出险时未复效"
        )
        assert cover(date(2025, 8, 1), gaps=gaps).state == "IN_FORCE"

    def test_ends_on_its_day_but_a_loss_before_it_is_covered(self):
        ended = {"ended_on": date(2025, 6, 1), "ending": "SURRENDERED"}

        assert cover(date(2025, 5, 31), **ended).state == "IN_FORCE"
        assert refused(date(2025, 6, 1), **ended) == "保单已于 2025-06-01 终止"

    @pytest.mark.parametrize("ending", ["RESCINDED", "COOLING_OFF"])
    def test_never_was_where_the_contract_is_void(self, ending):
        assert "自始不提供保障" in refused(
            date(2025, 1, 1), ending=ending, ended_on=date(2025, 6, 1)
        )

    @given(st.integers(0, 2000))
    def test_of_one_year_is_followed_by_grace_and_then_by_nothing(self, days):
        on = START + timedelta(days=days)
        if on <= date(2026, 4, 30):
            assert cover(on).year == CONTRACT.year_of(on) >= 1
        else:
            assert "宽限期" in refused(on)


class TestNumber:
    def test_carries_year_product_and_a_check_digit(self):
        number = rules.policy_number(7, date(2026, 3, 4), 123)

        assert number.startswith("862607000000123")
        assert len(number) == 16
        assert rules.number_is_sound(number)

    @given(st.integers(1, 999_999_999), st.integers(0, 15), st.integers(1, 9))
    def test_one_wrong_digit_never_passes(self, ordinal, place, by):
        number = rules.policy_number(7, date(2026, 3, 4), ordinal)
        wrong = str((int(number[place]) + by) % 10)

        assert not rules.number_is_sound(number[:place] + wrong + number[place + 1 :])

    @pytest.mark.parametrize(
        "text", ["", "86", "abcdefghijklmnop", "８６２６０７０００００００１２３０"]
    )
    def test_anything_else_is_not_a_number(self, text):
        assert not rules.number_is_sound(text)


class TestDueDate:
    def test_falls_on_the_same_day_or_the_last_of_the_month(self):
        start = date(2024, 1, 31)

        assert rules.due_date(start, 1, "MONTHLY") == date(2024, 2, 29)
        assert rules.due_date(start, 2, "MONTHLY") == date(2024, 3, 31)
        assert rules.due_date(start, 13, "MONTHLY") == date(2025, 2, 28)
        assert rules.due_date(start, 2, "YEARLY") == date(2026, 1, 31)


class TestShares:
    @pytest.mark.parametrize(
        ("shares", "said"),
        [
            ([], ""),
            ([(1, "1")], ""),
            ([(1, "0.5"), (1, "0.5"), (2, "1")], ""),
            ([(1, "0.5")], "第 1 顺位的受益份额合计应为 100%，现为 50%"),
            ([(1, "1.5")], "受益份额在 0 到 100% 之间"),
            ([(2, "1")], "受益顺位要从 1 起连续"),
        ],
    )
    def test_of_an_order_make_a_whole(self, shares, said):
        assert rules.shares_problem([(n, Decimal(share)) for n, share in shares]) == said
