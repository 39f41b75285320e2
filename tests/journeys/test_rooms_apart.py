"""Visits, direct billing and complaints are journeys like any other; two rooms' visits stay apart."""

from datetime import timedelta

import pytest

from tests import make
from tests.journeys.telling import read, tell
from yilu.journeys import operations as journeys
from yilu.journeys import queries
from yilu.journeys.models import Breakpoint, JourneyCase
from yilu.kernel.refs import Ref

pytestmark = pytest.mark.django_db(transaction=True)
NOON = make.NOON


def test_a_visit_of_ours_and_a_hospital_s_of_the_same_number_are_two_cases(office):
    about = Ref("visit", 5)
    tell("care.visit_asked", about, NOON, 7, office_id=office)
    tell("direct_billing.visit_opened", about, NOON, 8, office_id=office)
    tell("care.visit_done", about, NOON + timedelta(hours=3), 7)
    tell("direct_billing.guarantee_refused", about, NOON + timedelta(hours=4), 8)
    read(NOON + timedelta(hours=5))

    steps = dict(JourneyCase.objects.values_list("code", "step"))
    assert steps == {"visit": "done", "direct_billing": "refused"}
    access, _ref = make.colleague(office, "SERVICE_MANAGER")
    hospital = queries.get_case(JourneyCase.objects.get(code="direct_billing").pk, access)
    rooms = {event.kind.split(".")[0] for event in hospital.events}
    assert rooms == {"direct_billing"}

    journeys.find_late(at=NOON + timedelta(days=3))
    found = Breakpoint.objects.get()
    assert (found.family, found.step, found.kind) == ("direct_billing", "refused", "STEP_LATE")


def test_who_urges_a_complaint_a_second_time_is_called(office):
    about = Ref("complaint", 3)
    tell("complaints.received", about, NOON, 7, office_id=office, channel="PHONE")
    tell("complaints.word_noted", about, NOON + timedelta(hours=1), 7)
    tell("complaints.urged", about, NOON + timedelta(hours=2), 7, times=1)
    read(NOON + timedelta(hours=3))
    assert not Breakpoint.objects.exists()
    tell("complaints.urged", about, NOON + timedelta(hours=4), 7, times=2)
    read(NOON + timedelta(hours=5))
    found = Breakpoint.objects.get()
    assert (found.family, found.kind, found.state) == ("complaint", "ATTEMPTS", "TASKED")
