"""Two browsers with pretended cameras: connected, recorded, lost, resumed, ended, verified."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tools import screenshots

from tests import make
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
LEAKS = """() => {
  const where = document.querySelector("main");
  const leak = (html) => where.insertAdjacentHTML("beforeend", html);
  history.replaceState(null, "", "?q=LEAK-query");
  document.title = "LEAK-title";
  leak('<input type="hidden" value="LEAK-hidden"><input id="typed" value="LEAK-value" placeholder="LEAK-placeholder" title="LEAK-tip" aria-label="LEAK-label" data-x="LEAK-data">');
  leak('<input type="password" data-guide="shown" value="LEAK-password"><input autocomplete="one-time-code" data-guide="shown" value="LEAK-code">');
  leak('<select><option value="LEAK-option">LEAK-chosen</option></select><textarea>LEAK-area</textarea><datalist><option>LEAK-list</option></datalist>');
  leak('<input type="checkbox" id="ticked" checked value="LEAK-check"><input type="radio" checked value="LEAK-radio"><label><input type="radio" checked data-guide="shown" value="LEAK-shown-radio"></label>');
  leak('<a href="/LEAK-href">SEEN link</a><img src="/LEAK-src" alt="LEAK-alt"><svg><title>LEAK-svg</title></svg><!-- LEAK-comment -->');
  leak('<div contenteditable>LEAK-editable<b>LEAK-bold</b></div><p data-guide="hidden">LEAK-marked<b>LEAK-inside</b></p><p hidden>LEAK-unseen</p><p class="LEAK;class">SEEN text</p>');
  leak('<p>13812345678 6222 0212 3456 7890 11010119900307123X zhang@example.com 483920 on 2026-11-22</p><script>/* LEAK-script */</script><style>.LEAK-style{}</style>');
  leak('<p>卡号 <span>6217</span> <b>0034</b><i>5678</i> 9012</p><div><div>73</div><div>91</div><div>64</div></div><p>li<b>lei</b>@mail<i>.cn</i></p><p>SEEN count <b>3</b> <i>2026-10-01</i></p>');
  leak('<input id="shown" data-guide="shown" value="SEEN value"><button type="button" id="press" onclick="">SEEN button</button>');
  document.querySelector("#press").addEventListener("click", () => { window.pressed = true; });
}"""
"""Everything that maskAllInputs lets through, and more, on a page that is being seen."""
LISTEN = """() => {
  const hear = yiluGuideView.prototype.hear;
  window.heard = [];
  yiluGuideView.prototype.hear = function (said) { heard.push(JSON.stringify(said)); return hear.call(this, said); };
}"""
HOSTILE = """() => {
  const [fit, stage, frame] = ["div", "div", "iframe"].map((tag) => document.createElement(tag));
  frame.setAttribute("sandbox", "allow-same-origin");
  stage.append(frame);
  fit.append(stage);
  document.body.append(fit);
  const view = new yiluGuideView({ frame, stage, tell: () => {}, sheet: "" });
  view.hear({ page: { size: [1e9, "x"], sheets: ["https://else.example/x.css", "/static/../staff/x"], tree: { t: "html", k: [{ t: "body", k: [
    { t: "script", k: ["owned = 1"] }, { t: "img", a: { src: "x", onerror: "owned = 1" } },
    { t: "a", a: { href: "javascript:owned = 1", onclick: "owned = 1" }, k: ["SEEN"] }, { t: "icon", use: "javascript:owned = 1" },
  ] }] } } });
  const made = frame.contentDocument.body.innerHTML + "|" + frame.contentDocument.head.childElementCount;
  fit.remove();
  return made;
}"""
"""What a browser that is not ours may send: the seat's builds only what it knows."""


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
    own = signed_in(Ref("party", people.lin)).cookies["yilu_session"].value
    guest_side.add_cookies([{"name": "yilu_session", "value": own, "url": live_server.url}])
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
    guest.get_by_role("button", name="下一步").click()
    guest.get_by_label("单独同意录制").check()
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

    seat.get_by_role("button", name="请客户拍照").click()
    guest.get_by_role("button", name="拍照", exact=True).click()
    guest.get_by_role("button", name="提交这张").click()
    expect(guest.get_by_text("照片收到了，谢谢")).to_be_visible()
    expect(seat.locator("[data-part=taken]")).to_contain_text("客户已交来照片")

    guided(seat, guest)

    guest.reload()  # the phone's browser was closed, the page opened again
    guest.get_by_role("button", name="开始视频").click()
    again = "[data-video-seat][data-peer=connected]:not([data-connection='1'])"
    seat.wait_for_selector(again, state="attached")
    guest.wait_for_selector("[data-video-guest][data-peer=connected]", state="attached")
    kept = seat.locator("[data-part=kept]")
    expect(kept).not_to_have_text(kept.inner_text(), timeout=45 * SECONDS)

    seat.once("dialog", lambda sure: sure.dismiss())  # a slip of the hand ends nothing
    seat.get_by_role("button", name="结束视频").click()
    assert Session.objects.get().state != "ENDED"
    seat.once("dialog", lambda sure: sure.accept())
    seat.get_by_role("button", name="结束视频").click()
    seat.wait_for_selector("[data-verified]")
    expect(guest.get_by_role("link", name="看我的办理")).to_be_visible()
    found = queries.recording(session.pk, access)
    assert found.verdict.ok
    assert found.verdict.pieces >= 2
    assert found.session.connection >= 2, "the same session, another connection"
    (ended,) = [e for e in journal.timeline(about) if e.kind == "video.ended"]
    assert ended.facts["head"] in seat.content()
    webm = b"".join(queries.take_of(session.pk, 1, access))
    assert webm.startswith(b"\x1a\x45\xdf\xa3"), "a WebM file"


