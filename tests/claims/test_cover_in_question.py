"""A loss for which there is no cover by our records: taken like any other, and only a person refuses."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests import make
from tests.claims.papers import e_invoice, hand_in, react, read_all
from yilu.claims import operations, queries
from yilu.claims.models import WaitingReport
from yilu.kernel.refs import Ref
from yilu.letters.models import IssuedLetter
from yilu.messaging.models import Message
from yilu.obligations import queries as obligations
from yilu.policies.models import Policy
from yilu.policies.queries import PolicyNotInForce
from yilu.work.models import Item

pytestmark = pytest.mark.django_db

LAW = {"law.decide_five_working_days", "law.decide_thirty_days", "law.advance_sixty_days"}


@pytest.fixture
def policy(office, lin):
    return make.medical_policy(office, holder_id=lin)


def lapsed(policy):
    Policy.objects.filter(pk=policy.id).update(state="SUSPENDED", suspended_on=date(2026, 2, 1))


def rescinded(policy):
    Policy.objects.filter(pk=policy.id).update(
        state="TERMINATED", ended_on=date(2026, 2, 1), ending="RESCINDED"
    )


def report(told, **given):
    actor = given.pop("actor", Ref("party", told.claimant_id))
    return operations.report_claim(report=told, actor=actor, at=make.NOON, **given)


def running(claim):
    return {c.code for c in obligations.list_clocks(claim.ref, make.NOON) if c.state == "RUNNING"}


@pytest.mark.parametrize(
    ("records", "claim_type", "reason", "said"),
    [
        (lapsed, "MEDICAL", "NO_COVER", "2026-02-01"),
        (rescinded, "MEDICAL", "NO_COVER", "解除"),
        (None, "ALLOWANCE", "NOT_COVERED", "没有所报的"),
    ],
)
def test_is_registered_and_goes_to_a_person_with_the_reason(
    policy, lin, office, claim_of, kinds, records, claim_type, reason, said
):
    if records:
        records(policy)

    made = report(make.report(policy.number, lin, claim_type=claim_type))

    row = claim_of(made.claim_id)
    assert (made.is_new, made.state, row.state) == (True, "REVIEW", "REVIEW")
    assert row.reasons[0] == reason
    assert "claims.claim_registered" in kinds(row.pk)
    assert running(made) >= LAW
    assert Item.objects.get().queue_id == "claims.review"
    assert Message.objects.get().template == "claims.cover_in_question"
    seen = queries.desk(made.claim_id, make.colleague(office, "ASSESSOR")[0], make.NOON)
    assert said in " ".join(seen.reasons)
    assert seen.machine_verdict == "LOOK"


def test_is_refused_only_by_a_person_in_a_letter_and_may_be_appealed_against(
    policy, lin, office, claim_of
):
    lapsed(policy)
    made = report(make.report(policy.number, lin))
    access, chen = make.colleague(office, "ASSESSOR")
    seen = queries.desk(made.claim_id, access, make.NOON)
    verdict = operations.Verdict(
        digest=seen.digest,
        kind="DECLINE",
        reason="宽限期满仍未交费，出险时合同中止",
        clauses=("3.1",),
    )

    operations.decide(
        claim_id=made.claim_id, verdict=verdict, access=access, actor=chen, at=make.NOON
    )

    assert claim_of(made.claim_id).state == "DECLINED"
    assert IssuedLetter.objects.get().kind == "DENIAL"
    assert "law.denial_notice_three_days" in running(made)
    assert "REOPEN" in queries.get_progress(made.claim_id, Ref("party", lin), make.NOON).can


def test_takes_papers_although_nobody_asked_for_them_and_no_machine_approves(policy, lin, claim_of):
    lapsed(policy)
    made = report(make.report(policy.number, lin))
    hand_in(made.claim_id, e_invoice(), actor=Ref("party", lin))
    read_all()

    row = claim_of(made.claim_id)
    assert (row.state, row.reasons[0]) == ("REVIEW", "NO_COVER")


def test_whose_cover_is_found_after_all_is_paid_by_a_person(policy, lin, office, claim_of):
    lapsed(policy)
    made = report(make.report(policy.number, lin))
    hand_in(made.claim_id, e_invoice(), actor=Ref("party", lin))
    read_all()
    Policy.objects.filter(pk=policy.id).update(state="IN_FORCE", suspended_on=None)
    access, chen = make.colleague(office, "ASSESSOR")
    told = {"claim_id": made.claim_id, "access": access, "actor": chen, "at": make.NOON}

    operations.calculate_claim(chosen=operations.Chosen(), **told)

    assert "NO_COVER" not in claim_of(made.claim_id).reasons
    digest = queries.desk(made.claim_id, access, make.NOON).digest
    verdict = operations.Verdict(digest=digest, kind="APPROVE", reason="核实保费已按期缴纳")
    operations.decide(verdict=verdict, **told)
    assert claim_of(made.claim_id).decided_at


def test_reaches_the_same_desk_by_every_door(policy, lin, office):
    lapsed(policy)
    wei = make.agent(office)
    Policy.objects.filter(pk=policy.id).update(agent_id=wei)
    access, caller = make.colleague(office, "INTAKE")
    by_phone = report(
        make.report(policy.number, lin, channel="PHONE", loss_date=date(2026, 2, 3)),
        actor=caller, access=access,
    )  # fmt: skip
    by_agent = report(
        make.report(policy.number, lin, channel="AGENT", loss_date=date(2026, 2, 2)),
        actor=Ref("agent", wei),
    )
    make.consent(lin, "MEDICAL_DATA_FETCH")
    _, state = operations.report_with_invoices(
        report=make.report(policy.number, lin), provider_id=1, invoices=[make.invoice()],
        actor=Ref("provider", 1), at=make.NOON,
    )  # fmt: skip

    assert (by_phone.state, by_agent.state, state) == ("REVIEW", "REVIEW", "REVIEW")
    assert set(Item.objects.values_list("queue_id", flat=True)) == {"claims.review"}


def test_a_report_that_waited_for_consent_goes_the_same_way(policy, lin, office, claim_of):
    hua = make.party(office, birth_date=date(1985, 6, 15))
    theirs = make.medical_policy(office, holder_id=lin, insured_id=hua)
    lapsed(theirs)
    kept = operations.report_or_keep(
        report=make.report(theirs.number, lin), actor=Ref("party", lin), at=make.NOON
    )
    make.consent(hua)
    react()

    made = claim_of(WaitingReport.objects.get(pk=kept.waiting_id).claim_id)
    assert (made.state, made.reasons[0]) == ("REVIEW", "NO_COVER")


def test_a_contract_rescinded_after_the_report_leaves_no_claim_without_its_clocks(
    policy, lin, claim_of, kinds
):
    made = report(make.report(policy.number, lin))
    rescinded(policy)

    hand_in(made.claim_id, e_invoice(), actor=Ref("party", lin))
    read_all()

    row = claim_of(made.claim_id)
    assert (row.state, row.lane, row.reasons[0]) == ("REVIEW", "RED", "NO_COVER")
    assert "claims.claim_registered" in kinds(row.pk)
    assert running(made) >= LAW
    assert "law.one_off_notice" not in running(made)


@pytest.mark.parametrize("days", [1, 400])
def test_a_day_before_the_contract_began_is_another_day_or_another_contract(policy, lin, days):
    told = make.report(policy.number, lin)
    with pytest.raises(PolicyNotInForce, match="早于保单生效日"):
        report(replace(told, loss_date=date(2025, 9, 1) - timedelta(days=days)))
    assert not Item.objects.exists()
