"""身份核实 on a customer's page: asked of the register, seen by one colleague and borne out by another."""

import pytest

from tests.make import NOON
from tests.web.pages import text
from tests.web.signing import signed_in
from yilu.kernel.refs import SYSTEM
from yilu.people import operations
from yilu.people.models import IdentityCheck

PASSPORT = {"do": "seen", "document": "PASSPORT", "number": "E12345678", "valid_to": "2036-01-01"}


@pytest.fixture
def clerks(desk, people):
    return [
        desk._one(name, "COUNTER", office_id=people.branch_a).client for name in ("柜一", "柜二")
    ]


@pytest.fixture
def heir(people):
    return operations.register_party(
        name="林小强", office_id=people.branch_a, actor=SYSTEM, at=NOON
    )


@pytest.fixture
def states(heir):
    of_heir = IdentityCheck.objects.filter(party_id=heir).order_by("pk")
    return lambda: list(of_heir.values_list("state", flat=True))


def test_the_original_is_seen_by_one_and_borne_out_by_another(clerks, heir, states):
    one, second = clerks
    page, place = f"/staff/customers/{heir}", f"/staff/customers/{heir}/identity"
    assert "还没有核实过" in text(one.get(page))
    one.post(place, PASSPORT)
    assert states() == ["WAITING"]
    assert "等登记机关答复" in text(one.get(page))
    one.post(place, {"do": "confirm"})
    assert states() == ["WAITING"]

    assert "我对照过证件复印件" in text(second.get(page))
    second.post(place, {"do": "confirm"})
    assert states() == ["STANDS"]
    done = text(one.get(page))
    assert "柜二 复核" in done
    assert "登记当面核对的证件原件" not in done


def test_what_is_refused_is_said_on_the_page_and_changes_nothing(clerks, heir, states):
    place = f"/staff/customers/{heir}/identity"
    for given, words in (
        (PASSPORT | {"valid_to": "2020-01-01"}, "证件已过有效期"),
        (PASSPORT | {"valid_to": "1月1日"}, "日期填写有误"),
        (PASSPORT | {"number": ""}, "请填写证件号码"),
        ({"do": "ask"}, "登记机关查不到这位客户"),
    ):
        assert words in text(clerks[0].post(place, given, follow=True))
    assert states() == []


def test_it_is_for_the_branch_and_those_who_register_identities(
    people, desk, clerks, heir, states, kept_out
):
    place = f"/staff/customers/{heir}/identity"
    kept_out(place, method="post", data=PASSPORT)
    assert signed_in(people.as_bai).post(place, PASSPORT).status_code in (403, 404)
    elsewhere = desk._one("外一", "COUNTER", office_id=people.branch_b).client
    assert elsewhere.post(place, PASSPORT).status_code == 404
    powerless = desk._one("核一", "ASSESSOR", office_id=people.branch_a).client
    assert powerless.post(place, PASSPORT).status_code == 403
    assert "登记当面核对" not in text(powerless.get(f"/staff/customers/{heir}"))
    assert states() == []
