"""withdraw_claim, merge_claims, reopen_claim, close_declined_claim …"""

from datetime import date
from decimal import Decimal

import pytest

from tests import make
from tests.claims import papers
from yilu.claims import operations, queries
from yilu.claims.models import Calculation, Decision
from yilu.claims.operations import Verdict, steps
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import SYSTEM, Ref
from yilu.letters import operations as letters
from yilu.letters.models import IssuedLetter
from yilu.messaging.models import Message
from yilu.payments.models import Payout
from yilu.policies.models import Policy
from yilu.policies.queries import benefit_use
from yilu.work.models import Item

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _files_of_this_test(settings, tmp_path):
    settings.FILES = tmp_path / "files"


@pytest.fixture
def claim(office, lin):
    return make.claim_in_review(holder_id=lin, office_id=office)


@pytest.fixture
def chen(office):
    return make.colleague(office, "ASSESSOR")


def decide(claim, who, **given):
    digest = queries.desk(claim.claim_id, who[0], make.NOON).digest
    return operations.decide(
        claim_id=claim.claim_id, access=who[0], actor=who[1], at=make.NOON,
        verdict=Verdict(**{"digest": digest, "kind": "APPROVE"} | given),
    )  # fmt: skip


def decline(claim, who):
    return decide(
        claim, who, kind="DECLINE", reason="属于投保前已患疾病", clauses=("3.1",),
        override_reason="病历记载明确",
    )  # fmt: skip


class TestWithdraw:
    def test_ends_the_claim_and_lets_its_invoices_go(self, claim, lin, office, claim_of, kinds):
        bill = make.invoice()
        operations.hand_in_invoices(
            claim_id=claim.claim_id, provider_id=1, invoices=[bill], actor=SYSTEM, at=make.NOON
        )
        operations.withdraw_claim(claim_id=claim.claim_id, actor=Ref("party", lin), at=make.NOON)

        assert (claim_of(claim.claim_id).state, claim_of(claim.claim_id).outcome) == (
            "WITHDRAWN",
        ) * 2
        assert not Item.objects.filter(state__in=["OPEN", "TAKEN"]).exists()
        assert "claims.claim_withdrawn" in kinds(claim.claim_id)
        told = list(Message.objects.filter(about=str(claim.ref)).order_by("pk"))
        assert told[-1].template == "claims.withdrawn"  # it promises no further news
        assert "by" not in told[-1].facts
        again = make.reported_claim(lin, office_id=office)
        assert operations.hand_in_invoices(
            claim_id=again.claim_id, provider_id=1, invoices=[bill], actor=SYSTEM, at=make.NOON
        ).state == "PAYING"  # fmt: skip

    def test_refuses_a_stranger_and_what_is_decided(self, claim, lin, office, chen):
        with pytest.raises(operations.ClaimNotFound):
            operations.withdraw_claim(
                claim_id=claim.claim_id, actor=Ref("party", make.insured(office)), at=make.NOON
            )
        decide(claim, chen)
        with pytest.raises(operations.NotPossibleNow):
            operations.withdraw_claim(
                claim_id=claim.claim_id, actor=Ref("party", lin), at=make.NOON
            )

    def test_refuses_where_money_was_advanced(self, claim, lin, chen):
        operations.pay_undisputed_part(
            claim_id=claim.claim_id, amount=Decimal(100), reason="先行支付一部分", access=chen[0],
            actor=chen[1], at=make.NOON,
        )  # fmt: skip
        with pytest.raises(operations.MoneyPaidAlready):
            operations.withdraw_claim(
                claim_id=claim.claim_id, actor=Ref("party", lin), at=make.NOON
            )


