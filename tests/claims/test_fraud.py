"""A refusal under 保险法 27: of which kind, on what was found, by two people, and what was paid asked back."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from tests import make
from tests.claims import hard
from tests.claims.hard import told
from tests.web.pages import text
from tests.web.signing import signed_in
from yilu.claims import operations, queries
from yilu.claims.models import Claim, Decision, KnowledgeEvent, Recovery
from yilu.claims.operations import Verdict, deceit, investigate
from yilu.claims.operations.hard.recovering import FraudNotDecided
from yilu.claims.operations.proving import FraudUnnamed, MedicalReasonMissing, keep_to_medicine
from yilu.claims.operations.refusing import Refuses
from yilu.claims.rules.result import Ground
from yilu.journal.models import Event
from yilu.letters.models import IssuedLetter
from yilu.messaging.models import Message
from yilu.policies import queries as policies
from yilu.policies.models import Policy

from .test_hard_cases import pay

ARTICLE = "保险法27"


@pytest.fixture
def office(insurer):
    return hard.Office(make.office())


@pytest.fixture
def claim(office):
    return make.claim_in_review(office_id=office.id)


def found(office, claim, finding="NOT_CONFIRMED"):
    operations.open_investigation(
        **told(claim, office.chen, reason="ACCIDENT_FACTS", question="住院是否真实", helper="")
    )
    operations.close_investigation(
        **told(claim, office.cha, finding=finding, report="医院没有这次住院的记录")
    )


def verdict(office, claim, fraud, kind="DECLINE", **given):
    seen = queries.desk(claim.claim_id, office.chen[0], make.NOON)
    said = {
        "reason": "医院证实没有这次住院",
        "override_reason": "见调查报告",
        "clauses": (ARTICLE,),
    }
    if kind == "PARTIAL":
        said["amount"] = Decimal("100.00")
    return Verdict(digest=seen.digest, kind=kind, fraud=fraud, **said | given)


def decide(office, claim, *given, **more):
    return operations.decide(
        **told(claim, office.chen, verdict=verdict(office, claim, *given, **more))
    )


def confirm(office, claim, who):
    digest = queries.desk(claim.claim_id, who[0], make.NOON).digest
    return operations.confirm_decision(**told(claim, who, digest=digest, agrees=True, reason=""))


@pytest.mark.django_db
class TestFraud:
    @pytest.mark.parametrize(
        ("fraud", "kind", "clauses"),
        [
            ("", "DECLINE", (ARTICLE,)), ("FABRICATED", "DECLINE", ("3.1",)),
            ("FORGED", "DECLINE", (ARTICLE,)), ("CAUSED", "PARTIAL", (ARTICLE,)),
            ("LIES", "DECLINE", (ARTICLE,)),
        ],
    )  # fmt: skip
    def test_says_which_kind_and_goes_no_further_than_it_allows(
        self, office, claim, fraud, kind, clauses
    ):
        found(office, claim)
        with pytest.raises(FraudUnnamed) as refused:
            decide(office, claim, fraud, kind, clauses=clauses)
        assert "部分赔付" in str(refused.value.hint)
        assert not Decision.objects.exists()

    def test_stands_on_its_finding_once_a_second_person_agrees(self, office, claim):
        found(office, claim)
        assert decide(office, claim, "FABRICATED").second  # however small the sum
        with pytest.raises(operations.NotForOneself):
            confirm(office, claim, office.chen)
        confirm(office, claim, office.fu)

        decision = Decision.objects.get()
        assert (decision.fraud, decision.state) == ("FABRICATED", "STANDS")
        assert decision.finding.finding == "NOT_CONFIRMED"
        [shown] = queries.desk(claim.claim_id, office.chen[0], make.NOON).decisions
        assert shown.fraud == "谎称发生保险事故"
        assert shown.finding.startswith("情况不实")
        assert Event.objects.get(kind="claims.claim_declined").facts["fraud"] == "FABRICATED"
        facts = IssuedLetter.objects.get(kind="DENIAL").facts
        assert "没有发生" in facts["opening"]
        assert "第一款" in facts["clauses"][0]["text"]
        assert not Recovery.objects.exists()

    def test_of_forged_papers_the_true_part_is_paid_and_the_letter_says_why_not_the_rest(
        self, office, claim
    ):
        found(office, claim)
        decide(office, claim, "FORGED", "PARTIAL")
        confirm(office, claim, office.fu)
        note = IssuedLetter.objects.get(kind="DECISION").facts["note"]
        assert "元不予给付。理由：医院证实没有这次住院" in note
        assert "（第三款）" in note
        assert Decision.objects.get().fraud == "FORGED"

    def test_what_was_paid_before_is_proposed_to_be_asked_back(self, office, claim):
        hard.approve(office, claim)
        pay(claim)
        party = queries.desk(claim.claim_id, office.chen[0], make.NOON).card.claimant_id
        given = {
            "from_party": party,
            "amount": Decimal("1.00"),
            "cause": "FRAUD",
            "reason": "住院不实",
        }
        with pytest.raises(FraudNotDecided):
            operations.propose_recovery(**told(claim, office.chen, **given))
        paid = queries.desk(claim.claim_id, office.chen[0], make.NOON).card.paid_amount
        operations.reopen_claim(
            **told(claim, office.zhu, cause="NEW_FACTS", text="医院来函：没有这次住院")
        )
        operations.calculate_claim(**told(claim, office.chen, chosen=operations.Chosen()))
        found(office, claim)
        decide(office, claim, "FABRICATED")
        confirm(office, claim, office.fu)

        asked = Recovery.objects.get()
        assert (asked.cause, asked.amount, asked.state) == ("FRAUD", paid, "PROPOSED")
        assert asked.proposed_by == str(office.chen[1])
        assert f"{paid:,} 元应当退回" in IssuedLetter.objects.get(kind="DENIAL").facts["note"]
        operations.decide_recovery(
            **told(claim, office.zhu, recovery_id=asked.pk, approve=True, answer="")
        )
        assert "第二十七条" in IssuedLetter.objects.get(kind="REPAYMENT").facts["basis"]


class TestMedicine:
    """健康保险管理办法 23: an illness by another name is refused for a medical reason, or not at all."""

    CASE = SimpleNamespace(
        calculation=SimpleNamespace(
            refusal_grounds=(Ground("CONDITION_NOT_LISTED", "2.1", "重大疾病"),)
        )
    )
    DECLINE = Refuses("DECLINE", ("2.1",), agreed=False)
    REASON = "病理为原位癌，按现行诊疗规范不属于恶性肿瘤"

    @pytest.mark.parametrize("kind", ["DECLINE", "PARTIAL"])
    @pytest.mark.parametrize("said", ["", "病名不同", " 名称与条款不同 "])
    def test_a_name_is_no_reason(self, kind, said):
        with pytest.raises(MedicalReasonMissing) as refused:
            keep_to_medicine(self.CASE, replace(self.DECLINE, kind=kind), said)
        assert "第二十三条" in str(refused.value.hint)

    def test_keeps_the_medical_reason(self):
        assert keep_to_medicine(self.CASE, self.DECLINE, f" {self.REASON} ") == self.REASON

    @pytest.mark.parametrize(
        "given", [{"kind": "APPROVE"}, {"agreed": True}, {"clauses": (ARTICLE,)}]
    )
    def test_is_asked_only_where_the_illness_is_what_is_refused(self, given):
        assert keep_to_medicine(self.CASE, replace(self.DECLINE, **given), "") == ""

    def test_is_not_asked_where_nothing_was_found_that_the_wording_does_not_list(self):
        listed = SimpleNamespace(calculation=SimpleNamespace(refusal_grounds=()))
        assert keep_to_medicine(listed, self.DECLINE, "") == ""


@pytest.mark.django_db
class TestRescission:
    """保险法 27 I, II: by two people, whatever the contract's age, and no premium goes back."""

    REASON = "两人已认定，投保人借此骗取保险金"

    def decided(self, office, claim, fraud):
        found(office, claim)
        decide(office, claim, fraud)
        confirm(office, claim, office.fu)

    def propose(self, office, claim, who=None):
        told_ = told(claim, who or office.chen, reason=self.REASON)
        return deceit.propose_rescission_for_fraud(**told_)

    def settle(self, claim, who, known, at=make.NOON, rescind=True):
        return operations.decide_rescission(
            **told(claim, who, knowledge_id=known, rescind=rescind, reason="事实已经查实", at=at)
        )

    @pytest.mark.parametrize(
        ("fraud", "paragraph"), [("FABRICATED", "第一款"), ("CAUSED", "第二款")]
    )
    def test_knows_neither_thirty_days_nor_two_years_and_the_letter_cites_its_paragraph(
        self, office, claim, fraud, paragraph
    ):
        policy = Policy.objects.get(pk=Claim.objects.get().policy_id)
        self.decided(office, claim, fraud)
        Policy.objects.filter(pk=policy.pk).update(formed_on=date(2015, 3, 1))
        page = f"/staff/claims/{claim.claim_id}/hard"
        desk, other = signed_in(office.chen[1]), signed_in(office.fu[1])
        assert "以欺诈为由解除合同" in text(desk.get(f"{page}/rescission"))
        assert desk.post(f"{page}-act/rescind-fraud", {"reason": self.REASON}).status_code == 302
        again = desk.post(f"{page}-act/rescind-fraud", {"reason": self.REASON})
        assert (again.status_code, "已经提出过" in text(again)) == (409, True)
        assert 'value="yes"' not in text(desk.get(f"{page}/rescission"))
        assert "这里不适用" in text(other.get(f"{page}/rescission"))
        known = KnowledgeEvent.objects.get().pk
        later = make.NOON + timedelta(days=90)
        assert not investigate.let_rights_lapse(today=later.date(), at=later)
        assert policies.premium_holds(policy.pk)

        self.settle(claim, office.fu, known, at=later)

        policy.refresh_from_db()
        assert (policy.state, policy.ending) == ("TERMINATED", "RESCINDED")
        assert not policies.premium_holds(policy.pk)
        letter = IssuedLetter.objects.get(kind="RESCISSION")
        assert letter.party_id == policy.holder_id
        (clause,) = letter.facts["clauses"]
        assert "《中华人民共和国保险法》第二十七条" in clause["number"]
        assert paragraph in clause["text"]
        assert "不退还" in letter.facts["premiums"]
        told_holder = Message.objects.get(template="claims.contract_rescinded")
        assert told_holder.recipient == f"party:{policy.holder_id}"
        assert told_holder.about == f"policy:{policy.pk}"
        assert not Event.objects.filter(kind="policies.premiums_given_back").exists()

    def test_needs_a_second_person_and_a_decision_that_still_stands(self, office, claim):
        with pytest.raises(deceit.NoFraudDecided):
            self.propose(office, claim)
        self.decided(office, claim, "FABRICATED")
        known = self.propose(office, claim, office.zhu)
        with pytest.raises(operations.NotForOneself):
            self.settle(claim, office.zhu, known)
        Decision.objects.update(state="SUPERSEDED")
        with pytest.raises(deceit.NoFraudDecided):
            self.settle(claim, office.fu, known)
        self.settle(claim, office.fu, known, rescind=False)
        assert not IssuedLetter.objects.filter(kind="RESCISSION").exists()
        assert Policy.objects.get(pk=Claim.objects.get().policy_id).state != "TERMINATED"

    def test_not_for_forged_papers_nor_where_the_value_may_be_others(self, office, claim):
        found(office, claim)
        decide(office, claim, "FORGED", "PARTIAL")
        confirm(office, claim, office.fu)
        with pytest.raises(deceit.NoFraudDecided):
            self.propose(office, claim)
        other = make.claim_in_review(office_id=office.id)
        self.decided(office, other, "CAUSED")
        Decision.objects.filter(claim_id=other.claim_id).update(clause="保险法27、保险法43")
        with pytest.raises(deceit.ValueGoesToOthers):
            self.propose(office, other)
        assert not KnowledgeEvent.objects.exists()
