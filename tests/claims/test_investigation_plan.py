"""plan_step … conclude_investigation: steps with owners and proofs, a report, another's conclusion."""

from datetime import timedelta

import pytest

from tests import make
from tests.claims import hard
from tests.claims.hard import told
from yilu.claims import jobs, operations, queries
from yilu.claims.models import InvestigationStep
from yilu.claims.operations import Step
from yilu.documents.models import Upload
from yilu.gateways import fact_checks
from yilu.gateways.fact_checks_sandbox import SandboxChecks
from yilu.kernel.errors import Invalid, NotAllowed
from yilu.obligations import queries as obligations
from yilu.work.models import Item

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(insurer):
    return hard.Office(make.office())


@pytest.fixture
def claim(office):
    made = make.claim_in_review(office_id=office.id)
    operations.open_investigation(
        **told(made, office.chen, reason="HOSPITAL_RECORDS", question="是否真实住院")
    )
    return made


def plan(office, claim, kind="HOSPITAL", who=None, **more):
    step = Step(kind=kind, task="走访住院部调阅病历", owner_id=office.cha[0].staff_id, **more)
    return operations.plan_step(**told(claim, who or office.cha, step=step))


def settle(office, claim, step, who=None, **more):
    given = {"result": "SUPPORTS", "finding": "病历与申请一致"} | more
    operations.settle_step(**told(claim, who or office.cha, step_id=step), **given)


def test_goes_from_plan_to_another_persons_conclusion(office, claim, claim_of, kinds):
    step = plan(office, claim)
    item = Item.objects.get(queue_id="claims.investigation_step")
    assert (item.state, item.staff_id) == ("TAKEN", office.cha[0].staff_id)
    clocks = {c.code for c in obligations.list_clocks(claim.ref, make.NOON)}
    assert {"internal.investigation_twenty_days", "internal.investigation_step_five_days"} <= clocks
    given = {"finding": "CONFIRMED", "report": "走访两家医院，情况属实"}
    with pytest.raises(operations.StepsOpen):
        operations.report_investigation(**told(claim, office.cha), **given)
    settle(office, claim, step, evidence=hard.paper())
    assert Upload.objects.filter(pk=InvestigationStep.objects.get().evidence_upload_id).exists()
    with pytest.raises(operations.StepSettled):
        settle(office, claim, step)
    with pytest.raises(operations.NoReport):
        operations.conclude_investigation(
            **told(claim, office.fu, finding="CONFIRMED", conclusion="同意报告结论")
        )
    operations.report_investigation(**told(claim, office.cha), **given)
    operations.conclude_investigation(
        **told(claim, office.fu, finding="CONFIRMED", conclusion="同意报告结论")
    )
    assert claim_of(claim.claim_id).state == "REVIEW"
    assert kinds(claim.claim_id)[-1] == "claims.investigation_closed"
    assert not Item.objects.filter(
        queue__code__startswith="claims.investigation", state__in=["OPEN", "TAKEN"]
    ).exists()
    card = queries.get_for_staff(claim.claim_id, office.chen[0])
    seen = queries.investigation(card, make.NOON)
    assert (seen.done, seen.finding_label, seen.reporter) == (1, "情况属实", "陈经办")


def test_nobody_concludes_on_their_own_report(office, claim):
    step = Step(kind="INTERVIEW", task="面谈询问经过", owner_id=office.zhu[0].staff_id)
    made = operations.plan_step(**told(claim, office.zhu, step=step))
    settle(office, claim, made, office.zhu)
    operations.report_investigation(
        **told(claim, office.cha, finding="CONFIRMED", report="情况属实，没有疑点")
    )
    for who in (office.zhu, office.cha):
        with pytest.raises(NotAllowed):
            operations.conclude_investigation(
                **told(claim, who, finding="CONFIRMED", conclusion="同意报告结论")
            )


def test_a_plan_cannot_be_skirted_by_closing_at_once(office, claim):
    plan(office, claim)
    with pytest.raises(operations.PlanNeedsReport):
        operations.close_investigation(
            **told(claim, office.cha, finding="CONFIRMED", report="没有问题，可以赔付")
        )


def test_refuses_what_a_step_must_not_be(office, claim):
    with pytest.raises(operations.UnknownReason):
        plan(office, claim, "GOSSIP")
    with pytest.raises(NotAllowed):
        plan(office, claim, "POLICE")  # an investigator alone refers nobody
    with pytest.raises(Invalid):
        plan(office, claim, due_at=make.NOON)
    with pytest.raises(Invalid):
        plan(office, claim, due_at=make.NOON + timedelta(days=60))
    step = Step(kind="HOSPITAL", task="走访医院调阅", owner_id=office.chen[0].staff_id)
    with pytest.raises(Invalid):
        operations.plan_step(**told(claim, office.cha, step=step))
    assert not InvestigationStep.objects.exists()
    step = plan(office, claim)
    with pytest.raises(operations.NotTheOwner):
        settle(office, claim, step, make.colleague(office.id, "INVESTIGATOR"))
    colleague = make.colleague(office.id, "INVESTIGATOR")
    with pytest.raises(operations.NotTheOwner):
        operations.drop_step(**told(claim, colleague, step_id=step, reason="同事说不用查了"))
    with pytest.raises(Invalid):
        settle(office, claim, step, result="CONTRADICTS")
    with pytest.raises(operations.StepNotFound):
        settle(office, claim, step + 1)


def test_the_police_give_a_receipt(office, claim, kinds):
    step = plan(office, claim, "POLICE", office.zhu)
    with pytest.raises(Invalid):
        settle(office, claim, step)
    settle(office, claim, step, receipt="公经受字〔2026〕8号")
    assert "claims.referred_to_police" in kinds(claim.claim_id)


def test_an_outside_firm_is_asked_and_answers_by_the_job(office, claim, monkeypatch):
    # The practice firm answers by the last digit of its receipt, which the claim's number gives.
    monkeypatch.setattr(SandboxChecks, "ask", lambda firm, order: "TP0000000000")
    step = plan(office, claim, "THIRD_PARTY")
    assert jobs.ask_third_parties(make.NOON) == 1
    assert InvestigationStep.objects.get().state == "ASKED"
    assert jobs.ask_third_parties(make.NOON) == 1
    row = InvestigationStep.objects.get()
    assert (row.state, bool(row.answer)) == ("ANSWERED", True)
    shown = queries.investigation(queries.get_for_staff(claim.claim_id, office.cha[0]), make.NOON)
    assert "MATCHES" not in shown.steps[0].answer
    assert shown.steps[0].answer.startswith("与申请一致：")
    assert jobs.ask_third_parties(make.NOON) == 0
    assert not operations.record_third_party_answer(
        step_id=step, found="MATCHES", words="再来一次", at=make.NOON
    )
    operations.drop_step(**told(claim, office.cha, step_id=step, reason="材料已由医院提供"))
    assert InvestigationStep.objects.get().state == "DROPPED"


def test_a_firm_out_of_reach_is_asked_again_later(office, claim, monkeypatch):
    plan(office, claim, "THIRD_PARTY")

    class Silent:
        name = "silent"

        def ask(self, order):
            raise OSError

    monkeypatch.setattr(fact_checks, "get_firm", Silent)
    assert jobs.ask_third_parties(make.NOON) == 0
    assert InvestigationStep.objects.get().state == "PLANNED"
