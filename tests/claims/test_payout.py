"""close_paid_claim, return_payout, correct_account, review_afterwards …"""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests import make
from tests.claims import papers
from tests.payments import desk as bank_desk
from yilu.claims import operations, queries
from yilu.claims.models import AfterReview, Claim, Settlement
from yilu.claims.operations import steps
from yilu.claims.rules import triage
from yilu.gateways.sandbox_bank import card_ending
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging.models import Message
from yilu.payments.models import Payout
from yilu.people.queries import AccountNotFound
from yilu.work.models import Item

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bank(settings):
    with bank_desk.practice_bank(settings) as fake:
        yield fake


def paid_by_machine(lin, office, suffix="1234"):
    account = make.account(lin, number=card_ending(suffix, seed=next(make._count)))
    made = make.reported_claim(lin, office_id=office, account_id=account)
    operations.hand_in_invoices(
        claim_id=made.claim_id, provider_id=1, invoices=[make.invoice()], actor=SYSTEM, at=make.NOON
    )
    return made


def unsampled(monkeypatch):
    monkeypatch.setattr(triage, "is_drawn", lambda number, share: False)


def messages(claim_id):
    return list(
        Message.objects.filter(about=f"claim:{claim_id}")
        .order_by("id")
        .values_list("template", flat=True)
    )


def test_closes_the_claim_when_the_money_is_there(lin, office, bank, claim_of, kinds, monkeypatch):
    unsampled(monkeypatch)
    made = paid_by_machine(lin, office)
    bank_desk.send()
    bank_desk.hear_all(bank)
    papers.react()

    claim = claim_of(made.claim_id)
    assert (claim.state, claim.outcome, claim.paid_amount) == ("CLOSED", "PAID", Decimal("810.00"))
    assert kinds(claim.pk)[-2:] == ["claims.claim_paid", "claims.claim_closed"]
    assert messages(claim.pk) == [
        "claims.reported", "claims.approved", "claims.paid", "claims.closed_rate_us",
        "claims.prevention_tip",
    ]  # fmt: skip
    page = queries.get_progress(claim.pk, Ref("party", lin), make.NOON)
    assert [s.state for s in page.steps] == ["DONE"] * 6
    assert page.can == ("REOPEN", "RATE")


def test_counts_a_settlement_told_twice_once(lin, office, claim_of, monkeypatch):
    unsampled(monkeypatch)
    made = paid_by_machine(lin, office)
    payout = Payout.objects.get()
    told = {
        "claim_id": made.claim_id, "payout_id": payout.pk, "amount": "810.00", "purpose": "CLAIM",
        "at": make.NOON,
    }  # fmt: skip
    for _ in range(2):
        tx.use_case(steps.close_paid_claim)(**told)

    assert claim_of(made.claim_id).paid_amount == Decimal("810.00")
    assert Settlement.objects.count() == 1
    assert Event.objects.filter(kind="claims.claim_paid").count() == 1
    assert messages(made.claim_id).count("claims.paid") == 1


def test_asks_for_another_account_when_the_bank_refuses_and_pays_once(
    lin, office, bank, claim_of, monkeypatch
):
    unsampled(monkeypatch)
    made = paid_by_machine(lin, office, suffix="0001")
    bank_desk.send()
    bank_desk.hear_all(bank)
    papers.react()
    assert Payout.objects.get().state == "REJECTED"
    assert claim_of(made.claim_id).state == "PAYOUT_PROBLEM"
    assert "claims.payout_failed" in messages(made.claim_id)
    assert Item.objects.get(queue_id="claims.payout_problem").state == "OPEN"
    page = queries.get_progress(made.claim_id, Ref("party", lin), make.NOON)
    assert "CORRECT_ACCOUNT" in page.can
    assert page.payouts[0].problem

    better = make.account(lin, number=card_ending("4321", seed=next(make._count)))
    assert operations.correct_account(
        claim_id=made.claim_id, account_id=better, actor=Ref("party", lin),
        at=make.NOON + timedelta(seconds=15),
    ) == "PAYING"  # fmt: skip
    with pytest.raises(operations.NotPossibleNow):
        operations.correct_account(
            claim_id=made.claim_id, account_id=better, actor=Ref("party", lin), at=make.NOON
        )
    assert not Item.objects.filter(queue_id="claims.payout_problem", state="OPEN").exists()
    bank_desk.send(20)
    bank_desk.hear_all(bank, seconds=40)
    papers.react()

    claim = claim_of(made.claim_id)
    assert (claim.state, claim.paid_amount) == ("CLOSED", Decimal("810.00"))
    assert sorted(p.state for p in Payout.objects.all()) == ["REJECTED", "SETTLED"]


