"""The year after a one-year contract: consent, no gap, no new waiting period, and calling it off in time."""

import hashlib
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from tests import make
from tests.renewals.desk import noon
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.years import add_years
from yilu.people.models import Decease
from yilu.policies import operations, queries
from yilu.policies.models import LedgerEntry, Policy, RenewalConsent
from yilu.policies.rules import renewing
from yilu.policies.terms import Use
from yilu.products.operations import CATALOGUE, read_folder

pytestmark = pytest.mark.django_db
ENDS = date(2026, 9, 1)
LAST = ENDS - timedelta(days=1)
ACCIDENT = read_folder(CATALOGUE / "accident").terms


@pytest.fixture
def office():
    return make.office()


@pytest.fixture
def old(office):
    return Policy.objects.get(pk=make.policy(office).id)


def year(old, **given):
    told = {
        "policy_id": old.pk, "version_id": old.product_version_id, "premium": Decimal("420.00"),
        "extra_premium": Decimal(0), "rated_age": 36,
    }  # fmt: skip
    return operations.NextYear(**{**told, **given})


ORDER = Ref("premium_order", 7)


def renew(old, day=LAST, about=ORDER, **given):
    made = tx.use_case(operations.renew)(
        year=year(old, **given), about=about, actor=SYSTEM, at=noon(day)
    )
    return Policy.objects.get(pk=made.id)


def call_off(new, day):
    return tx.use_case(operations.call_off_renewal)(
        policy_id=new.pk, about=Ref("new_year", 1), actor=SYSTEM, at=noon(day)
    )


def use(policy, paid, claim, benefit="general", seen=None):
    seen = queries.benefit_use(policy.pk).seen if seen is None else seen
    tx.use_case(operations.record_benefit_use)(
        policy_id=policy.pk, claim_ref=Ref("claim", claim), seen=seen, at=noon(LAST),
        uses=[Use(benefit_code=benefit, year=1, used_on=LAST, visit="v", paid=Decimal(paid),
                  deductible_used=Decimal(100), days=3)],
    )  # fmt: skip


