"""The customer's page lets one browser in, step by step; the seat's page is for the seat."""

import hashlib
import json

import pytest
import time_machine
from django.test import Client

from tests.make import NOON
from tests.video.scene import PHONE, Scene
from tests.web.signing import signed_in
from yilu.video import operations
from yilu.video.models import Session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


def talk(browser, url, **said):
    return browser.post(
        url,
        json.dumps(said),
        content_type="application/json",
        headers={"Accept": "application/json"},
    )


def test_one_phone_gets_in_with_its_digits_and_its_word_and_may_use_its_camera():
    scene = Scene()
    scene.ask()
    url = f"/c/video/{scene.invite()}"
    phone, other = Client(), Client()
    assert phone.post(url, {"act": "open", "digits": "0000"}).status_code == 422
    assert phone.post(url, {"act": "open", "digits": PHONE[-4:]}).status_code == 302
    for answer in (
        other.get(url),
        other.post(url, {"digits": PHONE[-4:]}),
        talk(other, f"{url}/exchange"),
        phone.get(url + "x"),
    ):
        assert answer.status_code == 404
        assert PHONE[-4:] not in answer.content.decode()
    assert talk(phone, f"{url}/arrive").status_code == 422, "not before agreeing"
    assert phone.post(url, {"act": "agree"}).status_code == 422
    assert phone.post(url, {"act": "agree", "agreed": "yes"}).status_code == 302
    page = phone.get(url)
    assert "camera=(self)" in page.headers["Permissions-Policy"]
    assert "camera=()" in phone.get("/c/sign-in").headers["Permissions-Policy"]
    assert talk(phone, f"{url}/arrive").json() == {"arrivals": 1}
    assert talk(phone, f"{url}/exchange").json()["seatHere"] is False
    for wrong in ({"after": "x"}, {"send": [1]}, {"connection": -1}):
        assert talk(phone, f"{url}/exchange", **wrong).status_code == 422
    assert Client(enforce_csrf_checks=True).post(f"{url}/exchange").status_code == 403


def test_pieces_come_by_the_seats_door_and_the_recording_page_says_verified():
    scene = Scene().live()
    seat = signed_in(scene.actor)
    url = f"/staff/video/{scene.session}"

    def piece(number, content=b"one second"):
        told = {
            "X-Piece": str(number),
            "X-Take": "1",
            "X-Sha256": hashlib.sha256(content).hexdigest(),
        }
        return seat.post(
            f"{url}/piece",
            content,
            content_type="application/octet-stream",
            headers={"Accept": "application/json", **told},
        )

    assert piece(1).json() == {"pieces": 1}
    assert piece(1).json() == {"pieces": 1}
    assert [piece(3).status_code, piece(1, b"other").status_code, piece("x").status_code] == [
        409,
        409,
        422,
    ]
    assert seat.post(f"{url}/identity", {"compared": ["FACE", "ID_CARD"]}).status_code == 422
    assert "data-video-seat" in seat.get(url).content.decode()
    assert seat.post(f"{url}/end").json() == {"over": True}
    assert 'data-verified="1"' in seat.get(url).content.decode()
    played = seat.get(f"{url}/takes/1")
    assert (played.content, played.headers["Cache-Control"]) == (b"one second", "no-store")
    assert seat.get("/staff/video").status_code == 200
    assert Session.objects.get().state == "ENDED"


def test_where_nothing_was_recorded_nothing_is_called_verified():
    scene = Scene().let_in()
    operations.end(session_id=scene.session, **scene.told)
    page = signed_in(scene.actor).get(f"/staff/video/{scene.session}").content.decode()
    assert "没有录像，也就没有要核验的" in page
    assert "data-verified" not in page


@pytest.mark.parametrize(
    "body",
    [b"[" * 50_000, b'{"after": Infinity}', b'{"connection": 1e999}', b"null", b'{"send": 5}',
     b'{"connection": 1, "send": ["\\ud800"]}', b'{"connection": 1, "send": ["a\\u0000b"]}'],
)  # fmt: skip
def test_whatever_a_browser_sends_is_answered_in_words(body):
    scene = Scene()
    scene.ask()
    url = f"/c/video/{scene.invite()}"
    phone = Client()
    phone.post(url, {"act": "open", "digits": PHONE[-4:]})
    phone.post(url, {"act": "agree", "agreed": "yes"})
    talk(phone, f"{url}/arrive")
    sent = phone.post(f"{url}/exchange", body, content_type="application/json")
    assert sent.status_code == 422
