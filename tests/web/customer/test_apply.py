"""Applying on the phone: one walk through every page, and nobody else's application."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from tests import make
from tests.underwriting.story import Story, customer, healthy, insurer, pay, sent_code
from tests.web.signing import signed_in
from yilu.kernel.refs import Ref
from yilu.underwriting import operations as underwriting
from yilu.underwriting.models import Application, Needs

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(noon) -> int:
    return insurer()


@pytest.fixture
def me(office) -> Ref:
    return Ref("party", customer(office, born=date(1990, 3, 4)))


def test_a_policy_is_bought_page_by_page(me, noon) -> None:
    browser = signed_in(me)
    assert browser.get("/c/buy").status_code == 200
    told = {
        "family": "CHILDREN", "income": "300000", "debts": "0", "budget": "12000", "parents": "NO",
        "social": "YES", "work": "EMPLOYED", "worry": "ILLNESS",
    }  # fmt: skip
    assert browser.post("/c/needs", {**told, "family": ""}).status_code == 422
    begun = " ".join(browser.get("/c/needs").content.decode().split())
    given = dict(re.findall(r'name="(debts|budget)" inputmode="decimal" value="(\d*)"', begun))
    assert given == {"debts": "0", "budget": ""}  # nobody means to spend nothing without saying so
    plans = browser.post("/c/needs", told, follow=True).content.decode()
    assert "为您匹配的方案" in plans
    assert "家庭支柱" in plans
    needs = Needs.objects.get().pk

    offered = browser.get("/c/buy/critical-illness").content.decode()
    assert "保额 ¥100,000.00、交" in offered  # the price and the benefits are those of one sum
    assert "每次 100,000 元" in offered
    started = browser.post("/c/buy/critical-illness", {"request_key": "tap", "needs": needs})
    row = Application.objects.get()
    page = f"/c/applications/{row.pk}"
    assert (started["Location"], row.needs_id) == (f"{page}/people", needs)
    browser.post("/c/buy/critical-illness", {"request_key": "tap"})
    assert Application.objects.count() == 1
    underwriting.record_identity_check(
        application_id=row.pk, party_id=me.id, matched=True, receipt="SF1", at=make.NOON
    )

    assert browser.post(f"{page}/people", {"relation": "SPOUSE"}).status_code == 422
    assert browser.post(f"{page}/people", {"relation": "SELF"})["Location"] == f"{page}/plan"
    shown = browser.get(f"{page}/plan").content.decode()
    assert re.search(r"每 1,000 元保额一年 \d+(\.\d*[1-9])? 元", shown)
    plan = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', shown))
    plan.pop("csrfmiddlewaretoken", None)
    stale = browser.post(f"{page}/plan", {**plan, "seen": "1.00"})
    assert (stale.status_code, "价格已经变化" in stale.content.decode()) == (409, True)
    assert browser.post(f"{page}/plan", plan)["Location"] == f"{page}/health"

    health = browser.get(f"{page}/health").content.decode()
    version = re.search(r'name="version" value="(\w+)"', health)
    assert version
    answers = {**healthy(row.product_version_id), "version": version.group(1)}
    some = {k: v for k, v in answers.items() if k != "weight_kg"}
    asked = browser.post(f"{page}/health", some)
    assert (asked.status_code, "还有 1 题没有回答" in asked.content.decode()) == (422, True)
    assert Application.objects.get().draft["health"]["height_cm"] == "170"  # half-filled, kept
    assert browser.post(f"{page}/health", answers)["Location"] == f"{page}/means"

    means = {"income": "300000", "budget": "1000"}
    warned = browser.post(f"{page}/means", means)
    assert (warned.status_code, "150%" in warned.content.decode()) == (422, True)
    assert browser.post(f"{page}/means", {**means, "statement": "on"})["Location"].endswith(
        "/beneficiaries"
    )
    named = {"how": "NAMED", "kin0-name": "家人", "kin0-identity_number": make.resident_id(), "kin0-share": "60", "kin0-ordinal": "1", "kin0-relation": "SPOUSE"}  # fmt: skip
    refused = browser.post(f"{page}/beneficiaries", named)
    assert (refused.status_code, "100%" in refused.content.decode()) == (422, True)
    assert browser.post(f"{page}/beneficiaries", {"how": "LEGAL"})["Location"] == f"{page}/notices"
    clauses = browser.get(f"{page}/notices").content.decode()
    ticks = dict(re.findall(r'type="checkbox" name="(\S+)" value="(\w{64})"', clauses))
    first = dict(list(ticks.items())[:1])
    assert browser.post(f"{page}/notices", first).status_code == 422
    assert browser.post(f"{page}/notices", ticks)["Location"] == f"{page}/sign"

    digest = re.search(
        r'name="digest" value="(\w{64})"', browser.get(f"{page}/sign").content.decode()
    )
    assert digest
    assert "139" in browser.post(f"{page}/do/code", {"digest": digest.group(1)}).content.decode()
    assert browser.post(f"{page}/do/sign", {"code": "nope"}).status_code == 422
    assert browser.post(f"{page}/do/sign", {"code": sent_code(me)})["Location"] == page
    accepted = browser.get(page).content.decode()
    assert "核保通过" in accepted
    assert accepted.count("毫秒") == 1
    pay(Application.objects.get(), make.NOON + timedelta(minutes=1))
    done = browser.get(page).content.decode()
    assert "承保成功" in done
    assert Application.objects.get().policy.number in done


def test_somebody_elses_application_is_not_there(office, me) -> None:
    story = Story(office, at=make.NOON).planned()
    stranger = signed_in(me)
    for path in ("", "/plan", "/sign", "/letters/1"):
        assert stranger.get(f"/c/applications/{story.id}{path}").status_code == 404
    assert stranger.post(f"/c/applications/{story.id}/do/withdraw").status_code == 404
    assert story.row.state == "DRAFT"


def test_changed_conditions_are_explained_and_signed(office, me) -> None:
    story = Story(office, holder_id=me.id, at=make.NOON - timedelta(hours=1)).submitted(
        area_tumours="YES", thyroid_nodule="YES", **{"thyroid_nodule.operated": "NO", "thyroid_nodule.tirads": "G3"}
    )  # fmt: skip
    assert story.state == "OFFERED"
    row = Application.objects.get()
    browser = signed_in(me)
    shown = browser.get(f"/c/applications/{row.pk}").content.decode()
    assert "条件有变化" in shown
    assert "甲状腺" in shown
    digest = re.search(r'name="digest" value="(\w{64})"', shown)
    assert digest
    browser.post(f"/c/applications/{row.pk}/do/code", {"digest": digest.group(1)})
    browser.post(f"/c/applications/{row.pk}/do/sign", {"code": sent_code(me)})
    assert Application.objects.get().state == "AWAITING_PAYMENT"


def test_who_adds_the_holders_waiver_answers_for_both_lives(me, office) -> None:
    browser = signed_in(me)
    browser.post("/c/buy/critical-illness", {"request_key": "tap"})
    row = Application.objects.get()
    page = f"/c/applications/{row.pk}"
    told = {
        "relation": "SPOUSE", "name": "爱人", "phone": make.mobile(),
        "identity_number": make.resident_id(date(1988, 5, 1), "MALE"),
    }  # fmt: skip
    assert browser.post(f"{page}/people", told)["Location"] == f"{page}/plan"
    wanted = {
        "sum_insured": "100000", "pay_years": "20", "pay_mode": "YEARLY", "years": "0",
        "occupation": "OFFICE", "rider-rider-holder-waiver": "1",
    }  # fmt: skip
    shown = browser.get(f"{page}/plan", wanted).content.decode()
    assert "的保险费不用再交" in shown
    hidden = dict(re.findall(r'type="hidden" name="([\w-]+)" value="([^"]*)"', shown))
    hidden.pop("csrfmiddlewaretoken", None)
    assert browser.post(f"{page}/plan", hidden)["Location"] == f"{page}/health"

    health = browser.get(f"{page}/health").content.decode()
    assert "投保人自己的健康告知" in health
    version = re.search(r'name="version" value="(\w+)"', health)
    assert version
    row.refresh_from_db()
    answers = {**healthy(row.product_version_id), "version": version.group(1), "consent": "yes"}
    assert browser.post(f"{page}/health", answers).status_code == 422
    own = healthy(row.riders[0]["version_id"])
    both = {**answers, **{f"holder.{code}": said for code, said in own.items()}}
    assert browser.post(f"{page}/health", both)["Location"] == f"{page}/means"
    assert browser.get(f"{page}/plan").status_code == 200  # the choice is there again
