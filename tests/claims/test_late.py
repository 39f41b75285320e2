"""Money that came late: days proved by the clocks, a rate with its source, a person's word, its own payout."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import make
from tests.claims import hard, papers
from tests.claims.hard import told
from yilu.audit import records
from yilu.audit.rules import differences
from yilu.claims import operations, queries
from yilu.claims.models import Claim, LateInterest
from yilu.claims.operations import Loss, steps
from yilu.claims.rules import late as rules
from yilu.claims.rules.facts import Diagnosis
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref
from yilu.letters.models import IssuedLetter
from yilu.messaging.models import Message
from yilu.payments.models import Payout
from yilu.payments.operations import NotTheirAccount
from yilu.people import operations as people
from yilu.people.models import BankAccount
from yilu.products import queries as products
from yilu.products.models import ProductVersion
from yilu.standards import queries as standards
from yilu.work.models import Item

DAYS = st.integers(0, 400)
DAY = date(2026, 3, 4)


class TestRule:
    @given(DAYS, DAYS, DAYS, DAYS)
    def test_only_days_of_ours_count_and_never_fewer_than_none(self, answer, early, money, waited):
        delay = rules.Delay(
            pay_by=DAY, paid_on=DAY + timedelta(days=money - early), waited=waited,
            decide_by=DAY - timedelta(days=10), decided_on=DAY - timedelta(days=10 - answer),
        )  # fmt: skip
        late = max(money - early, 0)
        assert delay.days == answer + max(late - waited, 0)
        assert delay.not_ours <= late

    @given(st.integers(1, 10**9), DAYS, st.integers(0, 240000))
    def test_is_the_nearest_fen_of_the_sum(self, fen, days, rate):
        paid = rules.interest(Decimal(fen) / 100, days, Decimal(rate) / 10000, 365)
        exact = Fraction(fen, 100) * Fraction(rate, 10000) / 100 * days / 365
        assert abs(Fraction(paid) - exact) <= Fraction(1, 200)

    def test_what_is_added_is_a_part_of_the_rate(self):
        assert rules.Rate(Decimal("3.00"), Decimal(30), Decimal(365)).whole == Decimal("3.9000")

    def test_interest_begins_after_whichever_day_was_missed_first(self):
        delay = rules.Delay(
            DAY, DAY + timedelta(days=2), DAY - timedelta(days=20), DAY - timedelta(9)
        )
        assert delay.begins_on == DAY - timedelta(days=20)
        assert rules.Delay(DAY, DAY + timedelta(days=2)).begins_on == DAY


class Owed:
    """A critical illness of 100,000 yuan, approved; the money comes when a test says so."""

    def __init__(self, account=True):
        self.office = hard.Office(make.office())
        self.lin = make.insured(self.office.id, name="林先生")
        self.policy = make.policy(
            self.office.id, holder_id=self.lin, insured_id=self.lin, product_code="critical-illness",
            sum_insured=Decimal(100_000), premium=Decimal("3000.00"), effective_on=date(2022, 3, 1),
            pay_years=20, with_social_insurance=False,
        )  # fmt: skip
        given_ = {} if account else {"account_id": None}
        self.claim = hard.in_review(
            self.office, self.policy.number, self.lin, "CRITICAL_ILLNESS", loss_date=date(2026, 2, 20),
            loss=Loss(diagnoses=(Diagnosis(condition="CANCER", confirmed_on=date(2026, 2, 20)),)),
            **given_,
        )  # fmt: skip
        hard.calculated(self.claim, self.office)

    def approve(self):
        hard.approve(self.office, self.claim)
        return self

    def settle(self, payout=None, days=0):
        """The bank's word that a payment is there, so many days after the approval."""
        at = make.NOON + timedelta(days=days)
        payout = payout or Payout.objects.get(purpose="CLAIM")
        Payout.objects.filter(pk=payout.pk).update(state="SETTLED", ended_at=at)
        tx.use_case(steps.close_paid_claim)(
            claim_id=self.claim.claim_id, payout_id=payout.pk, amount=str(payout.amount),
            purpose=payout.purpose, at=at,
        )  # fmt: skip

    def decide(self, who=None, days=8, **more):
        row = LateInterest.objects.get()
        return operations.decide_late_interest(
            **told(self.claim, who or self.office.chen, late_id=row.pk, days=days, **more)
            | {"at": make.NOON + timedelta(days=19)}
        )

    def differences(self):
        [dossier] = records.read_again([self.claim.claim_id]).dossiers
        return [(d.kind, d.place) for d in differences(dossier)]

    @property
    def row(self):
        return Claim.objects.get(pk=self.claim.claim_id)