class TestRenew:
    def test_the_new_year_begins_when_the_old_one_ends_and_nothing_is_waited_for_again(self, old):
        new = renew(old)
        assert (new.effective_on, new.ends_on) == (ENDS, date(2027, 9, 1))
        assert (new.renews_id, new.lineage_id) == (old.pk, old.pk)
        assert (new.continuous_since, new.contested_since) == (old.effective_on, old.formed_on)
        found = queries.get_policy(new.pk, ENDS)
        assert found.cover.state == "IN_FORCE"
        assert found.contract.waits_from == old.effective_on
        assert found.contract.formed_on == old.formed_on
        with pytest.raises(queries.PolicyNotInForce):
            queries.get_policy(new.pk, LAST)
        assert queries.get_policy(old.pk, LAST).cover.state == "IN_FORCE"

    def test_its_first_premium_is_booked_under_what_paid_it_and_adds_up(self, old):
        new = renew(old)
        entry = LedgerEntry.objects.get(policy=new)
        assert (entry.about, entry.premium) == ("premium_order:7", Decimal("420.00"))
        assert sum(queries.balances(new.pk).values()) == 0
        assert new.paid_to is None

    def test_beneficiaries_and_agreed_exclusions_go_on(self, office):
        other = make.party(office)
        made = make.policy(
            office, beneficiaries=(operations.NewBeneficiary(party_id=other),),
            exclusions=(("knee", "右膝手术除外", ("S83",)),),
        )  # fmt: skip
        new = renew(Policy.objects.get(pk=made.id))
        assert list(new.beneficiaries.filter(kind="NAMED").values_list("party_id", flat=True)) == [
            other
        ]
        assert new.exclusions.get().icd_prefixes == ["S83"]

    def test_a_third_year_stands_in_the_same_row(self, old):
        second = renew(old)
        third = renew(second, day=date(2027, 8, 31))
        assert (third.renews_id, third.lineage_id) == (second.pk, old.pk)
        years = queries.years_of(second.pk)
        assert [y.policy_id for y in years] == [old.pk, second.pk, third.pk]
        assert [y.is_this for y in years] == [False, True, False]
        many = queries.years_of_many([old.pk, third.pk])
        assert [y.is_this for y in many[third.pk]] == [False, False, True]
        assert [y.policy_id for y in many[old.pk]] == [y.policy_id for y in years]

    def test_lists_say_that_its_waiting_periods_were_served(self, old):
        second = renew(old)
        rows = {row.id: row for row in queries.list_for_party(old.holder_id)}
        assert rows[second.pk].waits_from == old.effective_on
        assert (rows[old.pk].waiting, rows[second.pk].waiting) == ("", "SERVED")

    def test_a_year_is_renewed_once(self, old):
        renew(old)
        with pytest.raises(operations.AlreadyRenewed):
            renew(old, about=Ref("premium_order", 8))
        assert Policy.objects.filter(renews=old).count() == 1

    def test_two_payments_at_once_conclude_one_year(self, old):
        # The row lock makes the second wait; the constraint holds even for who forgets it.
        new, other = renew(old), make.policy(old.office_id)
        with pytest.raises(IntegrityError), transaction.atomic():
            Policy.objects.filter(pk=other.id).update(renews_id=old.pk, lineage_id=new.lineage_id)

    def test_no_premium_is_taken_earlier_than_sixty_days_before(self, office):
        made = make.policy(office, product_code="accident", sum_insured=Decimal(100_000))
        accident = Policy.objects.get(pk=made.id)
        with pytest.raises(operations.TooEarlyToRenew) as refused:
            renew(accident, day=ENDS - timedelta(days=61))
        assert "2026-07-03" in str(refused.value.message)
        assert not Policy.objects.filter(renews=accident).exists()
        assert renew(accident, day=ENDS - timedelta(days=60)).effective_on == ENDS

    def test_a_long_contract_is_not_renewed(self, office):
        made = make.policy(
            office, product_code="term-life", pay_years=20, sum_insured=Decimal(300_000),
            with_social_insurance=False,
        )  # fmt: skip
        with pytest.raises(operations.NotRenewable):
            renew(Policy.objects.get(pk=made.id))

    def test_a_contract_that_ended_otherwise_is_not_renewed(self, old):
        operations.terminate_policy(
            policy_id=old.pk, ending="SURRENDERED", on=LAST, actor=SYSTEM, at=noon(LAST)
        )
        with pytest.raises(operations.PolicyStateStale):
            renew(old)

    def test_nobody_who_died_is_insured_for_another_year(self, old):
        Decease.objects.create(
            party_id=old.insured_id, died_on=LAST, about="claim:9", noted_at=noon(LAST)
        )
        with pytest.raises(operations.InsuredDied):
            renew(old)


class TestUse:
    def test_deductibles_and_yearly_caps_begin_anew_while_lifetime_caps_go_on(self, old):
        use(old, 5000, 1)
        new = renew(old)
        used = queries.benefit_use(new.pk).of("general")
        assert (used.paid, used.days, used.paid_by_year, used.deductible_by_year) == (0, 0, {}, {})
        assert (used.paid_ever, used.days_ever) == (5000, 3)
        use(new, 700, 2)
        assert queries.benefit_use(new.pk).of("general").paid_ever == 5700
        assert queries.benefit_use(old.pk).of("general").paid == 5000

    def test_two_claims_of_two_years_cannot_both_spend_what_is_left_for_life(self, old):
        use(old, 5000, 1)
        new = renew(old)
        seen = queries.benefit_use(new.pk).seen
        use(old, 10, 2)  # a late claim of the old year comes between
        with pytest.raises(operations.UseChanged):
            use(new, 10, 3, seen=seen)

    def test_what_is_taken_back_in_one_year_is_free_in_the_other(self, old):
        use(old, 5000, 1)
        new = renew(old)
        use(new, 700, 2)
        tx.use_case(operations.take_back_benefit_use)(
            policy_id=old.pk, claim_ref=Ref("claim", 1), at=noon(LAST)
        )
        assert queries.benefit_use(new.pk).of("general").paid_ever == 700


class TestCallOff:
    def test_before_it_begins_all_is_undone_and_the_premium_told(self, old):
        new = renew(old)
        assert call_off(new, LAST) == Decimal("420.00")
        assert call_off(new, LAST) == 0
        new.refresh_from_db()
        assert (new.state, new.ending) == ("TERMINATED", "NOT_BEGUN")
        assert set(queries.balances(new.pk).values()) == {Decimal(0)}
        with pytest.raises(queries.PolicyNotInForce):
            queries.get_policy(new.pk, ENDS)
        assert renew(old, about=Ref("premium_order", 9)).effective_on == ENDS  # a change of mind
        assert Event.objects.filter(kind="policies.renewal_called_off").count() == 1

    def test_once_it_has_begun_it_is_surrendered_instead(self, old):
        new = renew(old)
        with pytest.raises(operations.YearHasBegun):
            call_off(new, ENDS)
        assert Policy.objects.get(pk=new.pk).state == "IN_FORCE"

    def test_a_first_year_is_nothing_to_call_off(self, old):
        with pytest.raises(operations.NotRenewable):
            call_off(old, LAST)


