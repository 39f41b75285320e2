"""Lists and search, the customer, and one's own work."""

import pytest

from tests import cast, make
from tests.web.staff.claim_desk.pages import address
from yilu.claims import queries as claims
from yilu.journal.models import Event
from yilu.people.queries import has_consent

pytestmark = pytest.mark.django_db


class TestListAndSearch:
    def test_the_list_holds_ones_own_offices_claims_only(self, staff, claim, people):
        number = claims.get_for_staff(claim, people.chens_access).number
        assert number in staff.chen.get("/staff/claims").content.decode()
        assert number in staff.chen.get("/staff/claims?state=REVIEW").content.decode()
        assert number not in staff.chen.get("/staff/claims?state=PAYING").content.decode()
        assert "小额快赔" not in staff.chen.get("/staff/claims").text  # this one is a large one
        make.claim_in_review(office_id=people.branch_a, invoices=[make.invoice("王某某")])
        assert staff.chen.get("/staff/claims").text.count("小额快赔") == 1
        assert staff.chen.get("/staff/queues/claims.review").text.count("小额快赔") == 1
        assert number not in staff.bai.get("/staff/claims").content.decode()
        assert staff.luo.get("/staff/claims").status_code == 403

    def test_a_claim_number_leads_straight_to_it(self, staff, claim, people):
        number = claims.get_for_staff(claim, people.chens_access).number
        answer = staff.chen.get("/staff/search", {"q": number})
        assert answer.status_code == 302
        assert answer.url == address(claim)
        assert "没有找到" in staff.bai.get("/staff/search", {"q": number}).content.decode()

    def test_a_forged_page_is_refused_in_words(self, staff, claim):
        assert staff.chen.get("/staff/claims?after=xx").status_code == 422


class TestCustomers:
    def test_the_whole_customer_is_shown_masked(self, staff, claim, people):
        page = staff.chen.get(f"/staff/customers/{people.lin}").content.decode()
        assert "138****5678" in page
        assert cast.LIN_PHONE not in page

    def test_unmasking_is_recorded(self, staff, people):
        answer = staff.chen.post(
            f"/staff/customers/{people.lin}/unmask",
            {"field": "phone", "reason": "CONTACT_CUSTOMER"},
        )
        assert cast.LIN_PHONE in answer.content.decode()
        event = Event.objects.get(kind="people.personal_data_shown")
        assert event.actor == str(people.as_chen)

    def test_unmasking_without_a_reason_shows_nothing(self, staff, people):
        answer = staff.chen.post(f"/staff/customers/{people.lin}/unmask", {"field": "phone"})
        assert 400 <= answer.status_code < 500
        assert cast.LIN_PHONE not in answer.content.decode()

    def test_a_no_to_offers_is_noted_at_once_by_whoever_may_see_the_customer(self, staff, people):
        url = f"/staff/customers/{people.lin}"
        make.consent(people.lin, "MARKETING")
        assert "客户不想再听推荐" in staff.chen.get(url).content.decode()
        for stranger in (staff.bai, staff.luo, staff.nobody):
            stranger.post(f"{url}/no-offers")
        assert has_consent(people.lin, "MARKETING")
        assert staff.chen.post(f"{url}/no-offers").status_code == 302
        assert not has_consent(people.lin, "MARKETING")
        assert Event.objects.get(kind="people.consent_withdrawn").actor == str(people.as_chen)

    def test_strangers_see_nothing(self, staff, people):
        url = f"/staff/customers/{people.lin}"
        assert staff.bai.get(url).status_code == 404
        assert staff.luo.get(url).status_code == 403
        assert staff.nobody.get(url).status_code == 302
        for browser in (staff.bai, staff.luo, staff.nobody, staff.lin):
            answer = browser.post(f"{url}/unmask", {"field": "phone", "reason": "CONTACT_CUSTOMER"})
            assert cast.LIN_PHONE not in answer.content.decode()
        assert not Event.objects.filter(kind="people.personal_data_shown").exists()


class TestMyWork:
    def test_taking_an_item_leads_to_its_claim_and_names_me(self, staff, claim, people):
        answer = staff.chen.post("/staff/queues/claims.review/take-next")
        assert answer.status_code == 302
        assert answer.url == address(claim)
        assert "手上没有待办" not in staff.chen.get("/staff/").content.decode()

    def test_an_empty_queue_says_so(self, staff, people):
        page = staff.chen.post("/staff/queues/claims.review/take-next", follow=True)
        assert "没有" in page.content.decode()

    def test_a_queue_needs_its_right(self, staff, claim):
        assert staff.zhu.get("/staff/queues/claims.review").status_code == 403
        assert staff.chen.get("/staff/queues/claims.review").status_code == 200
        assert staff.nobody.get("/staff/queues/claims.review").status_code == 302

    def test_pages_are_for_people_with_sight_of_them(self, staff):
        assert staff.luo.get("/staff/").status_code == 200
        assert staff.nobody.get("/staff/").status_code == 302
