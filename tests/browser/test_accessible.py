"""Pages for everybody: letters dark enough to read, and a claim decided by keyboard alone."""

import pytest

from tests import cast, make
from tests.browser.conftest import PHONE
from yilu.claims.models import Claim
from yilu.kernel.refs import Ref

DESK = {"width": 1280, "height": 800}

FAINT = """() => {
  const brush = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const parse = (text) => {  // whatever colour space it is written in
    brush.clearRect(0, 0, 1, 1);
    brush.fillStyle = text;
    brush.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = brush.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a = 1], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a)];
  const light = (c) => c.map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, n) => sum + v * [.2126, .7152, .0722][n], 0);
  const ground = (e) => {
    const layers = [];
    for (; e; e = e.parentElement) {
      const style = getComputedStyle(e);
      if (style.backgroundImage !== 'none') return null;
      layers.push(parse(style.backgroundColor));
    }
    return layers.reverse().reduce((under, layer) => over(layer, under), [255, 255, 255]);
  };
  const faint = {};
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement, text = walk.currentNode.textContent.trim();
    if (!text || !e.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    if (e.closest(':disabled, svg, .y-hidden, .y-skip, noscript, option, [aria-hidden="true"]')) continue;
    const style = getComputedStyle(e), below = ground(e);
    if (!below) continue;
    const [a, b] = [light(over(parse(style.color), below)), light(below)].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05), size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    if (ratio < (large ? 3 : 4.5)) faint[`${e.tagName}.${e.className} ${style.color}`] = `${ratio.toFixed(2)} ${text.slice(0, 16)}`;
  }
  return faint;
}"""
"""Text whose contrast with what is behind it is under 4.5 (3 where it is large), after WCAG 2.1."""


@pytest.fixture
def claim(people):
    make.consent(people.lin)
    number = make.policy(people.branch_a, holder_id=people.lin, agent_id=people.wei).number
    made = make.claim_in_review(
        holder_id=people.lin, policy_number=number,
        invoices=[make.invoice(cast.LIN_NAME, each="6000.00", fund_paid="0.00")],
    )  # fmt: skip
    return made.claim_id


def faint_on(tab, paths):
    found = {}
    for path in paths:
        tab.goto(path)
        for what, how in tab.evaluate(FAINT).items():
            found[f"{path} {what}"] = how
    return found


def test_every_letter_on_the_phone_is_dark_enough(open_tab, people, claim):
    everybody = ["/", "/help", "/verify", "/pledges", "/c/sign-in", "/staff/sign-in"]
    assert faint_on(open_tab(size=PHONE), everybody) == {}
    hers = ["/", "/c/claims", "/c/report", "/c/messages", "/c/me", "/c/privacy"]
    hers += [f"/c/claims/{claim}", f"/c/claims/{claim}/documents"]
    assert faint_on(open_tab(people.as_lin, size=PHONE), hers) == {}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_in_large_type_the_bars_at_the_top_stay_one_line(open_tab, people, language, live_server):
    tab = open_tab(people.as_lin, size=PHONE)
    tab.context.add_cookies(
        [
            {"name": name, "value": value, "url": live_server.url}
            for name, value in {"django_language": language, "yilu_type": "large"}.items()
        ]
    )
    for path in ("/pledges", "/", "/c/chat"):
        tab.goto(path)
        assert tab.locator("html").get_attribute("data-type") == "large"
        assert tab.locator(".y-top").bounding_box()["height"] < 85, path
    assert tab.locator(".y-chat-who strong").bounding_box()["height"] < 40


def test_every_letter_on_the_workbench_is_dark_enough(open_tab, people, claim):
    lead = Ref("staff", make.staff(people.head, "TEAM_LEAD", "STANDARDS_EDITOR", "OPERATOR"))
    tab = open_tab(lead, size=DESK)
    pages = ["", "claims", "board", "messages", "obligations", "obligations/law.pay_ten_days"]
    pages += ["tables", "checklists", "calendar", "calendar/notice", "system", "evidence"]
    pages += [f"claims/{claim}", f"customers/{people.lin}", "search?q=zzz"]
    assert faint_on(tab, [f"/staff/{page}" for page in pages]) == {}


class TestByKeyboardAlone:
    def tab_to(self, tab, there):
        """Press Tab until something is reached, as somebody without a mouse does."""
        for _ in range(60):
            tab.keyboard.press("Tab")
            if tab.evaluate(f"document.activeElement.matches({there!r})"):
                return
        raise AssertionError(f"Tab never reaches {there}")

    def test_a_claim_is_taken_and_decided(self, open_tab, people, claim):
        tab = open_tab(people.as_chen, size=DESK)
        tab.goto("/staff/")
        tab.keyboard.press("n")
        tab.wait_for_url(f"**/staff/claims/{claim}")

        tab.keyboard.press("3")
        assert tab.evaluate("document.activeElement.getAttribute('aria-label')") == "办理与时限"
        self.tab_to(tab, "#reason")
        tab.keyboard.type("属于保险责任 n d a")  # letters in a field are letters
        self.tab_to(tab, "button[data-hotkey=a]")
        tab.keyboard.press("Enter")

        tab.wait_for_selector(".y-toast")
        assert Claim.objects.get(pk=claim).state in {"PAYING", "SECOND_REVIEW"}

    def test_the_keys_of_a_page_are_listed(self, open_tab, people, claim):
        tab = open_tab(people.as_chen, size=DESK)
        tab.goto(f"/staff/claims/{claim}")
        tab.keyboard.press("?")

        said = tab.inner_text("#keys")
        assert "下一件" in said
        assert "不予赔付" in said
        tab.keyboard.press("Escape")
        assert not tab.is_visible("#keys")

    def test_a_letter_opens_its_form_and_waits_in_its_first_field(self, open_tab, people, claim):
        tab = open_tab(people.as_chen, size=DESK)
        tab.goto(f"/staff/claims/{claim}")
        tab.keyboard.press("s")
        assert tab.evaluate("document.activeElement.name") == "kinds"

    def test_the_desk_is_one_screen(self, open_tab, people, claim):
        tab = open_tab(people.as_chen, size=DESK)
        tab.goto(f"/staff/claims/{claim}")
        assert tab.evaluate("document.documentElement.scrollHeight <= window.innerHeight")
        for part in ("#h-documents", "#h-calculation", "#h-decide", "button[data-hotkey=a]"):
            assert tab.evaluate(
                "s => document.querySelector(s).getBoundingClientRect().bottom <= innerHeight", part
            ), part
