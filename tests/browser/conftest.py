"""A real headless Chromium against a live server; skipped with a clear line where there is none."""

import os

import pytest
from tools import catalogue, screenshots

from tests import cast, make
from tests.web.signing import signed_in

# Playwright keeps an event loop in this thread; Django would take it for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
PHONE = {"width": 390, "height": 844}


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")  # gone with its event loop before other tests run in this thread
def chromium():
    path = screenshots.find_chromium()
    if path is None:
        pytest.skip("no Chromium on this machine: set YILU_CHROMIUM to one")
    if not (screenshots.ROOT / "build" / "vendor" / "htmx.min.js").exists():
        pytest.skip("the screens' libraries are not there: run `make setup`")
    catalogue.compile_catalogue()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture
def noticed():
    """What pages said on the console: nothing, or the test fails."""
    lines = []
    yield lines
    assert lines == []


@pytest.fixture
def open_tab(chromium, live_server, noticed):
    """Open a tab as somebody, on a phone unless told otherwise."""
    contexts = []

    def open_tab(who=None, *, javascript=True, size=PHONE):
        context = chromium.new_context(
            viewport=size, base_url=live_server.url, java_script_enabled=javascript, locale="zh-CN"
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        if who is not None:
            key = signed_in(who).cookies["yilu_session"].value
            context.add_cookies([{"name": "yilu_session", "value": key, "url": live_server.url}])
        tab = context.new_page()
        tab.on("console", lambda m: noticed.append(m.text) if m.type == "error" else None)
        tab.on("pageerror", lambda e: noticed.append(str(e)))
        return tab

    yield open_tab
    for context in contexts:
        context.close()


@pytest.fixture
def people(transactional_db):
    make.standards_in_force()
    return cast.assemble()


@pytest.fixture
def policy(people):
    return make.medical_policy(people.branch_a, holder_id=people.lin, agent_id=people.wei)
