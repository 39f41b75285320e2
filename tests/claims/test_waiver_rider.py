"""A holder falls ill: her claim on the waiver rider frees the child's contract, until it is decided otherwise."""

from datetime import date
from decimal import Decimal

import pytest

from tests import make
from tests.claims import hard
from tests.claims.hard import told
from tests.policies.test_waiving import Family
from tests.web.signing import signed_in
from yilu.audit import records
from yilu.audit.rules import differences
from yilu.claims import operations, queries
from yilu.claims.models import Claim
from yilu.claims.operations import Diagnosis, Loss, Verdict
from yilu.kernel.refs import Ref
from yilu.letters.models import IssuedLetter
from yilu.messaging.models import Message
from yilu.payments.models import Payout
from yilu.policies import queries as policies

pytestmark = pytest.mark.django_db
ILL_ON = date(2025, 6, 10)


@pytest.fixture
def ill():
    make.standards_in_force()
    family = Family()
    family.account = make.account(family.mother)
    family.office = hard.Office(family.main.office_id)
    make.consent(family.mother)
    family.claim = hard.in_review(
        family.office, family.waiver.number, family.mother, "WAIVER", loss_date=ILL_ON
    )
    return family


def benefit_said(family):
    seen = queries.desk(family.claim.claim_id, family.office.chen[0], make.NOON)
    return seen, [line.explanation for line in seen.calculation.lines]


def establish(family):
    loss = Loss(diagnoses=(Diagnosis(condition="CANCER", confirmed_on=ILL_ON),))
    operations.establish_facts(**told(family.claim, family.office.chen, loss=loss))


def test_nothing_is_waived_before_the_illness_is_established(ill):
    hard.calculated(ill.claim, ill.office)
    seen, _said = benefit_said(ill)
    assert seen.calculation.benefit == 0
    assert any(
        "豁免" in str(ground) or "约定" in str(ground) for ground in seen.calculation.grounds
    )
    assert {each.waived_from for each in ill.contracts} == {None}


def test_the_premiums_are_waived_told_given_back_and_recomputed(ill):
    establish(ill)
    _seen, said = benefit_said(ill)
    assert any("恶性肿瘤" in str(line) and "8,096.00" in str(line) for line in said), said
    hard.approve(ill.office, ill.claim)
    assert {each.waived_from for each in ill.contracts} == {date(2025, 6, 11)}
    assert {p.amount for p in Payout.objects.filter(to_party_id=ill.mother)} == {
        Decimal(8000), Decimal(96),
    }  # fmt: skip
    assert IssuedLetter.objects.filter(
        kind="DECISION", about=f"claim:{ill.claim.claim_id}"
    ).exists()
    assert Message.objects.filter(
        recipient=f"party:{ill.mother}", template__startswith="claims."
    ).exists()
    [dossier] = records.read_again([ill.claim.claim_id]).dossiers
    assert [found.kind for found in differences(dossier)] == []
    desk = queries.desk(ill.claim.claim_id, ill.office.chen[0], make.NOON)
    assert "自 2026-03-01 起" in str(desk.decisions[0].spares)
    assert "8,096.00" in str(desk.decisions[0].spares)
    assert desk.card.waives
    assert not any(row.detail == "0.00 元" for row in desk.timeline)


def test_a_waiver_is_decided_by_whoever_may_decide_all_its_premiums(ill):
    """Nothing is paid, and yet 48,480 yuan are at stake: who may decide 40,000 only proposes."""
    establish(ill)
    assert policies.premiums_waived(ill.waiver.pk, date(2025, 6, 11)) == 8096 * 5 + 8000
    young = make.colleague(ill.office.id, "ASSESSOR", amount_limit=Decimal(40_000))
    seen, _said = benefit_said(ill)
    verdict = Verdict(digest=seen.digest, kind="APPROVE", reason="事实清楚，属于保险责任")
    assert operations.decide(**told(ill.claim, young, verdict=verdict)).second
    assert {each.waived_from for each in ill.contracts} == {None}


def test_reopened_and_declined_by_a_person_the_premiums_are_asked_again(ill):
    establish(ill)
    hard.approve(ill.office, ill.claim)
    operations.reopen_claim(
        claim_id=ill.claim.claim_id, cause="NEW_FACTS", text="病理会诊更正为良性肿瘤",
        access=ill.office.fu[0], actor=ill.office.fu[1], at=make.NOON,
    )  # fmt: skip
    operations.establish_facts(**told(ill.claim, ill.office.chen, loss=Loss()))
    seen, _said = benefit_said(ill)
    verdict = Verdict(
        digest=seen.digest, kind="DECLINE", reason="会诊病理不属于约定的疾病", clauses=("2.2",)
    )
    made = operations.decide(**told(ill.claim, ill.office.chen, verdict=verdict))
    if made.second:
        seen, _said = benefit_said(ill)
        operations.confirm_decision(
            **told(ill.claim, ill.office.fu, digest=seen.digest, agrees=True, reason="")
        )
    assert Claim.objects.get(pk=ill.claim.claim_id).state == "DECLINED"
    assert {each.waived_from for each in ill.contracts} == {None}


def test_the_holders_page_says_so_and_names_no_next_premium(ill):
    establish(ill)
    page = f"/c/policies/{ill.main.pk}"
    mother = signed_in(Ref("party", ill.mother))
    assert "不用再交" not in mother.get(page).text
    hard.approve(ill.office, ill.claim)
    text = mother.get(page).text
    assert "2025年6月11日 起到期的不用再交" in text
    assert "下次交费" not in text