@pytest.fixture
def owed(insurer):
    return Owed().approve()


@pytest.mark.django_db
class TestStory:
    def test_the_tenth_day_is_in_time(self, owed):
        owed.settle(days=10)
        assert not LateInterest.objects.exists()
        assert owed.row.state == "CLOSED"
        assert owed.differences() == []

    def test_eight_days_late_are_worked_out_proposed_granted_paid_and_told(self, owed, kinds):
        owed.settle(days=18)
        row = LateInterest.objects.get()
        principal = Payout.objects.get().amount
        assert (row.principal, row.days, row.rate) == (principal, 8, Decimal("3.0000"))
        assert (row.paid_on - row.pay_by).days == 8
        assert row.amount == rules.interest(principal, 8, Decimal(3), 365) > 0
        assert row.rule.startswith("claims.late_payment/1#")
        assert Item.objects.filter(queue_id="claims.second_review", state="OPEN").exists()
        assert Payout.objects.count() == 1, "the machine proposes and pays nothing"

        payout = Payout.objects.get(pk=owed.decide())
        assert (payout.amount, payout.purpose, payout.to_party_id) == (
            row.amount,
            "INTEREST",
            owed.lin,
        )
        assert not Item.objects.filter(queue_id="claims.second_review", state="OPEN").exists()
        letter = IssuedLetter.objects.get(kind="LATE")
        assert f"{principal:,} × 3% × 8 ÷ 365 = {row.amount:,} 元" in letter.facts["words"]
        assert Message.objects.get(template="claims.late_interest").facts["amount"] == str(
            row.amount
        )
        paid_before = owed.row.paid_amount
        for _ in range(2):
            owed.settle(payout, days=20)
        assert owed.row.paid_amount == paid_before, "interest is no part of the benefit"
        assert kinds(owed.claim.claim_id).count("claims.late_interest_paid") == 1
        assert owed.differences() == []
        with pytest.raises(operations.NothingLate):
            owed.decide()

    @pytest.mark.parametrize(("agreed", "days"), [(5, 13), (30, 0)])
    def test_the_contracts_own_term_counts_and_not_the_laws(self, insurer, agreed, days):
        owed = Owed()
        version = ProductVersion.objects.get(product__code="critical-illness")
        version.terms |= {"pay_days": agreed, "pay_clause": "2.3"}
        version.save()
        products.get_terms.cache_clear()
        owed.approve()
        products.get_terms.cache_clear()
        owed.settle(days=18)
        assert [row.days for row in LateInterest.objects.all()] == [days] * bool(days)

    @pytest.mark.parametrize(("known", "ours"), [(6, 2), (15, 0)])
    def test_days_until_the_payee_is_known_are_theirs_and_ours_bear_interest_once(
        self, insurer, known, ours
    ):
        owed = Owed()
        make.of_paper_days(owed.lin)
        owed.approve()
        papers.react()
        assert not Payout.objects.exists()
        one, two = (make.colleague(owed.office.id, "COUNTER") for _ in range(2))
        at = make.NOON + timedelta(days=known)
        people.record_original_seen(
            party_id=owed.lin, document="PASSPORT", number="E12345678", valid_to=None,
            access=one[0], actor=one[1], at=at,
        )  # fmt: skip
        people.confirm_original_seen(party_id=owed.lin, access=two[0], actor=two[1], at=at)
        papers.react()
        for _ in range(2):
            owed.settle(days=18)
        assert [row.days for row in LateInterest.objects.all()] == [ours] * bool(ours)
        if ours:
            owed.decide(days=ours)
        assert Payout.objects.filter(purpose="CLAIM").count() == 1
        assert Payout.objects.filter(purpose="INTEREST").count() == bool(ours)

    def test_a_settlement_told_twice_is_worked_out_once(self, owed):
        owed.settle(days=18)
        owed.settle(days=18)
        assert LateInterest.objects.count() == 1

    def test_days_that_waited_for_an_account_are_not_ours(self, insurer):
        owed = Owed(account=False).approve()
        assert not Payout.objects.exists()
        account = make.account(owed.lin)
        operations.correct_account(
            claim_id=owed.claim.claim_id, account_id=account, actor=Ref("party", owed.lin),
            at=make.NOON + timedelta(days=5),
        )  # fmt: skip
        owed.settle(days=18)
        row = LateInterest.objects.get()
        assert (row.days, row.waited_days) == (3, 5)
        owed.decide(
            days=8, reason="账户早已登记，是我们没有看到"
        )  # more than worked out is possible
        row.refresh_from_db()
        assert (row.granted_days, row.state) == (8, "GRANTED")
        assert owed.differences() == []

    def test_late_only_because_no_account_was_given_is_nothing(self, insurer):
        owed = Owed(account=False).approve()
        operations.correct_account(
            claim_id=owed.claim.claim_id, account_id=make.account(owed.lin),
            actor=Ref("party", owed.lin), at=make.NOON + timedelta(days=12),
        )  # fmt: skip
        owed.settle(days=14)
        assert not LateInterest.objects.exists()
        assert owed.differences() == []

    def test_fewer_days_want_a_reason_and_a_reviewer_who_did_not_decide(self, owed):
        owed.settle(days=18)
        with pytest.raises(NotAllowed):
            owed.decide(days=5, reason="客户要求延期付款")
        with pytest.raises(operations.ReasonMissing):
            owed.decide(owed.office.zhu, days=0)
        assert LateInterest.objects.get().state == "PROPOSED"
        assert owed.decide(owed.office.zhu, days=0, reason="客户书面要求推迟付款") is None
        row = LateInterest.objects.get()
        assert (row.state, row.granted, row.interest_payout_id) == (
            "REFUSED",
            Decimal("0.00"),
            None,
        )
        assert Payout.objects.count() == 1
        assert owed.differences() == []

    def test_whoever_decided_the_claim_cannot_shorten_its_interest(self, insurer):
        owed = Owed()
        lead = make.colleague(owed.office.id, "ASSESSOR", "TEAM_LEAD")
        owed.office.chen = lead
        owed.approve().settle(days=18)
        with pytest.raises(operations.NotForOneself):
            owed.decide(lead, days=2, reason="与客户商定的付款日较晚")

    @pytest.mark.parametrize("days", [-1, 9])
    def test_days_beyond_the_delay_are_refused(self, owed, days):
        owed.settle(days=18)
        with pytest.raises(operations.BadDays):
            owed.decide(days=days, reason="随便写几个字吧")
        assert LateInterest.objects.get().state == "PROPOSED"

    def test_another_branch_and_somebody_elses_account_are_refused(self, owed):
        owed.settle(days=18)
        with pytest.raises(NotAllowed):
            owed.decide(make.colleague(make.office(), "ASSESSOR"))
        strange = make.account(make.party(owed.office.id))
        with pytest.raises(NotTheirAccount):
            owed.decide(account_id=strange)
        BankAccount.objects.update(active=False)
        with pytest.raises(NotTheirAccount):
            owed.decide()
        assert LateInterest.objects.get().state == "PROPOSED"
        assert Payout.objects.filter(purpose="INTEREST").count() == 0
        assert owed.decide(account_id=make.account(owed.lin))

    def test_interest_the_bank_returns_goes_to_another_account_of_a_closed_claim(self, owed):
        owed.settle(days=18)
        interest = Payout.objects.get(pk=owed.decide())
        at = make.NOON + timedelta(days=20)
        Payout.objects.filter(pk=interest.pk).update(
            state="REJECTED", ended_at=at, reason="ACCOUNT_CLOSED"
        )
        state = owed.row.state
        tx.use_case(steps.return_payout)(
            claim_id=owed.claim.claim_id, payout_id=interest.pk, reason="ACCOUNT_CLOSED", at=at
        )
        assert owed.row.state == state
        assert Message.objects.filter(template="claims.payout_failed").exists()
        better = make.account(owed.lin)
        operations.correct_account(
            claim_id=owed.claim.claim_id, account_id=better, actor=Ref("party", owed.lin), at=at
        )
        again = Payout.objects.get(replaces=interest)
        assert (again.account_id, again.amount, again.purpose) == (
            better,
            interest.amount,
            "INTEREST",
        )
        owed.settle(again, days=21)
        assert LateInterest.objects.get().settled_at is not None
        assert owed.differences() == []

    def test_the_audit_notices_a_wrong_sum_and_a_delay_nobody_was_asked_about(self, owed):
        owed.settle(days=18)
        owed.decide()
        Payout.objects.filter(purpose="INTEREST").update(amount="1.00")
        [(kind, place)] = owed.differences()
        assert kind == "LATE_INTEREST"
        assert place.endswith("/paid")
        Payout.objects.filter(purpose="INTEREST").delete()
        LateInterest.objects.all().delete()
        assert owed.differences() == [("LATE_INTEREST", "")]

    def test_the_desk_sees_the_sum_in_words(self, owed):
        owed.settle(days=18)
        card = queries.get_for_staff(owed.claim.claim_id, owed.office.chen[0])
        [each] = queries.late_payments(card)
        assert each.most_days == 8
        assert f"× 3% × 8 ÷ 365 = {each.row.amount:,} 元" in each.words
        assert Event.objects.filter(kind="claims.late_interest_worked_out").count() == 1


