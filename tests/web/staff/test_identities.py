"""身份核实 on a customer's page: asked of the register, seen by one colleague and borne out by another."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.make import NOON, card_number
from tests.web.pages import text
from tests.web.signing import signed_in
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.payments.models import Payout
from yilu.people import operations
from yilu.people.models import IdentityCheck
from yilu.policies import operations as policies

NOW = NOON + timedelta(days=400)
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


def test_money_that_waits_is_shown_where_it_is_looked_for_and_goes_with_the_second_look(
    clerks, desk, heir, people
):
    as_heir = Ref("party", heir)
    pay(heir)
    page = f"/staff/customers/{heir}"
    shown = text(clerks[0].get(page))
    assert "1 笔、共 ¥20,000.00 等着核实身份后付款" in shown
    assert "已请客户带证件原件来" in shown
    assert "待核实收款人身份" in shown
    payer = desk._one("付一", "PAYMENTS", office_id=people.branch_a).client
    payout = Payout.objects.get()
    assert "待核实收款人身份" in text(payer.get("/staff/payments?group=WAITING"))
    assert "到客户页核实" in text(payer.get(f"/staff/payments/{payout.pk}"))
    assert "带有效身份证件原件到任一柜面" in text(signed_in(as_heir).get("/"))

    clerks[0].post(f"{page}/identity", PASSPORT)
    assert "正等另一位同事复核" in text(signed_in(as_heir).get("/"))
    clerks[1].post(f"{page}/identity", {"do": "confirm"})
    while journal.run_reactions(NOW, 200):
        pass
    assert "等着核实身份后付款" not in text(clerks[0].get(page))
    assert "付款前要核实您的身份" not in text(signed_in(as_heir).get("/"))
    payout.refresh_from_db()
    assert payout.identity_awaited_at is None


def pay(party_id):
    account = operations.add_account(
        party_id=party_id, bank_code="ICBC", number=card_number(), holder_name="林小强",
        actor=SYSTEM, at=NOON,
    )  # fmt: skip
    wanted = policies.PayOut(
        about=Ref("policy", 1), to_party=party_id, account_id=account, amount=Decimal(20_000),
        purpose="BENEFIT", key="test", made_with=(),
    )  # fmt: skip
    tx.use_case(policies.pay_out)([wanted], at=NOON)
