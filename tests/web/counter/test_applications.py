"""An agent prepares; the rest is the customer's own. The staff counter fills in beside the customer."""

from __future__ import annotations

import re

import pytest

from tests import make
from tests.underwriting.story import customer, insurer, sent_code
from tests.web.signing import signed_in
from yilu.kernel.refs import Ref
from yilu.messaging.models import Message
from yilu.underwriting import operations as underwriting
from yilu.underwriting.models import Application

pytestmark = pytest.mark.django_db


def test_an_agent_prepares_and_hands_over() -> None:
    office = insurer()
    agent, other = make.agent(office), make.agent(office)
    mine = customer(office, agent_id=agent)
    browser = signed_in(Ref("agent", agent))
    assert browser.get(f"/agent/customers/{mine}/apply").status_code == 200
    page = browser.post(
        f"/agent/customers/{mine}/apply", {"product": "critical-illness", "request_key": "a"}
    )["Location"]
    row = Application.objects.get()
    assert (row.channel, row.agent_id, row.holder_id) == ("AGENT", agent, mine)
    browser.post(f"{page}/people", {"relation": "SELF"})
    shown = browser.get(f"{page}/plan").content.decode()
    plan = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', shown))
    plan.pop("csrfmiddlewaretoken", None)
    assert browser.post(f"{page}/plan", plan)["Location"] == page
    assert browser.get(f"{page}/health")["Location"] == page  # not an agent's step
    browser.post(f"{page}/hand_over")
    assert Message.objects.get(template="underwriting.prepared").recipient == f"party:{mine}"
    assert "就选这个方案" not in browser.get(page).content.decode()
    assert signed_in(Ref("agent", other)).get(page).status_code == 404


def test_a_clerk_fills_in_beside_the_customer_who_signs_by_phone() -> None:
    office = insurer()
    _access, clerk = make.colleague(office, "COUNTER")
    mine = customer(office)
    browser = signed_in(clerk)
    assert browser.get(f"/staff/applications/for/{mine}").status_code == 200
    page = browser.post(
        f"/staff/applications/for/{mine}", {"product": "critical-illness", "request_key": "a"}
    )["Location"]
    row = Application.objects.get()
    underwriting.record_identity_check(
        application_id=row.pk, party_id=mine, matched=True, receipt="SF1", at=make.NOON
    )
    from tests.underwriting.story import healthy

    browser.post(f"{page}/people", {"relation": "SELF"})
    shown = browser.get(f"{page}/plan").content.decode()
    plan = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', shown))
    plan.pop("csrfmiddlewaretoken", None)
    browser.post(f"{page}/plan", plan)
    health = browser.get(f"{page}/health").content.decode()
    version = re.search(r'name="version" value="(\w+)"', health)
    assert version
    browser.post(f"{page}/health", {**healthy(row.product_version_id), "version": version.group(1)})
    browser.post(f"{page}/means", {"income": "300000", "budget": "30000"})
    browser.post(f"{page}/beneficiaries", {"how": "LEGAL"})
    clauses = browser.get(f"{page}/notices").content.decode()
    browser.post(f"{page}/notices", dict(re.findall(r'name="(\S+)" value="(\w{64})"', clauses)))
    shown = browser.get(page).content.decode()
    digest = re.search(r'name="digest" value="(\w{64})"', shown)
    assert digest
    sent = browser.post(f"{page}/do/code", {"digest": digest.group(1), "signer": mine})
    assert "sent=" in sent["Location"]
    browser.post(f"{page}/do/sign", {"code": sent_code(Ref("party", mine)), "signer": mine})
    assert Application.objects.get().state == "AWAITING_PAYMENT"
    assert "ms" in browser.get("/staff/applications").content.decode()
