"""Premiums and values keep the identities of life insurance, for any table, interest and promise."""

from decimal import Decimal
from fractions import Fraction
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from yilu.products import operations, rules
from yilu.products.actuarial import life, mortality, tables
from yilu.products.actuarial.promise import OnDeath, Promise, promise_of
from yilu.products.actuarial.tables import Key
from yilu.products.actuarial.values import (
    NoPremium,
    Odds,
    Paying,
    paid_up,
    premium_of,
    reserves,
    sure_for,
    value_share,
    waiver_gap,
    worth_of_severe,
)

LONG = ("term-life", "whole-life", "endowment", "annuity", "critical-illness")
chances = some.lists(some.floats(0.0001, 0.3), min_size=1, max_size=40)
interest = some.floats(0.001, 0.08)


@cache
def folder(code):
    return operations.read_folder(operations.CATALOGUE / code)


def cases(code, every=9):
    """Keys and ages of a product, a few of each."""
    read = folder(code)
    for key in tables.keys_of(read.terms, read.offering.pricing)[::3]:
        for age in list(tables.ages_of(read.terms, read.offering.pricing, key))[::every]:
            yield key, age


class TestLifeTables:
    @pytest.mark.parametrize(
        ("table", "expected"), [("CL1", 76.4), ("CL2", 81.7), ("CL5", 83.1), ("CL6", 88.1)]
    )
    def test_have_the_published_life_expectancy_at_birth(self, table, expected):
        alive = life.survivors(mortality.deaths(table), 1.0)
        years = sum(alive) - 0.5
        assert round(years, 1) == expected

    @pytest.mark.parametrize("table", mortality.tables())
    def test_are_whole_and_rise_with_age(self, table):
        q = mortality.deaths(table)
        assert len(q) == mortality.LAST_AGE + 1
        assert q[-1] == 1
        assert all(0 < each < 1 for each in q[:-1])
        assert list(q[30:]) == sorted(q[30:])
        assert q[0] > q[5]

    def test_say_that_women_and_who_buys_a_pension_live_longer(self):
        for man, woman in (("CL1", "CL2"), ("CL3", "CL4"), ("CL5", "CL6")):
            pairs = zip(mortality.deaths(man)[:-1], mortality.deaths(woman)[:-1], strict=True)
            assert all(m > w for m, w in pairs)

    def test_of_illnesses_leave_room_for_everything_that_may_happen(self):
        for sex in ("MALE", "FEMALE"):
            severe, light, caused = mortality.illnesses(sex)
            assert all(
                s + w < 1 and 0 <= k < 1 for s, w, k in zip(severe, light, caused, strict=True)
            )


class TestRecursions:
    @given(chances, interest)
    def test_of_insurance_equal_the_sum_over_the_years_of_death(self, q, i):
        v = 1 / (1 + i)
        alive = life.survivors(q, 1.0)
        plain = sum(v ** (t + 1) * alive[t] * each for t, each in enumerate(q))
        assert life.insured(q, v)[0] == pytest.approx(plain)

    @given(chances, interest, some.integers(1, 40))
    def test_of_an_annuity_equal_the_sum_over_the_years_lived(self, q, i, due):
        v = 1 / (1 + i)
        alive = life.survivors(q, 1.0)
        plain = sum(v**t * alive[t] for t in range(min(due, len(q))))
        assert life.paid_while_alive(q, v, due)[0] == pytest.approx(plain)

    @given(chances, interest)
    def test_tie_insurance_and_annuity_together(self, q, i):
        """What is paid for sure at the end is the interest of the years before: A + d·ä = 1."""
        v = 1 / (1 + i)
        endowed, lived = life.insured(q, v, at_end=1), life.paid_while_alive(q, v)
        for a, annuity in zip(endowed, lived, strict=True):
            assert a + (1 - v) * annuity == pytest.approx(1)


def plain_promise(q, fixed=1.0, premiums=0.0, maturity=0.0):
    n = len(q)
    return Promise(n, (OnDeath(fixed, premiums),) * n, (0.0,) * n + (maturity,))


