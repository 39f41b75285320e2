"""Taking back the consent to health data takes a claim out of the machine's hands, and nothing else."""

from datetime import date

import pytest

from tests import make
from tests.claims import papers
from yilu.claims.models import Claim, ContactNote
from yilu.kernel.refs import Ref
from yilu.messaging.models import Message
from yilu.people import operations as people
from yilu.people import queries
from yilu.work.models import Item

pytestmark = pytest.mark.django_db


def withdraw(party_id, purpose="HEALTH_DATA"):
    people.withdraw_consent(
        party_id=party_id, purpose=purpose, actor=Ref("party", party_id), at=make.NOON
    )
    papers.react()


def test_what_the_machine_had_goes_to_a_person_with_the_reason_and_a_word(office):
    made = make.reported_claim(office_id=office)
    claim = Claim.objects.get(pk=made.claim_id)
    withdraw(claim.insured_id, "AGENT_COPY")
    assert Claim.objects.get().state == "REPORTED"

    withdraw(claim.insured_id)

    claim.refresh_from_db()
    assert (claim.state, "CONSENT_WITHDRAWN" in claim.reasons) == ("REVIEW", True)
    assert Item.objects.get(queue_id="claims.review").state == "OPEN"
    assert ContactNote.objects.count() == 1
    told = Message.objects.get(template="claims.in_review")
    assert "您撤回了健康信息授权" in told.facts["reason"]


def test_who_has_it_in_hand_sees_it_and_an_earlier_page_is_stale(office):
    made = make.claim_in_review(office_id=office)
    before = Claim.objects.get(pk=made.claim_id)

    withdraw(before.insured_id)
    people.give_consent(
        party_id=before.insured_id, purpose="HEALTH_DATA", channel="APP", at=make.NOON,
        text_version=queries.consent_text("HEALTH_DATA").version,
        actor=Ref("party", before.insured_id),
    )  # fmt: skip
    withdraw(before.insured_id)

    after = Claim.objects.get(pk=made.claim_id)
    assert (after.state, after.version) == ("REVIEW", before.version + 1)
    assert after.reasons[-1] == "CONSENT_WITHDRAWN"
    assert ContactNote.objects.count() == 1


def test_a_parents_consent_counts_for_the_child_and_not_for_a_grown_up(office):
    mother, child = (
        make.insured(office),
        make.party(office, identity_number=make.resident_id(date(2018, 5, 1))),
    )
    grown = make.insured(office)
    for insured in (child, grown):
        policy = make.medical_policy(office, holder_id=mother, insured_id=insured)
        make.reported_claim(mother, policy_number=policy.number, account_id=None)

    withdraw(mother)

    states = {c.insured_id: c.state for c in Claim.objects.all()}
    assert states == {child: "REVIEW", grown: "REPORTED"}
