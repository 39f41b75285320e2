"""The customer lets the seat see their page: asked, answered, closed; never by itself, never kept."""

from __future__ import annotations

import json

import pytest
import time_machine

from tests.make import NOON
from tests.video.scene import Scene, later
from tests.web.signing import signed_in
from yilu.journal import queries as journal
from yilu.video import operations
from yilu.video.models import Session
from yilu.video.operations import NotAsked, NotNow

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


def heard(scene: Scene) -> list[tuple[str, str]]:
    return [
        (event.kind.removeprefix("video.guidance_"), event.facts.get("by", ""))
        for event in reversed(journal.timeline(scene.about))
        if event.kind.startswith("video.guidance")
    ]


def of_customer(scene: Scene, seconds: int = 0) -> dict[str, object]:
    return {"token": scene.token, "key": scene.key, "at": later(seconds)}


def agreed(scene: Scene) -> Scene:
    operations.ask_customer(session_id=scene.session, what="GUIDE", **scene.told)
    operations.answer_guidance(**of_customer(scene), agreed=True)
    return scene


def test_nobody_sees_a_page_before_the_customer_was_asked_and_agreed():
    scene = Scene().let_in()
    with pytest.raises(NotNow):
        operations.ask_customer(session_id=scene.session, what="GUIDE", **scene.told)
    scene.live()
    with pytest.raises(NotAsked):
        operations.answer_guidance(**of_customer(scene), agreed=True)
    operations.ask_customer(session_id=scene.session, what="GUIDE", **scene.told)
    operations.answer_guidance(**of_customer(scene), agreed=False)
    with pytest.raises(NotAsked):
        operations.answer_guidance(**of_customer(scene), agreed=True)
    assert (scene.seat().guided, heard(scene)) == (False, [("declined", "")])
    agreed(scene)
    operations.answer_guidance(**of_customer(scene), agreed=True)
    operations.ask_customer(session_id=scene.session, what="GUIDE", **scene.told)
    news = scene.customer()
    assert (news.guided, news.wants, scene.seat().guided) == (True, "", True)
    assert heard(scene)[-1] == ("agreed", "")
    assert len(heard(scene)) == 2


@pytest.mark.parametrize("by", ["CUSTOMER", "SEAT", "DROP", "END", "AGAIN"])
def test_whoever_stops_it_the_page_is_closed_once_and_a_new_look_needs_a_new_word(by):
    scene = agreed(Scene().live())
    for _twice in range(2):
        if by == "CUSTOMER":
            operations.stop_guidance(**of_customer(scene, 30))
        elif by == "SEAT":
            operations.stop_guiding(session_id=scene.session, **{**scene.told, "at": later(30)})
        elif by == "DROP":
            operations.drop_silent(at=later(30))
        elif by == "AGAIN":  # the phone's browser opened the page anew
            operations.arrive(**of_customer(scene, 30))
        else:
            operations.end(session_id=scene.session, **{**scene.told, "at": later(30)})
    said = "DROP" if by == "AGAIN" else by
    assert heard(scene) == [("agreed", ""), ("stopped", said)]
    assert Session.objects.get().guided_at is None
    (stopped,) = [e for e in journal.timeline(scene.about) if e.kind == "video.guidance_stopped"]
    assert stopped.facts["seconds"] == 30
    if by != "END":
        with pytest.raises(NotAsked):
            operations.answer_guidance(**of_customer(scene, 40), agreed=True)


def test_what_the_seat_asked_it_takes_back():
    scene = Scene().live()
    operations.ask_customer(session_id=scene.session, what="GUIDE", **scene.told)
    operations.stop_guiding(session_id=scene.session, **scene.told)
    with pytest.raises(NotAsked):
        operations.answer_guidance(**of_customer(scene), agreed=True)
    assert heard(scene) == []


def test_the_customers_browser_says_yes_and_learns_which_of_their_own_pages_to_open(client):
    scene = Scene()
    scene.ask()
    url = f"/c/video/{scene.invite()}"
    client.post(url, {"act": "open", "digits": "0099"})
    scene.key = client.cookies["yilu_video"].value.split("=", 1)[1].split(":")[0]
    operations.agree(token=scene.token, key=scene.key, agreed=True, at=NOON)
    operations.arrive(token=scene.token, key=scene.key, at=NOON)
    scene.live()
    wanted = signed_in(scene.actor).post(f"/staff/video/{scene.session}/want", {"what": "GUIDE"})
    assert wanted.status_code == 200
    assert client.post(f"{url}/guide", {"agreed": "yes"}).json() == {"opens": "/c/claims/4711"}
    said = client.post(f"{url}/exchange", json.dumps({}), content_type="application/json").json()
    assert said["guided"]
    assert client.post(f"{url}/guide-stop").json() == {}
    again = client.post(f"{url}/guide", {"agreed": "yes"}, headers={"Accept": "application/json"})
    assert again.status_code == 422
    assert signed_in(scene.actor).post(f"/staff/video/{scene.session}/unguide").status_code == 200


def test_our_own_video_page_may_frame_a_customers_page_and_nobody_elses_may(client):
    def framed(url: str, **headers: str) -> tuple[bool, str]:
        answer = client.get(url, headers=headers)
        policy = answer.headers["Content-Security-Policy"]
        return "frame-ancestors 'self'" in policy, answer.headers["X-Frame-Options"]

    ours = {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "same-origin"}
    assert framed("/c/sign-in", **ours) == (True, "SAMEORIGIN")
    assert framed("/c/sign-in") == (False, "DENY")
    assert framed("/c/sign-in", **{**ours, "Sec-Fetch-Site": "cross-site"}) == (False, "DENY")
    assert framed("/staff/sign-in", **ours) == (False, "DENY")
