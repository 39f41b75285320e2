"""Each kind is offered for the policies it can work for, and says why not for the others."""

from datetime import date
from decimal import Decimal

import pytest

from tests import make
from tests.policies.lives import TODAY, do, valuable
from yilu.policies import queries as policies
from yilu.policies.models import Policy
from yilu.servicing import queries
from yilu.servicing.kinds import KINDS

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine():
    """A holder with a whole life policy and a medical one; both are theirs and about them."""
    make.standards_in_force()
    office = make.office()
    life = valuable(office)
    medical = make.policy(office, holder_id=life.holder_id)
    return life.holder_id, life, medical.id


def offered(holder, on=TODAY):
    """By policy: the codes that can be asked, and the reasons of the others."""
    shelves = queries.shelves_of(policies.list_for_party(holder), queries.CUSTOMER, on)
    return {
        shelf.policy.id: (
            {k.code for g in shelf.groups for k in g.kinds if not k.reason},
            {k.code: k.reason for k in shelf.closed},
        )
        for shelf in shelves
    }


def test_a_contract_without_value_or_dividends_is_not_offered_for_them(mine):
    holder, life, medical = mine
    found = offered(holder)
    may, _closed = found[life.pk]
    assert {"policy_loan", "partial_surrender", "paid_up", "surrender", "beneficiaries"} <= may
    may, closed = found[medical]
    assert "surrender" in may
    assert "没有可以借款的现金价值" in closed["policy_loan"]
    assert "没有身故保险金" in closed["beneficiaries"]
    for pay in found.values():
        assert "不是分红保险" in pay[1]["dividend_option"]
        assert "没有交清增额" in pay[1]["additions"]
        assert "没有中止" in pay[1]["reinstatement"]


def test_choosing_a_policy_offers_those_that_can_first_and_names_the_others(mine):
    holder, life, medical = mine
    rows = policies.list_for_party(holder)
    found = queries.policies_for("policy_loan", rows, TODAY)
    assert [each.policy.id for each in found] == [life.pk, medical]
    assert (found[0].reason, bool(found[1].reason), bool(found[1].hint)) == ("", True, True)
    asked = queries.ask_for(
        "policy_loan", party_id=holder, policy_id=medical, door=queries.CUSTOMER, at=make.NOON
    )
    assert (asked.problem, asked.fields) == (found[1].reason, ())


def test_what_stands_in_the_way_now_is_said_and_the_way_out_stays_on_its_shelf(mine):
    holder, life, _medical = mine
    do("lend", life, about=1, amount=Decimal(5000))
    may, closed = offered(holder)[life.pk]
    assert {"loan_repayment", "loan_raise"} <= may
    assert "未结清" in closed["policy_loan"]
    do("freeze", life, about=2, reason="LOST")
    shelf = queries.shelf_of(
        next(row for row in policies.list_for_party(holder) if row.id == life.pk),
        queries.CUSTOMER, TODAY,
    )  # fmt: skip
    shown = {k.code: k.reason for g in shelf.groups for k in g.kinds}
    assert "冻结" in shown["surrender"]  # E42: never put aside
    assert shown["unfreeze"] == ""
    assert "policy_loan" not in shown


def test_a_suspended_contract_is_reinstated_within_two_years_and_an_ended_one_not_changed(mine):
    holder, life, _medical = mine
    Policy.objects.filter(pk=life.pk).update(state="SUSPENDED", suspended_on=date(2025, 6, 1))
    may, closed = offered(holder)[life.pk]
    assert "reinstatement" in may
    assert "中止" in closed["policy_loan"]
    _may, closed = offered(holder, date(2027, 6, 2))[life.pk]
    assert "二年" in closed["reinstatement"]
    Policy.objects.filter(pk=life.pk).update(
        state="TERMINATED", ending="SURRENDERED", ended_on=TODAY, suspended_on=None
    )
    may, closed = offered(holder)[life.pk]
    assert may <= {code for code, kind in KINDS.items() if not kind.living_only}
    assert "终止" in closed["holder"]


def test_many_policies_cost_no_more_statements_than_one(mine, django_assert_num_queries):
    holder, life, _medical = mine
    rows = policies.list_for_party(holder)
    queries.shelves_of(rows, queries.CUSTOMER, TODAY)
    with django_assert_num_queries(2):
        policies.situations_of([life.pk], TODAY)
    with django_assert_num_queries(2):
        policies.situations_of([row.id for row in rows], TODAY)
