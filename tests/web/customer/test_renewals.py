import icalendar
import pytest

from tests.renewals import desk
from tests.web.signing import signed_in
from yilu.renewals.models import CalendarFeed, PremiumDue, PremiumOrder

pytestmark = pytest.mark.django_db
URL = "/c/renewals"


@pytest.fixture
def dues(people, noon):
    for _ in range(2):
        desk.policy(people.branch_a, holder_id=people.lin)
    noon.move_to(desk.noon(desk.days(-7)))
    desk.run(desk.days(-7))
    return list(PremiumDue.objects.order_by("pk"))


def test_chooses_several_policies_and_pays_them_together(dues, lin):
    page = lin.get(URL).content.decode()
    assert page.count('name="due"') == 2
    assert "¥8,000.00" in page
    pressed = {"due": [d.pk for d in dues], "key": "once"}
    first = lin.post(URL, pressed)
    assert first.status_code == 302
    assert first.url.startswith("/c/pay/")
    assert lin.post(URL, pressed).url == first.url  # pressed twice
    assert PremiumOrder.objects.get().total == 8000
    assert "正在支付" in lin.get(URL).content.decode()
    order = PremiumOrder.objects.get()
    assert lin.post(f"{URL}/{order.pk}/cancel").status_code == 302
    order.refresh_from_db()
    assert order.state == "CANCELLED"


def test_nothing_chosen_and_another_customers_premium_are_refused(dues, lin, zhou):
    assert lin.post(URL, {}).status_code == 422
    refused = zhou.post(URL, {"due": [dues[0].pk], "key": "a"})
    assert refused.status_code == 404
    assert not PremiumOrder.objects.exists()
    assert "近期没有要交的保险费" in zhou.get(URL).content.decode()


def test_a_lapsed_policy_shows_the_way_back(dues, people, noon):
    noon.move_to(desk.noon(desk.days(61)))
    desk.run(desk.days(1))
    desk.run(desk.days(61))
    lin = signed_in(people.as_lin)
    page = lin.get(URL).content.decode()
    assert "去办理复效" in page
    assert 'name="due"' not in page
    refused = lin.post(URL, {"due": [dues[0].pk], "key": "a"})
    assert refused.status_code == 409
    assert "复效" in refused.content.decode()


class TestCalendar:
    def subscribe(self, lin, **given):
        page = lin.post(f"{URL}/calendar", {"alarm": ["0", "7"], **given}).content.decode()
        start = page.index("/calendar/")
        return page[start : page.index(".ics", start) + 4]

    def test_reads_as_a_calendar_with_alarms_and_without_personal_data(self, people, dues, lin):
        url = self.subscribe(lin)
        answer = lin.__class__().get(url)  # a phone's calendar has no session
        assert answer.headers["Content-Type"].startswith("text/calendar")
        calendar = icalendar.Calendar.from_ical(answer.content)
        events = calendar.walk("VEVENT")
        assert {e.decoded("dtstart") for e in events} >= {desk.DUE}
        assert len({str(e["uid"]) for e in events}) == len(events)
        assert {len(e.walk("VALARM")) for e in events} == {2}
        text = answer.content.decode()
        for secret in (
            "林", "重大疾病", "4,000", *(str(d.policy.number) for d in dues),
        ):  # fmt: skip
            assert secret not in text
        assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))

    def test_shows_what_the_holder_wishes_and_stays_the_same_event(self, dues, lin):
        url = self.subscribe(lin, products="on", amounts="on")
        first = icalendar.Calendar.from_ical(lin.get(url).content).walk("VEVENT")
        again = icalendar.Calendar.from_ical(lin.get(url).content).walk("VEVENT")
        assert [e["uid"] for e in first] == [e["uid"] for e in again]
        assert "4,000.00 元" in str(first[0]["summary"])
        assert "重大疾病" in str(first[0]["summary"])

    def test_an_address_dies_with_the_next_one_and_when_revoked(self, dues, lin):
        first = self.subscribe(lin)
        second = self.subscribe(lin)
        assert first != second
        assert lin.get(first).status_code == 404
        assert lin.get(second).status_code == 200
        lin.post(f"{URL}/calendar", {"do": "revoke"})
        assert lin.get(second).status_code == 404
        assert lin.get("/calendar/guess.ics").status_code == 404
        token = second.removeprefix("/calendar/").removesuffix(".ics")
        assert not CalendarFeed.objects.filter(token_digest__contains=token).exists()

    def test_other_alarms_than_those_offered_are_refused(self, people, lin):
        assert lin.post(f"{URL}/calendar", {"alarm": ["4"]}).status_code == 422
        assert not CalendarFeed.objects.exists()


def test_an_agent_sees_due_premiums_of_their_own_customers_only(people, browsers, noon):
    desk.policy(people.branch_a, holder_id=people.lin, agent_id=people.wei)
    desk.policy(people.branch_a, holder_id=people.zhou)
    desk.run(desk.days(-7))
    page = browsers.wei.get("/agent/renewals").content.decode()
    assert page.count("重大疾病") == 1
    assert "不得代收" in page
