"""A refusal under 保险法 27: of which kind, on what was found, by two people, and what was paid asked back."""

from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import pytest

from tests import make
from tests.claims import hard
from tests.claims.hard import told
from yilu.claims import operations, queries
from yilu.claims.models import Decision, Recovery
from yilu.claims.operations import Verdict
from yilu.claims.operations.hard.recovering import FraudNotDecided
from yilu.claims.operations.proving import FraudUnnamed, MedicalReasonMissing, keep_to_medicine
from yilu.claims.operations.refusing import Refuses
from yilu.claims.rules.result import Ground
from yilu.journal.models import Event
from yilu.letters.models import IssuedLetter

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
