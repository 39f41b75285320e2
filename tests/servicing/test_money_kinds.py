"""Money in the hall: what is shown is what moves, every refusal names the way on."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests import make
from tests.policies.lives import bonus, do
from tests.servicing.hall import NOON, Valuable, settle
from tests.unchanged import nothing_changes
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM
from yilu.payments.models import Collection, Payout
from yilu.people import operations as people
from yilu.people.models import IdentityCheck
from yilu.policies import operations as policies
from yilu.policies import queries as contracts
from yilu.policies import rules
from yilu.policies.models import Policy, PolicyLoan
from yilu.servicing import operations as servicing
from yilu.servicing.events import IdentityChecked
from yilu.servicing.forms import BadForm
from yilu.servicing.models import Request

pytestmark = pytest.mark.django_db

BORN = date(1985, 6, 15)


@pytest.fixture
def hall():
    return Valuable()


class TestLoan:
    def test_is_paid_to_the_holders_own_card_in_one_confirmation(self, hall):
        state, quote, row = hall.done("policy_loan", hall.to_account(amount="10000"))
        payout = Payout.objects.get(about=str(row.ref))

        assert state == "WAITING_MONEY"
        assert (payout.amount, payout.purpose, payout.to_party_id) == (10000, "LOAN", hall.lin)
        assert PolicyLoan.objects.get().principal == hall.life.loan_owed == 10000
        assert [line.sign for line in quote.lines] == [0, 0, 1, 0]
        assert quote.lines[-1].amount == Decimal("10252.05")

    def test_above_the_value_and_a_second_one_are_refused_with_the_way_on(self, hall):
        most = hall.values().lendable
        said = hall.refused("policy_loan", hall.to_account(amount=str(most + 1)))
        assert said.code == "loan_above_limit"
        assert f"{most:,.2f}" in said.message
        do("lend", hall.life, about=901, amount=Decimal(1000))
        assert "还息增借" in hall.refused("policy_loan", hall.to_account(amount="1000")).hint

    def test_somebody_elses_card_is_not_found(self, hall):
        other = make.account(hall.su)
        form = {"amount": "1000", "account_id": str(other)}
        assert hall.refused("policy_loan", form).code == "account_of_somebody_else"
        assert not PolicyLoan.objects.exists()

    def test_above_the_self_service_limit_the_next_way_is_offered(self):
        hall = Valuable(sum_insured=Decimal(4_000_000), premium=Decimal(160_000))
        assert hall.values().lendable > 300_000
        request_id, _ = hall.ask("policy_loan", hall.to_account(amount="300000.01"))
        assert "300,000" in hall.quote(request_id).blocked
        with pytest.raises(servicing.AboveSelfService):
            hall.confirm(request_id)
        assert hall.row(request_id).state == "DRAFT"
        assert not PolicyLoan.objects.exists()

    def test_the_limit_is_of_the_day_and_of_all_that_is_paid_out(self):
        """A32: not per request: a second loan, another policy and another kind come to the same sum."""
        hall = Valuable(sum_insured=Decimal(4_000_000), premium=Decimal(160_000))
        other = make.policy(
            hall.office, product_code="whole-life", holder_id=hall.lin,
            sum_insured=Decimal(4_000_000), premium=Decimal(160_000), pay_years=10,
            effective_on=date(2022, 3, 1), with_social_insurance=False,
        )  # fmt: skip
        first, _ = hall.ask("policy_loan", hall.to_account(amount="200000"))
        assert hall.confirm(first) == "WAITING_MONEY"
        second = hall.start("policy_loan", hall.to_account(amount="100000.01"), policy_id=other.id)
        blocked = hall.quote(second).blocked
        assert "300,000" in blocked
        assert "200,000" in blocked
        hall.verified(second)
        with pytest.raises(servicing.AboveSelfService):
            hall.confirm(second)

    def test_soon_after_a_new_phone_or_account_a_person_looks_first(self, hall):
        """A36: what a thief changes first; the reason is told, and a first account is no change."""
        people.change_party(
            party_id=hall.lin, changes={"phone": "13912345670"}, actor=SYSTEM, at=NOON
        )
        request_id, _ = hall.ask("policy_loan", hall.to_account(amount="1000"))
        assert hall.confirm(request_id) == "IN_REVIEW"
        assert "手机号" in hall.row(request_id).refer
        assert not PolicyLoan.objects.exists()

    def test_only_the_holder_confirms_and_proves_it(self, hall):
        request_id = hall.start("policy_loan", hall.to_account(amount="1000"))
        with pytest.raises(servicing.ProofNeeded):
            hall.confirm(request_id)
        with pytest.raises(servicing.RequestNotFound):
            hall.confirm(request_id, "x" * 64, actor=hall.insured)
        assert not PolicyLoan.objects.exists()


class TestRepayment:
    def test_all_of_it_is_collected_first_and_then_counts(self, hall):
        do("lend", hall.life, on=date(2026, 1, 3), about=901, amount=Decimal(10000))
        state, quote, row = hall.done("loan_repayment", {"how": "ALL"})
        assert state == "WAITING_MONEY"
        assert quote.collects == Decimal("10082.19")  # 60 days
        assert Collection.objects.get(about=str(row.ref)).amount == quote.collects
        assert hall.life.loan_owed == 10000

        settle(row.pk, str(quote.collects))
        hall.life.refresh_from_db()
        assert hall.life.loan_owed == 0
        assert hall.row(row.pk).state == "DONE"

    def test_more_than_is_owed_or_nothing_owed_is_refused(self, hall):
        assert hall.refused("loan_repayment", {"how": "ALL"}).code == "no_loan"
        do("lend", hall.life, about=901, amount=Decimal(1000))
        said = hall.refused("loan_repayment", {"how": "PART", "amount": "1000.01"})
        assert "1,000.00" in said.message

    def test_interest_is_paid_and_the_loan_raised_in_one_step(self, hall):
        do("lend", hall.life, on=date(2026, 1, 3), about=901, amount=Decimal(10000))
        _, quote, row = hall.done("loan_raise", hall.to_account(by="2000"))
        assert (quote.pays_customer, quote.collects) == (Decimal("1917.81"), 0)
        assert Payout.objects.get(about=str(row.ref)).amount == quote.pays_customer
        assert hall.life.loan_owed == 12000

    def test_interest_alone_is_collected(self, hall):
        do("lend", hall.life, on=date(2026, 1, 3), about=901, amount=Decimal(10000))
        _, quote, row = hall.done("loan_raise", hall.to_account())
        assert (quote.pays_customer, quote.collects) == (0, Decimal("82.19"))
        settle(row.pk, str(quote.collects))
        assert PolicyLoan.objects.get().due_on == date(2026, 9, 4)
        assert hall.values().loan_interest == 0


class TestSurrender:
    def test_pays_the_value_less_the_loan_and_ends_the_contract(self, hall):
        do("lend", hall.life, about=901, amount=Decimal(3000))
        value = hall.values().cash_value
        _, quote, row = hall.done("surrender", hall.to_account(reason="MONEY"))
        assert quote.pays_customer == value - 3000
        if row.state == "IN_REVIEW":  # at this sum the applicant's identity is checked
            hall.verified(row.pk)
            servicing.approve_request(request_id=row.pk, digest=row.digest, **hall.staff())
            hall.life.refresh_from_db()
        assert (hall.life.state, hall.life.ending) == ("TERMINATED", "SURRENDERED")
        assert hall.life.loan_owed == 0
        assert Payout.objects.get(about=str(row.ref)).amount == value - 3000
        assert sum(contracts.balances(hall.life.pk).values()) == 0

    @pytest.mark.parametrize(("limit", "looked"), [("1", True), ("10000", False)])
    def test_who_asks_is_checked_from_the_sum_managers_set(self, hall, limit, looked):
        if limit != "10000":
            make.figure_set("servicing.surrender_checked_from", limit)
        _, quote, row = hall.done("partial_surrender", hall.to_account(amount="2000"))
        assert 1 < quote.pays_customer < 10_000
        assert (row.state == "IN_REVIEW") is looked

    @pytest.mark.parametrize(
        ("proof", "noted_by", "waits"),
        [("CODE", None, True), ("FACE", "second", False), ("FACE", "staff", True)],
    )
    def test_a_number_on_record_does_not_prove_who_surrenders(self, hall, proof, noted_by, waits):
        IdentityCheck.objects.filter(party_id=hall.lin).delete()
        _, quote, row = hall.done("surrender", hall.to_account())
        assert quote.pays_customer >= 10_000
        if noted_by:  # staff approves below: it is one pair of eyes where they noted it too
            by = getattr(hall, noted_by)()
            Request.objects.filter(pk=row.pk).update(proof=proof)
            tx.use_case(journal.record)(
                IdentityChecked(request="surrender", proof=proof), about=row.ref,
                actor=by["actor"], at=NOON,
            )  # fmt: skip
        servicing.approve_request(request_id=row.pk, digest=row.digest, **hall.staff())
        payout = Payout.objects.get(about=str(row.ref))
        assert (payout.amount, payout.identity_awaited_at is not None) == (
            quote.pays_customer,
            waits,
        )
        assert hall.seen(row.pk).awaits_identity is waits

    def test_a_frozen_policy_says_how_that_ends(self, hall):
        do("freeze", hall.life, about=901, reason="LOST")
        for kind, form in (
            ("surrender", hall.to_account()), ("policy_loan", hall.to_account(amount="1000")),
            ("paid_up", {"agreed": "yes"}), ("pay_mode", {"pay_mode": "MONTHLY"}),
        ):  # fmt: skip
            said = hall.refused(kind, form)
            assert said.code == "policy_restrained"
            assert "解除冻结" in said.hint

    def test_what_was_confirmed_is_paid_although_a_person_looks_days_later(self, hall):
        _, quote, row = hall.done("surrender", hall.to_account())
        assert row.state == "IN_REVIEW"
        later = NOON + timedelta(days=9)
        servicing.approve_request(
            request_id=row.pk, digest=row.digest, **(hall.staff() | {"at": later})
        )
        assert hall.values(later.date()).cash_value == 0
        assert Payout.objects.get(about=str(row.ref)).amount == quote.pays_customer
        hall.life.refresh_from_db()
        assert hall.life.ended_on == later.date()

    def test_a_rider_goes_alone_and_the_main_policy_takes_its_riders_along(self, hall):
        make.product("rider-allowance")
        rider = make.policy(
            hall.office, product_code="rider-allowance", holder_id=hall.lin, insured_id=hall.su,
            sum_insured=Decimal(100), premium=Decimal(120), main_id=hall.life.pk,
            effective_on=date(2025, 9, 1), with_social_insurance=False,
        )  # fmt: skip
        parts = contracts.surrender_of(hall.life.pk, NOON.date())
        assert [p.policy_id for p in parts] == [hall.life.pk, rider.id]
        do("surrender", hall.life, about=901, expected=sum(p.pays for p in parts))
        assert set(Policy.objects.values_list("state", flat=True)) == {"TERMINATED"}


class TestCoolingOff:
    def test_gives_every_premium_back_and_voids_the_cover(self):
        hall = Valuable(effective_on=date(2026, 3, 1))
        policies_received(hall, date(2026, 3, 2))
        _, quote, _ = hall.done("cooling_off", hall.to_account())
        assert quote.pays_customer == Decimal("7990.00")
        assert (hall.life.state, hall.life.ending) == ("TERMINATED", "COOLING_OFF")
        with pytest.raises(contracts.PolicyNotInForce, match="自始"):
            contracts.get_policy(hall.life.pk, date(2026, 3, 3))
        books = contracts.balances(hall.life.pk)
        assert (books["premium"], books["fee"], books["customer"]) == (0, 10, -10)

    def test_no_more_is_kept_than_managers_set(self):
        make.figure_set("policies.cooling_off_cost", "3")
        hall = Valuable(effective_on=date(2026, 3, 1))
        policies_received(hall, date(2026, 3, 2))
        _, quote, _ = hall.done("cooling_off", hall.to_account())
        assert quote.pays_customer == Decimal("7997.00")
        assert contracts.balances(hall.life.pk)["fee"] == 3

    def test_afterwards_the_other_ways_are_named(self, hall):
        policies_received(hall, date(2026, 2, 10))
        said = hall.refused("cooling_off", hall.to_account())
        assert "2026-02-25" in said.message
        assert "减额交清" in said.hint
        policies_received(hall, date(2026, 2, 17))  # the last day is today


def policies_received(hall, on):
    Policy.objects.filter(pk=hall.life.pk).update(received_on=on)


class TestLessCover:
    def test_a_smaller_sum_gives_its_part_of_the_value_back(self, hall):
        said = hall.refused("sum_reduction", hall.to_account(sum_after="200000"))
        assert said.code == "cannot_reduce"
        value = hall.values().cash_value
        _, quote, _ = hall.done("sum_reduction", hall.to_account(sum_after="150000"))
        assert quote.pays_customer == (value / 4).quantize(Decimal("0.01"), rounding="ROUND_DOWN")
        assert (hall.life.sum_insured, hall.life.premium) == (150_000, 6000)

    def test_a_part_of_the_value_is_taken_out(self, hall):
        said = hall.refused("partial_surrender", hall.to_account(amount="9999999"))
        assert "不超过" in said.message
        value = hall.values().cash_value
        _, quote, _ = hall.done("partial_surrender", hall.to_account(amount="2000"))
        assert quote.pays_customer == 2000
        assert abs(hall.values().cash_value - (value - 2000)) <= Decimal("0.10")

    def test_what_the_loan_needs_cannot_be_taken_out(self, hall):
        do("lend", hall.life, about=901, amount=hall.values().lendable)
        said = hall.refused("partial_surrender", hall.to_account(amount="2000"))
        assert said.code == "loan_in_the_way"

    def test_the_value_buys_a_smaller_sum_with_nothing_more_to_pay(self, hall):
        do("lend", hall.life, about=901, amount=Decimal(2000))
        value = hall.values().cash_value
        state, _, _ = hall.done("paid_up", {"agreed": "yes"})
        assert state == "DONE"
        assert 0 < hall.life.sum_insured < 200_000
        assert (hall.life.paid_to, hall.life.loan_owed) == (None, 0)
        assert abs(hall.values().cash_value - (value - 2000)) < 1
        assert hall.refused("paid_up", {"agreed": "yes"}).code == "nothing_to_reduce"

    def test_while_riders_still_cost_premiums_nothing_is_made_paid_up(self, hall):
        make.product("rider-allowance")
        make.policy(
            hall.office, product_code="rider-allowance", holder_id=hall.lin, insured_id=hall.su,
            sum_insured=Decimal(100), premium=Decimal(120), main_id=hall.life.pk,
            effective_on=date(2025, 9, 1), with_social_insurance=False,
        )  # fmt: skip
        Policy.objects.filter(main=hall.life).update(paid_to=date(2026, 9, 1))
        offer = contracts.paid_up_offer(hall.life.pk, NOON.date())
        with nothing_changes(), pytest.raises(policies.RidersInTheWay):
            do("make_paid_up", hall.life, about=901, expected_sum=offer.sum_after)


class TestChoices:
    def test_another_frequency_changes_the_instalment(self, hall):
        state, quote, _ = hall.done("pay_mode", {"pay_mode": "MONTHLY"})
        assert state == "DONE"
        assert hall.life.pay_mode == "MONTHLY"
        assert hall.life.premium == quote.lines[1].amount < 800
        with pytest.raises(BadForm):
            hall.start("pay_mode", {"pay_mode": "SINGLE"})

    def test_an_unpaid_premium_may_be_lent_where_there_is_value(self, hall):
        hall.done("premium_advance", {"choice": "ON"})
        assert hall.life.advances_premium
        plain = Valuable(
            product_code="million-medical-social", sum_insured=Decimal(2_000_000), pay_years=1,
            premium=Decimal(366), effective_on=date(2025, 9, 1), with_social_insurance=True,
        )  # fmt: skip
        said = plain.refused("premium_advance", {"choice": "ON"})
        assert said.code == "nothing_to_advance_from"

    def test_dividends_follow_the_choice(self, hall):
        hall.done("dividend_option", {"choice": "REDUCE"})
        bonus(hall.life, year=2025, amount=Decimal(9000))
        assert not bonus(hall.life, year=2025, amount=Decimal(9000))
        Policy.objects.filter(pk=hall.life.pk).update(paid_to=date(2026, 3, 1))
        assert do("use_own_money", hall.life)
        assert contracts.balances(hall.life.pk)["dividend"] == 1000


class TestRider:
    @pytest.mark.parametrize("mode", ["YEARLY", "HALF_YEARLY", "QUARTERLY", "MONTHLY"])
    def test_is_priced_looked_at_paid_and_issued_as_the_main_contract_is_paid(self, hall, mode):
        make.product("rider-allowance")
        if mode != "YEARLY":
            Policy.objects.filter(pk=hall.life.pk).update(pay_mode=mode)
        form = {"rider": "rider-allowance", "sum_insured": "100", "health": "SAME"}
        state, quote, row = hall.done("rider_add", form)
        assert (state, quote.collects > 0) == ("IN_REVIEW", True)
        servicing.approve_request(request_id=row.pk, digest=row.digest, **hall.staff())
        settle(row.pk, str(quote.collects))
        rider = Policy.objects.get(main_id=hall.life.pk)
        assert (rider.premium, rider.holder_id) == (quote.collects, hall.lin)
        assert rider.pay_mode == mode
        following = rules.due_date(rider.effective_on, 1, mode)
        assert rider.paid_to == (None if mode == "YEARLY" else following)
        form = hall.to_account(rider=str(rider.pk))
        hall.done("rider_drop", form)
        rider.refresh_from_db()
        hall.life.refresh_from_db()
        assert (rider.state, hall.life.state) == ("TERMINATED", "IN_FORCE")


class TestBenefits:
    @pytest.fixture
    def annuity(self):
        office = make.office()
        old = make.party(
            office, identity_number=make.resident_id(date(1965, 1, 1), "FEMALE"), name="年长者"
        )
        life = make.policy(
            office, product_code="annuity", holder_id=old, insured_id=old, pay_years=5,
            sum_insured=Decimal(10_000), premium=Decimal(20_000), effective_on=date(2020, 3, 1),
            with_social_insurance=False,
        )  # fmt: skip
        return Policy.objects.get(pk=life.id)

    def test_what_fell_due_lies_here_with_interest_until_the_insured_takes_it(self, annuity):
        today = NOON.date()
        found = find(annuity, today)
        assert [(f.code, f.due_on) for f in found] == [
            ("pension", date(2025, 3, 1)),
            ("pension", date(2026, 3, 1)),
        ]
        assert find(annuity, today) == ()
        owed = contracts.payable_benefits(annuity.pk, today)
        assert owed.gross == 20000 + owed.interest
        assert owed.interest == Decimal("254.11")  # 368 and 3 days at 2.5 %
        with pytest.raises(policies.ValueChanged):
            do("pay_benefits", annuity, about=1, expected=owed.pays + 1)
        do("pay_benefits", annuity, about=1, expected=owed.pays)
        with pytest.raises(policies.NothingDue):
            do("pay_benefits", annuity, about=2, expected=Decimal(0))
        assert contracts.balances(annuity.pk)["survival"] == 0
        assert contracts.next_benefit(annuity.pk, today).due_on == date(2027, 3, 1)

    @pytest.mark.parametrize("unknown", [False, True])
    def test_is_paid_by_itself_where_the_insured_chose_so(self, annuity, unknown):
        if unknown:
            make.of_paper_days(annuity.insured_id)
        account = make.account(annuity.insured_id)
        do("set_survival_option", annuity, option="PAY", account_id=account)
        found = find(annuity, NOON.date())
        assert all(f.paying for f in found)
        payout = Payout.objects.get()
        assert (payout.purpose, payout.identity_awaited_at is not None) == ("BENEFIT", unknown)
        assert contracts.payable_benefits(annuity.pk, NOON.date()).gross == 0


def find(policy, today):
    from yilu.kernel import tx
    from yilu.kernel.refs import SYSTEM

    return tx.use_case(policies.find_due_benefits)([policy.pk], today=today, actor=SYSTEM, at=NOON)
