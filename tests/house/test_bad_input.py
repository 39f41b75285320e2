"""Whatever is typed or sent, by whoever may be there: a sentence, never a broken page."""

from __future__ import annotations

import json
import os
import re
from functools import cache

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.house.conftest import thrown_away
from tests.house.doors import DOORS, Address, addresses
from tests.house.test_house_rules import HOUSE
from tests.house.world import World

WHO = {"party": "lin", "agent": "wei", "staff": "all_a", "public": "nobody", "link": "nobody"}
COMMON = HOUSE / "web" / "common"
NASTY = (
    "²", "9" * 5000, "9" * 19, "NaN", "-1e400", "2026-02-30", "林" * 3000, "\u202e[]",
)  # fmt: skip
"""Digits that are no number, numbers beyond any column, days that are none, text without end."""
THOROUGH = os.environ.get("THOROUGH") == "1"


@cache
def names_in(module: str) -> tuple[str, ...]:
    """Every name that a door's module, or what all doors share, reads from a form or an address."""
    found: set[str] = set()
    for path in [
        HOUSE.parent.joinpath(*module.split(".")).with_suffix(".py"),
        *COMMON.glob("*.py"),
    ]:
        code = path.read_text(encoding="utf-8")
        found |= set(re.findall(r'(?:POST|GET|given|data|asked)\.get(?:list)?\(\s*"(\w+)"', code))
        found |= set(re.findall(r'_in\(request, "(\w+)"', code))
        found |= set(re.findall(r"^    (\w+) = forms\.\w+\(", code, re.MULTILINE))
    assert len(found) > 10
    return tuple(sorted(found))


def mixtures(names: tuple[str, ...], turn: int) -> list[dict[str, str]]:
    """A form in which each field holds something else; with THOROUGH=1 each holds everything once."""
    if THOROUGH:
        return [dict.fromkeys(names, value) for value in NASTY]
    return [{name: NASTY[(n + turn) % len(NASTY)] for n, name in enumerate(names)}]


def module_of(address: Address) -> str:
    view = getattr(address.view, "func", address.view)
    module = str(view.__module__)
    return module if module.startswith("yilu.web.") else "yilu.web.common.pages"


def forms(world: World, kinds: set[str]):
    for address in addresses():
        door = DOORS.get(address.name)
        if door is not None and door.kind in kinds:
            yield address, world.url(address), WHO[door.kind]


@pytest.mark.parametrize("kinds", [{"party", "agent", "public", "link"}, {"staff"}])
def test_no_form_and_no_address_breaks_a_page(world, kinds):
    broken = []
    for turn, (address, url, who) in enumerate(forms(world, kinds)):
        browser = world.browser(who)
        for told in mixtures(names_in(module_of(address)), turn):
            # An address is shorter than a form: what escapes to kilobytes is only sent in one.
            short = {name: value[:300] if "林" in value else value for name, value in told.items()}
            for ask, given in ((browser.get, short), (browser.post, told)):
                with thrown_away():
                    answer = ask(url, given)
                if answer.status_code >= 500:
                    broken.append(f"{url}: {why(answer)}")
    assert not broken, "\n".join(dict.fromkeys(broken))


def test_a_character_no_row_can_hold_is_refused_in_any_form(world):
    nobody = world.browser("nobody")
    for given in ({"phone": "138\0"}, {"a\0": "1"}):
        assert nobody.post("/c/sign-in/code", given).status_code == 400
        assert nobody.get("/verify", given).status_code == 400
    file = SimpleUploadedFile("a\0b.pdf", b"%PDF-")
    answer = world.browser("lin").post(
        f"/c/claims/{world.things['claim_id']}/documents", {"kind": "OTHER", "files": file}
    )
    assert answer.status_code in {400, 422}


@pytest.mark.parametrize("number", ["9" * 19, "9" * 5000])
def test_numbers_beyond_any_row_are_not_found(world, number):
    for address, _, who in forms(world, {"party", "agent", "staff"}):
        for name in sorted(address.arguments):
            if name.endswith("_id"):
                url = world.url(address, **{name: number})
                browser = world.browser(who)
                for ask in (browser.get, browser.post):
                    with thrown_away():
                        answer = ask(url)
                    assert answer.status_code in {403, 404, 405, 422}, f"{url[:80]}: {why(answer)}"