def test_refuses_somebody_elses_account_and_a_stranger(lin, office):
    made = make.reported_claim(lin, office_id=office)
    stranger = make.insured(office)
    theirs = make.account(stranger)

    with pytest.raises(AccountNotFound):
        operations.correct_account(
            claim_id=made.claim_id, account_id=theirs, actor=Ref("party", lin), at=make.NOON
        )
    with pytest.raises(operations.ClaimNotFound):
        operations.correct_account(
            claim_id=made.claim_id, account_id=theirs, actor=Ref("party", stranger), at=make.NOON
        )


def test_opens_a_work_item_when_nobody_knows_whether_it_was_paid(lin, office):
    made = paid_by_machine(lin, office)
    tx.use_case(steps.hold_unclear)(
        claim_id=made.claim_id, payout_id=Payout.objects.get().pk, at=make.NOON
    )
    assert Item.objects.get().queue_id == "claims.payout_problem"
    assert Payout.objects.count() == 1


class TestSample:
    def test_keeps_a_drawn_claim_until_a_person_has_looked(
        self, lin, office, bank, claim_of, monkeypatch, kinds
    ):
        monkeypatch.setattr(triage, "is_drawn", lambda number, share: share == Decimal("0.05"))
        made = paid_by_machine(lin, office)
        bank_desk.send()
        bank_desk.hear_all(bank)
        papers.react()
        assert claim_of(made.claim_id).state == "PAID"
        assert Item.objects.get().queue_id == "claims.sample"
        assert "claims.claim_sampled" in kinds(made.claim_id)

        access, fu = make.colleague(office, "REVIEWER")
        with pytest.raises(operations.ReasonMissing):
            operations.review_afterwards(
                claim_id=made.claim_id, verdict="WRONG_AMOUNT", finding="", access=access, actor=fu,
                at=make.NOON,
            )  # fmt: skip
        operations.review_afterwards(
            claim_id=made.claim_id,
            verdict="RIGHT",
            finding="",
            access=access,
            actor=fu,
            at=make.NOON,
        )
        assert claim_of(made.claim_id).state == "CLOSED"
        assert AfterReview.objects.get().verdict == "RIGHT"
        with pytest.raises(operations.NothingToReview):
            operations.review_afterwards(
                claim_id=made.claim_id,
                verdict="RIGHT",
                finding="",
                access=access,
                actor=fu,
                at=make.NOON,
            )


