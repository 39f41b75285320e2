"""Every address of the house is for somebody, and nobody else gets anything out of it."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests import cast, make
from tests.claims.papers import react
from tests.documents.papers import picture
from tests.house.doors import DOORS, NOT_FOR_BROWSERS, Address, addresses
from tests.house.html_check import problems_of
from tests.house.world import World, shown
from tests.letters.desk import facts
from yilu.claims import operations as claims
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.letters import operations as letters
from yilu.people import queries as people
from yilu.people.queries import erasing

SIGN_IN = {"party": "/c/sign-in", "agent": "/agent/sign-in", "staff": "/staff/sign-in"}
CLOSED = {401, 403, 404}
HERS = {
    "claim_id", "party_id", "upload_id", "letter_id", "item_id", "payout_id", "policy_id", "offer_id",
    "request_id", "conversation_id", "session_id", "inspection_id", "lot_id", "recovery_id",
    "data_request_id", "waiting_id", "double_id", "hold_id",
}  # fmt: skip
"""What an address names that belongs to one customer."""
REFUSED = {*CLOSED, 400, 405, 409, 410, 413, 422, 429}


def asked(world: World, browser: Client, address: Address) -> list[tuple[str, object]]:
    """What a browser gets by looking and by sending an empty form."""
    url = world.url(address)
    return [(f"GET {url}", browser.get(url)), (f"POST {url}", browser.post(url))]


def text_of(answer) -> str:
    return (
        b"".join(answer).decode(errors="replace")
        if answer.streaming
        else answer.content.decode(errors="replace")
    )


def of(*kinds: str) -> list[Address]:
    return [e for e in addresses() if e.name in DOORS and e.door.kind in kinds]


def test_somebody_said_for_whom_each_address_is():
    names = {each.name for each in addresses()}

    unsaid = sorted(names - DOORS.keys())
    assert not unsaid, (
        f"{unsaid}: say in tests/house/doors.py for whom this is (public, a customer, an agent, staff and "
        "with which right, a provider's token, the bank's signature); these tests then try everybody else."
    )
    gone = sorted(DOORS.keys() - names)
    assert not gone, f"{gone}: no such address (any more): take it out of tests/house/doors.py"


def test_only_callers_with_a_proof_in_every_request_need_no_form_token():
    for each in addresses():
        exempt = getattr(each.view, "csrf_exempt", False)
        kind = DOORS[each.name].kind if each.name in DOORS else ""
        assert not exempt or kind in NOT_FOR_BROWSERS, f"{each.name} is csrf_exempt"


def test_the_demos_page_is_not_there_elsewhere(client, db):
    """It shows passwords: it must not even be mounted where nobody asked for the demo."""
    for path in ("/demo", "/demo/", "/demo/codes"):
        assert client.get(path).status_code == 404


def test_nobody_signed_in_is_led_to_the_sign_in_of_the_door(world):
    nobody = world.browser("nobody")
    for address in of("party", "agent", "staff"):
        for what, answer in asked(world, nobody, address):
            if answer.status_code == 302:
                assert answer.url.startswith(SIGN_IN[address.door.kind]), what
            else:
                assert answer.status_code in {*CLOSED, 405}, f"{what}: {answer.status_code}"


@pytest.mark.parametrize(
    ("who", "kinds"),
    [("lin", ("agent", "staff")), ("wei", ("party", "staff")), ("luo", ("party", "agent"))],
)
def test_people_of_another_door_are_led_to_its_sign_in(world, who, kinds):
    browser = world.browser(who)
    for address in of(*kinds):
        for what, answer in asked(world, browser, address):
            if answer.status_code == 302:
                assert answer.url.startswith(SIGN_IN[address.door.kind]), f"{who} {what}"
            else:
                assert answer.status_code in {*CLOSED, 405}, f"{who} {what}: {answer.status_code}"


@pytest.mark.parametrize(("who", "kind"), [("zhou", "party"), ("qian", "agent")])
def test_a_stranger_gets_nothing_that_is_somebody_elses(world, who, kind):
    browser = world.browser(who)
    for address in of(kind, "public"):
        theirs = bool(address.arguments) and kind == address.door.kind
        for what, answer in asked(world, browser, address):
            assert answer.status_code != 500, what
            assert not shown(text_of(answer), world.hers), f"{who} {what}"
            if theirs:
                assert answer.status_code in {*CLOSED, 405}, f"{who} {what}: {answer.status_code}"
        if world.has_left(who):  # signing out is one of the addresses
            browser = world.come_back(who)


def test_a_place_of_ones_own_opens_no_paper_of_somebody_elses(world):
    """Two numbers in one address: the outer one's own, the inner one a stranger's of the same branch."""
    stranger = make.insured(world.people.branch_a)
    theirs = make.reported_claim(stranger, office_id=world.people.branch_a)
    paper = claims.Paper("DIAGNOSIS", "别人的诊断证明.png", picture())
    handed = claims.hand_in_documents(
        claim_id=theirs.claim_id, papers=[paper], actor=Ref("party", stranger), at=make.NOON
    )
    letter_id = tx.use_case(letters.issue)(
        kind="STATEMENT", about=Ref("claim", theirs.claim_id), party_id=stranger,
        facts=facts("STATEMENT", stranger), actor=SYSTEM, at=make.NOON,
    )  # fmt: skip
    inner = {"upload_id": handed.upload_ids[-1], "letter_id": letter_id}
    tried = 0
    for who, kind in (("lin", "party"), ("all_a", "staff")):
        for address in of(kind):
            within = address.arguments & inner.keys()
            if within and address.arguments & HERS - inner.keys():
                url = world.url(address, **{name: inner[name] for name in within})
                answer = world.browser(who).get(url)
                assert answer.status_code in {404, 405}, f"{who} GET {url}: {answer.status_code}"
                tried += 1
    assert tried > 5


def test_staff_without_the_right_are_refused(world):
    luo = world.browser("luo")
    for address in of("staff"):
        for what, answer in asked(world, luo, address):
            assert answer.status_code != 500, what
            assert not shown(text_of(answer), world.hers), what
            if address.door.right is not None:
                assert answer.status_code in {403, 405}, f"{what}: {answer.status_code}"


def test_another_branch_sees_nothing_whatever_its_rights(world):
    branch_b = world.browser("all_b")
    for address in of("staff"):
        for what, answer in asked(world, branch_b, address):
            assert answer.status_code != 500, what
            assert not shown(text_of(answer), world.hers), what
            if address.arguments & HERS:
                assert answer.status_code in {*CLOSED, 405}, f"{what}: {answer.status_code}"
    for word in world.hers:
        for page in ("search", "customers", "claims", "payments", "messages"):
            found = text_of(
                branch_b.get(
                    f"/staff/{page}", {"q": word, "about": f"claim:{world.things['claim_id']}"}
                )
            )
            again = found.replace(word, "")  # the box repeats what was asked
            assert not shown(again, world.hers), f"{page}?q={word}"


def test_what_is_somebody_elses_reads_like_what_is_not_there(world):
    """The same words, so that nobody learns which numbers exist."""
    for who, kind in (("zhou", "party"), ("qian", "agent"), ("all_b", "staff")):
        browser = world.browser(who)
        for address in of(kind):
            for name in sorted(address.arguments & HERS - {"item_id"}):
                theirs = browser.get(world.url(address))
                none = browser.get(world.url(address, **{name: 987654321}))
                if theirs.status_code == 404:
                    assert none.status_code == 404, f"{who} {address.name} {name}"
                    assert bare(theirs) == bare(none), f"{who} {address.name} {name}"


def bare(answer) -> str:
    page = text_of(answer)
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"|"X-CSRFToken": "\w+"', "", page)
    return re.sub(r"next=[^\"']*|name=\"next\" value=\"[^\"]*\"|\d+", "", page)


@pytest.mark.parametrize(("who", "kind"), [("lin", "party"), ("wei", "agent"), ("all_a", "staff")])
def test_pages_for_their_own_people_are_whole(world, who, kind):
    """They answer, can be read by machine aids, and nothing on them needs an inline script or style."""
    found = []
    for address in of(kind, "public"):
        browser = world.browser(who)
        url = world.url(address)
        answer = browser.get(url)
        assert answer.status_code < 500, f"{who} GET {url}: {text_of(answer)[:3000]}"
        if answer.get("Content-Type", "").startswith("text/html"):
            found += [f"{url}: {problem}" for problem in problems_of(text_of(answer))]
            assert (
                "script-src 'self'" in answer["Content-Security-Policy"]
                or "sandbox" in answer["Content-Security-Policy"]
            ), url
    assert not found, "\n".join(dict.fromkeys(found))


def test_a_providers_system_needs_its_token_and_the_bank_its_signature(world):
    for address in of("provider", "bank"):
        for browser in (world.browser("nobody"), world.browser("lin"), world.browser("all_a")):
            for what, answer in asked(world, browser, address):
                assert answer.status_code in {*REFUSED}, f"{what}: {answer.status_code}"
                said = text_of(answer).replace(world.things["number"], "")  # as it was asked
                assert not shown(said, world.hers), what


def test_another_providers_token_finds_no_claim(world):
    other = make.provider(world.people.branch_a).token
    answer = Client().get(
        f"/api/v1/claims/{world.things['number']}", headers={"Authorization": f"Bearer {other}"}
    )
    assert answer.status_code == 404


def test_an_upload_link_of_one_claim_opens_nothing_else(world):
    nobody = world.browser("nobody")
    page = nobody.get(f"/u/{world.token}")
    assert page.status_code == 200
    found = shown(text_of(page), set(world.hers) - {world.things["number"]})
    assert not found, "whoever has the link learns nobody's name and sees no file"
    for token in (world.token[:-1], world.token + "A", world.token.swapcase(), "x", "0" * 200):
        assert nobody.get(f"/u/{token}").status_code in CLOSED, token


def test_whoever_has_anything_open_is_kept_from_being_erased(world):
    """Every room says what it keeps of Lin, in words, with a rule."""
    found = people.what_keeps(world.people.lin, make.NOON.date())

    assert all(each.what and each.rule for each in found)
    assert {each.ref.partition(":")[0] for each in found if each.stands(make.NOON.date())} >= {
        "policy", "claim", "complaint", "conversation", "servicing_request", "application", "collection", "hold",
        "video", "affected", "recovery",
    }  # fmt: skip


def test_pages_of_what_an_erased_customer_had_still_open(world, monkeypatch):
    """Nobody with as much as Lin is erased: here nothing keeps her, so that every page meets emptied rows."""
    monkeypatch.setattr(erasing, "_ASKED", [])
    make.erased(world.people.lin)
    react()

    opened = 0
    for address in of("staff"):
        if address.arguments & (
            HERS | {"application_id", "complaint_id", "visit_id", "affected_id"}
        ):
            answer = world.browser("all_a").get(world.url(address))
            assert answer.status_code != 500, world.url(address)
            assert not shown(text_of(answer), (cast.LIN_NAME, "138****5678")), world.url(address)
            opened += answer.status_code == 200
    assert opened > 20