@pytest.mark.django_db
def test_the_rate_is_that_of_the_first_late_day(insurer):
    def rate(day):
        return standards.decide("claims.late_payment", {"late_from": day}, make.NOON).outputs[
            "rate"
        ]

    assert rate(date(2019, 8, 19)) == Decimal("4.35")
    assert rate(date(2025, 5, 19)) == Decimal("3.10")
    assert rate(date(2026, 3, 4)) == Decimal("3.00")


class Answered:
    """Bills of 12,000 yuan, registered at noon of the first day, for somebody to decide."""

    def __init__(self):
        self.office, at = hard.Office(make.office()), make.NOON
        self.lin = make.insured(self.office.id)
        self.id = make.reported_claim(self.lin, office_id=self.office.id).claim_id
        operations.hand_in_invoices(
            claim_id=self.id, provider_id=1, actor=Ref("party", self.lin), at=at,
            invoices=[make.invoice(each="12000.00", fund_paid="0.00")],
        )  # fmt: skip
        papers.react()
        claim = Claim.objects.get(pk=self.id)
        assert (claim.state, claim.registered_at is None) == ("REVIEW", False)

    def decide(self, who, days, kind="APPROVE", **more):
        at = make.NOON + timedelta(days=days)
        digest = queries.desk(self.id, who[0], at).digest
        verdict = operations.Verdict(
            digest=digest, kind=kind, reason="事实清楚，属于保险责任", **more
        )
        operations.decide(claim_id=self.id, access=who[0], actor=who[1], at=at, verdict=verdict)

    def decline(self, days):
        because = {"clauses": ("3.1",), "override_reason": "病历记载明确"}
        self.decide(self.office.zhu, days, "DECLINE", **because)

    def reopen(self, days, cause):
        access, actor = self.office.fu if cause != "APPEAL" else (None, Ref("party", self.lin))
        operations.reopen_claim(
            claim_id=self.id, cause=cause, text="请再看看我的病历", access=access, actor=actor,
            at=make.NOON + timedelta(days=days),
        )  # fmt: skip

    def paid(self, days):
        """The money is there; what is owed for its delay."""
        at, payout = make.NOON + timedelta(days=days), Payout.objects.get()
        Payout.objects.update(state="SETTLED", ended_at=at)
        tx.use_case(steps.close_paid_claim)(
            claim_id=self.id, payout_id=payout.pk, amount=str(payout.amount), purpose="CLAIM", at=at
        )
        return LateInterest.objects.first()