class TestPremium:
    @given(chances, interest, some.integers(1, 20), some.floats(0, 0.5), some.floats(0, 1))
    def test_pays_for_what_is_owed_and_for_the_expenses(self, q, i, due, spent, maturity):
        """Counted forward, over who lives and who dies, both sides are worth the same."""
        promise, v = plain_promise(q, maturity=maturity), 1 / (1 + i)
        due = min(due, len(q))
        premium = premium_of(promise, Odds(q, v), Paying(due, (spent, spent / 2)))

        alive = life.survivors(q, 1.0)
        kept = [1 - spent] + [1 - spent / 2] * (due - 1)
        comes_in = sum(premium * k * v**t * alive[t] for t, k in enumerate(kept))
        goes_out = sum(v ** (t + 1) * alive[t] * each for t, each in enumerate(q))
        goes_out += maturity * v ** len(q) * alive[-1]
        assert comes_in == pytest.approx(goes_out, rel=1e-9)

    @given(chances, interest, some.floats(0, 0.2))
    def test_rises_with_the_risk(self, q, i, more):
        promise, paying = plain_promise(q), Paying(len(q), (0.1,))
        worse = [min(each * (1 + more), 1) for each in q]
        v = 1 / (1 + i)
        low = premium_of(promise, Odds(q, v), paying)
        assert premium_of(promise, Odds(worse, v), paying) >= low * (1 - 1e-12)

    @given(chances, interest)
    def test_of_one_payment_without_expenses_is_the_value_of_the_cover(self, q, i):
        v = 1 / (1 + i)
        once = premium_of(plain_promise(q), Odds(q, v), Paying(1, (0,)))
        assert once == pytest.approx(life.insured(q, v)[0])

    def test_is_found_where_the_premiums_themselves_are_paid_back(self):
        q = mortality.deaths("CL3")[40:60]
        promise = plain_promise(q, fixed=1.0, premiums=1.6, maturity=1.0)
        odds, paying = Odds(q, 1 / 1.025), Paying(10, (0.3, 0.1))

        premium = premium_of(promise, odds, paying)

        assert reserves(promise, odds, paying, premium)[0] == pytest.approx(0, abs=1e-12)
        plain = premium_of(plain_promise(q, maturity=1.0), odds, paying)
        assert premium >= plain

    def test_is_none_where_more_is_paid_back_than_paid_in(self):
        with pytest.raises(NoPremium):
            premium_of(
                plain_promise([0.3] * 30, premiums=5.0), Odds([0.3] * 30, 0.99), Paying(30, (0.5,))
            )

    def test_of_floats_is_that_of_exact_fractions(self):
        """Why floats will do: the exact sum differs from them by less than a billionth of a yuan."""
        read = folder("endowment")
        key = Key("MALE", 10, 15)
        promise, odds, paying = tables.basis_of(read.terms, read.offering.pricing, key, 30)
        exact = Promise(
            promise.years,
            tuple(OnDeath(*map(Fraction, (d.fixed, d.premiums, d.value))) for d in promise.death),
            tuple(map(Fraction, promise.alive)),
        )
        exactly = premium_of(
            exact,
            Odds([Fraction(q) for q in odds.q], Fraction(odds.v)),
            Paying(10, tuple(map(Fraction, paying.spent))),
        )
        assert abs(float(exactly) - premium_of(promise, odds, paying)) * 1000 < 1e-9


