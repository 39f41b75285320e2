"""price, cash_values, value_at and the other queries say what a product costs and is worth."""

from datetime import date
from decimal import Decimal

import pytest

from tests import make
from yilu.kernel.money import round_yuan
from yilu.products import queries
from yilu.products.queries import PriceNotOffered, ProductNotFound

pytestmark = pytest.mark.django_db


def asked(**given):
    told = {
        "sex": "MALE", "age": 30, "sum_insured": Decimal(500_000), "pay_years": 20, "pay_mode": "YEARLY",
    }  # fmt: skip
    return {**told, **given}


class TestPrice:
    def test_of_a_life_product_is_its_rate_for_the_sum(self):
        version = make.product("term-life")

        price = queries.price(version, **asked())

        assert price.premium == price.yearly == price.rate_per_thousand * 500
        assert price.extra == 0
        assert Decimal(500) < price.premium < Decimal(3_000)
        assert price.table == "term-life 2015-2 M-20-20"

    def test_of_an_instalment_is_its_factor_of_the_year(self):
        version = make.product("term-life")

        monthly = queries.price(version, **asked(pay_mode="MONTHLY"))

        assert monthly.premium == round_yuan(monthly.yearly * Decimal("0.089"))

    def test_asks_more_of_somebody_with_more_risk(self):
        version = make.product("critical-illness")

        standard = queries.price(version, **asked())
        loaded = queries.price(version, **asked(extra_mortality=50))

        assert loaded.premium == standard.premium + loaded.extra
        assert Decimal("0.1") < loaded.extra / standard.premium < Decimal("0.6")
        assert loaded.rate_per_thousand == standard.rate_per_thousand

    def test_of_a_grid_follows_age_social_insurance_occupation_and_sum(self):
        version = make.product("small-medical")
        told = asked(sum_insured=Decimal(20_000), pay_years=1)

        alone = queries.price(version, **told)
        social = queries.price(version, **told, with_social_insurance=True)
        riskier = queries.price(version, **told, occupation_class=5)

        assert alone.premium == Decimal("460.00")
        assert social.premium == round_yuan(alone.premium * Decimal("0.58"))
        assert riskier.premium == alone.premium * Decimal("1.5")

    def test_of_a_renewal_goes_beyond_the_age_of_buying(self):
        version = make.product("million-medical-social")
        told = asked(age=70, sum_insured=Decimal(2_000_000), pay_years=1)

        with pytest.raises(PriceNotOffered, match="0 至 65 周岁"):
            queries.price(version, **told)
        assert queries.price(version, **told, renewal=True).premium == Decimal("2856.00")

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({"age": 17}, "18 至 60 周岁"),
            ({"sum_insured": Decimal(50_000)}, "100,000 至 5,000,000"),
            ({"pay_years": 7}, "1、5、10、20 年"),
            ({"years": 30}, "保险期间 20 年"),
            ({"pay_mode": "SINGLE"}, "可选的交费方式：年交"),
            ({"occupation_class": 9}, "9 类职业"),
            ({"extra_mortality": -1}, "加费点数"),
        ],
    )
    def test_refuses_what_is_not_offered_and_says_what_is(self, given, said):
        with pytest.raises(PriceNotOffered, match=said):
            queries.price(make.product("term-life"), **asked(**given))

    def test_is_none_of_a_group_product(self):
        with pytest.raises(ProductNotFound):
            queries.price(make.product("group-medical"), **asked())


