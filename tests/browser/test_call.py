"""A caller's browser and a seat's: both speak through the switch, it is recorded in two channels and verified."""

from __future__ import annotations

import socket
import threading
from datetime import timedelta

import pytest
import uvicorn
from django.utils import timezone
from playwright.sync_api import expect
from tools import screenshots

from tests.browser.test_video import CAMERAS
from tests.contact.desk import Desk
from tests.web.signing import signed_in
from yilu.contact import jobs, operations, queries
from yilu.contact.models import Call, CallRecording, Conversation
from yilu.gateways.calls.builtin import audio
from yilu.gateways.calls.builtin.control import Control
from yilu.gateways.calls.builtin.prompts import Prompts
from yilu.gateways.calls.builtin.switch import Switch
from yilu.kernel.refs import Ref
from yilu.web.console.contact_house import ContactHouse

SECRET = "a secret of the switch that is long"


@pytest.fixture
def ears(chromium):
    """A browser whose microphone beeps by itself."""
    browser = chromium.browser_type.launch(
        executable_path=screenshots.find_chromium(), args=CAMERAS
    )
    yield browser
    browser.close()


@pytest.fixture
def switch(settings, transactional_db):
    """The real switch in a thread, with the real contact room behind it."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    settings.SWITCH_URL, settings.SWITCH_SECRET = f"http://127.0.0.1:{port}", SECRET
    control = Control(lambda: Switch(ContactHouse("builtin"), Prompts(None), port=0), SECRET)
    server = uvicorn.Server(
        uvicorn.Config(control, host="127.0.0.1", port=port, log_config=None, lifespan="on")
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    yield control
    server.should_exit = True
    thread.join(20)


def news(page):
    """What the push process would say; without it pages look every three seconds."""
    page.locator("[data-push]").first.dispatch_event("push")


def test_a_call_from_the_page_is_heard_on_both_sides_and_its_recording_verified(
    people, ears, live_server, settings, switch
):
    settings.PUBLIC_URL, settings.CALL_PAGE = live_server.url, True
    desk, now = Desk(), timezone.now
    staff = desk.seat({"general": 1, "claims": 1}, ready_at=now())
    seat_side, caller_side = (
        ears.new_context(
            base_url=live_server.url, locale="zh-CN", viewport={"width": w, "height": h}
        )
        for w, h in ((430, 720), (390, 844))
    )
    key = signed_in(Ref("staff", staff.staff_id)).cookies["yilu_session"].value
    seat_side.add_cookies([{"name": "yilu_session", "value": key, "url": live_server.url}])
    for context in (seat_side, caller_side):
        context.set_default_timeout(30_000)

    phone = seat_side.new_page()
    phone.goto("/staff/contact/phone")
    caller = caller_side.new_page()
    caller.goto("/call")
    caller.get_by_label("您的电话号码").fill("13800138077")
    caller.get_by_role("button", name="拨打").click()
    # Both microphones are allowed already: nobody need press anything.
    caller.wait_for_selector("[data-call-sound][data-state=on]", state="attached")
    phone.wait_for_selector("[data-softphone][data-state=on]", state="attached")

    caller.get_by_role("button", name="0", exact=True).click()
    news(phone)
    phone.get_by_role("button", name="应答").click()
    phone.wait_for_selector("[data-talk]")
    row, call = Conversation.objects.get(channel="PHONE"), Call.objects.get()
    assert row.state == "CONNECTED"
    jobs.tell_exchange("web", call.key, "bridge", f"seat:{staff.staff_id}", "event:1")
    news(phone)
    expect(phone.locator("[data-talk]")).to_contain_text("录音中")
    phone.get_by_role("button", name="保持").click()
    expect(phone.locator("[data-talk]")).to_contain_text("保持中")
    phone.get_by_role("button", name="继续通话").click()
    expect(phone.locator("[data-talk]")).to_contain_text("通话中")
    phone.wait_for_timeout(1200)  # something must be said: both microphones beep once a second
    phone.get_by_role("button", name="挂断").click()
    jobs.tell_exchange("web", call.key, "hang_up", "", "event:2")
    news(caller)
    caller.wait_for_selector("[data-call-sound][data-state=over]", state="attached")
    expect(caller.locator("#call")).to_contain_text("通话已结束")

    [kept] = CallRecording.objects.all()
    operations.close_recordings(at=now() + timedelta(minutes=1))
    found = queries.recording_of(row.pk, staff.access)
    assert found is not None
    assert found.verdict.ok
    sound = queries.sound_of(row.pk, staff.access)
    for side in (0, 1):
        assert audio.loudness(audio.channel(sound, side)) > 0.003, "each side in its own channel"
    phone.goto(f"/staff/contact/conversations/{row.pk}")
    phone.wait_for_selector("[data-verified]")
    assert kept.size == len(sound)
