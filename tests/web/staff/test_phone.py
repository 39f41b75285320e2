"""The softphone's window: what rings, what may be done there, and what it says without a switch."""

import hashlib
import json

import pytest
from django.utils import timezone

from tests import make
from tests.contact.desk import Desk
from tests.web.pages import text
from tests.web.signing import signed_in
from yilu.contact import operations, queries
from yilu.contact.models import Conversation
from yilu.gateways.calls import NotDone
from yilu.gateways.calls.builtin.client import Refused, SwitchClient
from yilu.kernel.refs import Ref

pytestmark = pytest.mark.django_db(transaction=True)
OFFER = json.dumps({"sdp": "v=0"})


@pytest.fixture
def told(monkeypatch, settings):
    """What the switch was asked; ``told.answers`` is what it says, an exception is raised."""
    settings.SWITCH_URL, settings.SWITCH_SECRET = "http://127.0.0.1:9", "s" * 24
    settings.CALL_PAGE = True

    class Told(list):
        answers = {"/state": {"seat": True, "caller": True}, "/leg": {"sdp": "answer"}, "/hold": {}}

    kept = Told()

    def post(self, path, body, key=""):
        kept.append((self.name, path, body))
        answer = kept.answers["/" + path.rpartition("/")[2]]
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(SwitchClient, "_post", post)
    return kept


@pytest.fixture
def rung(client, told):
    """A seat, its browser, and a call of the page that rings there."""
    desk, now = Desk(), timezone.now()
    seat = desk.seat({"general": 1, "claims": 1}, ready_at=now)
    url = client.post("/call", {"number": "13800138077"}).headers["Location"]
    client.post(f"{url}/do", {"event": "a", "key": "0"})
    return desk, signed_in(Ref("staff", seat.staff_id)), url, seat


def do(window, name, number):
    return text(window.post(f"/staff/contact/phone/do/{name}", {"conversation": number}))


def test_a_call_rings_is_answered_held_and_hung_up_without_leaving_the_window(rung, told):
    _desk, window, _url, _seat = rung
    row = Conversation.objects.get()
    shown = window.get("/staff/contact/phone")
    assert "microphone=(self)" in shown.headers["Permissions-Policy"]
    assert "data-ringing" in text(shown)
    assert "继续通话" not in do(window, "accept", row.pk)
    row.refresh_from_db()
    assert row.state == "CONNECTED"
    do(window, "hold", row.pk)
    assert told[-2][1:] == (f"/calls/{queries.line_of(row.pk).key}/hold", {"on": True})
    assert "没有这样的" not in do(window, "hang-up", row.pk)
    assert "请写小结" in text(window.get("/staff/contact/phone/now"))


def test_only_what_rings_or_is_at_hand_here_may_be_touched(rung, told):
    desk, window, _url, _seat = rung
    row = Conversation.objects.get()
    stranger = desk.seat({"general": 1}, ready_at=timezone.now())
    other = signed_in(Ref("staff", stranger.staff_id))
    for name in ("accept", "decline", "hold", "go-on", "hang-up"):
        assert "y-note" in do(other, name, row.pk)
    assert not any(path.endswith("/hold") for _driver, path, _body in told)
    assert window.post("/staff/contact/phone/do/explode").status_code == 404
    row.refresh_from_db()
    assert row.state == "QUEUED"


def test_a_line_is_described_and_answered_or_said_why_not(rung, told, client, settings):
    _desk, window, url, seat = rung
    told.clear()
    for who, path in ((window, "/staff/contact/phone/line"), (client, f"{url}/sound")):
        ask = {"path": path, "data": OFFER, "content_type": "application/json"}
        told.answers["/leg"] = {"sdp": "answer"}
        assert who.post(**ask).json() == {"sdp": "answer"}
        for bad in ("", "[]", '{"sdp": 5}', json.dumps({"sdp": "x" * 20_000}), "[" * 3000):
            assert who.post(**{**ask, "data": bad}).status_code == 422
        for answer, status in ((NotDone("away"), 503), (Refused(503), 503), (Refused(422), 422)):
            told.answers["/leg"] = answer
            assert who.post(**ask).status_code == status
    assert told[0][:2] == ("builtin", f"/seats/{seat.staff_id}/leg")
    told.answers["/state"] = NotDone("away")
    assert "电话交换没有应答" in text(window.get("/staff/contact/phone/now"))
    client.post(f"{url}/do", {"event": "z", "hang": "1"})
    assert client.post(f"{url}/sound", OFFER, content_type="application/json").status_code == 404
    settings.SWITCH_URL = ""
    assert client.post(f"{url}/sound", OFFER, content_type="application/json").status_code == 404
    assert "还没有设置电话交换" in text(window.get("/staff/contact/phone"))


def test_nobody_but_a_seat_gets_a_line_to_the_switch(told, client):
    """Sound has two ways in, this door and the caller's own page: no stranger, customer or other colleague has it."""
    office = make.office()
    line = {"path": "/staff/contact/phone/line", "data": OFFER, "content_type": "application/json"}
    outsiders = (client, signed_in(Ref("party", make.party(office))))
    assert all(who.post(**line).status_code == 302 for who in outsiders)
    assert signed_in(Ref("staff", make.staff(office, "ASSESSOR"))).post(**line).status_code == 403
    no_seat = signed_in(Ref("staff", make.staff(office, "CALL_AGENT", username="bu.zuo")))
    assert no_seat.post(**line).status_code == 404
    made_up = f"/call/{'x' * 40}/sound"
    assert client.post(made_up, OFFER, content_type="application/json").status_code == 404
    assert told == [], "the switch never heard of them"


def test_a_recording_is_played_to_whom_it_may_be(rung):
    _desk, window, _url, seat = rung
    row = Conversation.objects.get()
    operations.accept(conversation_id=row.pk, **seat.told(timezone.now()))
    assert window.get(f"/staff/contact/conversations/{row.pk}/recording").status_code == 404
    line = queries.line_of(row.pk)
    content = b"\x10\x20" * 4000
    operations.record_piece(
        driver=line.driver, key=line.key, number=1, take=1, content=content, at=timezone.now(),
        sha256=hashlib.sha256(content).hexdigest(),
    )  # fmt: skip
    played = window.get(f"/staff/contact/conversations/{row.pk}/recording")
    assert (played.headers["Content-Type"], played.content[:4]) == ("audio/wav", b"RIFF")
    assert "录音还没有封存" in text(window.get(f"/staff/contact/conversations/{row.pk}"))