class TestMerge:
    def test_moves_the_papers_to_the_first(self, office, lin, chen, claim_of):
        policy = make.medical_policy(office, holder_id=lin)
        told = {"office_id": office, "policy_number": policy.number}
        first = make.reported_claim(lin, **told)
        second = make.reported_claim(lin, loss_date=date(2026, 2, 28), **told)
        papers.hand_in(second.claim_id, papers.picture("OTHER"), actor=Ref("party", lin))

        operations.merge_claims(
            claim_id=second.claim_id,
            into_id=first.claim_id,
            access=chen[0],
            actor=chen[1],
            at=make.NOON,
        )
        assert claim_of(second.claim_id).merged_into_id == first.claim_id
        assert len(papers.uploads(first.claim_id)) == 1
        # Who goes on with the second goes on with the first.
        done = papers.hand_in(second.claim_id, papers.e_invoice(), actor=Ref("party", lin))
        assert done.state in ("READING", "COLLECTING")
        assert len(papers.uploads(first.claim_id)) == 2

    def test_refuses_claims_of_different_policies(self, office, claim, chen):
        other = make.reported_claim(office_id=office)
        with pytest.raises(operations.NotTheSameLoss):
            operations.merge_claims(
                claim_id=other.claim_id,
                into_id=claim.claim_id,
                access=chen[0],
                actor=chen[1],
                at=make.NOON,
            )


class TestDecline:
    def test_ends_when_the_letter_reached_the_customer(self, claim, chen, lin, claim_of, kinds):
        decline(claim, chen)
        letter = IssuedLetter.objects.get(kind="DENIAL")
        IssuedLetter.objects.filter(pk=letter.pk).update(
            state="ISSUED", sha256="0" * 64, storage_key="x", issued_at=make.NOON
        )
        letters.mark_delivered(
            letter_id=letter.pk, proof="APP", actor=Ref("party", lin), at=make.NOON
        )
        papers.react()

        assert (claim_of(claim.claim_id).state, claim_of(claim.claim_id).outcome) == (
            "CLOSED",
            "DECLINED",
        )
        assert kinds(claim.claim_id)[-2:] == ["claims.denial_notice_sent", "claims.claim_closed"]
        tx.use_case(steps.close_declined_claim)(
            claim_id=claim.claim_id, letter_id=letter.pk, at=make.NOON
        )
        assert kinds(claim.claim_id).count("claims.claim_closed") == 1


class TestReopen:
    def test_takes_an_appeal_and_gives_back_what_was_used(self, claim, chen, lin, office, claim_of):
        decline(claim, chen)
        with pytest.raises(operations.ReasonMissing):
            operations.reopen_claim(
                claim_id=claim.claim_id,
                cause="APPEAL",
                text="",
                actor=Ref("party", lin),
                at=make.NOON,
            )
        operations.reopen_claim(
            claim_id=claim.claim_id, cause="COURT", text="诊断日期在投保之后", actor=Ref("party", lin),
            at=make.NOON,
        )  # fmt: skip

        found = claim_of(claim.claim_id)
        assert (found.state, found.reasons, found.outcome) == ("REVIEW", ["REOPENED"], "")
        assert (
            found.reopenings.get().cause == "APPEAL"
        )  # a customer appeals, whatever the form said
        assert Decision.objects.get().state == "SUPERSEDED"
        [said] = queries.desk(claim.claim_id, chen[0], make.NOON).reopenings
        assert (said.cause_label, said.text) == ("客户申诉", "诊断日期在投保之后")
        own = queries.get_progress(claim.claim_id, Ref("party", lin), make.NOON)
        assert own.appeal.text == "诊断日期在投保之后"
        assert decide(claim, make.colleague(office, "ASSESSOR")).state == "PAYING"

    def test_pays_only_the_difference_the_second_time(self, claim, chen, office, claim_of):
        decide(
            claim, chen, kind="PARTIAL", amount=Decimal("4000.00"), reason="部分费用与疾病无关",
            clauses=("2.1",), override_reason="理疗与诊断不符",
        )  # fmt: skip
        payout = Payout.objects.get()
        tx.use_case(steps.close_paid_claim)(
            claim_id=claim.claim_id,
            payout_id=payout.pk,
            amount="4000.00",
            purpose="CLAIM",
            at=make.NOON,
        )
        Payout.objects.filter(pk=payout.pk).update(state="SETTLED", ended_at=make.NOON)
        fu = make.colleague(office, "REVIEWER")
        operations.reopen_claim(
            claim_id=claim.claim_id, cause="NEW_FACTS", text="补充了理疗医嘱", access=fu[0], actor=fu[1],
            at=make.NOON,
        )  # fmt: skip
        policy_id = claim_of(claim.claim_id).policy_id
        assert benefit_use(policy_id).of("inpatient").paid == 0
        operations.calculate_claim(
            claim_id=claim.claim_id,
            chosen=operations.Chosen(),
            access=fu[0],
            actor=fu[1],
            at=make.NOON,
        )
        decide(claim, fu)

        assert [p.amount for p in Payout.objects.order_by("id")] == [
            Decimal("4000.00"),
            Decimal("10340.00"),
        ]
        second = Payout.objects.order_by("id").last()
        tx.use_case(steps.close_paid_claim)(
            claim_id=claim.claim_id,
            payout_id=second.pk,
            amount="10340.00",
            purpose="CLAIM",
            at=make.NOON,
        )
        found = claim_of(claim.claim_id)
        assert (found.state, found.paid_amount) == ("CLOSED", Decimal("14340.00"))

    def test_is_not_for_strangers_nor_for_claims_still_open(self, claim, office, lin, chen):
        with pytest.raises(operations.NotPossibleNow):
            operations.reopen_claim(
                claim_id=claim.claim_id,
                cause="APPEAL",
                text="我不同意这样",
                actor=Ref("party", lin),
                at=make.NOON,
            )
        decline(claim, chen)
        with pytest.raises(operations.ClaimNotFound):
            operations.reopen_claim(
                claim_id=claim.claim_id, cause="APPEAL", text="我不同意这样",
                actor=Ref("party", make.insured(office)), at=make.NOON,
            )  # fmt: skip
        with pytest.raises(NotAllowed):
            operations.reopen_claim(
                claim_id=claim.claim_id, cause="NEW_FACTS", text="出现新的情况", access=chen[0],
                actor=chen[1], at=make.NOON,
            )  # fmt: skip