class TestAdvance:
    @pytest.fixture
    def claim(self, lin, office):
        return make.claim_in_review(holder_id=lin, office_id=office)

    def test_counts_towards_the_decision(self, claim, office, claim_of):
        access, chen = make.colleague(office, "ASSESSOR")
        operations.pay_undisputed_part(
            claim_id=claim.claim_id, amount=Decimal("5000.00"), reason="其余费用仍在核实",
            access=access, actor=chen, at=make.NOON + timedelta(days=55),
        )  # fmt: skip
        seen = queries.desk(claim.claim_id, access, make.NOON)
        operations.decide(
            claim_id=claim.claim_id, access=access, actor=chen, at=make.NOON + timedelta(days=58),
            verdict=operations.Verdict(digest=seen.digest, kind="APPROVE"),
        )  # fmt: skip

        assert sorted((p.purpose, p.amount) for p in Payout.objects.all()) == [
            ("CLAIM", Decimal("9340.00")), ("PARTIAL", Decimal("5000.00")),
        ]  # fmt: skip
        assert claim_of(claim.claim_id).benefit_amount == Decimal("14340.00")
        # Whichever comes first: the claim is paid when all of it is there.
        for payout in Payout.objects.order_by("purpose"):
            tx.use_case(steps.close_paid_claim)(
                claim_id=claim.claim_id, payout_id=payout.pk, amount=str(payout.amount),
                purpose=payout.purpose, at=make.NOON,
            )  # fmt: skip
        assert claim_of(claim.claim_id).paid_amount == Decimal("14340.00")
        assert claim_of(claim.claim_id).state in ("CLOSED", "PAID")

    def test_that_comes_back_is_owed_still_and_paid_once(self, office, lin, bank, claim_of):
        bad = make.account(lin, number=card_ending("0001", seed=next(make._count)))
        claim = make.claim_in_review(holder_id=lin, office_id=office, account_id=bad)
        access, chen = make.colleague(office, "ASSESSOR")
        operations.pay_undisputed_part(
            claim_id=claim.claim_id, amount=Decimal("5000.00"), reason="其余费用仍在核实",
            access=access, actor=chen, at=make.NOON,
        )  # fmt: skip
        bank_desk.send()
        bank_desk.hear_all(bank)
        papers.react()
        assert claim_of(claim.claim_id).state == "REVIEW"  # the rest goes on
        assert Item.objects.get(queue_id="claims.payout_problem").state == "OPEN"

        seen = queries.desk(claim.claim_id, access, make.NOON)
        operations.decide(
            claim_id=claim.claim_id, access=access, actor=chen, at=make.NOON,
            verdict=operations.Verdict(digest=seen.digest, kind="APPROVE"),
        )  # fmt: skip
        assert claim_of(claim.claim_id).state == "PAYOUT_PROBLEM"
        better = make.account(lin, number=card_ending("4321", seed=next(make._count)))
        operations.correct_account(
            claim_id=claim.claim_id, account_id=better, actor=Ref("party", lin),
            at=make.NOON + timedelta(seconds=15),
        )  # fmt: skip
        for seconds in (20, 60, 100):
            bank_desk.send(seconds)
            bank_desk.hear_all(bank, seconds=seconds + 20)
            papers.react()
            if claim_of(claim.claim_id).state == "PAYOUT_PROBLEM":
                operations.correct_account(
                    claim_id=claim.claim_id, account_id=better, actor=Ref("party", lin),
                    at=make.NOON + timedelta(seconds=seconds + 25),
                )  # fmt: skip
        settled = [p.amount for p in Payout.objects.filter(state="SETTLED")]
        assert sorted(settled) == [Decimal("5000.00"), Decimal("9340.00")]
        assert claim_of(claim.claim_id).paid_amount == Decimal("14340.00")

    def test_refuses_more_than_the_sum_and_more_than_ones_authority(self, claim, office):
        access, chen = make.colleague(office, "ASSESSOR")
        told = {
            "claim_id": claim.claim_id,
            "reason": "其余费用仍在核实",
            "access": access,
            "actor": chen,
            "at": make.NOON,
        }
        with pytest.raises(operations.BadAmount):
            operations.pay_undisputed_part(amount=Decimal("14340.01"), **told)
        junior = make.colleague(office, "ASSESSOR", amount_limit=Decimal(1000))
        with pytest.raises(operations.NotForOneself.__mro__[1]):
            operations.pay_undisputed_part(
                amount=Decimal(5000), **told | {"access": junior[0], "actor": junior[1]}
            )
        assert not Payout.objects.exists()


