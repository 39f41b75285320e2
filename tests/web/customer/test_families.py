"""A family application on the phone, prepared by an agent, and at the insurer's counter."""

from __future__ import annotations

import re

import pytest

from tests import make
from tests.underwriting.story import customer, insurer, sent_code
from tests.underwriting.test_families import CHILD, Family
from tests.web.signing import signed_in
from yilu.kernel.refs import Ref
from yilu.messaging.models import Message
from yilu.people import queries as persons
from yilu.underwriting.models import Application

pytestmark = pytest.mark.django_db
CHILD_FORM = {
    "relation": "CHILD", "name": CHILD.name, "identity_number": CHILD.identity_number,
    "product": "critical-illness", "request_key": "child",
}  # fmt: skip


@pytest.fixture
def office(noon) -> int:
    return insurer()


def test_a_family_is_gathered_and_handed_in_on_one_phone(office) -> None:
    me = Ref("party", customer(office))
    browser = signed_in(me)
    page = browser.post("/c/buy/critical-illness", {"request_key": "tap", "for": "family"})[
        "Location"
    ]
    kept = browser.post(f"{page}/add", {**CHILD_FORM, "identity_number": ""})
    assert (kept.status_code, CHILD.name in kept.content.decode()) == (422, True)
    assert browser.post(f"{page}/add", CHILD_FORM)["Location"] == page
    twice = browser.post(f"{page}/add", {**CHILD_FORM, "request_key": "again"})
    assert (twice.status_code, "已经在这份家庭投保单里" in twice.content.decode()) == (422, True)

    told = Family.__new__(Family)
    rows = list(Application.objects.order_by("pk"))
    told.__dict__.update(_stories(me, office, rows))
    assert browser.get(f"{page}/means")["Location"] == page  # the members' own parts come first
    told.filled()
    assert browser.get(f"/c/applications/{rows[0].pk}/means")["Location"] == page
    means = {"income": "300000", "budget": "1000", "other_premiums": ""}
    warned = browser.post(f"{page}/means", means)
    assert (warned.status_code, "预算的 150%" in warned.content.decode()) == (422, True)
    assert browser.post(f"{page}/means", {**means, "statement": "on"})["Location"].endswith(
        "notices"
    )
    clauses = re.findall(r'name="([0-9a-f]{64})"', browser.get(f"{page}/notices").content.decode())
    some = browser.post(f"{page}/notices", {clauses[0]: "yes"})
    assert (
        some.status_code,
        f'name="{clauses[0]}" value="yes" required checked'
        in " ".join(some.content.decode().split()),
    ) == (422, True)
    done = browser.post(f"{page}/notices", dict.fromkeys(clauses, "yes"))
    assert done["Location"].endswith("sign")
    browser.post(f"{page}/do/wishes", {"begin": "together", "pay": "one"})
    digest = told.view.digest
    assert browser.post(f"{page}/do/code", {"digest": "0" * 64}).status_code == 409
    assert browser.post(f"{page}/do/code", {"digest": digest}).status_code == 200
    assert browser.post(f"{page}/do/sign", {"code": "000000"}).status_code == 422
    browser.post(f"{page}/do/sign", {"code": sent_code(me)})
    assert {row.state for row in Application.objects.all()} == {"AWAITING_PAYMENT"}
    shown = browser.get(page).content.decode()
    assert "去支付" in shown
    assert shown.count("/c/pay/") == 1
    other = signed_in(Ref("party", customer(office)))
    assert {other.get(page).status_code, other.post(f"{page}/do/stop_waiting").status_code} == {404}


def _stories(me: Ref, office: int, rows: list[Application]) -> dict[str, object]:
    from tests.underwriting.story import Story

    stories = []
    for row in rows:
        story = object.__new__(Story)
        story.__dict__.update(
            office_id=office, holder_id=me.id, me=me, at=make.NOON, id=row.pk,
        )  # fmt: skip
        stories.append(story)
    return {
        "first": stories[0], "stories": stories, "me": me, "office": office, "id": rows[0].family_id,
        "told": {"actor": me, "access": None},
    }  # fmt: skip


def test_an_agent_prepares_a_family_and_the_customer_goes_on(office) -> None:
    agent = make.agent(office)
    mine = customer(office, agent_id=agent)
    start = {"channel": "AGENT", "actor": Ref("agent", agent), "agent": persons.agent_access(agent)}
    family = Family(office, at=make.NOON, holder_id=mine, **start)
    browser, page = signed_in(Ref("agent", agent)), f"/agent/families/{family.id}"
    assert browser.post(f"{page}/add", CHILD_FORM)["Location"] == page
    assert "发给客户继续" in browser.get(page).content.decode()
    browser.post(f"{page}/hand-over")
    assert Message.objects.get(template="underwriting.prepared").recipient == f"party:{mine}"
    assert signed_in(Ref("agent", make.agent(office))).get(page).status_code == 404
    assert (
        "加一位家人"
        in signed_in(Ref("party", mine)).get(f"/c/families/{family.id}").content.decode()
    )


def test_the_counter_fills_in_beside_the_holder_who_signs_by_their_own_phone(office) -> None:
    holder = customer(office)
    access, clerk = make.colleague(office, "COUNTER")
    family = Family(
        office, at=make.NOON, holder_id=holder, channel="COUNTER", actor=clerk, access=access
    )
    browser, page = signed_in(clerk), f"/staff/families/{family.id}"
    assert browser.post(f"{page}/add", CHILD_FORM)["Location"] == page
    family.first.me = family.me = Ref("party", holder)
    told = Family.__new__(Family)
    told.__dict__.update(
        _stories(Ref("party", holder), office, list(Application.objects.order_by("pk")))
    )
    told.filled()
    assert (
        browser.post(f"{page}/means", {"income": "300000", "budget": "60000"})["Location"] == page
    )
    clauses = re.findall(r'name="([0-9a-f]{64})"', browser.get(f"{page}/notices").content.decode())
    assert browser.post(f"{page}/notices", dict.fromkeys(clauses, "yes"))["Location"] == page
    assert (
        browser.post(f"{page}/do/code", {"digest": told.view.digest})["Location"] == f"{page}?sent"
    )
    assert "用客户报出的验证码签名" in browser.get(f"{page}?sent").content.decode()
    browser.post(f"{page}/do/sign", {"code": sent_code(Ref("party", holder))})
    assert {row.state for row in Application.objects.all()} == {"AWAITING_PAYMENT"}
    assert "首期保险费" in browser.get(page).content.decode()
