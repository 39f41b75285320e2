"""A report for somebody who has not agreed to the use of health data is kept, not refused."""

from datetime import date

import pytest

from tests import make
from tests.claims import papers
from tests.claims.waiting.acts import keep, refuse, the_row, told
from yilu.claims import operations
from yilu.claims.models import Claim, WaitingReport
from yilu.kernel import tx
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref
from yilu.obligations.models import Clock
from yilu.people import operations as people
from yilu.policies.queries import PolicyNotFound, PolicyNotInForce
from yilu.work.models import Item

pytestmark = pytest.mark.django_db


class TestKeeping:
    def test_nothing_is_lost_and_the_customer_is_asked_at_once(self, kept, hua, office, seat):
        row = the_row()
        assert (row.state, row.subject_id, row.first_on) == ("WAITING", hua, date(2026, 3, 4))
        assert row.said["amount"] == "850.00"
        asked = told("claims.consent_wanted").get()
        assert asked.recipient == f"party:{hua}"
        assert asked.facts["link"].endswith(f"/c/waiting-reports/{row.pk}")
        assert asked.facts["who"].startswith("客服人员")
        assert Item.objects.get(queue_id="claims.waiting").office_id == office
        clock = Clock.objects.get(subject=str(row.ref))
        assert (clock.code, clock.state) == ("pledge.waiting_report_spoken", "RUNNING")
        assert not Claim.objects.exists()

    def test_the_same_tap_and_the_same_loss_wait_once(self, policy, hua, seat):
        first = keep(policy, hua, seat, request_key="tap")
        again = keep(policy, hua, seat, request_key="tap")
        other = keep(policy, hua, seat, request_key="another")

        assert {first.waiting_id, again.waiting_id, other.waiting_id} == {the_row().pk}
        assert (first.is_new, again.is_new, other.is_new) == (True, False, False)
        assert told("claims.consent_wanted").count() == 1
        with pytest.raises(operations.SaidOtherwise):
            keep(policy, hua, seat, request_key="tap", loss_date=date(2026, 2, 2))

    def test_who_agreed_before_is_reported_for_as_ever(self, policy, hua, seat):
        make.consent(hua)

        made = keep(policy, hua, seat)

        assert Claim.objects.get().pk == made.claim_id
        assert not WaitingReport.objects.exists()

    def test_what_would_be_refused_anyway_is_refused(self, policy, hua, seat, office):
        with pytest.raises(PolicyNotInForce):
            keep(policy, hua, seat, loss_date=date(2025, 8, 31))
        with pytest.raises(NotAllowed):
            keep(policy, hua, make.colleague(make.office(), "INTAKE"))
        with pytest.raises(PolicyNotFound):
            operations.report_or_keep(
                report=make.report(policy.number, hua, channel="AGENT"),
                actor=Ref("agent", make.agent(office)), at=make.NOON,
            )  # fmt: skip
        assert not WaitingReport.objects.exists()

    def test_a_customers_own_consent_is_asked_on_the_spot(self, policy, hua):
        with pytest.raises(operations.ConsentMissing) as missing:
            operations.report_or_keep(
                report=make.report(policy.number, hua), actor=Ref("party", hua), at=make.NOON
            )
        assert missing.value.of == hua

    def test_a_wife_reports_and_her_husband_is_asked(self, office, hua):
        wife = make.insured(office)
        policy = make.medical_policy(office, holder_id=wife, insured_id=hua)

        made = operations.report_or_keep(
            report=make.report(policy.number, wife, account_id=None), actor=Ref("party", wife),
            at=make.NOON,
        )  # fmt: skip
        assert (made.subject_id, told("claims.consent_wanted").get().recipient) == (
            hua, f"party:{hua}",
        )  # fmt: skip

        refuse(made, hua)

        answer = told("claims.waiting_answered").get()
        assert (answer.recipient, answer.facts["outcome"]) == (f"party:{wife}", "客户不同意")

    def test_a_childs_parent_and_the_next_of_kin_are_asked_themselves(self, office, hua, seat):
        child = make.party(office, identity_number=make.resident_id(date(2018, 5, 1)))
        policy = make.medical_policy(office, holder_id=hua, insured_id=child)

        assert keep(policy, hua, seat, account_id=None).subject_id == hua

    def test_a_guardians_consent_counts_for_a_grown_up_who_cannot_act(self, office, hua, seat):
        son = make.insured(office)
        policy = make.medical_policy(office, holder_id=son, insured_id=hua)
        name = tx.use_case(people.name_guardian)
        name(ward_id=hua, guardian_id=son, ground="APPOINTED", actor=seat[1], at=make.NOON)

        made = keep(policy, son, seat, account_id=None)
        people.withdraw_consent(
            party_id=son, purpose="HEALTH_DATA", actor=Ref("party", son), at=make.NOON
        )
        papers.react()

        claim = Claim.objects.get(pk=made.claim_id)
        assert (claim.state, "CONSENT_WITHDRAWN" in claim.reasons) == ("REVIEW", True)
        later = keep(policy, son, seat, account_id=None, loss_date=date(2026, 2, 2))
        assert later.subject_id == son
