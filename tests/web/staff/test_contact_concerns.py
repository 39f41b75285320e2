"""A talk and the cases it is about: linked by one click, begun from the talk with what was said, shown at both."""

import pytest

from tests import make
from tests.contact.desk import Desk, person
from tests.web.signing import signed_in
from yilu.complaints.models import Complaint
from yilu.contact import operations, queries
from yilu.contact.models import Conversation
from yilu.kernel.refs import SYSTEM, Ref
from yilu.servicing.models import Request

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(noon, db):
    make.standards_in_force()
    return Desk()


@pytest.fixture
def policy(desk):
    return make.medical_policy(desk.office, holder_id=desk.party).id


@pytest.fixture
def at_hand(desk, policy):
    """A seat that may do what a seat does, with a talk of the customer, and its browser."""
    seat = desk.seat({"general": 1})
    talk = desk.waiting()
    operations.accept(conversation_id=talk, **seat.told(make.NOON))
    return signed_in(Ref("staff", seat.staff_id)), talk


def page_of(client, talk):
    return client.get(f"/staff/contact/conversations/{talk}").content.decode()


def test_a_complaint_begun_from_a_talk_asks_nothing_twice_and_each_leads_to_the_other(
    desk, at_hand
):
    client, talk = at_hand
    told = {"conversation_id": talk, "actor": SYSTEM, "at": make.NOON}
    operations.keep_fact(name="what", value="理赔拖了一个月", **told)
    operations.keep_fact(name="wish", value="尽快给结论", **told)
    operations.add_turn(who="CUSTOMER", text="[2]", **told)  # a key is no word
    operations.add_turn(who="CUSTOMER", text="没有人给我回过电话", **told)
    led = client.post(f"/staff/contact/conversations/{talk}/do/complaint")
    form = client.get(led["Location"]).content.decode()
    assert '<option value="PHONE" selected>' in form
    assert "理赔拖了一个月\n没有人给我回过电话</textarea>" in form
    assert "尽快给结论</textarea>" in form
    assert form.count(" selected>") == 1  # part of the business and reason are somebody's to say
    assert Conversation.objects.get(pk=talk).reason == "COMPLAINT"

    given = {"channel": "PHONE", "business": "CLAIMS", "reason": "SLOW", "words": "拖了一个月"}
    case = client.post(led["Location"], given)["Location"]
    number = Complaint.objects.get().number
    assert number in page_of(client, talk)
    assert Conversation.objects.get(pk=talk).number in client.get(case).content.decode()


def test_a_request_begun_from_a_talk_is_linked_with_it(desk, policy, at_hand):
    client, talk = at_hand
    operations.keep_fact(
        conversation_id=talk, name="wish", value="换个手机号", actor=SYSTEM, at=make.NOON
    )
    hall = client.get(f"/staff/servicing/for/{desk.party}?conversation={talk}").content.decode()
    way = f"/staff/servicing/for/{desk.party}/contact_phone?conversation={talk}"
    assert way in hall
    assert "换个手机号" in client.get(way).content.decode()
    client.post(way, {"phone": make.mobile()})
    made = Request.objects.get()
    assert queries.concerns_of(talk) == (made.ref,)
    shown = client.get(f"/staff/servicing/{made.pk}").content.decode()
    assert Conversation.objects.get(pk=talk).number in shown


def test_a_talk_is_linked_with_its_customers_cases_only_and_may_be_about_several(
    desk, policy, at_hand
):
    client, talk = at_hand
    other = make.medical_policy(desk.office, holder_id=make.party(desk.office)).id

    def link(about):
        where = f"/staff/contact/conversations/{talk}/do/about"
        return client.post(where, {"about": about}, follow=True).content.decode()

    for wrong in (f"policy:{other}", "", "nonsense"):
        assert "没有选中这位客户的业务" in link(wrong)
    assert queries.concerns_of(talk) == ()
    operations.link(
        conversation_id=talk, about=Ref("claim", 7), actor=SYSTEM, at=make.NOON
    )  # an earlier one
    for _twice in range(2):
        assert "已关联" in link(f"policy:{policy}") or _twice
    assert queries.concerns_of(talk) == (Ref("claim", 7), Ref("policy", policy))
    assert f'value="policy:{policy}"' not in page_of(client, talk)


def test_a_cases_talks_are_shown_to_whoever_may_see_talks_of_that_office(desk, policy, at_hand):
    _client, talk = at_hand
    about = Ref("policy", policy)
    operations.link(conversation_id=talk, about=about, actor=SYSTEM, at=make.NOON)
    seen = [each.id for each in queries.talks_about(about, desk.boss.access)]
    assert seen == [talk]
    elsewhere = person(make.office(), "SERVICE_MANAGER")
    without = person(desk.office, "INTAKE")
    for who in (elsewhere, without):
        assert queries.talks_about(about, who.access) == ()


def test_a_talk_of_another_customer_fills_nothing_in(desk, at_hand):
    client, talk = at_hand
    other = make.party(desk.office)
    operations.keep_fact(
        conversation_id=talk, name="wish", value="换个手机号", actor=SYSTEM, at=make.NOON
    )
    where = f"/staff/servicing/for/{other}/contact_phone?conversation={talk}"
    assert "换个手机号" not in client.get(where).content.decode()
    client.post(where, {"phone": make.mobile()})
    assert queries.concerns_of(talk) == ()


def test_a_seat_of_another_branch_is_shown_no_cases_and_led_to_no_closed_door(desk, policy):
    seat = desk.seat({"general": 1}, office=make.office())
    talk = desk.waiting()
    operations.accept(conversation_id=talk, **seat.told(make.NOON))
    client = signed_in(Ref("staff", seat.staff_id))
    page = page_of(client, talk)
    assert "客户属于其他机构" in page
    for closed in (f"policy:{policy}", "登记投诉", "办理保全", f"{talk}/do/claim"):
        assert closed not in page
    client.post(f"/staff/contact/conversations/{talk}/do/about", {"about": f"policy:{policy}"})
    assert queries.concerns_of(talk) == ()
