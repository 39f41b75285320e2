"""Calling the hotline from a page: keys and words, from dialling to the seat and back."""

import re

import pytest
from django.utils import timezone

from tests import make
from tests.contact.desk import Desk
from yilu.contact import operations, queries
from yilu.contact.models import Call, Conversation
from yilu.web.common import hotline

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(client, settings):
    settings.CALL_PAGE = True
    desk = Desk()
    return client, desk


def dial(client):
    answer = client.post("/call", {"number": "13800138077"})
    assert answer.status_code == 302
    return answer.headers["Location"]


def test_a_link_leads_to_a_hotline_and_to_none_that_is_not_ours(page):
    client, _desk = page
    make.house_standards()
    assert "理赔热线" in client.get("/call?to=4000000001").content.decode()
    dialled = client.post("/call", {"number": "13800138077", "to": "4000000001"})
    assert "这里是理赔服务热线" in client.get(dialled.headers["Location"]).content.decode()
    for to in ("110", "<b>", "4" * 99):
        assert 'name="to"' not in client.get("/call", {"to": to}).content.decode()
        client.post("/call", {"number": "13800138077", "to": to})
    assert [*Call.objects.order_by("pk").values_list("hotline", "listed")] == [
        ("理赔热线", True), *[("全国热线", True)] * 3
    ]  # fmt: skip


def press(client, url, event, **told):
    answer = client.post(f"{url}/do", {"event": event, **told}, headers={"HX-Request": "true"})
    return answer.content.decode()


def test_a_call_rings_at_the_seat_and_both_read_each_other(page):
    client, desk = page
    seat = desk.seat({"general": 1, "claims": 1}, ready_at=timezone.now())
    url = dial(client)
    shown = client.get(url)
    assert "报案请按 1" in shown.content.decode()
    # Its address is a secret; with no referrer at all a browser's form has no origin and is refused.
    assert shown.headers["Referrer-Policy"] == "same-origin"
    assert "正在转人工" in press(client, url, "a", key="0")
    row = Conversation.objects.get()
    assert (row.channel, row.state) == ("PHONE", "QUEUED")
    operations.accept(conversation_id=row.pk, **seat.told(timezone.now()))
    [way] = queries.known_in(row.pk, at=timezone.now())
    assert (way.name, "没有声音" in way.value) == (
        "way",
        True,
    )  # or the seat would wait for a voice
    assert "已接通 " in client.get(f"{url}/now").content.decode()
    for _n in range(2):
        assert press(client, url, "b", words="我想问报销").count("我想问报销") == 1
    operations.add_turn(
        conversation_id=row.pk, who="SEAT", text="请讲，我在听", actor=seat.told(timezone.now())["actor"],
        at=timezone.now(),
    )  # fmt: skip
    shown = client.get(f"{url}/now").content.decode()
    assert "请讲，我在听" in shown
    version = re.search(r"seen=([^\"]+)", shown)[1]
    assert client.get(f"{url}/now?seen={version}").status_code == 204
    assert "通话已结束" in press(client, url, "c", hang="1")
    row.refresh_from_db()
    assert (row.state, row.ending) == ("WRAPPING", "DONE")


def test_a_number_is_keyed_and_never_shown(page):
    client, _desk = page
    url = dial(client)
    assert "输入 6 位" in press(client, url, "a", key="2")
    shown = press(client, url, "b", digits="123456")
    assert "[••••••]" in shown
    assert "123456<" not in shown


def test_who_listens_is_told_of_keys_and_not_of_pages(page):
    """They hold a telephone: there is no front page to press on."""
    _client, desk = page
    told = {
        what: hotline.tell(what, desk.party, "zh") for what in ("claim_progress", "premium_due")
    }
    assert told["claim_progress"] == "您名下没有理赔。需要报案的，回主菜单后按 1。"
    assert not any("首页" in words or "我的缴费" in words for words in told.values())


def test_words_are_left_when_nobody_is_on_duty(page):
    client, _desk = page
    url = dial(client)
    assert "现在没有人值班" in press(client, url, "a", key="0")
    asked = press(client, url, "b", key="2")
    assert "写下您的留言" in asked
    assert "这一步说的话不会录下来" in asked
    assert "留言收到了" in press(client, url, "c", words="请回电", leave="1")
    assert Conversation.objects.filter(channel="VOICEMAIL", state="QUEUED").count() == 1


def test_no_number_no_call_and_no_call_no_page(page, settings):
    client, _desk = page
    assert client.post("/call", {"number": "abc"}).status_code == 422
    for path in ("/call/unknown", "/call/unknown/now"):
        assert client.get(path).status_code == 404
    assert client.post("/call/unknown/do", {"key": "1"}).status_code == 404
    assert not Conversation.objects.exists()
    settings.CALL_PAGE = False
    assert client.get("/call").status_code == 404


def test_senseless_keys_are_refused_and_too_many_calls_too(page):
    client, _desk = page
    url = dial(client)
    assert "会话信息有误" in press(client, url, "a", digits="1; drop table")
    for _n in range(19):
        dial(client)
    assert client.post("/call", {"number": "13800138077"}).status_code == 429