class TestGrace:
    def test_is_paid_on_another_persons_authority(self, lin, office, claim_of):
        claim = make.claim_in_review(holder_id=lin, office_id=office)
        access, lead = make.colleague(office, "TEAM_LEAD")
        seen = queries.desk(claim.claim_id, access, make.NOON)
        operations.decide(
            claim_id=claim.claim_id, access=access, actor=lead, at=make.NOON,
            verdict=operations.Verdict(
                digest=seen.digest, kind="DECLINE", reason="属于投保前疾病", clauses=("3.1",),
                override_reason="病历记载明确",
            ),
        )  # fmt: skip
        told = {
            "claim_id": claim.claim_id,
            "amount": Decimal("3000.00"),
            "reason": "家庭特别困难",
            "at": make.NOON,
        }
        with pytest.raises(operations.NotForOneself):
            operations.grant_ex_gratia(access=access, actor=lead, **told)

        other = make.colleague(office, "REVIEWER")
        operations.grant_ex_gratia(access=other[0], actor=other[1], **told)
        payout = Payout.objects.get()
        assert (payout.purpose, payout.amount) == ("EX_GRATIA", Decimal("3000.00"))
        assert claim_of(claim.claim_id).state == "PAYING"
        tx.use_case(steps.close_paid_claim)(
            claim_id=claim.claim_id,
            payout_id=payout.pk,
            amount="3000.00",
            purpose="EX_GRATIA",
            at=make.NOON,
        )
        assert claim_of(claim.claim_id).state == "CLOSED"


def test_shares_a_death_benefit_between_beneficiaries(office, insurer, claim_of):
    from yilu.policies.operations import NewBeneficiary

    insured, wife, son = (make.insured(office, name=n) for n in ("林先生", "周女士", "林小朋友"))
    policy = make.policy(
        office, product_code="term-life", holder_id=insured, sum_insured=Decimal(100_000),
        premium=Decimal(300), effective_on=make.date(2022, 1, 1), with_social_insurance=False,
        beneficiaries=(
            NewBeneficiary(party_id=wife, share=Decimal("0.6667")),
            NewBeneficiary(party_id=son, share=Decimal("0.3333")),
        ),
    )  # fmt: skip
    loss = operations.Loss(passing=operations.Passing(died_on=make.date(2026, 3, 1)))
    mine = make.reported_claim(
        wife, office_id=office, policy_number=policy.number, claim_type="DEATH", loss=loss
    )
    for kind in ("DEATH_CERTIFICATE", "RELATION_PROOF", "ID_CARD"):
        papers.hand_in(mine.claim_id, papers.picture(kind), actor=Ref("party", wife))
    from yilu.documents.models import Upload

    Upload.objects.filter(kind="ID_CARD").update(state="SETTLED")
    operations.take_over_documents(claim_id=mine.claim_id, actor=SYSTEM, at=make.NOON)
    assert claim_of(mine.claim_id).state == "REVIEW"

    lead, fu = make.colleague(office, "TEAM_LEAD"), make.colleague(office, "REVIEWER")
    seen = queries.desk(mine.claim_id, fu[0], make.NOON)
    assert seen.calculation.benefit == Decimal("100000.00")
    operations.decide(
        claim_id=mine.claim_id, access=fu[0], actor=fu[1], at=make.NOON,
        verdict=operations.Verdict(digest=seen.digest, kind="APPROVE", reason="情况属实，予以赔付"),
    )  # fmt: skip
    seen = queries.desk(mine.claim_id, lead[0], make.NOON)
    operations.confirm_decision(
        claim_id=mine.claim_id, digest=seen.digest, agrees=True, reason="", access=lead[0],
        actor=lead[1], at=make.NOON,
    )  # fmt: skip
    [first] = Payout.objects.all()
    assert (first.to_party_id, first.amount) == (wife, Decimal("66670.00"))

    page = queries.get_progress(mine.claim_id, Ref("party", son), make.NOON)
    assert not page.payouts
    operations.correct_account(
        claim_id=mine.claim_id, account_id=make.account(son), actor=Ref("party", son), at=make.NOON
    )
    assert Payout.objects.get(to_party=son).amount == Decimal("33330.00")
    assert Claim.objects.get(pk=mine.claim_id).state == "PAYING"
