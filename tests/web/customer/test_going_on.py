"""接续 on the customer's pages: a failure is told, the card appears, a way is taken."""

import pytest

from tests import make
from tests.contact.desk import Desk
from tests.journeys.telling import read, tell
from tests.web.signing import signed_in
from yilu.contact import operations as contact
from yilu.contact import queries as talks
from yilu.contact.models import Conversation
from yilu.journal import operations as journal
from yilu.journeys import operations as journeys
from yilu.journeys.models import Breakpoint, KeptForm, Offer
from yilu.kernel.refs import Ref
from yilu.video.models import Session
from yilu.work.models import Item

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


def test_a_page_about_another_thing_of_its_kind_is_not_headed_by_it(failing, lin):
    """A new application is not the one that somebody goes on with; other pages still show it."""
    journal.run_reactions(NOON, 100)
    lin.post(f"/c/going-on/{Offer.objects.get().pk}", {"way": "ADVISER"})
    for about, shown in (
        ("servicing_request:900", True), ("servicing_request:901", False), ("application:900", True),
        ("", True), ("nonsense", True),
    ):  # fmt: skip
        card = lin.get("/c/going-on", {"n": 1, "about": about}).content.decode()
        assert ("“保单借款”已有人接着办" in card) is shown, about
    asking = lin.get("/c/going-on?n=1&about=servicing_request:901").content.decode()
    assert "about=servicing_request%3A901" in asking, "it goes on asking about its own"


def test_a_form_refused_before_it_was_sent_is_not_offered_beside_its_request(people, lin):
    """Too much was asked for, then less: the request goes on, the refused form is the same matter."""
    make.journeys_in_force()
    journeys.keep_failed_form(
        party_id=people.lin, journey="servicing", request="policy_loan", form={"amount": "700000"},
        code="above_loan_limit", actor=people.as_lin, at=NOON, policy_id=None,
    )  # fmt: skip
    journal.run_reactions(NOON, 100)
    about = Ref("servicing_request", 900)
    given = {"request": "policy_loan", "door": "CUSTOMER", "office_id": people.branch_a}
    tell("servicing.request_started", about, NOON, people.lin, **given)
    tell("servicing.self_service_blocked", about, NOON, people.lin, request="policy_loan")
    journal.run_reactions(NOON, 100)
    assert Offer.objects.filter(state="OPEN").count() == 2
    card = lin.get("/c/going-on?n=1&about=servicing_request:900").content.decode()
    assert card.count("“保单借款”没办完？") == 1
    assert "超过自助限额" in card


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


def in_the_chat(party):
    """The customer's chat, and what a seat would see of what is known."""
    row = Conversation.objects.get(party_id=party, channel="CHAT")
    return row, {each.name: each.value for each in talks.known_in(row.pk, at=NOON)}


def test_talking_to_somebody_now_takes_along_what_was_filled_in(people, lin, zhou):
    make.journeys_in_force()
    journeys.keep_failed_form(
        party_id=people.lin, journey="servicing", request="policy_loan",
        form={"amount": "5000", "account": "7", "wish": "电话13900001111"}, code="suspended",
        actor=people.as_lin, at=NOON,
    )  # fmt: skip
    read(NOON)
    offer = Offer.objects.get()
    url = f"/c/going-on/{offer.pk}"
    desk = Desk(office=people.branch_a)
    seat = desk.seat({"servicing": 1})
    assert "在线客服此刻有人" in lin.get("/c/going-on?n=1").content.decode()
    assert zhou.post(url, {"way": "CHAT"}).status_code == 404
    assert not Conversation.objects.exists()
    for _ in range(2):
        assert lin.post(url, {"way": "CHAT"}).url == "/c/chat"
    row, known = in_the_chat(people.lin)
    broken = Breakpoint.objects.get()
    assert (row.state, row.skill, row.about) == ("QUEUED", "servicing", str(broken.ref))
    assert known == {"broken": "保单借款：自助办理失败", "借多少（元）": "5000"}
    assert [line.kind for line in talks.view_chat(row.pk, at=NOON).lines] == ["HELLO", "HANDED"]
    assert (broken.state, Item.objects.count()) == ("TAKEN_UP", 1)
    assert "回到在线客服" in lin.get("/c/going-on?n=1").content.decode()
    contact.accept(conversation_id=row.pk, **seat.told(NOON))
    at_seat = signed_in(Ref("staff", seat.staff_id))
    for page in (f"/staff/chat/{row.pk}", f"/staff/contact/conversations/{row.pk}"):
        shown = at_seat.get(page).content.decode()
        assert "客户为什么来" in shown
        assert f"/staff/journeys/breaks/{broken.pk}" in shown
        assert "5000" in shown


