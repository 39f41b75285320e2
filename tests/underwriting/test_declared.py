"""What was declared at the sale is held against a claim's diagnoses, for every policy sold here."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from tests import make
from tests.claims import papers
from tests.underwriting.story import Story, customer, insurer, react
from tests.web.signing import signed_in
from yilu.claims import queries as claims
from yilu.documents import operations as documents
from yilu.documents.models import Upload
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.policies.models import Policy
from yilu.products import queries as products
from yilu.risk import operations as risk
from yilu.risk import queries as risks
from yilu.risk.models import Declaration
from yilu.underwriting import operations as underwriting
from yilu.underwriting.operations.declared import answered
from yilu.underwriting.queries import at_sale as queries

pytestmark = pytest.mark.django_db


def told(policy_id: int) -> dict[str, bool]:
    return dict(
        Declaration.objects.filter(policy=f"policy:{policy_id}").values_list("question", "holds")
    )


def compared(story: Story, text: str, on: date) -> list[risk.Raised]:
    """What a diagnosis in a claim's paper raises."""
    row = story.row
    raised = tx.use_case(risk.compare_diagnoses)(
        about=Ref("claim", 9), policy=Ref("policy", row.policy_id), party_id=row.insured_id,
        papers=[risk.Paper(text, on, "诊断证明")], sex="FEMALE", birth_date=date(1990, 3, 4),
        waiting_until=None, loss_date=on, reported_on=on, at=story.at,
    )  # fmt: skip
    return list(raised)


def test_a_policy_sold_here_is_compared_by_the_words_that_were_asked() -> None:
    story = Story(insurer())
    story.submitted(
        area_metabolism="YES", diabetes="NO", hyperlipidaemia="YES", **{"hyperlipidaemia.level": "MILD"}
    )  # fmt: skip
    row = story.paid()
    sold_on = story.at.date()

    kept = told(row.policy_id)
    assert kept["area_heart"] is False  # "高血压、冠心病…": denied in one breath
    assert "area_metabolism" not in kept  # its single questions say which
    assert (kept["diabetes"], kept["hyperlipidaemia"]) == (False, True)
    assert "area_woman" in kept
    assert "refused_elsewhere" not in kept

    later = sold_on + timedelta(days=200)
    assert compared(story, "高脂血症（E78.500）", later) == []
    assert compared(story, "脂肪肝（K76.000）", later)[0].signal == "DECLARED_DIFFERENTLY"
    assert compared(story, "肝病（K76）", later) == []  # a category says nothing of its parts
    [raised] = compared(story, "高血压病2级（I10.x00）", later)
    assert raised.signal == "DECLARED_DIFFERENTLY"
    [signal] = risks.claim_signals(Ref("claim", 9))
    [finding] = signal.findings
    assert "有过：高血压、冠心病" in finding.says
    assert "答“否”，告知后第 200 天" in finding.says
    assert f"告知文本 {row.questionnaire[:8]}" in finding.source

    Declaration.objects.all().delete()
    type(row).objects.update(declared_at=None)
    assert underwriting.hand_over_earlier(at=story.at) == 1
    assert told(row.policy_id) == kept
    assert underwriting.hand_over_earlier(at=story.at) == 0


def test_from_the_sale_to_the_reviewers_desk() -> None:
    """Somebody buys, is ill fourteen weeks later, and the reviewer sees what was answered."""
    office = insurer()
    holder = customer(office, name="林客户")
    make.consent(holder)
    story = Story(office, holder_id=holder, product="small-medical")
    story.identified().planned(sum_insured=Decimal(20_000), pay_years=1).declared()
    story.afforded().confirmed().signed().do(underwriting.submit)
    policy = Policy.objects.get(pk=story.paid().policy_id)

    at = story.at + timedelta(days=100)
    claim = make.claim_in_review(
        office_id=office, holder_id=holder, policy_number=policy.number, at=at,
        loss_date=day_of(at), invoices=[
            make.invoice(each="6000.00", fund_paid="0.00", issued_on=str(day_of(at)),
                         admitted_on=str(day_of(at)), discharged_on=str(day_of(at)))
        ],
    )  # fmt: skip
    chen = make.colleague(office, "ASSESSOR", "REVIEWER")
    papers.hand_in(
        claim.claim_id, papers.picture("DIAGNOSIS"), actor=chen[1], access=chen[0], at=at
    )
    [paper] = [u for u in papers.uploads(claim.claim_id) if u.kind == "DIAGNOSIS"]
    version = paper.version
    Upload.objects.filter(pk=paper.id).update(state="NEEDS_PERSON")  # no reader runs in tests
    for name, value in (("diagnosis", "2型糖尿病（E11.900）"), ("issued_on", str(day_of(at)))):
        version = documents.correct_field(
            upload_id=paper.id, name=name, value=value, version=version, actor=chen[1], at=at
        )
    react(at)

    desk = claims.desk(claim.claim_id, chen[0], at)
    [signal] = [s for s in desk.signals if s.signal == "DECLARED_DIFFERENTLY"]
    assert "有过：糖尿病或血糖升高" in signal.findings[0].says
    assert "告知后第 100 天诊断属于 E11" in signal.findings[0].says
    assert signal.findings[0].name.startswith("2型糖尿病")

    sold = queries.at_sale(policy.pk)
    assert sold is not None
    assert (sold.number, sold.verdict.outcome_label) == (story.row.number, "标准体承保")
    [asked] = [row for row in sold.answers if row.code == "area_metabolism"]
    assert asked.answer == "否"
    assert sold.text_version == story.row.questionnaire

    zhu = make.colleague(office, "REGISTRAR")
    with time_machine.travel(at, tick=False):
        address = reverse("staff:claim_at_sale", args=[claim.claim_id])
        page = signed_in(chen[1]).get(address).content.decode()
        assert signed_in(zhu[1]).get(address).content == b""  # takes reports in, judges nothing
    assert story.row.number in page
    assert "没有告知任何异常" in page
    assert "有过：糖尿病或血糖升高" in page
    assert story.row.questionnaire[:8] in page
    assert "没有保全记录" in page


def test_a_rider_is_compared_by_its_own_questions_and_a_waiver_by_the_holders_answers() -> None:
    insurer()
    version = products.get_offer("rider-holder-waiver", date(2026, 11, 18)).version_id
    questions = products.get_questionnaire(version).questions
    said = answered(questions, {"sex": "FEMALE", "area_heart": "NO"})
    assert [each.question for each in said] == ["area_heart"]
    assert {"I10", "I25"} <= set(said[0].icd)
    assert answered(questions, {"sex": "MALE", "area_woman": "NO"}) == ()
