"""unpaid.kept_back and its page: agreed money that is not there, why, whose turn, in whose hands (保险法 23 III)."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from tests import make
from tests.claims import hard, papers
from tests.web.pages import text
from tests.web.signing import signed_in
from yilu.claims.models import Agreement, Claim
from yilu.claims.queries import unpaid
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.payments.models import Payout
from yilu.work import operations as work
from yilu.work.models import Item

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(insurer):
    return hard.Office(make.office())


@pytest.fixture
def claim(office):
    """Approved; its payment is to go to the bank."""
    made = make.claim_in_review(office_id=office.id)
    hard.approve(office, made)
    papers.react()
    return made


def listed(who, **given):
    return unpaid.kept_back(who[0], make.NOON, **given)


def causes(office):
    ((row,), _next) = listed(office.fu)
    return [code for code, _turn, _words in row.causes]


def test_says_of_a_payment_what_it_waits_for(office, claim):
    payout = Payout.objects.filter(about=f"claim:{claim.claim_id}")
    for columns, code in (
        ({}, "TO_SEND"),
        ({"attempts": 3, "problem": "银行没有答复"}, "SEND_TROUBLE"),
        ({"channel": "FILE"}, "IN_FILE"),
        ({"held": True}, "HELD"),
        ({"held": False, "channel": "WIRE", "state": "SENT"}, "AT_BANK"),
        ({"state": "UNCLEAR"}, "BANK_UNCLEAR"),
        ({"state": "REJECTED", "reason": "ACCOUNT_CLOSED", "ended_at": make.NOON}, "BANK_RETURNED"),
        ({"state": "CANCELLED"}, "UNEXPLAINED"),  # nothing we know of keeps it back
    ):
        payout.update(**columns)
        assert causes(office) == [code]
    ((row,), _next) = listed(office.fu)
    assert row.missing == Claim.objects.get().benefit_amount
    assert row.clock.due_at > make.NOON


def test_names_who_has_it_in_hand(office, claim):
    Claim.objects.update(state="PAYOUT_PROBLEM")
    Item.objects.filter(subject=f"claim:{claim.claim_id}").delete()
    assert listed(office.fu)[0][0].queue == ""
    tx.use_case(work.open_item)(
        "claims.payout_problem", about=Ref("claim", claim.claim_id), office_id=office.id,
        at=make.NOON, title="付款退回",
    )  # fmt: skip
    row = listed(office.fu)[0][0]
    assert (bool(row.queue), row.handler) == (True, "")
    Item.objects.update(state="TAKEN", staff_id=office.zhu[0].staff_id, taken_at=make.NOON)
    assert listed(office.fu)[0][0].handler


def test_waits_for_the_account_of_whoever_gave_none(office):
    made = make.claim_in_review(office_id=office.id, account_id=None)
    hard.approve(office, made)
    assert causes(office) == ["ACCOUNT_MISSING"]


def test_a_signed_settlement_that_nobody_decided_is_agreed_money_too(office):
    made = make.claim_in_review(office_id=office.id)
    assert listed(office.fu) == ((), 0)
    Agreement.objects.create(
        claim_id=made.claim_id, party_id=Claim.objects.get().claimant_id, kind="SETTLEMENT",
        state="SIGNED", amount=Decimal("5000.00"), terms="双方同意", signed_at=make.NOON,
        asked_by=str(office.chen[1]), asked_at=make.NOON,
    )  # fmt: skip
    assert causes(office) == ["NOT_DECIDED"]
    row = listed(office.fu)[0][0]
    assert (row.missing, bool(row.questions)) == (Decimal("5000.00"), True)


def test_pages_through_ones_own_offices_and_forgets_what_is_paid(office, claim):
    second = make.claim_in_review(office_id=office.id)
    hard.approve(office, second)
    (first,), place = listed(office.fu, limit=1)
    assert first.claim_id == claim.claim_id
    (other,), end = listed(office.fu, after=place, limit=1)
    assert (other.claim_id, end) == (second.claim_id, 0)
    assert listed(make.colleague(make.office(), "REVIEWER")) == ((), 0)
    Claim.objects.filter(pk=claim.claim_id).update(state="CLOSED", closed_at=make.NOON)
    assert [r.claim_id for r in listed(office.fu)[0]] == [second.claim_id]


def test_the_page_says_so(office, claim):
    with time_machine.travel(make.NOON + timedelta(days=1), tick=False):
        page = text(signed_in(office.fu[1]).get("/staff/payments/kept-back"))
        for said in (claim.number, "等我们", "保险法第二十三条第三款"):
            assert said in page
        away = signed_in(make.colleague(make.office(), "REVIEWER")[1])
        assert "没有应付未付的赔款" in text(away.get("/staff/payments/kept-back"))
        powerless = make.colleague(office.id, "SERVICING")[1]
        customer = Ref("party", make.insured(office.id))
        assert signed_in(customer).get("/staff/payments/kept-back").status_code == 302
        assert signed_in(powerless).get("/staff/payments/kept-back").status_code == 403