def test_the_video_is_waited_for_from_the_page_that_failed(people, lin, zhou):
    make.journeys_in_force()
    journeys.keep_failed_form(
        party_id=people.lin, journey="servicing", request="policy_loan", form={"amount": "5000"},
        code="suspended", actor=people.as_lin, at=NOON,
    )  # fmt: skip
    read(NOON)
    url = f"/c/going-on/{Offer.objects.get().pk}"
    desk = Desk(office=people.branch_a)
    seat = desk.seat({"servicing": 1})
    assert zhou.post(url, {"way": "VIDEO"}).status_code == 404
    first, room = (lin.post(url, {"way": "VIDEO"}).url for _ in range(2))
    session = Session.objects.get()
    broken = Breakpoint.objects.get()
    assert (session.about, session.state, session.seat_id) == (str(broken.ref), "ASKED", None)
    assert session.request == "policy_loan"
    assert zhou.get(first).status_code == 404  # the later link is the only one
    assert "您已登录，可以直接进入" in lin.get(room).content.decode()
    assert "进入视频等候室" in lin.get("/c/going-on?n=1").content.decode()
    row, known = in_the_chat(people.lin)
    assert (row.state, known["借多少（元）"]) == ("QUEUED", "5000")
    lin.post(room, {"act": "open"})
    lin.post(room, {"act": "agree", "agreed": "yes"})
    assert lin.post(f"{room}/arrive").json() == {"arrivals": 1}
    contact.accept(conversation_id=row.pk, **seat.told(NOON))
    at_seat = signed_in(Ref("staff", seat.staff_id))
    for page in (f"/staff/chat/{row.pk}", f"/staff/journeys/breaks/{broken.pk}"):
        assert f"/staff/video/{session.pk}" in at_seat.get(page).content.decode()
    assert at_seat.get(f"/staff/video/{session.pk}").status_code == 200
    assert at_seat.post(f"/staff/video/{session.pk}/sit").status_code == 200
    session.refresh_from_db()
    assert (session.state, session.seat_id) == ("JOINED", seat.staff_id)


def test_a_report_brings_along_what_its_form_shows_and_nothing_else(people, lin):
    make.journeys_in_force()
    journeys.keep_failed_form(
        party_id=people.lin, journey="claim", request="MEDICAL",
        form={"loss_date": "2026-01-02", "cause": "ILLNESS", "account": "7", "health_consent": "on"},
        code="overlap", actor=people.as_lin, at=NOON,
    )  # fmt: skip
    read(NOON)
    Desk(office=people.branch_a).seat({"claims": 1})
    lin.post(f"/c/going-on/{Offer.objects.get().pk}", {"way": "CHAT"})
    row, known = in_the_chat(people.lin)
    assert row.skill == "claims"
    assert known.keys() == {"broken", "loss_date", "cause"}
    assert known["cause"] == "生病"


def test_while_nobody_is_there_it_becomes_somebodys_task_and_says_so(people, lin):
    make.journeys_in_force()
    for _ in range(2):
        lin.post("/c/services/contact_address", {"region": "浙江省杭州市", "street": ""})
    read(NOON)
    offer = Offer.objects.get()
    assert "此刻没有人值班" in lin.get("/c/going-on?n=1").content.decode()
    told = lin.post(f"/c/going-on/{offer.pk}", {"way": "CHAT"}, follow=True).content.decode()
    assert "现在没有人值班。您填写的内容已经交给专人" in told
    offer.refresh_from_db()
    assert (offer.way, Item.objects.count()) == ("CALLBACK", 1)
    assert not Conversation.objects.exists()
    assert lin.post(f"/c/going-on/{offer.pk}", {"way": "CHAT"}).status_code == 302
    assert Item.objects.count() == 1


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


def test_help_with_a_claims_papers_is_asked_for_on_its_page_while_somebody_is_there(
    people, lin, zhou, claim
):
    claim_id = claim
    url = f"/c/claims/{claim_id}/video"
    assert "起可以视频" not in lin.get(f"/c/claims/{claim_id}/documents").text
    assert lin.post(url).url == f"/c/claims/{claim_id}/documents"
    assert not Session.objects.exists(), "nobody waits where nobody is"
    assert not Conversation.objects.exists()
    Desk(office=people.branch_a).seat({"claims": 1})
    assert url in lin.get(f"/c/claims/{claim_id}/documents").text
    assert zhou.post(url).status_code == 404
    rooms = [lin.post(url).url for _ in range(2)]
    session = Session.objects.get()
    assert (session.about, session.party_id) == (f"claim:{claim_id}", people.lin)
    assert "您已登录，可以直接进入" in lin.get(rooms[-1]).text
    row, known = in_the_chat(people.lin)
    assert (row.state, row.skill, row.about) == ("QUEUED", "claims", f"claim:{claim_id}")
    assert "视频帮我办" in known["wish"]
