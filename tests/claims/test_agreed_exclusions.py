"""What a contract agreed not to cover …"""

import pytest

from tests import make
from yilu.claims import operations, queries
from yilu.claims.models import Decision
from yilu.claims.operations import Verdict, diagnosed
from yilu.claims.rules.agreed import beside, is_doubtful, wording_of
from yilu.kernel.refs import SYSTEM
from yilu.letters.models import IssuedLetter
from yilu.policies.queries import get_policy

NODULE = ("thyroid_nodule", "甲状腺结节及甲状腺癌", ("E04", "D34", "C73"))


def test_is_known_not_to_be_met_only_where_a_diagnosis_says_so():
    class Agreed:
        wording, icd_prefixes = "甲状腺", ("E04", "K76.0")

    def falls(*codes):
        return [row.falls for row in beside([Agreed()], codes)]

    assert falls("E04.1") == [True]
    assert falls("e041") == [True]
    assert falls("K76") == [True]  # three characters may be any finer one
    assert falls("J18", "I10") == [False]
    assert falls("J18", "E04") == [True]
    assert falls() == [None]
    assert is_doubtful(beside([Agreed()], []))
    assert not is_doubtful(beside([Agreed()], ["J18"]))
    assert not is_doubtful(())
    assert wording_of("特别约定1", [Agreed()]) == "甲状腺"
    assert wording_of("特别约定2", [Agreed()]) == ""


@pytest.fixture
def small(office):
    """Two claims alike, small and clean: one on a policy that agreed an exclusion."""

    def one(**given):
        lin = make.insured(office)
        policy = make.medical_policy(office, holder_id=lin, **given)
        claim = make.reported_claim(lin, office_id=office, policy_number=policy.number)
        operations.hand_in_invoices(
            claim_id=claim.claim_id, provider_id=1, invoices=[make.invoice()], actor=SYSTEM,
            at=make.NOON,
        )  # fmt: skip
        return claim.claim_id

    return one


@pytest.mark.django_db
def test_keeps_a_claim_from_going_straight_through_and_stands_on_the_desk(
    small, office, claim_of, monkeypatch
):
    assert claim_of(small()).state != "REVIEW"

    id = small(exclusions=(NODULE,))

    claim = claim_of(id)
    assert claim.state == "REVIEW"
    assert "AGREED_EXCLUSION" in claim.reasons
    chen = make.colleague(office, "ASSESSOR")
    desk = queries.desk(id, chen[0], make.NOON)
    assert [(row.number, row.wording, row.falls) for row in desk.agreed] == [
        ("特别约定1", NODULE[1], None)
    ]
    said = [diagnosed.Said("甲状腺结节 E04", "", "诊断证明")]
    monkeypatch.setattr(diagnosed, "said_in", lambda about: tuple(said))
    assert queries.desk(id, chen[0], make.NOON).agreed[0].falls is True
    assert get_policy(claim.policy_id, claim.loss_date).agreed[0].icd_prefixes == NODULE[2]


@pytest.mark.django_db
def test_lets_the_machine_approve_where_the_diagnosis_is_another(small, claim_of, monkeypatch):
    said = [diagnosed.Said("肺炎 J18", "", "诊断证明")]
    monkeypatch.setattr(diagnosed, "said_in", lambda about: tuple(said))
    assert claim_of(small(exclusions=(NODULE,))).state != "REVIEW"


@pytest.mark.django_db
def test_may_be_cited_by_whoever_declines_and_is_written_out_in_the_letter(small, office):
    id = small(exclusions=(NODULE,))
    chen = make.colleague(office, "ASSESSOR")
    operations.decide(
        claim_id=id, access=chen[0], actor=chen[1], at=make.NOON,
        verdict=Verdict(
            digest=queries.desk(id, chen[0], make.NOON).digest, kind="DECLINE",
            reason="诊断属于约定除外的疾病", clauses=("特别约定1",), override_reason="核对病历后认定",
        ),
    )  # fmt: skip
    assert Decision.objects.get(kind="DECLINE").clause == "特别约定1"
    letter = IssuedLetter.objects.get(kind="DENIAL")
    assert letter.facts["clauses"] == [{"number": "特别约定1", "text": NODULE[1]}]
