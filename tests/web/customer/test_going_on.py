"""接续 on the customer's pages: a failure is told, the card appears, a way is taken."""

import pytest

from tests import make
from tests.journeys.telling import read, tell
from yilu.journal import operations as journal
from yilu.journeys.models import Breakpoint, KeptForm, Offer
from yilu.kernel.refs import Ref

pytestmark = pytest.mark.django_db(transaction=True)
NOON = make.NOON


@pytest.fixture
def failing(people):
    """Lin's loan over the limit, as the room tells it."""
    make.journeys_in_force()
    about = Ref("servicing_request", 900)
    given = {"request": "policy_loan", "door": "CUSTOMER", "office_id": people.branch_a}
    tell("servicing.request_started", about, NOON, people.lin, **given)
    tell("servicing.self_service_blocked", about, NOON, people.lin, request="policy_loan")
    return people


def test_the_card_appears_as_soon_as_the_worker_has_looked(failing, lin):
    assert "我们接着为您办" not in lin.get("/c/going-on?n=0").content.decode()
    journal.run_reactions(NOON, 100)
    card = lin.get("/c/going-on?n=1").content.decode()
    assert "“保单借款”没办完？我们接着为您办" in card
    assert "视频办理" in card
    assert 'data-poll="20"' in card


def test_it_asks_quickly_at_first_and_then_less(failing, lin):
    assert 'data-poll="1"' in lin.get("/c/going-on?n=3").content.decode()
    assert 'data-poll="20"' in lin.get("/c/going-on?n=12").content.decode()
    assert lin.get("/c/going-on?n=x").status_code == 200


def test_a_way_is_taken_or_none(failing, lin, zhou):
    journal.run_reactions(NOON, 100)
    offer = Offer.objects.get()
    url = f"/c/going-on/{offer.pk}"
    assert zhou.post(url, {"way": "ADVISER"}).status_code == 404
    assert lin.post(url, {"way": "FAX"}).status_code == 422
    assert lin.post(url, {"way": "NONE"}).status_code == 302
    assert Breakpoint.objects.get().how == "NOT_NEEDED"
    assert lin.post(url, {"way": "ADVISER"}).status_code == 409


def test_a_refused_form_is_kept_and_filled_in_again(people, lin):
    make.journeys_in_force()
    for _ in range(2):
        page = lin.post("/c/services/contact_address", {"region": "浙江省杭州市", "street": ""})
        assert page.status_code == 422
        assert "data-push=" in page.content.decode()
    row = KeptForm.objects.get()
    assert (row.journey, row.request, row.attempts) == ("servicing", "contact_address", 2)
    read(NOON)
    assert Breakpoint.objects.get().kind == "FAILED_SELF_SERVICE"
    assert "专人" in lin.get("/c/going-on").content.decode()
    assert "浙江省杭州市" in lin.get("/c/services/contact_address").content.decode()


def test_a_report_that_is_refused_is_a_failure_of_the_claim_journey(people, lin, policy):
    make.journeys_in_force()
    url = f"/c/report?policy={policy.id}&type=MEDICAL"
    told = {"loss_date": "2020-01-01", "request_key": "a" * 8}
    lin.post(url, told)
    lin.post(url, told)
    assert set(KeptForm.objects.values_list("journey", flat=True)) <= {"claim"}