class TestConsent:
    def agree(self, policy, **given):
        told = {
            "policy_id": policy.pk, "holder_id": policy.holder_id, "way": "ONLINE",
            "text_version": renewing.TEXT_NOW, "actor": Ref("party", policy.holder_id),
        }  # fmt: skip
        operations.agree_to_renewal(**{**told, **given}, at=noon(LAST))

    def test_says_who_when_how_and_to_which_text(self, old):
        self.agree(old, way="PHONE", actor=Ref("staff", 5))
        self.agree(old)
        (consent,) = queries.renewal_consents(old.pk)
        assert (consent.text_version, consent.given_by, consent.given_at) == (
            renewing.TEXT_NOW, "staff:5", noon(LAST),
        )  # fmt: skip
        assert consent.text == renewing.TEXTS[renewing.TEXT_NOW]
        assert queries.consents_standing([old.pk]) == {old.pk}

    def test_holds_for_the_years_that_follow_and_ends_for_all_of_them(self, old):
        self.agree(old)
        new = renew(old)
        assert queries.consents_standing([new.pk]) == {new.pk}
        withdraw = operations.withdraw_renewal_consent
        given = {"holder_id": old.holder_id, "actor": SYSTEM, "at": noon(LAST)}
        assert withdraw(policy_id=new.pk, **given)
        assert not withdraw(policy_id=old.pk, **given)
        assert queries.consents_standing([old.pk, new.pk]) == frozenset()
        assert not queries.renewal_consents(old.pk)[0].stands

    def test_only_the_holder_may_say_so(self, old, office):
        stranger = make.party(office)
        with pytest.raises(operations.ConsentNotTheirs):
            self.agree(old, holder_id=stranger)
        self.agree(old)
        with pytest.raises(operations.ConsentNotTheirs):
            operations.withdraw_renewal_consent(
                policy_id=old.pk, holder_id=stranger, actor=SYSTEM, at=noon(LAST)
            )
        assert RenewalConsent.objects.get().withdrawn_at is None

    def test_another_holders_word_does_not_bind_the_next_one(self, old, office):
        self.agree(old)
        Policy.objects.filter(pk=old.pk).update(holder_id=make.party(office))
        assert queries.consents_standing([old.pk]) == frozenset()
        old.refresh_from_db()
        self.agree(old)
        assert queries.consents_standing([old.pk]) == {old.pk}

    def test_an_old_text_is_not_agreed_to(self, old):
        with pytest.raises(operations.ConsentTextChanged):
            self.agree(old, text_version="2020-1")
        assert not RenewalConsent.objects.exists()


@given(starts=st.dates(date(2016, 1, 1), date(2035, 12, 31)), early=st.integers(0, 120))
def test_the_premium_is_open_at_most_sixty_days_and_years_meet_without_gap(starts, early):
    terms = replace(ACCIDENT, issue=replace(ACCIDENT.issue, renewal_open_days=min(early, 60)))
    ends = add_years(starts, 1)
    opens = renewing.opens_on(terms, ends)
    assert 0 < (ends - opens).days <= 60
    assert renewing.last_day(ends) + timedelta(days=1) == ends
    assert renewing.grace_ends(terms, ends) == renewing.last_day(ends)


@given(
    standard=st.decimals(1, 90_000, places=2), base=st.decimals(1, 90_000, places=2),
    share=st.decimals(0, 3, places=2),
)  # fmt: skip
def test_an_extra_premium_keeps_its_proportion(standard, base, share):
    extra = (base * share).quantize(Decimal("0.01"))
    again = renewing.extra_of(standard, base + extra, extra)
    assert again >= 0
    assert abs(again - standard * extra / base) <= Decimal("0.005")


def test_texts_that_somebody_may_have_agreed_to_never_change():
    said = {v: hashlib.sha256(t.encode()).hexdigest()[:16] for v, t in renewing.TEXTS.items()}
    assert said == {"2026-1": "2c4e5fa67ec1b163"}
