"""员工与角色 on the workbench: taken on, given a role, first sign-in, let go; one's own password."""

import re

import pyotp
import pytest
from django.test import Client

from tests import cast, make
from tests.web.signing import signed_in
from yilu.kernel.refs import Ref
from yilu.people import queries
from yilu.people.models import Staff

PLACE = "/staff/people"


@pytest.fixture
def boss(desk):
    return desk.operator


def test_somebody_is_taken_on_and_works_after_choosing_a_password(people, boss, kept_out):
    kept_out(PLACE)
    told = {"name": "新同事", "username": "xin.tong", "office": people.branch_a, "phone": ""}
    shown = boss.client.post(f"{PLACE}/new", told)
    assert shown["Cache-Control"].startswith("max-age=0")
    page = shown.content.decode()
    password = re.search(r'fs-2">([a-z0-9-]+)<', page)[1]
    secret = re.search(r'text-break">(\w+)<', page)[1]
    new = Staff.objects.get(username="xin.tong")
    assert "xin.tong" in boss.client.get(f"{PLACE}?q=xin.t").content.decode()
    role = {"role": "ASSESSOR", "office": people.branch_a, "amount": "20000", "reason": "NEW"}
    boss.client.post(f"{PLACE}/{new.pk}/do/role", role)

    browser = Client()
    signed = {
        "username": "xin.tong",
        "password": password,
        "totp": pyotp.TOTP(secret).at(make.NOON),
    }
    assert browser.post("/staff/sign-in", signed).status_code == 302
    assert browser.get("/staff/claims").url == "/staff/account"
    assert browser.get("/staff/claims", headers={"HX-Request": "true"})["HX-Redirect"]
    own = {
        "password": password,
        "password_new": "kept to myself",
        "password_again": "kept to mysel",
    }
    assert browser.post("/staff/account", own).status_code == 422
    own["password_again"] = own["password_new"]
    assert browser.post("/staff/account", own).url == "/staff/"
    assert browser.get("/staff/claims").status_code == 200
    page = boss.client.get(f"{PLACE}/{new.pk}").content.decode()
    assert "¥20,000.00" in page
    assert "新入职" in page
    assert password not in page


def test_keys_roles_and_leaving_take_a_reason_and_are_told_when_refused(people, boss, chen):
    place = f"{PLACE}/{people.chen}"
    for name in ("role", "end-role", "leave", "password", "totp"):
        answer = boss.client.post(f"{place}/do/{name}", {"office": people.branch_a})
        assert (answer.status_code, answer.url) == (302, place)
    assert queries.get_staff(people.chen).active
    assert boss.client.post(f"{place}/do/dance").status_code == 404
    assert chen.get("/staff/").status_code == 200

    assert "恢复码" in boss.client.post(f"{place}/do/totp", {"reason": "LOST"}).content.decode()
    boss.client.post(f"{place}/do/unlock")
    ended = {"role": "ASSESSOR", "office": people.branch_a, "reason": "MOVED"}
    boss.client.post(f"{place}/do/end-role", ended)
    assert "已收回" in boss.client.get(place).content.decode()
    boss.client.post(f"{place}/do/leave", {"reason": "RESIGNED"})
    assert chen.get("/staff/").status_code == 302
    assert "已离职" in boss.client.get(place).content.decode()


def test_more_than_the_standard_is_asked_for_and_given_by_another(people, boss):
    place = f"{PLACE}/{people.chen}"
    asked = {"role": "REVIEWER", "office": people.branch_a, "amount": "300000", "reason": "MOVED"}
    boss.client.post(f"{place}/do/role", asked)
    page = boss.client.get(place).content.decode()
    number = re.search(r'name="proposal" value="(\d+)"', page)[1]
    assert "撤回" in page
    assert "300,000.00" in boss.client.get(PLACE).content.decode()
    boss.client.post(f"{place}/do/agree", {"proposal": number})
    assert "REVIEWER" not in {each.role for each in queries.roles_ever([people.chen])[people.chen]}
    boss.client.post(f"{place}/do/agree", {"proposal": "9" * 5000})

    second = signed_in(Ref("staff", make.staff(people.head, "OPERATOR", username="second")))
    assert "不同意" in second.get(place).content.decode()
    second.post(f"{place}/do/agree", {"proposal": number})

    assert "REVIEWER" in {each.role for each in queries.roles_ever([people.chen])[people.chen]}
    assert "等另一位管理员同意" not in second.get(PLACE).content.decode()


def test_a_branch_sees_and_opens_only_its_own(people, desk):
    local = desk._one("贝管理", "OPERATOR", office_id=people.branch_b).client
    assert local.get(f"{PLACE}/{people.chen}").status_code == 404
    assert local.post(f"{PLACE}/{people.chen}/do/leave", {"reason": "RESIGNED"}).status_code == 404
    new = {"name": "新支公司", "code": "NB", "level": "SUB_BRANCH", "parent": people.branch_a}
    assert local.post(f"{PLACE}/offices", new).status_code == 403
    new["parent"] = people.branch_b
    assert local.post(f"{PLACE}/offices", new).status_code == 302
    assert "新支公司" in local.get(f"{PLACE}/offices").content.decode()


def test_everybody_changes_their_own_password(chen, people):
    own = {
        "password": "wrong",
        "password_new": "kept to myself",
        "password_again": "kept to myself",
    }
    assert chen.post("/staff/account", own).status_code == 403
    own["password"] = cast.CHEN_PASSWORD
    assert chen.post("/staff/account", own).status_code == 302
    assert chen.get("/staff/").status_code == 200, "this session goes on"
