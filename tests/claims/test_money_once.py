"""Money that was paid or promised is never paid again, shared wrongly or forgotten."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests import make
from tests.claims import papers
from tests.payments import desk as bank_desk
from yilu.claims import operations, queries
from yilu.claims.models import AfterReview, Claim, Payee
from yilu.claims.operations import Verdict, steps
from yilu.claims.rules import triage
from yilu.gateways.sandbox_bank import card_ending
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging.models import Message
from yilu.obligations.models import Clock
from yilu.payments.models import Payout
from yilu.policies.operations import NewBeneficiary
from yilu.policies.queries import benefit_use

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _files_of_this_test(settings, tmp_path):
    settings.FILES = tmp_path / "files"


@pytest.fixture
def chen(office):
    return make.colleague(office, "ASSESSOR")


@pytest.fixture
def fu(office):
    return make.colleague(office, "REVIEWER")


def decide(claim_id, who, **given):
    digest = queries.desk(claim_id, who[0], make.NOON).digest
    return operations.decide(
        claim_id=claim_id, access=who[0], actor=who[1], at=make.NOON,
        verdict=Verdict(**{"digest": digest, "kind": "APPROVE"} | given),
    )  # fmt: skip


def advance(claim_id, who, amount):
    return operations.pay_undisputed_part(
        claim_id=claim_id, amount=Decimal(amount), reason="其余费用仍在核实", access=who[0],
        actor=who[1], at=make.NOON,
    )  # fmt: skip


def settle(*payouts):
    for payout in payouts:
        tx.use_case(steps.close_paid_claim)(
            claim_id=Ref.parse(payout.about).id, payout_id=payout.pk, amount=str(payout.amount),
            purpose=payout.purpose, at=make.NOON,
        )  # fmt: skip


def paid_by_machine(lin, office):
    made = make.reported_claim(lin, office_id=office)
    bill = make.invoice()
    operations.hand_in_invoices(
        claim_id=made.claim_id, provider_id=1, invoices=[bill], actor=SYSTEM, at=make.NOON
    )
    settle(Payout.objects.get(about=str(made.ref)))
    return made, bill


def appealed(claim_id, lin):
    operations.reopen_claim(
        claim_id=claim_id, cause="APPEAL", text="少算了一张发票", actor=Ref("party", lin), at=make.NOON
    )  # fmt: skip


class TestAfterAnAppeal:
    def test_a_paid_claim_cannot_be_taken_back_to_claim_its_bills_again(
        self, lin, office, monkeypatch, claim_of
    ):
        monkeypatch.setattr(triage, "is_drawn", lambda number, share: False)
        made, _ = paid_by_machine(lin, office)
        appealed(made.claim_id, lin)
        with pytest.raises(operations.MoneyPaidAlready):
            operations.withdraw_claim(claim_id=made.claim_id, actor=Ref("party", lin), at=make.NOON)
        assert claim_of(made.claim_id).state == "REVIEW"

    def test_a_claim_drawn_for_review_is_paid_the_difference_and_drawn_once(
        self, lin, office, fu, monkeypatch, claim_of
    ):
        monkeypatch.setattr(triage, "is_drawn", lambda number, share: True)
        made, _ = paid_by_machine(lin, office)
        assert claim_of(made.claim_id).state == "PAID"
        appealed(made.claim_id, lin)
        operations.hand_in_invoices(
            claim_id=made.claim_id, provider_id=1, invoices=[make.invoice()], actor=SYSTEM,
            at=make.NOON,
        )  # fmt: skip
        decide(made.claim_id, fu)
        more = Payout.objects.exclude(purpose="x").order_by("-id").first()
        settle(more)

        claim = claim_of(made.claim_id)
        assert (claim.state, claim.paid_amount) == ("CLOSED", claim.benefit_amount)
        assert AfterReview.objects.count() == 1
        said = Message.objects.filter(template="claims.paid").order_by("id")
        assert [m.facts["amount"] for m in said] == ["810.00", str(claim.paid_amount)]


class TestMerging:
    def pair(self, lin, office):
        policy = make.medical_policy(office, holder_id=lin)
        told = {"office_id": office, "policy_number": policy.number}
        return make.reported_claim(lin, **told), make.claim_in_review(
            holder_id=lin, invoices=None, loss_date=date(2026, 2, 20), **told
        )

    def test_refuses_a_claim_on_which_money_was_paid(self, lin, office, chen, claim_of):
        first, second = self.pair(lin, office)
        advance(second.claim_id, chen, "100.00")
        with pytest.raises(operations.MoneyPaidAlready):
            operations.merge_claims(
                claim_id=second.claim_id, into_id=first.claim_id, access=chen[0], actor=chen[1],
                at=make.NOON,
            )  # fmt: skip
        assert claim_of(second.claim_id).state == "REVIEW"

    def test_goes_on_with_the_first_as_far_as_the_papers_of_both_reach(
        self, lin, office, chen, claim_of
    ):
        first, second = self.pair(lin, office)
        operations.merge_claims(
            claim_id=second.claim_id, into_id=first.claim_id, access=chen[0], actor=chen[1],
            at=make.NOON,
        )  # fmt: skip
        assert claim_of(first.claim_id).state == "REVIEW"


class TestAdvances:
    def test_many_small_ones_need_the_authority_of_their_sum(self, lin, office):
        claim = make.claim_in_review(holder_id=lin, office_id=office)
        junior = make.colleague(office, "ASSESSOR", amount_limit=Decimal(1000))
        advance(claim.claim_id, junior, "800.00")
        with pytest.raises(operations.NotForOneself.__mro__[1]):
            advance(claim.claim_id, junior, "800.00")
        assert Payout.objects.count() == 1

    def test_on_its_way_is_waited_for_when_grace_is_granted(self, lin, office, chen, fu, claim_of):
        claim = make.claim_in_review(holder_id=lin, office_id=office)
        advance(claim.claim_id, chen, "500.00")
        operations.grant_ex_gratia(
            claim_id=claim.claim_id, amount=Decimal("1000.00"), reason="家庭特别困难", access=fu[0],
            actor=fu[1], at=make.NOON,
        )  # fmt: skip
        assert claim_of(claim.claim_id).benefit_amount == Decimal("1500.00")
        grace = Payout.objects.get(purpose="EX_GRATIA")
        settle(grace)
        assert claim_of(claim.claim_id).state == "PAYING"
        settle(Payout.objects.get(purpose="PARTIAL"))
        assert claim_of(claim.claim_id).paid_amount == Decimal("1500.00")
        assert claim_of(claim.claim_id).state in ("PAID", "CLOSED")


class TestGrace:
    def test_ends_the_clocks_of_the_decision(self, lin, office, fu):
        claim = make.claim_in_review(holder_id=lin, office_id=office)
        operations.grant_ex_gratia(
            claim_id=claim.claim_id, amount=Decimal("1000.00"), reason="家庭特别困难", access=fu[0],
            actor=fu[1], at=make.NOON,
        )  # fmt: skip
        clocks = Clock.objects.filter(subject=str(claim.ref), code__startswith="law.decide")
        assert {c.state for c in clocks} == {"MET"}

    def test_leaves_the_three_days_of_the_denial_letter(self, lin, office, chen, fu):
        claim = make.claim_in_review(holder_id=lin, office_id=office)
        decide(
            claim.claim_id, chen, kind="DECLINE", reason="属于投保前已患疾病", clauses=("3.1",),
            override_reason="病历记载明确",
        )  # fmt: skip
        operations.grant_ex_gratia(
            claim_id=claim.claim_id, amount=Decimal("1000.00"), reason="家庭特别困难", access=fu[0],
            actor=fu[1], at=make.NOON,
        )  # fmt: skip
        tx.use_case(steps.close_declined_claim)(
            claim_id=claim.claim_id, letter_id=7, at=make.NOON + timedelta(hours=1)
        )
        clock = Clock.objects.get(code="law.denial_notice_three_days")
        assert clock.state == "MET"


def test_a_partial_payment_uses_no_more_of_the_limit_than_was_paid(lin, office, chen, claim_of):
    claim = make.claim_in_review(holder_id=lin, office_id=office)
    decide(
        claim.claim_id, chen, kind="PARTIAL", amount=Decimal("10000.00"), clauses=("3.1",),
        reason="部分费用与本次出险无关", override_reason="病历记载明确",
    )  # fmt: skip
    used = benefit_use(claim_of(claim.claim_id).policy_id)
    assert sum(u.paid for u in used.by_benefit.values()) == Decimal("10000.00")


def test_a_second_reviewer_can_send_back_what_has_changed(lin, office, claim_of):
    claim = make.claim_in_review(holder_id=lin, office_id=office)
    junior = make.colleague(office, "ASSESSOR", amount_limit=Decimal(1000))
    senior = make.colleague(office, "REVIEWER")
    decide(claim.claim_id, junior)
    operations.hand_in_invoices(
        claim_id=claim.claim_id, provider_id=1, invoices=[make.invoice()], actor=SYSTEM,
        at=make.NOON,
    )  # fmt: skip
    told = {
        "claim_id": claim.claim_id, "access": senior[0], "actor": senior[1], "at": make.NOON,
        "digest": queries.desk(claim.claim_id, senior[0], make.NOON).digest,
    }  # fmt: skip
    with pytest.raises(operations.StaleDecision):
        operations.confirm_decision(agrees=True, reason="", **told)
    operations.confirm_decision(agrees=False, reason="又收到一张发票", **told)
    assert claim_of(claim.claim_id).state == "REVIEW"


def test_a_decline_above_ones_amount_needs_a_second_person(lin, office, claim_of):
    claim = make.claim_in_review(holder_id=lin, office_id=office)
    junior = make.colleague(office, "ASSESSOR", amount_limit=Decimal(1000))
    done = decide(
        claim.claim_id, junior, kind="DECLINE", reason="属于投保前已患疾病", clauses=("3.1",),
        override_reason="病历记载明确",
    )  # fmt: skip
    assert (done.second, done.state) == (True, "SECOND_REVIEW")


def test_what_a_person_established_outlives_another_paper(lin, office, chen, claim_of):
    claim = make.claim_in_review(holder_id=lin, office_id=office)
    operations.calculate_claim(
        claim_id=claim.claim_id, chosen=operations.Chosen(paid_elsewhere=Decimal("3000.00")),
        access=chen[0], actor=chen[1], at=make.NOON,
    )  # fmt: skip
    operations.hand_in_invoices(
        claim_id=claim.claim_id, provider_id=1, invoices=[make.invoice()], actor=SYSTEM,
        at=make.NOON,
    )  # fmt: skip
    latest = queries.desk(claim.claim_id, chen[0], make.NOON).calculation
    assert Claim.objects.get().calculations.order_by("-ordinal")[0].chosen == {
        "paid_elsewhere": "3000.00"
    }
    assert latest is not None


def test_a_waiver_without_money_closes_when_it_is_approved(office, claim_of, chen):
    lin = make.insured(office)
    policy = make.policy(
        office, product_code="critical-illness", holder_id=lin, sum_insured=Decimal(200_000),
        premium=Decimal(5000), effective_on=date(2023, 1, 1), with_social_insurance=False,
    )  # fmt: skip
    claim = make.reported_claim(
        lin, office_id=office, policy_number=policy.number, claim_type="WAIVER",
        loss=operations.Loss(
            diagnoses=(operations.Diagnosis(condition="MILD_STROKE", confirmed_on=date(2026, 3, 1)),)
        ),
    )  # fmt: skip
    operations.send_to_review(
        claim_id=claim.claim_id, reason="客户已在柜面出示全部原件", access=make.colleague(office, "REGISTRAR")[0],
        actor=chen[1], at=make.NOON,
    )  # fmt: skip
    who = make.colleague(office, "TEAM_LEAD", "ASSESSOR", "REVIEWER")
    done = decide(claim.claim_id, who, reason="诊断明确，予以豁免")
    if done.second:
        other = make.colleague(office, "TEAM_LEAD")
        seen = queries.desk(claim.claim_id, other[0], make.NOON)
        operations.confirm_decision(
            claim_id=claim.claim_id, digest=seen.digest, agrees=True, reason="", access=other[0],
            actor=other[1], at=make.NOON,
        )  # fmt: skip
    claim = claim_of(claim.claim_id)
    assert (claim.state, claim.outcome) == ("CLOSED", "ZERO")


class TestBeneficiaries:
    @pytest.fixture
    def family(self, office):
        return tuple(make.insured(office, name=n) for n in ("林先生", "周女士", "林大力"))

    def death(self, office, family, *shares, reporter=None, ending="1234"):
        insured, *heirs = family
        policy = make.policy(
            office, product_code="term-life", holder_id=insured, sum_insured=Decimal(100_000),
            premium=Decimal(300), effective_on=date(2022, 1, 1), with_social_insurance=False,
            beneficiaries=tuple(
                NewBeneficiary(party_id=who, share=Decimal(s))
                for who, s in zip(heirs, shares, strict=False)
            ),
        )  # fmt: skip
        who = reporter or heirs[0]
        mine = make.reported_claim(
            who, office_id=office, policy_number=policy.number, claim_type="DEATH",
            account_id=make.account(who, number=card_ending(ending, seed=next(make._count))),
            loss=operations.Loss(passing=operations.Passing(died_on=date(2026, 3, 1))),
        )  # fmt: skip
        desk = make.colleague(office, "REGISTRAR")
        operations.send_to_review(
            claim_id=mine.claim_id, reason="家属在柜面出示全部原件", access=desk[0], actor=desk[1],
            at=make.NOON,
        )  # fmt: skip
        lead = make.colleague(office, "TEAM_LEAD")
        done = decide(mine.claim_id, lead, reason="情况属实，予以赔付")
        if done.second:
            other = make.colleague(office, "TEAM_LEAD")
            seen = queries.desk(mine.claim_id, other[0], make.NOON)
            operations.confirm_decision(
                claim_id=mine.claim_id, digest=seen.digest, agrees=True, reason="",
                access=other[0], actor=other[1], at=make.NOON,
            )  # fmt: skip
        return mine

    def name_account(self, claim, party_id, ending="1234"):
        number = card_ending(ending, seed=next(make._count))
        return operations.correct_account(
            claim_id=claim.claim_id, account_id=make.account(party_id, number=number),
            actor=Ref("party", party_id), at=make.NOON,
        )  # fmt: skip

    def test_returned_payments_go_out_again_each_to_its_own_payee(
        self, office, family, settings, claim_of
    ):
        _, wife, son = family
        with bank_desk.practice_bank(settings) as bank:
            claim = self.death(office, family, "0.5", "0.5", ending="0001")
            self.name_account(claim, son, ending="0002")
            bank_desk.send()
            bank_desk.hear_all(bank)
            papers.react()
            assert {p.state for p in Payout.objects.all()} == {"REJECTED"}
            assert claim_of(claim.claim_id).state == "PAYOUT_PROBLEM"

            self.name_account(claim, son)
            assert claim_of(claim.claim_id).state == "PAYOUT_PROBLEM", "the wife's is still back"
            assert self.name_account(claim, wife) == "PAYING"
            bank_desk.send(20)
            bank_desk.hear_all(bank, seconds=40)
            papers.react()
        settled = Payout.objects.filter(state="SETTLED")
        assert {(p.to_party_id, p.amount) for p in settled} == {
            (wife, Decimal("50000.00")), (son, Decimal("50000.00")),
        }  # fmt: skip
        accounts = {p.party_id: p.account_id for p in Payee.objects.all()}
        assert accounts == {p.to_party_id: p.account_id for p in settled}
        assert claim_of(claim.claim_id).paid_amount == Decimal("100000.00")

    def test_one_may_name_an_account_while_anothers_payment_is_back(
        self, office, family, settings, claim_of
    ):
        _, _wife, son = family
        with bank_desk.practice_bank(settings) as bank:
            claim = self.death(office, family, "0.5", "0.5", ending="0001")
            bank_desk.send()
            bank_desk.hear_all(bank)
            papers.react()
            assert claim_of(claim.claim_id).state == "PAYOUT_PROBLEM"
            assert self.name_account(claim, son) == "PAYOUT_PROBLEM"
        assert Payout.objects.get(to_party=son).amount == Decimal("50000.00")

    def test_who_only_reports_is_not_paid_in_the_beneficiarys_place(self, office, family):
        insured, wife, _ = family
        holder = make.insured(office, name="林父亲")
        policy = make.policy(
            office, product_code="term-life", holder_id=holder, insured_id=insured,
            sum_insured=Decimal(100_000), premium=Decimal(300), effective_on=date(2022, 1, 1),
            with_social_insurance=False,
            beneficiaries=(NewBeneficiary(party_id=wife, share=Decimal(1)),),
        )  # fmt: skip
        mine = make.reported_claim(
            holder, office_id=office, policy_number=policy.number, claim_type="DEATH",
            account_id=None,
            loss=operations.Loss(passing=operations.Passing(died_on=date(2026, 3, 1))),
        )  # fmt: skip
        desk = make.colleague(office, "REGISTRAR")
        operations.send_to_review(
            claim_id=mine.claim_id, reason="家属在柜面出示全部原件", access=desk[0], actor=desk[1],
            at=make.NOON,
        )  # fmt: skip
        lead, other = make.colleague(office, "TEAM_LEAD"), make.colleague(office, "TEAM_LEAD")
        if decide(mine.claim_id, lead, reason="情况属实，予以赔付").second:
            seen = queries.desk(mine.claim_id, other[0], make.NOON)
            operations.confirm_decision(
                claim_id=mine.claim_id, digest=seen.digest, agrees=True, reason="",
                access=other[0], actor=other[1], at=make.NOON,
            )  # fmt: skip
        with pytest.raises(operations.NotPossibleNow):
            self.name_account(mine, holder)
        assert not Payout.objects.exists()
        assert self.name_account(mine, wife) == "PAYING"
        assert Payout.objects.get().to_party_id == wife
