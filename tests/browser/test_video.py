"""Two browsers with pretended cameras: connected, recorded, lost, resumed, ended, verified."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tools import screenshots

from tests import cast, make
from tests.web.signing import signed_in
from yilu.journal import queries as journal
from yilu.kernel.refs import Ref
from yilu.video import operations as video
from yilu.video import queries
from yilu.video.models import IdentityCheck, Session

CAMERAS = [
    "--no-sandbox", "--disable-gpu", "--use-fake-device-for-media-stream=fps=5",
    "--use-fake-ui-for-media-stream", "--disable-features=WebRtcHideLocalIpsWithMdns",
    "--allow-loopback-in-peer-connection", "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip
SECONDS = 1000


@pytest.fixture
def cameras(chromium):
    """Two browsers of their own in one process: the suite's has no camera."""
    browser = chromium.browser_type.launch(
        executable_path=screenshots.find_chromium(), args=CAMERAS
    )
    yield browser
    browser.close()


def test_a_video_session_survives_a_drop_and_its_recording_is_verified(
    people, cameras, live_server, settings
):
    settings.PUBLIC_URL = live_server.url
    access, actor = make.colleague(people.branch_a, "TEAM_LEAD")
    make.consent(people.lin)
    policy = make.medical_policy(people.branch_a, holder_id=people.lin)
    claim = make.reported_claim(people.lin, policy_number=policy.number).claim_id
    about = Ref("claim", claim)

    seat_side = cameras.new_context(
        base_url=live_server.url, locale="zh-CN", viewport={"width": 1280, "height": 900}
    )
    seat_side.add_cookies(
        [
            {
                "name": "yilu_session",
                "value": signed_in(actor).cookies["yilu_session"].value,
                "url": live_server.url,
            }
        ]
    )
    guest_side = cameras.new_context(
        base_url=live_server.url, locale="zh-CN", viewport={"width": 390, "height": 844}
    )
    for context in (seat_side, guest_side):
        context.set_default_timeout(45 * SECONDS)

    seat = seat_side.new_page()
    seat.goto(f"/staff/claims/{claim}")
    seat.get_by_role("button", name="视频", exact=True).click()
    seat.get_by_role("button", name="进入视频").click()
    session = Session.objects.get()
    token = video.invite(session_id=session.pk, access=access, actor=actor, at=session.opened_at)

    guest = guest_side.new_page()
    guest.goto(f"/c/video/{token}")
    guest.get_by_label("后四位").fill(cast.LIN_PHONE[-4:])
    guest.get_by_role("button", name="下一步").click()
    guest.get_by_label("我同意录制").check()
    guest.get_by_role("button", name="同意并继续").click()
    guest.get_by_role("button", name="开始视频").click()
    seat.wait_for_selector(
        "[data-video-seat][data-peer=connected][data-state=LIVE]", state="attached"
    )
    guest.wait_for_selector("[data-part=recording].is-on", state="attached")

    for code in ("FACE", "ID_CARD"):
        seat.locator(f"[name=compared][value={code}]").check()
    seat.get_by_role("button", name="人证一致").click()
    expect(seat.locator("form[data-call=identity] [data-told]")).to_have_text("核身已登记。")
    assert IdentityCheck.objects.get().matched

    guest.reload()  # the phone's browser was closed, the page opened again
    guest.get_by_role("button", name="开始视频").click()
    again = "[data-video-seat][data-peer=connected]:not([data-connection='1'])"
    seat.wait_for_selector(again, state="attached")
    guest.wait_for_selector("[data-video-guest][data-peer=connected]", state="attached")
    kept = seat.locator("[data-part=kept]")
    expect(kept).not_to_have_text(kept.inner_text(), timeout=45 * SECONDS)

    seat.get_by_role("button", name="结束视频").click()
    seat.wait_for_selector("[data-verified]")
    found = queries.recording(session.pk, access)
    assert found.verdict.ok
    assert found.verdict.pieces >= 2
    assert found.session.connection >= 2, "the same session, another connection"
    (ended,) = [e for e in journal.timeline(about) if e.kind == "video.ended"]
    assert ended.facts["head"] in seat.content()
    webm = b"".join(queries.take_of(session.pk, 1, access))
    assert webm.startswith(b"\x1a\x45\xdf\xa3"), "a WebM file"
