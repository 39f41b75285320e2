"""open_investigation, close_investigation, note_ground_for_rescission, decide_rescission …"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests import make
from yilu.claims import operations, queries
from yilu.claims.models import KnowledgeEvent
from yilu.claims.operations import Verdict
from yilu.kernel import tx
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref
from yilu.obligations import queries as obligations
from yilu.payments.models import Payout
from yilu.people.models import BankAccount
from yilu.policies import operations as policies
from yilu.policies.models import Policy
from yilu.policies.queries import PolicyNotInForce
from yilu.work.models import Item

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim(office):
    return make.claim_in_review(office_id=office)


@pytest.fixture
def chen(office):
    return make.colleague(office, "ASSESSOR")


@pytest.fixture
def cha(office):
    return make.colleague(office, "INVESTIGATOR")


@pytest.fixture
def fu(office):
    return make.colleague(office, "REVIEWER")


def investigate(claim, who, **given):
    told = {"reason": "DISCLOSURE", "question": "投保前是否已就诊", "helper": "THIRD_PARTY"} | given
    return operations.open_investigation(
        claim_id=claim.claim_id, access=who[0], actor=who[1], at=make.NOON, **told
    )


def test_gives_the_claim_to_investigators_and_back(claim, chen, cha, claim_of, kinds):
    investigate(claim, chen)
    found = claim_of(claim.claim_id)
    assert (found.state, found.lane, found.programme) == ("INVESTIGATING", "RED", "COMPLEX")
    assert Item.objects.get(state="OPEN").queue_id == "claims.investigation"

    operations.close_investigation(
        claim_id=claim.claim_id, finding="CONFIRMED", report="走访两家医院，情况属实",
        access=cha[0], actor=cha[1], at=make.NOON,
    )  # fmt: skip
    assert claim_of(claim.claim_id).state == "REVIEW"
    assert Item.objects.get(state="OPEN").queue_id == "claims.review"
    assert kinds(claim.claim_id)[-1] == "claims.investigation_closed"
    [seen] = queries.desk(claim.claim_id, chen[0], make.NOON).investigations
    assert (seen.reason_label, seen.finding_label) == ("健康告知核实", "情况属实")


def test_a_claim_is_complex_when_a_person_says_why(claim, chen, fu, cha, claim_of, kinds):
    """服务规定 23: neither the sum nor a death; the words are kept and the customer is told by when."""
    told = {
        "claim_id": claim.claim_id,
        "at": make.NOON,
        "reason": "AUTHORITY",
        "words": "等待交警事故认定书",
    }
    for given, who, refusal in (
        ({"reason": "BIG"}, chen, operations.UnknownReason),
        ({"words": "难"}, chen, operations.ReasonMissing),
        ({}, cha, NotAllowed),
    ):
        with pytest.raises(refusal):
            operations.state_complexity(**{**told, **given}, access=who[0], actor=who[1])
    assert claim_of(claim.claim_id).programme != "COMPLEX"

    operations.state_complexity(**told, access=chen[0], actor=chen[1])

    found = claim_of(claim.claim_id)
    assert (found.state, found.programme) == ("REVIEW", "COMPLEX")
    assert "claims.complexity_stated" in kinds(claim.claim_id)
    desk = queries.desk(claim.claim_id, chen[0], make.NOON)
    assert desk.notes[0].text == "等待交警事故认定书"
    with pytest.raises(operations.ComplexAlready):
        operations.state_complexity(**told, access=chen[0], actor=chen[1])


def test_refuses_an_unknown_reason_or_finding_and_those_without_the_right(claim, chen, cha, office):
    with pytest.raises(operations.UnknownReason):
        investigate(claim, chen, reason="CURIOSITY")
    with pytest.raises(operations.ReasonMissing):
        investigate(claim, chen, question="")
    with pytest.raises(NotAllowed):
        investigate(claim, make.colleague(office, "INTAKE"))
    investigate(claim, chen)
    with pytest.raises(operations.UnknownReason):
        operations.close_investigation(
            claim_id=claim.claim_id, finding="MAYBE", report="看起来没有问题", access=cha[0],
            actor=cha[1], at=make.NOON,
        )  # fmt: skip
    with pytest.raises(operations.NotPossibleNow):
        investigate(claim, chen)


class TestProof:
    """Whoever is called a deceiver, a criminal or a suicide is so only by what was found (保险法 27, 43–45)."""

    def decline(self, claim, who, article, **given):
        told = {"claim_id": claim.claim_id, "access": who[0], "actor": who[1], "at": make.NOON}
        digest = queries.desk(claim.claim_id, who[0], make.NOON).digest
        verdict = Verdict(**{
            "digest": digest, "kind": "DECLINE", "reason": "与事实不符，依法不予给付", "clauses": (article,),
            "override_reason": "调查报告所附材料", "fraud": self.fraud_of(article, **given), **given,
        })  # fmt: skip
        return operations.decide(verdict=verdict, **told)

    def fraud_of(self, article, kind="DECLINE", **_given):
        told = {"DECLINE": "FABRICATED", "PARTIAL": "FORGED"}
        return told[kind] if article == "保险法27" else ""

    def concluded(self, claim, chen, cha, finding):
        investigate(claim, chen, reason="ACCIDENT_FACTS")
        operations.close_investigation(
            claim_id=claim.claim_id, finding=finding, report="走访医院和派出所", access=cha[0],
            actor=cha[1], at=make.NOON,
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("article", "finding", "refused"),
        [
            ("保险法27", "NOT_CONFIRMED", False), ("保险法27", "CONFIRMED", True),
            ("保险法45", "CONFIRMED", False), ("保险法45", "INCONCLUSIVE", True),
        ],
    )  # fmt: skip
    def test_is_what_an_investigation_found_and_ours_to_bring(
        self, claim, chen, cha, claim_of, article, finding, refused
    ):
        for kind, amount in (("DECLINE", None), ("PARTIAL", Decimal("10.00"))):
            with pytest.raises(operations.GroundUnproved) as unproved:
                self.decline(claim, chen, article, kind=kind, amount=amount)
            assert "调查" in str(unproved.value.hint)
        self.concluded(claim, chen, cha, finding)
        if refused:
            with pytest.raises(operations.GroundUnproved):
                self.decline(claim, chen, article)
        else:
            self.decline(claim, chen, article)
        stands = "SECOND_REVIEW" if article == "保险法27" else "DECLINED"
        assert claim_of(claim.claim_id).state == ("REVIEW" if refused else stands)


class TestRescission:
    def note(self, claim, who, **given):
        return operations.note_ground_for_rescission(
            claim_id=claim.claim_id, ground="高血压", note="体检报告显示投保前已确诊",
            access=who[0], actor=who[1], at=make.NOON, **given,
        )  # fmt: skip

    def decide(self, claim, knowledge, who, rescind, at=make.NOON, fault="INTENT"):
        operations.decide_rescission(
            claim_id=claim.claim_id, knowledge_id=knowledge, rescind=rescind, reason="告知不实，足以影响承保",
            access=who[0], actor=who[1], at=at, fault=fault if rescind else "",
        )  # fmt: skip

    def test_runs_thirty_days_from_knowledge(self, claim, chen):
        self.note(claim, chen, known_on=date(2026, 3, 1))
        assert KnowledgeEvent.objects.get().last_day == date(2026, 3, 31)
        clocks = {c.code for c in obligations.list_clocks(claim.ref, make.NOON)}
        assert "law.rescission_30_days" in clocks
        with pytest.raises(operations.GroundKnownAlready):
            self.note(claim, chen)

    def test_ends_the_contract_and_the_claim_is_declined_by_a_person(self, claim, chen, fu):
        knowledge = self.note(claim, chen)
        with pytest.raises(NotAllowed):
            self.decide(claim, knowledge, chen, True)
        self.decide(claim, knowledge, fu, True)
        with pytest.raises(operations.UnknownReason):
            self.decide(claim, knowledge, fu, True)

        operations.calculate_claim(
            claim_id=claim.claim_id,
            chosen=operations.Chosen(),
            access=chen[0],
            actor=chen[1],
            at=make.NOON,
        )
        seen = queries.desk(claim.claim_id, chen[0], make.NOON)
        assert seen.policy.state == "TERMINATED"
        told = {"claim_id": claim.claim_id, "access": chen[0], "actor": chen[1], "at": make.NOON}
        with pytest.raises(PolicyNotInForce):
            operations.decide(
                verdict=Verdict(digest=seen.digest, kind="APPROVE", reason="仍然赔付吧"), **told
            )
        done = operations.decide(
            verdict=Verdict(
                digest=seen.digest,
                kind="DECLINE",
                reason="未如实告知，合同已解除",
                clauses=("保险法16",),
            ),
            **told,
        )
        assert done.state == "DECLINED"

    @pytest.mark.parametrize(
        ("clauses", "upheld"),
        [(("保险法16",), ()), (("3.1", "4.1"), ()), (("3.1",), ("NON_DISCLOSURE",))],
        ids=["the law", "the wording's clause", "the ground upheld"],
    )
    def test_let_go_nothing_may_be_refused_or_cut_for_it(
        self, claim, chen, fu, claim_of, clauses, upheld
    ):
        self.decide(claim, self.note(claim, chen), fu, rescind=False)
        told = {"claim_id": claim.claim_id, "access": chen[0], "actor": chen[1], "at": make.NOON}
        operations.calculate_claim(chosen=operations.Chosen(upheld=upheld), **told)
        digest = queries.desk(claim.claim_id, chen[0], make.NOON).digest
        verdict = Verdict(
            digest=digest, kind="DECLINE", reason="投保时未如实告知", clauses=clauses,
            override_reason="体检报告显示投保前已确诊",
        )  # fmt: skip
        less = replace(verdict, kind="PARTIAL", amount=Decimal("10.00"))
        for refused in (verdict, less):
            with pytest.raises(operations.RescissionMissing):
                operations.decide(verdict=refused, **told)
        assert claim_of(claim.claim_id).state == "REVIEW"

    def test_after_gross_negligence_the_premiums_go_back_to_the_holder_once(
        self, claim, chen, fu, claim_of
    ):
        knowledge = self.note(claim, chen)
        with pytest.raises(operations.FaultMissing):
            self.decide(claim, knowledge, fu, True, fault="")
        assert queries.desk(claim.claim_id, chen[0], make.NOON).policy.state == "IN_FORCE"
        self.decide(claim, knowledge, fu, True, fault="NEGLIGENCE")
        policy = Policy.objects.get(pk=claim_of(claim.claim_id).policy_id)
        refund = Payout.objects.get(about=f"policy:{policy.pk}", purpose="REFUND")
        assert (refund.amount, refund.to_party_id) == (policy.premiums_paid, policy.holder_id)
        assert refund.amount > 0
        told = {"policy_id": policy.pk, "premiums_back": True, "actor": fu[1], "at": make.NOON}
        again = tx.use_case(policies.rescind)
        assert again(about=Ref("rescission", knowledge), **told) == 0
        assert Payout.objects.filter(purpose="REFUND").count() == 1

    def test_after_intent_nothing_goes_back(self, claim, chen, fu):
        self.decide(claim, self.note(claim, chen), fu, True, fault="INTENT")
        assert not Payout.objects.filter(purpose="REFUND").exists()

    def test_without_an_account_a_person_finds_one(self, claim, chen, fu):
        BankAccount.objects.update(active=False)
        self.decide(claim, self.note(claim, chen), fu, True, fault="NEGLIGENCE")
        assert not Payout.objects.exists()
        assert Item.objects.filter(queue_id="policies.leftover", state="OPEN").exists()

    def test_may_be_let_go(self, claim, chen, fu):
        knowledge = self.note(claim, chen)
        self.decide(claim, knowledge, fu, False)
        assert KnowledgeEvent.objects.get().outcome == "WAIVED"
        assert queries.desk(claim.claim_id, chen[0], make.NOON).policy.state == "IN_FORCE"

    def test_lapses_after_thirty_days(self, claim, chen, fu):
        knowledge = self.note(claim, chen)
        with pytest.raises(operations.RescissionTooLate):
            self.decide(claim, knowledge, fu, True, at=make.NOON + timedelta(days=31))

    def test_is_barred_two_years_after_formation(self, office, chen, fu):
        lin = make.insured(office)
        policy = make.medical_policy(office, holder_id=lin, formed_on=date(2024, 1, 1))
        claim = make.claim_in_review(holder_id=lin, office_id=office, policy_number=policy.number)
        knowledge = self.note(claim, chen)
        with pytest.raises(operations.RescissionTooLate):
            self.decide(claim, knowledge, fu, True)