@pytest.mark.django_db(transaction=True)
def test_an_answer_after_thirty_days_counts_with_its_days(insurer):
    """A registered claim that waited 35 days for its verdict and was paid at once."""
    claim = Answered()
    claim.decide(claim.office.chen, 35)
    row = claim.paid(35)
    assert (row.days, (row.decided_on - row.decide_by).days) == (5, 5)
    assert row.paid_on < row.pay_by
    assert row.first_answered_on is None


@pytest.mark.django_db(transaction=True)
class TestAnAppealThatIsGranted:
    """Refused in time on day 3 and granted on day 45: the right answer was due on day 30."""

    @pytest.mark.parametrize("cause", ["APPEAL", "AFTER_REVIEW", "COURT"])
    def test_a_wrong_answer_in_time_was_none(self, insurer, cause):
        claim = Answered()
        claim.decline(3)
        claim.reopen(20, cause)
        claim.decide(claim.office.chen, 45)
        row = claim.paid(58)
        assert (row.decided_on - row.decide_by).days == 15
        assert row.days == 15 + 3
        assert row.first_answered_on == row.decide_by - timedelta(days=27)
        assert Payout.objects.count() == 1, "the machine proposes and pays nothing"

    def test_new_facts_and_new_papers_count_from_the_reopening(self, insurer):
        claim = Answered()
        claim.decline(3)
        claim.reopen(20, "NEW_FACTS")
        claim.decide(claim.office.chen, 45)
        assert claim.paid(46) is None

    def test_papers_that_came_after_the_answer_are_no_mistake_of_ours(self, insurer):
        claim = Answered()
        claim.decline(3)
        claim.reopen(20, "APPEAL")
        paper = papers.picture()
        came = make.NOON + timedelta(days=21)
        papers.hand_in(claim.id, paper, actor=Ref("party", claim.lin), at=came)
        claim.decide(claim.office.chen, 45)
        assert claim.paid(46) is None

    def test_granted_within_the_first_thirty_days_nothing_is_late(self, insurer):
        claim = Answered()
        claim.decline(3)
        claim.reopen(5, "APPEAL")
        claim.decide(claim.office.chen, 29)
        assert claim.paid(30) is None
