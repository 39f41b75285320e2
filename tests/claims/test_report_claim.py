"""report_claim …"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests import make
from tests.claims.papers import react
from yilu.claims import operations
from yilu.claims.models import Claim
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref
from yilu.messaging.models import Message
from yilu.people import operations as people
from yilu.people.queries import AccountNotFound
from yilu.policies.queries import PolicyNotFound, PolicyNotInForce
from yilu.work.models import Item
from yilu.work.operations import take_next

pytestmark = pytest.mark.django_db


@pytest.fixture
def policy(office, lin):
    return make.medical_policy(office, holder_id=lin)


def report(told, **given):
    return operations.report_claim(
        report=told, actor=given.pop("actor", Ref("party", told.claimant_id)), at=make.NOON, **given
    )


def test_writes_claim_event_and_message_together(policy, lin, kinds, claim_of):
    made = report(make.report(policy.number, lin, claimed_amount=Decimal("850.00")))

    claim = claim_of(made.claim_id)
    assert made.is_new
    assert (claim.state, claim.number, claim.band) == ("REPORTED", made.number, "UNDER_3K")
    assert made.number.startswith("C20260304")
    assert kinds(claim.pk) == ["claims.claim_reported"]
    message = Message.objects.get()
    assert (message.template, message.recipient) == ("claims.reported", f"party:{lin}")
    assert {item.code for item in made.checklist.items} >= {"invoice", "diagnosis"}


def test_shows_the_customer_nothing_to_do_by_itself_but_opens_work_after_a_call(
    policy, lin, office
):
    access, caller = make.colleague(office, "INTAKE")
    assert not Item.objects.exists()

    report(make.report(policy.number, lin, channel="PHONE"), actor=caller, access=access)

    assert Item.objects.get().queue_id == "claims.intake"


def test_gives_a_grave_loss_a_consultant(office, lin):
    policy = make.policy(
        office, product_code="critical-illness", holder_id=lin, sum_insured=Decimal(300_000),
        premium=Decimal(5000), effective_on=date(2023, 1, 1), with_social_insurance=False,
    )  # fmt: skip
    report(make.report(policy.number, lin, claim_type="CRITICAL_ILLNESS"))

    assert Item.objects.get().queue_id == "claims.consultant"
    access, gu = make.colleague(office, "CONSULTANT", "ASSESSOR")
    take_next(queue="claims.consultant", access=access, actor=gu, at=make.NOON)
    react()
    assert Claim.objects.get().consultant_id == gu.id


def test_same_key_twice_is_one_claim(policy, lin):
    told = make.report(policy.number, lin)
    first, second = report(told), report(told)

    assert first.claim_id == second.claim_id
    assert (first.is_new, second.is_new) == (True, False)
    assert Event.objects.filter(kind="claims.claim_reported").count() == 1
    assert Message.objects.count() == 1


def test_keeps_a_key_private_to_its_claimant(office, policy, lin):
    other = make.insured(office)
    theirs = make.medical_policy(office, holder_id=other)
    mine = report(make.report(policy.number, lin, request_key="tap"))

    assert report(make.report(theirs.number, other, request_key="tap")).claim_id != mine.claim_id


def test_merges_a_second_report_of_the_same_loss_and_names_the_first(policy, lin, kinds):
    first = report(make.report(policy.number, lin))
    second = report(make.report(policy.number, lin))

    assert second.claim_id == first.claim_id
    assert second.number == first.number
    merged = Claim.objects.get(number=second.merged_from)
    assert (merged.state, merged.merged_into_id) == ("MERGED", first.claim_id)
    assert kinds(merged.pk) == ["claims.claim_merged"]


def test_merges_with_a_claim_that_a_person_has_in_hand(insurer):
    office = make.office()
    lin = make.insured(office)
    policy = make.medical_policy(office, holder_id=lin)
    first = make.claim_in_review(holder_id=lin, office_id=office, policy_number=policy.number)

    assert report(make.report(policy.number, lin)).claim_id == first.claim_id


def test_takes_another_day_as_another_loss(policy, lin):
    first = report(make.report(policy.number, lin))

    assert (
        report(make.report(policy.number, lin, loss_date=date(2026, 2, 1))).claim_id
        != first.claim_id
    )


def test_refuses_a_stranger_in_the_same_words_as_a_wrong_number(policy, office):
    stranger = make.insured(office)
    with pytest.raises(PolicyNotFound) as strange:
        report(make.report(policy.number, stranger))
    with pytest.raises(PolicyNotFound) as wrong:
        report(make.report("8626000000000000", stranger))

    assert (strange.value.message, strange.value.hint) == (wrong.value.message, wrong.value.hint)
    assert not Claim.objects.exists()


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"loss_date": date(2026, 3, 5)}, operations.LossInFuture),
        ({"loss_date": date(2025, 8, 31)}, PolicyNotInForce),
        ({"claim_type": "FLOOD"}, operations.UnknownClaimType),
        ({"claimed_amount": Decimal("10.001")}, operations.BadAmount),
        ({"claimed_amount": Decimal(-1)}, operations.BadAmount),
        ({"claimed_amount": Decimal("1e15")}, operations.BadAmount),
        ({"request_key": ""}, operations.BadRequestKey),
        ({"request_key": "x" * 65}, operations.BadRequestKey),
        ({"account_id": 987654321}, AccountNotFound),
        ({"loss": operations.Loss(cause="MAGIC")}, operations.BadLoss),
        ({"loss": operations.Loss(event_on=date(2026, 3, 2))}, operations.BadLoss),
    ],
)
def test_refuses_what_cannot_be_and_changes_nothing(policy, lin, given, refusal):
    with pytest.raises(refusal) as refused:
        report(replace(make.report(policy.number, lin), **given))

    assert refused.value.message
    assert 400 <= refused.value.status < 500
    assert not Claim.objects.exists()
    assert not Event.objects.filter(kind__startswith="claims.").exists()
    assert not Message.objects.exists()


def test_takes_the_last_day_that_is_today_in_china(policy, lin):
    assert report(make.report(policy.number, lin, loss_date=date(2026, 3, 4))).is_new


def test_refuses_without_the_separate_consent_for_health_data(office):
    silent = make.party(office, birth_date=date(1985, 6, 15))
    policy = make.medical_policy(office, holder_id=silent)

    with pytest.raises(operations.ConsentMissing):
        report(make.report(policy.number, silent))
    assert not Claim.objects.exists()


def test_refuses_an_account_that_is_not_the_insured_persons_own(policy, lin, office):
    somebody = make.account(make.insured(office))

    with pytest.raises(AccountNotFound):
        report(make.report(policy.number, lin, account_id=somebody))


def test_refuses_an_agent_who_does_not_serve_the_policy(office, lin):
    wei, qian = make.agent(office), make.agent(office)
    policy = make.medical_policy(office, holder_id=lin, agent_id=wei)
    told = make.report(policy.number, lin, channel="AGENT")

    with pytest.raises(PolicyNotFound):
        report(told, actor=Ref("agent", qian))
    assert report(told, actor=Ref("agent", wei)).is_new


def test_refuses_staff_of_another_branch(policy, lin):
    access, caller = make.colleague(make.office(), "INTAKE")

    with pytest.raises(NotAllowed):
        report(make.report(policy.number, lin, channel="PHONE"), actor=caller, access=access)
    with pytest.raises(NotAllowed):
        report(make.report(policy.number, lin, channel="PHONE"), actor=caller)


def test_refuses_a_customer_who_acts_for_somebody_else(policy, lin, office):
    other = make.insured(office)

    with pytest.raises(PolicyNotFound):
        report(make.report(policy.number, lin), actor=Ref("party", other))


class TestDeceased:
    """Nobody claims in the name of the dead."""

    def test_the_insured_who_has_died_is_refused_at_any_door_and_the_family_is_not(self, office):
        lin = make.insured(office, name="林先生")
        wife = make.insured(office, name="林太太")
        policy = make.policy(
            office, holder_id=wife, insured_id=lin, product_code="term-life",
            sum_insured=Decimal(100_000), premium=Decimal(300), effective_on=date(2022, 1, 1),
            with_social_insurance=False,
        )  # fmt: skip
        told = make.report(policy.number, lin, claim_type="DEATH")
        access, staff = make.colleague(office, "REGISTRAR")
        for more in ({}, {"actor": staff, "access": access}):
            with pytest.raises(operations.DeceasedClaimant):
                report(told, **more)
        assert not Claim.objects.exists()
        assert not Message.objects.exists()
        assert report(replace(told, claimant_id=wife)).is_new

    def test_somebody_said_to_have_died_claims_nothing_until_that_is_put_right(self, policy, lin):
        about = Ref("claim", 99)
        tx.use_case(people.note_death)(
            party_id=lin, died_on=date(2026, 3, 1), about=about, at=make.NOON
        )
        told = make.report(policy.number, lin)
        with pytest.raises(operations.DeceasedClaimant) as refused:
            report(told)
        assert "受益人申请" in str(refused.value.hint)
        assert not Claim.objects.exists()
        tx.use_case(people.forget_death)(about=about)
        assert report(told).is_new