class TestReserves:
    @given(chances, interest, some.floats(0, 0.4), some.floats(0, 1))
    def test_move_from_year_to_year_as_thiele_says(self, q, i, spent, maturity):
        """(V + G kept)·(1+i) pays for the deaths of the year and for V of who lives on."""
        promise, odds = plain_promise(q, maturity=maturity), Odds(q, 1 / (1 + i))
        paying = Paying(max(len(q) // 2, 1), (spent,))
        premium = premium_of(promise, odds, paying)
        held = reserves(promise, odds, paying, premium)
        for t, dies in enumerate(q):
            grown = (held[t] + premium * paying.kept(t)) * (1 + i)
            assert grown == pytest.approx(dies * 1.0 + (1 - dies) * held[t + 1], abs=1e-9)

    @given(chances, interest)
    def test_looking_forward_are_what_was_put_by_looking_back(self, q, i):
        promise, odds, paying = plain_promise(q), Odds(q, 1 / (1 + i)), Paying(len(q), (0.2,))
        premium = premium_of(promise, odds, paying)
        held, fund = reserves(promise, odds, paying, premium), 0.0
        for t, dies in enumerate(q):
            fund = ((fund + premium * paying.kept(t)) * (1 + i) - dies) / (1 - dies)
            assert fund == pytest.approx(held[t + 1], abs=1e-6)

    @given(some.floats(0.5, 1), some.integers(1, 30), some.integers(0, 40))
    def test_are_paid_back_in_a_share_that_only_rises(self, first, pay_years, t):
        now, later = value_share(first, t, pay_years), value_share(first, t + 1, pay_years)
        assert first <= now <= later <= 1
        assert value_share(first, pay_years, pay_years) == 1

    @given(some.lists(some.floats(0.0001, 0.2), min_size=2, max_size=40), interest)
    def test_after_a_severe_illness_count_every_further_one(self, ill, i):
        v, deaths = 1 / (1 + i), [0.1] * len(ill)
        one = worth_of_severe((1.0,), v, ill, deaths)
        three = worth_of_severe((1.0, 1.0, 1.0), v, ill, deaths)
        assert one == [1.0] * len(ill)
        assert three[-1] == 1.0
        assert all(1.0 <= each <= 3.0 for each in three)
        assert three[0] > 1.0


class TestProducts:
    @pytest.mark.parametrize("code", LONG)
    def test_owe_at_the_start_just_what_will_be_paid_in(self, code):
        read = folder(code)
        for key, age in cases(code):
            told = tables.basis_of(read.terms, read.offering.pricing, key, age)
            premium = premium_of(*told)
            assert reserves(*told, premium)[0] == pytest.approx(0, abs=1e-9)

    @pytest.mark.parametrize("code", ["term-life", "whole-life", "endowment"])
    def test_once_paid_are_worth_what_paid_up_cover_costs(self, code):
        """Past the last premium nothing is owed to us; only premiums paid back on death add to it."""
        read = folder(code)
        for key, age in cases(code, every=17):
            promise, odds, paying = tables.basis_of(read.terms, read.offering.pricing, key, age)
            held = reserves(promise, odds, paying, premium_of(promise, odds, paying))
            alone = paid_up(promise, odds)
            for t in range(key.pay_years, promise.years):
                assert held[t] >= alone[t] - 1e-9

    @pytest.mark.parametrize("code", ["term-life", "whole-life", "critical-illness"])
    def test_cost_more_with_every_year_of_age(self, code):
        for key, rates in folder(code).rates.items():
            by_age = [rates.premiums[age] for age in sorted(rates.premiums) if age >= 18]
            assert by_age == sorted(by_age), key

    @pytest.mark.parametrize("code", LONG)
    def test_cost_less_a_year_the_longer_they_are_paid(self, code):
        by_key = folder(code).rates
        for key, rates in by_key.items():
            for other, longer in by_key.items():
                if other.sex == key.sex and other.pay_years > key.pay_years:
                    for age in set(rates.premiums) & set(longer.premiums):
                        assert rates.premiums[age] > longer.premiums[age]

    @pytest.mark.parametrize("code", LONG)
    def test_never_pay_back_more_on_surrender_than_anyone_is_owed(self, code):
        for rates in folder(code).rates.values():
            for values in rates.values.values():
                assert all(each >= 0 for each in values)
                if code in ("term-life", "endowment"):
                    assert max(values) <= 1000

    def test_reach_the_sum_insured_at_maturity(self):
        for rates in folder("endowment").rates.values():
            assert {line[-1] for line in rates.values.values()} == {Decimal("1000.00")}
        for rates in folder("whole-life").rates.values():
            assert {line[-1] for line in rates.values.values()} == {Decimal("1000.00")}
        for rates in folder("term-life").rates.values():
            assert {line[-1] for line in rates.values.values()} == {Decimal("0.00")}

    def test_of_a_pension_end_when_it_begins(self):
        """Who is paid a pension has no value to surrender; women live longer and pay more."""
        rates = folder("annuity").rates
        man, woman = rates[Key("MALE", 10, 0)], rates[Key("FEMALE", 10, 0)]
        assert woman.premiums[40] > man.premiums[40]
        assert man.values[40][18] > 0
        assert set(man.values[40][19:]) == {Decimal("0.00")}

    def test_cost_no_more_to_surrender_than_their_premiums_brought(self):
        """In the first years expenses are taken: nobody gains by leaving at once."""
        for code in LONG:
            for key, rates in folder(code).rates.items():
                for age, rate in rates.premiums.items():
                    assert rates.values[age][0] < rate, (code, key, age)

    @settings(max_examples=25, deadline=None)
    @given(
        some.sampled_from(["term-life", "whole-life", "critical-illness"]),
        some.integers(18, 55),
        some.integers(1, 300),
    )
    def test_cost_more_with_every_point_of_extra_risk(self, code, age, points):
        read = folder(code)
        key = Key("FEMALE", 5, tables.years_of(read.terms, read.offering.pricing)[0])
        standard = read.rates[key].premiums[age]
        loaded = tables.rate_with(read.terms, read.offering.pricing, key, age, points)
        assert loaded >= standard

    def test_owe_what_the_wording_says_at_each_age(self):
        promise = promise_of(folder("whole-life").terms, 16, 0)
        assert promise.death[0] == OnDeath(0.0, 1.0, 1.0)
        assert promise.death[2] == OnDeath(1.0, 1.6, 1.0)
        assert promise.years == 90
        annuity = promise_of(folder("annuity").terms, 50, 0)
        assert annuity.alive[9:12] == (0.0, 1.0, 1.0)

    def test_were_published_as_they_are_worked_out_now(self):
        """The figures of the first published tables, so that no change of the program moves them."""
        published = {
            ("term-life", "M-20-20", 30): "1.97", ("whole-life", "F-10-0", 30): "34.09",
            ("endowment", "M-10-15", 30): "92.58", ("annuity", "F-10-0", 40): "2746.23",
            ("critical-illness", "M-20-0", 30): "28.46",
        }  # fmt: skip
        for (code, name, age), rate in published.items():
            key = next(key for key in folder(code).rates if key.name == name)
            assert folder(code).rates[key].premiums[age] == Decimal(rate), (code, name)


def test_rules_make_every_table_the_offering_names():
    read = folder("term-life")
    made, problems = rules.make_tables(read.terms, read.offering.pricing)
    assert problems == ()
    assert set(made) == set(tables.keys_of(read.terms, read.offering.pricing))


class TestWaiver:
    """A rider that waives premiums: what is paid for it is worth what it waives."""

    @pytest.mark.parametrize("age", [18, 35, 60])
    def test_premiums_and_waived_premiums_are_worth_the_same_counted_forward(self, age):
        read = folder("rider-holder-waiver")
        for key in tables.keys_of(read.terms, read.offering.pricing):
            assert key.pay_years == key.years
            promise, odds, paying = tables.basis_of(read.terms, read.offering.pricing, key, age)
            premium = premium_of(promise, odds, paying)
            held = reserves(promise, odds, paying, premium)
            assert abs(waiver_gap(promise, odds, paying, premium)) < 1e-9
            assert abs(waiver_gap(promise, odds, paying, premium * 1.01)) > 1e-5
            assert (abs(held[0]) < 1e-9, held[-1]) == (True, 0)

    def test_a_year_of_premiums_for_sure_is_worth_a_yuan_and_two_are_worth_less_than_two(self):
        assert (sure_for(0, 0.9), sure_for(1, 0.9), sure_for(3, 0.5)) == (0, 1, 1.75)

    def test_who_is_older_or_pays_for_longer_pays_more(self):
        read = folder("rider-holder-waiver")
        rates = {
            key: tables.table_of(read.terms, read.offering.pricing, key).premiums
            for key in tables.keys_of(read.terms, read.offering.pricing)
            if key.sex == "FEMALE"
        }
        for premiums in rates.values():
            assert list(premiums.values()) == sorted(premiums.values())
        assert [rates[key][40] for key in rates] == sorted(rates[key][40] for key in rates)
