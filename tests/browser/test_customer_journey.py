"""What a customer does on a phone, with a real browser."""

import re

import pytest

from tests import cast, make
from yilu.claims.models import Claim
from yilu.documents.models import Upload
from yilu.messaging import queries as messaging

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


@pytest.fixture
def claim(people, policy):
    make.consent(people.lin)
    return make.reported_claim(people.lin, policy_number=policy.number).claim_id


def test_sign_in_report_and_hand_in(open_tab, people, policy):
    make.account(people.lin)
    tab = open_tab()

    tab.goto("/c/report")
    tab.fill("input[name=phone]", cast.LIN_PHONE)
    tab.click("text=获取验证码")
    tab.fill("input[name=code]", _code(people))
    tab.click("button:has-text('登录')")

    tab.wait_for_selector("text=发生了什么？")
    tab.click("text=看病花了钱")  # a choice is sent at once: no button to find
    tab.fill("input[name=loss_date]", make.NOON.date().isoformat())
    tab.check("text=生病")
    tab.check("input[name=health_consent]")
    tab.click("text=提交报案")

    tab.wait_for_selector("text=拍照或选文件")
    tab.click("text=其他资料")
    tab.set_input_files(
        "#files", [{"name": "病历.pdf", "mimeType": "application/pdf", "buffer": PDF}]
    )
    tab.wait_for_selector("#uploads .y-file-name:has-text('病历.pdf')")

    assert Claim.objects.get().claimant_id == people.lin
    assert Upload.objects.get().filename == "病历.pdf"


def test_without_javascript_everything_still_works(open_tab, people, policy, claim):
    tab = open_tab(people.as_lin, javascript=False)

    tab.goto(f"/c/report?policy={policy.id}")
    tab.check("input[value=MEDICAL]", force=True)
    tab.click("button:has-text('下一步')")
    assert tab.is_visible("text=提交报案")

    tab.goto(f"/c/claims/{claim}/documents")
    tab.check("input[value=OTHER]", force=True)
    tab.set_input_files("#files", [{"name": "a.pdf", "mimeType": "application/pdf", "buffer": PDF}])
    tab.click("button:has-text('上传')")
    assert tab.is_visible("#uploads .y-file-name:has-text('a.pdf')")


def test_a_bad_file_is_told_beside_its_name_before_it_is_sent(open_tab, people, claim):
    tab = open_tab(people.as_lin)
    tab.goto(f"/c/claims/{claim}/documents")
    tab.set_input_files(
        "#files",
        [
            {"name": "空.pdf", "mimeType": "application/pdf", "buffer": b""},
            {"name": "程序.exe", "mimeType": "application/octet-stream", "buffer": b"MZ"},
        ],
    )

    tab.wait_for_selector("text=这个文件是空的")
    tab.wait_for_selector("text=这种格式读不了")
    assert not Upload.objects.exists()


def test_a_double_tap_is_one_claim(open_tab, people, policy):
    make.consent(people.lin)
    tab = open_tab(people.as_lin)
    tab.goto(f"/c/report?policy={policy.id}&type=MEDICAL")
    tab.fill("input[name=loss_date]", make.NOON.date().isoformat())
    tab.check("text=生病")
    tab.check("input[name=health_consent]")
    tab.dblclick("text=提交报案")
    tab.wait_for_selector("text=拍照或选文件")

    assert Claim.objects.count() == 1


def test_the_claims_page_moves_by_itself(open_tab, people, claim, noticed):
    from yilu.claims import operations as claims

    tab = open_tab(people.as_lin)
    tab.goto(f"/c/claims/{claim}")
    tab.evaluate("document.querySelector('#live').setAttribute('hx-trigger', 'every 300ms')")
    tab.evaluate("htmx.process(document.querySelector('#live'))")
    claims.withdraw_claim(claim_id=claim, actor=people.as_lin, at=make.NOON)

    tab.wait_for_selector("h2:has-text('已撤回')")
    assert tab.text_content("#said").startswith("已撤回")


def test_the_law_behind_a_clock_is_one_tap_away(open_tab, people, claim):
    tab = open_tab(people.as_lin)
    tab.goto(f"/c/claims/{claim}")
    tab.click(".y-cite >> nth=0")

    assert tab.is_visible(".y-popover:popover-open")
    tab.keyboard.press("Escape")
    assert not tab.is_visible(".y-popover:popover-open")


def test_large_type_is_larger_stays_and_still_fits(open_tab, people, policy, claim):
    tab = open_tab(people.as_lin)
    tab.goto("/")
    before = tab.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    tab.click("text=大字版")
    tab.goto(f"/c/claims/{claim}")
    after = tab.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")

    assert after == pytest.approx(before * 1.35, rel=0.01)
    for path in (
        "/",
        "/c/claims",
        f"/c/claims/{claim}",
        f"/c/claims/{claim}/documents",
        "/c/me",
        "/c/privacy",
    ):
        tab.goto(path)
        assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path


def test_the_keyboard_reaches_everything(open_tab, people, policy):
    tab = open_tab(people.as_lin)
    tab.goto("/")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "y-skip"
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "main"

    tab.goto("/c/report")
    tab.focus("input[name=type] >> nth=0")
    assert not tab.is_visible(".y-nojs button")
    tab.keyboard.press("Space")
    tab.keyboard.press("ArrowDown")  # looking at the next one sends nothing
    assert tab.is_visible(".y-nojs button")
    tab.keyboard.press("Enter")
    tab.wait_for_url(re.compile("type="))


def test_everything_a_finger_must_hit_is_large_enough(open_tab, people, policy, claim):
    tab = open_tab(people.as_lin)
    small = """
        [...document.querySelectorAll('a, button, summary, label.y-chip, label.y-choice, label.y-tile')]
          .filter(e => e.checkVisibility() && !e.closest('p, .y-facts, .y-foot, .y-clock, .y-popover, .y-file'))
          .filter(e => !e.classList.contains('y-skip'))
          .map(e => [e.textContent.trim().slice(0, 20), Math.round(e.getBoundingClientRect().height)])
          .filter(([, height]) => height < 44)
    """
    for path in ("/", "/c/claims", f"/c/claims/{claim}", f"/c/claims/{claim}/documents", "/c/me"):
        tab.goto(path)
        assert tab.evaluate(small) == [], path


def _code(people) -> str:
    """The code as the phone got it: sealed in the message that waits to be sent."""
    import orjson

    from yilu.kernel import sealing
    from yilu.messaging.models import Message
    from yilu.messaging.operations import SECRETS_PLACE

    message = Message.objects.filter(template="people.sign_in_code").latest("pk")
    assert messaging.mailbox(people.as_lin) is not None
    return str(orjson.loads(sealing.unseal(bytes(message.secrets), SECRETS_PLACE))["code"])
