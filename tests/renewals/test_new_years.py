"""The year after a one-year contract: offered in time, taken by the holder's word alone, or told why not."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests import make
from tests.renewals import desk
from tests.renewals.years import (
    ENDS,
    LISTED,
    answer,
    bank,
    before,
    give_grace,
    one_year,
    order,
    pay,
    year,
)
from yilu.journal import operations as journal
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging.models import Message
from yilu.payments import jobs
from yilu.payments import operations as payments
from yilu.payments.models import Collection, Refund
from yilu.people import queries as people
from yilu.people.models import Decease, Party
from yilu.policies import operations as policies
from yilu.policies import queries as policy_queries
from yilu.policies.models import Policy
from yilu.products import queries as products
from yilu.products.models import Offering, ProductVersion
from yilu.renewals import operations, queries
from yilu.renewals.models import NewYear, PremiumDue, PremiumOrder, RenewalCase
from yilu.work.models import Item

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_sale():
    make.products_on_sale()


@pytest.fixture
def office():
    return make.office()


class TestOffer:
    def test_is_worked_out_once_sixty_days_before_by_the_age_and_the_wording_then(self, office):
        policy = one_year(office)
        desk.run(before(61))
        assert not NewYear.objects.exists()
        for day in (LISTED, before(59)):
            desk.run(day)
        found = queries.new_year_of(policy.pk, before(59))
        assert (found.state, found.way, found.pay_by) == ("OFFERED", "PAY", before(1))
        assert found.premium == PremiumDue.objects.get().amount
        codes = {code: (was, will) for code, was, will in found.changes}
        assert codes["AGE"] == ("40", "41")
        assert "WORDING" not in codes
        assert desk.happened("new_year_offered") == 1

    def test_a_long_contract_and_one_that_ends_later_are_left_alone(self, office):
        desk.policy(office)
        one_year(office, effective_on=date(2025, 9, 2))
        desk.run(LISTED)
        assert not NewYear.objects.exists()

    def test_an_agreed_extra_premium_keeps_its_share(self, office):
        plain, loaded = (
            one_year(office),
            one_year(office, premium=Decimal("240.00"), extra_premium=Decimal("80.00")),
        )
        desk.run(LISTED)
        assert year(loaded).premium == year(plain).premium * Decimal("1.5")
        assert year(loaded).extra_premium == year(plain).premium / 2

    def test_a_new_wording_and_its_price_are_said(self, office):
        policy = one_year(office)
        old = ProductVersion.objects.get(pk=policy.product_version_id)
        new = newer(old, LISTED)
        desk.run(LISTED)
        found = queries.new_year_of(policy.pk, LISTED)
        assert year(policy).version_id == new.pk
        assert ("WORDING", old.version, "2026-9") in found.changes

    def test_what_is_no_longer_sold_is_told_with_what_else_there_is(self, office):
        policy = one_year(office)
        ProductVersion.objects.filter(pk=policy.product_version_id).update(valid_to=LISTED)
        desk.run(LISTED)
        assert year(policy).state == "STOPPED"
        assert desk.told("new_year_stopped") == ["new_year_stopped"]
        medical = one_year(
            office, product_code="million-medical-social", sum_insured=Decimal(2_000_000),
            premium=Decimal("366.00"), with_social_insurance=True, effective_on=date(2025, 9, 3),
        )  # fmt: skip
        ProductVersion.objects.filter(pk=medical.product_version_id).update(valid_to=before(58))
        desk.run(before(58))
        assert "million-medical" in year(medical).alternatives

    def test_what_no_table_prices_is_a_persons_to_decide(self, office):
        old = one_year(
            office, insured_id=make.party(office, birth_date=date(1985, 6, 15), sex="FEMALE")
        )
        Party.objects.filter(pk=old.insured_id).update(birth_date=date(1915, 1, 1))
        desk.run(LISTED)
        assert (year(old).state, year(old).why) == ("TO_DECIDE", "NOT_PRICED")
        item = Item.objects.get(queue_id="renewals.new_year")
        assert "费率表" in item.title
        assert not PremiumDue.objects.exists()

    def test_nothing_is_offered_where_the_insured_has_died(self, office):
        policy = one_year(office)
        Decease.objects.create(
            party_id=policy.insured_id,
            died_on=before(70),
            about="claim:1",
            noted_at=desk.noon(LISTED),
        )
        desk.run(LISTED)
        assert not NewYear.objects.exists()


def newer(old, since):
    terms = {**old.terms, "version": "2026-9", "valid_from": since.isoformat()}
    old.valid_to = since
    old.save()
    new = ProductVersion.objects.create(
        product=old.product, version="2026-9", valid_from=since, name=old.name, terms=terms,
        digest="f" * 64,
    )  # fmt: skip
    sold = Offering.objects.get(product_version=old)
    Offering.objects.create(
        product_version=new, content=sold.content, digest=sold.digest, asked=sold.asked
    )
    return new


class TestConsent:
    def test_without_it_nothing_is_debited_and_the_holder_only_invited(self, settings, office):
        policy = one_year(office, debit=True)
        with bank(settings, LISTED) as fake:
            for days in (60, 30, 7, 3, 1, 0):
                desk.run(before(days))
                answer(fake, before(days))
        assert not Collection.objects.exists()
        assert desk.told("new_year") == [
            "new_year_offer", "new_year_offer", "new_year_today", "new_year_missed",
        ]  # fmt: skip
        assert not Policy.objects.filter(renews=policy).exists()
        assert year(policy).state == "MISSED"

    def test_with_it_the_premium_is_debited_after_it_was_told_and_the_years_join(
        self, settings, office
    ):
        policy = one_year(office, debit=True, agrees=True)
        with bank(settings, LISTED) as fake:
            for days in (60, 30, 9):
                desk.run(before(days))
            assert desk.told("new_year") == ["new_year_debit"]
            assert not Collection.objects.exists()
            desk.run(before(8))
            answer(fake, before(8))
        new = Policy.objects.get(renews=policy)
        assert (new.effective_on, new.premium) == (ENDS, year(policy).premium)
        assert year(policy).state == "TAKEN"
        assert desk.told("new_year_taken") == ["new_year_taken"]
        assert desk.told("paid") == []
        desk.run(ENDS)
        policy.refresh_from_db()
        assert (policy.state, policy.ending) == ("EXPIRED", "MATURED")
        assert policy_queries.get_policy(new.pk, ENDS).cover.state == "IN_FORCE"
        assert Collection.objects.count() == 1

    def test_taken_back_before_the_debit_nothing_is_debited(self, settings, office):
        policy = one_year(office, debit=True, agrees=True)
        desk.run(before(30))
        policies.withdraw_renewal_consent(
            policy_id=policy.pk, holder_id=policy.holder_id, actor=SYSTEM, at=desk.noon(before(10))
        )
        for days in (7, 3, 1):
            desk.run(before(days))
        assert not Collection.objects.exists()

    def test_a_former_holders_consent_debits_nobody(self, office):
        policy = one_year(office, debit=True, agrees=True)
        desk.run(before(30))
        Policy.objects.filter(pk=policy.pk).update(holder_id=make.party(office))
        desk.run(before(7))
        assert not Collection.objects.exists()
        assert year(policy).holder_id != policy.holder_id  # the offer follows the contract

    def test_it_is_not_debited_unless_it_was_told_the_day_before(self, office):
        one_year(office, debit=True, agrees=True)
        desk.run(before(2))  # listed late, told today
        assert not Collection.objects.exists()
        desk.run(before(1))
        assert Collection.objects.count() == 1

    def test_a_failed_debit_is_told_called_about_and_tried_again(self, settings, office):
        policy = one_year(office, debit=True, agrees=True, money="0102")
        with bank(settings, LISTED) as fake:
            for days in (30, 7):
                desk.run(before(days))
            answer(fake, before(7))
            assert desk.told("new_year_debit_failed") == ["new_year_debit_failed"]
            assert RenewalCase.objects.get().kind == "CALL"
            desk.run(before(3))
            answer(fake, before(3))
        assert year(policy).state == "TAKEN"
        assert RenewalCase.objects.get().outcome == "PAID"


class TestSilence:
    def test_who_says_nothing_is_reminded_and_called(self, office):
        one_year(office)
        for days in (30, 7):
            desk.run(before(days))
        assert desk.told("new_year") == ["new_year_offer"] * 2
        assert RenewalCase.objects.get().kind == "CALL"
        assert Item.objects.get().queue_id == "renewals.call"
        desk.run(ENDS)
        case = RenewalCase.objects.get()
        assert (case.outcome, Item.objects.get().state) == ("ENDED_YEAR", "DONE")

    def test_the_day_run_again_changes_nothing(self, office):
        one_year(office)
        for _ in range(2):
            desk.run(before(30))
        assert (NewYear.objects.count(), PremiumDue.objects.count()) == (1, 1)
        assert desk.told("new_year") == ["new_year_offer"]

    def test_the_wordings_days_of_grace_join_the_years_all_the_same(self, settings, office):
        policy = one_year(office)
        version = ProductVersion.objects.get(pk=policy.product_version_id)
        give_grace(version, 30)
        for days in (30, 1, 0):
            desk.run(before(days))
        late = ENDS + timedelta(days=20)
        desk.run(late)
        policy.refresh_from_db()
        assert (policy.state, year(policy).state) == ("EXPIRED", "OFFERED")
        new = pay(settings, policy, late)
        assert (new.effective_on, new.formed_on) == (ENDS, ENDS)
        assert policy_queries.get_policy(new.pk, ENDS + timedelta(days=3)).cover.state == "IN_FORCE"


@pytest.fixture(autouse=True)
def _wordings_anew():
    yield
    products.get_terms.cache_clear()


class TestPay:
    def test_one_confirmation_takes_the_year(self, settings, office):
        policy = one_year(office)
        desk.run(before(30))
        new = pay(settings, policy, before(10))
        assert (new.effective_on, new.holder_id, new.sum_insured) == (
            ENDS, policy.holder_id, policy.sum_insured,
        )  # fmt: skip
        assert queries.new_year_begun_by(new.pk, before(9)).policy_id == policy.pk
        with pytest.raises(operations.AlreadySettled):
            order(policy, before(9), key="b")

    def test_two_orders_for_one_year_are_one(self, office):
        policy = one_year(office)
        desk.run(before(30))
        order(policy, before(10))
        with pytest.raises(operations.BeingPaid):
            order(policy, before(10), key="b")
        assert Collection.objects.count() == 1

    def test_a_payment_that_left_in_time_counts_although_its_answer_came_after_the_end(
        self, settings, office
    ):
        policy = one_year(office)
        desk.run(before(30))
        collection = order(policy, before(1))
        payments.pay(
            collection_id=collection,
            payer_id=policy.holder_id,
            method="WECHAT",
            at=desk.noon(before(1)),
        )
        with bank(settings, before(1)) as fake:
            jobs.send_collections(desk.noon(before(1)))
            operations.run_day(day=ENDS, at=desk.noon(ENDS))
            assert year(policy).state == "OFFERED"
            answer(fake, ENDS)
        assert Policy.objects.get(renews=policy).effective_on == ENDS

    def test_after_the_end_the_money_of_a_late_payment_goes_back(self, settings, office):
        policy = one_year(office)
        desk.run(before(30))
        order(policy, before(1))
        desk.run(ENDS)
        assert PremiumOrder.objects.get().state == "CANCELLED"
        with pytest.raises(operations.AlreadySettled):
            order(policy, ENDS, key="b")
        assert not Policy.objects.filter(renews=policy).exists()

    def test_an_order_earlier_than_the_wording_allows_is_refused_with_the_day(self, office):
        policy = one_year(office)
        desk.run(LISTED)
        version = ProductVersion.objects.get(pk=policy.product_version_id)
        version.terms["issue"]["renewal_open_days"] = 30
        version.save()
        products.get_terms.cache_clear()
        with pytest.raises(policies.TooEarlyToRenew) as refused:
            order(policy, before(31))
        assert before(30).isoformat() in str(refused.value.message)
        assert not PremiumOrder.objects.exists()
        assert order(policy, before(30))

    def test_anothers_year_looks_like_none(self, office):
        policy = one_year(office)
        desk.run(before(30))
        with pytest.raises(operations.PremiumNotFound):
            operations.make_order(
                holder_id=make.party(office), due_ids=[year(policy).due_id], request_key="x",
                actor=SYSTEM, at=desk.noon(before(30)),
            )  # fmt: skip


class TestCallOff:
    def test_everything_goes_back_and_the_offer_stands_until_the_end(self, settings, office):
        policy = one_year(office, agrees=True)
        desk.run(before(30))
        new = pay(settings, policy, before(20))
        paid = operations.call_off_new_year(
            policy_id=new.pk, holder_id=policy.holder_id, actor=Ref("party", policy.holder_id),
            at=desk.noon(before(5)),
        )  # fmt: skip
        assert paid == new.premium == Refund.objects.get().amount
        assert (year(policy).state, year(policy).next_id) == ("OFFERED", None)
        assert policy_queries.consents_standing([policy.pk]) == frozenset()
        assert desk.told("new_year_called_off") == ["new_year_called_off"]
        journal.run_reactions(at=desk.noon(before(5)))
        assert Refund.objects.count() == 1
        again = pay(settings, policy, before(2), key="again")
        assert again.pk != new.pk

    def test_not_once_it_has_begun_and_not_by_another(self, settings, office):
        policy = one_year(office)
        desk.run(before(30))
        new = pay(settings, policy, before(20))
        for who, day, refusal in (
            (make.party(office), before(5), operations.NewYearNotFound),
            (policy.holder_id, ENDS, policies.YearHasBegun),
        ):
            with pytest.raises(refusal):
                operations.call_off_new_year(
                    policy_id=new.pk, holder_id=who, actor=SYSTEM, at=desk.noon(day)
                )
        assert not Refund.objects.exists()

    def test_a_contract_that_ends_before_its_time_takes_the_paid_year_with_it(
        self, settings, office
    ):
        policy = one_year(office)
        desk.run(before(30))
        new = pay(settings, policy, before(20))
        policies.terminate_policy(
            policy_id=policy.pk,
            ending="PAID_OUT",
            on=before(10),
            actor=SYSTEM,
            at=desk.noon(before(10)),
        )
        journal.run_reactions(at=desk.noon(before(10)))
        new.refresh_from_db()
        assert (new.ending, year(policy).state) == ("NOT_BEGUN", "CLOSED")
        assert Refund.objects.get().amount == new.premium
        assert PremiumDue.objects.get().state == "CLOSED"


class TestDecide:
    @pytest.fixture
    def adviser(self, office):
        return make.staff(office, "RENEWAL_ADVISER")

    @pytest.fixture
    def waiting(self, office):
        """A group contract: its premium is agreed upon, not read from a table."""
        policy = one_year(
            office, product_code="group-medical", sum_insured=Decimal(20_000),
            premium=Decimal("300.00"), with_social_insurance=True, channel="GROUP",
        )  # fmt: skip
        desk.run(LISTED)
        return year(policy)

    def offer(self, waiting, staff, premium="330.00", day=LISTED):
        operations.offer_by_hand(
            new_year_id=waiting.pk, premium=premium, access=people.staff_access(staff),
            actor=Ref("staff", staff), at=desk.noon(day),
        )  # fmt: skip

    def decline(self, found, staff, reason="过去一年赔付异常，正在核查", day=LISTED):
        operations.decline_new_year(
            new_year_id=found.pk, reason=reason, access=people.staff_access(staff),
            actor=Ref("staff", staff), at=desk.noon(day),
        )  # fmt: skip

    def test_a_group_contract_is_priced_by_a_person_and_offered(self, settings, waiting, adviser):
        assert (waiting.state, waiting.why) == ("TO_DECIDE", "GROUP")
        self.offer(waiting, adviser)
        waiting.refresh_from_db()
        assert (waiting.state, waiting.premium) == ("OFFERED", Decimal("330.00"))
        assert Item.objects.get(queue_id="renewals.new_year").state == "DONE"
        assert desk.told("new_year_offer") == ["new_year_offer"]
        desk.run(before(31))
        assert desk.told("new_year_offer") == ["new_year_offer"]
        desk.run(before(8))
        assert desk.told("new_year_offer") == ["new_year_offer"] * 2
        with pytest.raises(operations.NewYearDecided):
            self.offer(waiting, adviser)

    @pytest.mark.parametrize("premium", ["", "0", "-3", "3.333", "many"])
    def test_no_premium_that_is_none(self, waiting, adviser, premium):
        with pytest.raises(operations.PremiumWanted):
            self.offer(waiting, adviser, premium)
        assert NewYear.objects.get().state == "TO_DECIDE"

    def test_only_a_person_declines_with_a_reason_the_holder_reads(self, waiting, adviser):
        with pytest.raises(operations.DeclineReasonWanted):
            self.decline(waiting, adviser, "  ")
        self.decline(waiting, adviser)
        waiting.refresh_from_db()
        assert (waiting.state, waiting.decided_by) == ("DECLINED", f"staff:{adviser}")
        message = Message.objects.get(template="renewals.new_year_declined")
        assert message.facts["reason"] == "过去一年赔付异常，正在核查"
        with pytest.raises(operations.NewYearDecided):
            self.decline(waiting, adviser)

    def test_not_in_the_last_thirty_days(self, office, adviser):
        policy = one_year(office)
        desk.run(LISTED)
        with pytest.raises(operations.TooLateToDecline) as refused:
            self.decline(year(policy), adviser, day=before(29))
        assert before(30).isoformat() in str(refused.value.message)
        assert year(policy).state == "OFFERED"

    def test_a_guaranteed_year_is_not_declined_and_keeps_its_wording(self, office, adviser):
        policy = one_year(
            office, product_code="million-medical-social", sum_insured=Decimal(2_000_000),
            premium=Decimal("366.00"), with_social_insurance=True,
        )  # fmt: skip
        version = ProductVersion.objects.get(pk=policy.product_version_id)
        version.terms["issue"] |= {"renewal_guaranteed_years": 6, "renewal_clause": "2.5"}
        version.valid_to = before(61)  # no longer sold, and promised all the same
        version.save()
        products.get_terms.cache_clear()
        desk.run(LISTED)
        assert (year(policy).state, year(policy).version_id) == ("OFFERED", version.pk)
        with pytest.raises(operations.GuaranteedRenewal):
            self.decline(year(policy), adviser)

    def test_another_offices_looks_like_none(self, waiting):
        stranger = make.staff(make.office(), "RENEWAL_ADVISER")
        for do in (self.offer, self.decline):
            with pytest.raises((operations.NewYearNotFound, NotAllowed)):
                do(waiting, stranger)
        assert NewYear.objects.get().state == "TO_DECIDE"

    def test_nobody_without_the_right(self, office, waiting):
        with pytest.raises(NotAllowed):
            self.decline(waiting, make.staff(office, "ASSESSOR"))

    def test_who_is_never_decided_is_told_that_cover_has_ended(self, waiting):
        desk.run(ENDS)
        waiting.refresh_from_db()
        assert waiting.state == "MISSED"
        assert desk.told("new_year_missed") == ["new_year_missed"]