def guided(seat, guest):
    """The seat sees the customer's page, and nothing that was to stay on the phone; the house sees neither."""
    told: list[str] = []
    guest.on("request", lambda request: told.append(request.post_data or ""))
    seat.evaluate(LISTEN)
    seat.get_by_role("button", name="请客户打开屏幕协助").click()
    guest.get_by_role("button", name="同意，请看").click()
    theirs, ours = guest.frame_locator("[data-part=page]"), seat.frame_locator("[data-part=page]")
    title = theirs.get_by_role("heading", level=1).inner_text()
    expect(ours.get_by_role("heading", level=1)).to_have_text(title)
    page = next(frame for frame in guest.frames if "/c/claims/" in frame.url)
    page.evaluate(LEAKS)
    theirs.locator("#typed").fill("LEAK-typed")
    theirs.locator("#ticked").uncheck()
    theirs.locator("#shown").fill("SEEN typed")
    expect(ours.locator("input.y-guide-focus")).to_have_value("SEEN typed")
    heard = seat.evaluate("heard.join()")
    for seen in ("SEEN link", "SEEN text", "SEEN typed", "SEEN button", "2026-11-22", "2026-10-01"):
        assert seen in heard
    for kept in (
        "LEAK",
        "8123",
        "6222",
        "7890",
        "1990",
        "zhang",
        "4839",
        "6217",
        "0034",
        "5678",
        "9012",
        "lei",
        '["73"]',
        '["64"]',
    ):
        assert kept not in heard, heard[heard.find(kept) - 150 : heard.find(kept) + 40]

    ticks = [each for each in heard.split("{") if '"type":"checkbox"' in each]
    assert ticks
    assert not [each for each in ticks if '"on"' in each]
    button = ours.get_by_text("SEEN button")
    button.scroll_into_view_if_needed()
    seat.mouse.click(*middle(button))
    ring = guest.locator("[data-part=ring]")
    expect(ring).to_be_visible()
    assert page.evaluate("window.pressed") is None, "the seat points; it never presses"
    assert (
        seat.evaluate(HOSTILE) == '<div>owned = 1</div><div></div><a>SEEN</a><svg class=""></svg>|0'
    )

    guest.get_by_role("button", name="停止", exact=True).click()
    expect(seat.locator("[data-part=guide]")).to_be_hidden()
    assert not [body for body in told if "SEEN" in body or "LEAK" in body], "the house sees nothing"


def middle(element):
    box = element.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