class TestValues:
    def test_of_an_endowment_end_with_the_sum_insured(self):
        version = make.product("endowment")

        values = queries.cash_values(version, sex="FEMALE", age=30, pay_years=10)

        assert len(values) == 15
        assert values[-1] == Decimal("1000.00")
        assert list(values) == sorted(values)

    def test_are_none_of_a_short_product(self):
        assert queries.cash_values(make.product("accident"), sex="MALE", age=30, pay_years=1) == ()

    def test_grow_from_day_to_day_and_stop_where_a_premium_is_owed(self):
        version = make.product("whole-life")
        told = {
            "sex": "FEMALE", "age": 35, "pay_years": 10, "effective_on": date(2020, 5, 1),
            "sum_insured": Decimal(200_000),
        }  # fmt: skip
        yearly = queries.cash_values(version, sex="FEMALE", age=35, pay_years=10)

        def value(on, paid_to):
            return queries.value_at(version, **told, on=on, premiums_paid_to=paid_to)

        assert value(date(2023, 5, 1), date(2024, 5, 1)) == yearly[2] * 200
        assert value(date(2024, 5, 1), date(2024, 5, 1)) == yearly[3] * 200
        assert yearly[2] * 200 < value(date(2023, 11, 1), date(2024, 5, 1)) < yearly[3] * 200
        assert value(date(2023, 11, 1), date(2023, 5, 1)) == yearly[2] * 200
        assert value(date(2020, 5, 1), date(2021, 5, 1)) == 0
        assert value(date(2150, 5, 1), None) == yearly[-1] * 200

    def test_of_a_pension_stand_until_the_day_it_begins(self):
        version = make.product("annuity")
        told = {
            "sex": "MALE", "age": 50, "pay_years": 5, "effective_on": date(2015, 3, 1),
            "sum_insured": Decimal(10_000), "premiums_paid_to": None,
        }  # fmt: skip
        yearly = queries.cash_values(version, sex="MALE", age=50, pay_years=5)

        assert queries.value_at(version, **told, on=date(2025, 2, 28)) == yearly[8] * 10
        assert queries.value_at(version, **told, on=date(2025, 3, 1)) == 0

    def test_buy_a_paid_up_sum_worth_as_much(self):
        version = make.product("whole-life")
        told = {"sex": "MALE", "age": 40, "pay_years": 10, "effective_on": date(2020, 5, 1)}
        on = date(2025, 8, 9)
        value = queries.value_at(
            version, **told, on=on, sum_insured=Decimal(300_000), premiums_paid_to=date(2026, 5, 1)
        )

        left = queries.paid_up_sum(version, **told, on=on, value=value)
        after = queries.value_at(
            version, **told, on=on, sum_insured=left, premiums_paid_to=None, is_paid_up=True
        )

        assert 0 < left < 300_000
        assert abs(after - value) <= Decimal("0.01")


class TestScheduledBenefits:
    def test_of_an_annuity_fall_due_on_every_anniversary_from_sixty_on(self):
        found = queries.scheduled_benefits(
            make.product("annuity"), effective_on=date(2020, 3, 15), ends_on=None,
            sum_insured=Decimal(12_000), birth_date=date(1970, 9, 1),
        )  # fmt: skip

        assert found[0].due_on == date(2031, 3, 15)
        assert {each.amount for each in found} == {Decimal("12000.00")}
        assert found[-1].due_on == date(2077, 3, 15)

    def test_of_an_endowment_is_its_maturity_once(self):
        found = queries.scheduled_benefits(
            make.product("endowment"), effective_on=date(2020, 2, 29), ends_on=date(2035, 2, 28),
            sum_insured=Decimal(50_000), birth_date=date(1990, 1, 1),
        )  # fmt: skip

        assert [(each.code, each.due_on, each.amount) for each in found] == [
            ("maturity", date(2035, 2, 28), Decimal("50000.00"))
        ]


class TestOffers:
    def test_are_every_product_sold_to_single_persons(self):
        for code in ("term-life", "group-medical", "rider-allowance"):
            make.product(code)

        offers = {offer.code: offer for offer in queries.list_offers(make.NOON.date())}

        assert set(offers) == {"term-life", "rider-allowance"}
        assert offers["rider-allowance"].is_rider
        assert offers["term-life"].ages == (18, 60)
        assert offers["term-life"].double_recording
        assert queries.get_offer("term-life", make.NOON.date()) == offers["term-life"]

    def test_point_out_every_exclusion(self):
        version = make.product("small-medical")

        pointed_out = {notice.clause for notice in queries.list_notices(version)}

        assert {each.clause for each in queries.get_terms(version).exclusions} <= pointed_out
        assert all(notice.title and notice.text for notice in queries.list_notices(version))


class TestQuestionnaire:
    def test_branches_from_area_to_illness_to_detail(self):
        version = make.product("critical-illness")
        healthy = {"height_cm": "172", "weight_kg": "66", "smoker": "NO", "refused_elsewhere": "NO",
                   "elsewhere": "0", "sex": "MALE"}  # fmt: skip
        for question in queries.get_questionnaire(version).questions:
            if question.code.startswith("area_"):
                healthy[question.code] = "NO"

        assert queries.check_answers(version, healthy) == ()

        ill = {**healthy, "area_heart": "YES"}
        missing = {problem.place for problem in queries.check_answers(version, ill)}
        assert "hypertension" in missing
        assert "hypertension.systolic" not in missing

        ill["hypertension"] = "YES"
        missing = {problem.place for problem in queries.check_answers(version, ill)}
        assert "hypertension.systolic" in missing

    def test_reads_answers_by_their_kind_and_leaves_out_what_was_not_asked(self):
        version = make.product("critical-illness")
        given = {
            "height_cm": "172.5",
            "smoker": "NO",
            "cigarettes_a_day": "20",
            "weight_kg": "heavy",
        }

        assert queries.read_answers(version, given) == {
            "height_cm": Decimal("172.5"), "smoker": False,
        }  # fmt: skip

    def test_has_a_version_that_changes_with_its_text_only(self):
        version = make.product("critical-illness")
        assert len(queries.get_questionnaire(version).version) == 64
