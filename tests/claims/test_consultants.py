"""assign_consultant, accompany: one person accompanies a grave loss from the report to the money."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from tests import make
from tests.claims.papers import react
from tests.web.signing import signed_in
from yilu.claims import operations, queries
from yilu.claims.models import Claim
from yilu.journal.models import Event
from yilu.kernel.errors import Invalid, NotAllowed
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.work import operations as work
from yilu.work.models import Item

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim(office):
    """A critical illness, reported this noon."""
    lin = make.insured(office)
    policy = make.policy(
        office, product_code="critical-illness", holder_id=lin, sum_insured=Decimal(200_000),
        premium=Decimal(5000), effective_on=date(2023, 1, 1), with_social_insurance=False,
    )  # fmt: skip
    made = make.reported_claim(
        lin, office_id=office, policy_number=policy.number, claim_type="CRITICAL_ILLNESS"
    )
    return Claim.objects.get(pk=made.claim_id)


def consultant(office, name="顾问甲"):
    staff_id = make.staff(office, "CONSULTANT", name=name, phone="13900000011")
    return people.staff_access(staff_id), Ref("staff", staff_id)


def assign(claim, to, by, at=make.NOON):
    operations.assign_consultant(
        claim_id=claim.pk, staff_id=to[1].id, access=by[0], actor=by[1], at=at
    )


def progress(claim):
    return queries.get_progress(claim.pk, Ref("party", claim.claimant_id), make.NOON)


def test_whoever_takes_the_work_accompanies_the_customer(claim, office):
    gu, wang = consultant(office), consultant(office, "顾问乙")
    assert progress(claim).consultant is None
    work.take_next(queue="claims.consultant", access=gu[0], actor=gu[1], at=make.NOON)
    react()
    react()

    told = progress(claim).consultant
    assert (told.name, told.phone) == ("顾问甲", "13900000011")
    assert Event.objects.filter(kind="claims.consultant_assigned").count() == 1
    with time_machine.travel(make.NOON, tick=False):
        page = signed_in(Ref("party", claim.claimant_id)).get(
            reverse("customer:claim", args=[claim.pk])
        )
    assert "顾问甲" in page.content.decode()
    assert "tel:13900000011" in page.content.decode()

    item = Item.objects.get(queue_id="claims.consultant")
    work.hand_over(
        item_id=item.pk, to=wang[0], reason="休假", access=gu[0], actor=gu[1], at=make.NOON
    )
    react()
    assert progress(claim).consultant.name == "顾问乙"


def test_a_lead_names_and_changes_the_consultant_who_then_owes_the_call(claim, office):
    gu, wang = consultant(office), consultant(office, "顾问乙")
    lead = make.colleague(office, "TEAM_LEAD")
    assign(claim, gu, lead)
    assign(claim, wang, lead)
    assign(claim, wang, lead)
    react()

    item = Item.objects.get(queue_id="claims.consultant")
    assert (item.state, item.staff_id) == ("TAKEN", wang[1].id)  # the customer is yet to be called
    assert progress(claim).consultant.name == "顾问乙"
    assert Event.objects.filter(kind="claims.consultant_assigned").count() == 2


def test_others_name_only_themselves_and_only_those_who_may_are_named(claim, office):
    gu, wang = consultant(office), consultant(office, "顾问乙")
    lead = make.colleague(office, "TEAM_LEAD")
    with pytest.raises(NotAllowed):
        assign(claim, wang, gu)
    with pytest.raises(Invalid):
        assign(claim, make.colleague(office, "INVESTIGATOR"), lead)
    stranger = consultant(make.office())
    with pytest.raises(NotAllowed):
        assign(claim, stranger, stranger)
    assert progress(claim).consultant is None
    Claim.objects.filter(pk=claim.pk).update(state="CLOSED")
    with pytest.raises(operations.NoConsultantNeeded):
        assign(claim, gu, gu)
    assert not Event.objects.filter(kind="claims.consultant_assigned").exists()
