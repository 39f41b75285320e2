"""A grave accident brings somebody to the scene without being asked for; any other loss does not."""

from datetime import timedelta

import pytest

from tests import make
from tests.claims.papers import react
from yilu.care.models import Visit
from yilu.claims.operations import Loss
from yilu.kernel.refs import Ref
from yilu.messaging.models import Message
from yilu.obligations import queries as obligations
from yilu.work.models import Item

pytestmark = pytest.mark.django_db
TODAY = make.NOON.date()
ACCIDENT = Loss(cause="ACCIDENT")


@pytest.fixture
def office():
    make.standards_in_force()
    return make.office()


def report(office, claim_type="DISABILITY", loss=ACCIDENT, days=0, **given):
    claim = make.reported_claim(
        make.insured(office), office_id=office, claim_type=claim_type, loss=loss,
        loss_date=TODAY - timedelta(days=days), **given,
    )  # fmt: skip
    react()
    return claim.claim_id


def test_somebody_is_called_at_once_told_about_and_on_the_clock(office):
    claim_id = report(office)
    visit = Visit.objects.get()
    assert (visit.claim_id, visit.kind, visit.state, visit.office_id) == (
        claim_id, "SURVEY", "ASKED", office,
    )  # fmt: skip
    item = Item.objects.get(queue__code="care.visit", subject=str(visit.ref))
    assert item.priority < 30
    assert Message.objects.filter(template="care.scene_called").count() == 1
    clocks = {c.code for c in obligations.list_clocks(Ref("visit", visit.pk), make.NOON)}
    assert {
        "pledge.scene_at_once", "pledge.first_call_ten_minutes", "pledge.survey_arrival",
    } <= clocks  # fmt: skip
    react()
    assert Visit.objects.count() == 1


@pytest.mark.parametrize(
    "other", [{"loss": Loss()}, {"days": 3}, {"claim_type": "MEDICAL"}, {"channel": "PROVIDER"},
              {"claim_type": "ACCIDENT"}],
)  # fmt: skip
def test_any_other_loss_sends_nobody(office, other):
    report(office, **other)
    assert not Visit.objects.exists()
    assert not Message.objects.filter(template="care.scene_called").exists()


def test_a_family_hurt_together_is_grave_although_none_of_them_is(office):
    parent = make.insured(office)
    for n in range(3):
        assert Visit.objects.count() == 0, n
        child = make.insured(office)
        policy = make.medical_policy(office, holder_id=parent, insured_id=child)
        make.reported_claim(
            parent, policy_number=policy.number, claim_type="ACCIDENT", loss=ACCIDENT, loss_date=TODAY,
            account_id=None,
        )  # fmt: skip
        react()
    assert Visit.objects.count() == 1