def test_sends_the_customer_at_least_five_messages_along_the_way(claim, chen, lin, claim_of):
    decide(claim, chen)
    payout = Payout.objects.get()
    tx.use_case(steps.close_paid_claim)(
        claim_id=claim.claim_id,
        payout_id=payout.pk,
        amount=str(payout.amount),
        purpose="CLAIM",
        at=make.NOON,
    )
    told = Message.objects.filter(recipient=f"party:{lin}").values_list("template", flat=True)
    assert len(set(told)) >= 5


class TestWaiver:
    """A waiver that a claim brought goes when a person decides the reopened claim otherwise."""

    FROM = date(2026, 4, 1)

    @pytest.fixture
    def waived(self, claim, chen, claim_of):
        policy_id = claim_of(claim.claim_id).policy_id
        Policy.objects.filter(pk=policy_id).update(waived_from=self.FROM)
        latest = Calculation.objects.filter(claim_id=claim.claim_id).latest("ordinal")
        before = Calculation.objects.create(
            claim_id=claim.claim_id, ordinal=0, chosen={}, inputs=latest.inputs, benefit=0,
            result={**latest.result, "waived_from": self.FROM.isoformat()}, digest="d",
            inputs_digest="i", made_by="system:0", made_at=make.NOON,
        )  # fmt: skip
        Decision.objects.create(
            claim_id=claim.claim_id, calculation=before, kind="APPROVE", state="SUPERSEDED",
            amount=0, digest="d", decided_by="system:0", decided_at=make.NOON,
        )  # fmt: skip
        return policy_id

    def decline_anew(self, claim, chen):
        operations.calculate_claim(
            claim_id=claim.claim_id, chosen=operations.Chosen(), access=chen[0], actor=chen[1],
            at=make.NOON,
        )  # fmt: skip
        decline(claim, chen)

    def test_is_taken_back_with_an_event_once(self, claim, chen, waived):
        self.decline_anew(claim, chen)
        assert Policy.objects.get(pk=waived).waived_from is None
        said = Event.objects.get(kind="policies.waiver_taken_back")
        assert said.facts == {"waived_from": "2026-04-01", "claim": str(claim.ref)}

    def test_another_claims_waiver_stays(self, claim, chen, waived):
        other = date(2025, 1, 1)
        Policy.objects.filter(pk=waived).update(waived_from=other)
        self.decline_anew(claim, chen)
        assert Policy.objects.get(pk=waived).waived_from == other
        assert not Event.objects.filter(kind="policies.waiver_taken_back").exists()
