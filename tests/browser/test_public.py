"""What anybody does, with a real browser."""

import hashlib

from tests import make
from tests.letters import desk
from tests.web.public.test_verify import CONTENT, _issued
from yilu.journal import operations as journal_operations
from yilu.journal import queries as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.letters import operations as letters

DESKTOP = {"width": 1280, "height": 800}


def test_a_document_is_checked_without_leaving_the_device(open_tab, people):
    journal.forget_tiles()
    letter_id = tx.use_case(letters.issue)(
        kind="STATEMENT", about=Ref("claim", 1), party_id=people.lin,
        facts=desk.facts("STATEMENT", people.lin), actor=SYSTEM, at=make.NOON,
    )  # fmt: skip
    tx.use_case(_issued)(letter_id)
    journal_operations.append_leaves(at=make.NOON)
    tab = open_tab()
    sent = []
    tab.on("request", lambda r: sent.append(r) if r.method == "POST" else None)
    tab.goto("/verify")
    tab.set_input_files(
        "#file", [{"name": "x.pdf", "mimeType": "application/pdf", "buffer": CONTENT}]
    )

    tab.wait_for_selector("text=一个字没改过")
    assert sent == []
    assert hashlib.sha256(CONTENT).hexdigest() in tab.content()


def test_pages_fit_every_width_and_say_nothing_on_the_console(open_tab, people):
    for size in ({"width": 320, "height": 640}, {"width": 390, "height": 844}, DESKTOP):
        tab = open_tab(size=size)
        for path in (
            "/",
            "/help",
            "/verify",
            "/pledges",
            "/evidence",
            "/c/sign-in",
            "/agent/sign-in",
        ):
            tab.goto(path)
            assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (
                path,
                size,
            )


def test_english_is_one_tap_away_and_back(open_tab, people):
    tab = open_tab(size=DESKTOP)
    tab.goto("/help")
    tab.click("text=EN")
    tab.wait_for_selector("h1:has-text('How to reach us')")
    tab.click("text=中文")
    tab.wait_for_selector("h1:has-text('服务方式')")