@pytest.mark.parametrize(
    "text", ["%00", "%0d%0aSet-Cookie:%20a=b", "..%2f..%2fetc%2fpasswd", "%ff%fe", "a" * 3000]
)
def test_addresses_with_anything_in_them_are_not_found(world, text):
    for address, _, who in forms(world, {"public", "link", "staff", "party"}):
        for name in sorted(address.arguments - {"level"}):
            if not name.endswith("_id"):
                browser = world.browser(who)
                with thrown_away():
                    answer = browser.get(world.url(address, **{name: text}))
                assert answer.status_code in {400, 403, 404, 405, 422}, (
                    f"{address.name}: {why(answer)}"
                )
                assert "Set-Cookie:" not in str(answer.headers)


class TestTheApi:
    """A hospital's system that sends anything at all gets a problem it can read."""

    BODIES = (
        b"", b"{", b"null", b"[]", b'"x"', b"1" * 5000, b"\xff\xfe", b'{"patient": "\\ud800"}',
        b"[" * 50_000, b'{"a":' * 20_000, json.dumps({"patient": {"name": "a\x00b"}}).encode(),
    )  # fmt: skip

    def post(self, world, path, body, **headers):
        browser = Client(raise_request_exception=False)
        headers = {
            "Authorization": f"Bearer {world.provider_token}",
            "Idempotency-Key": "k1",
        } | headers
        with thrown_away():
            return browser.post(
                f"/api/v1/{path}", body, content_type="application/json", headers=headers
            )

    @pytest.mark.parametrize("path", ["claims", "offers"])
    def test_no_body_breaks_it(self, world, path):
        for body in self.BODIES:
            answer = self.post(world, path, body)
            assert answer.status_code in {400, 422}, f"{body[:30]!r}: {why(answer)}"
            assert answer["Content-Type"] == "application/problem+json"

    @pytest.mark.parametrize(
        "value",
        [
            "a\x00b",
            "\ud800",
            "NaN",
            "1e400",
            "９９",
            "2026-02-30",
            "x" * 10_000,
            None,
            [],
            {},
            1e308,
            -1,
        ],
    )
    def test_no_value_breaks_it(self, world, value):
        for broken in self.changed(world, value):
            answer = self.post(world, "claims", json.dumps(broken).encode())
            assert answer.status_code < 500, f"{json.dumps(broken)[:600]}: {why(answer)}"

    def changed(self, world, value):
        """A well-formed claim with one thing in it replaced."""
        from tests import cast, make

        bill = make.invoice(cast.LIN_NAME)
        whole = {
            "patient": {"name": cast.LIN_NAME, "identity_number": make.resident_id()},
            "policy_number": "1", "claim_type": "MEDICAL", "loss_date": "2026-03-01",
            "invoices": [bill],
        }  # fmt: skip
        yield {**whole, "patient": {**whole["patient"], "name": value}}
        yield {**whole, "patient": {**whole["patient"], "identity_number": value}}
        for name in ("policy_number", "claim_type", "loss_date", "invoices", "cause"):
            yield {**whole, name: value}
        for name in bill:
            yield {**whole, "invoices": [{**bill, name: value}]}
        yield {**whole, "invoices": [{**bill, "lines": [{**bill["lines"][0], "amount": value}]}]}
        yield {**whole, "invoices": [{**bill, "lines": [{**bill["lines"][0], "name": value}]}]}

    @pytest.mark.parametrize("key", ["", "a" * 300, "k\x00", "ключ"])
    def test_no_key_breaks_it(self, world, key):
        whole = next(iter(self.changed(world, "x")))
        answer = self.post(world, "claims", json.dumps(whole).encode(), **{"Idempotency-Key": key})
        assert answer.status_code in {404, 422}

    @pytest.mark.parametrize("token", ["", "x" * 10_000, "a\x00b", "林", "a b"])
    def test_no_token_breaks_it(self, world, token):
        answer = self.post(world, "claims", b"{}", Authorization=f"Bearer {token}")
        assert answer.status_code == 401


def why(answer) -> str:
    """What a failing answer came from: the last line of ours in the trace."""
    info = getattr(answer, "exc_info", None)
    if not info:
        return str(answer.status_code)
    import traceback

    ours = [f for f in traceback.extract_tb(info[2]) if "/yilu/" in f.filename]
    place = f"{ours[-1].filename.split('/yilu/')[1]}:{ours[-1].lineno}" if ours else "?"
    return f"{type(info[1]).__name__}: {str(info[1])[:100]} at {place}"
