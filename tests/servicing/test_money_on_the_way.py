"""Money comes first where some is owed; what cannot take effect goes to a person, never lost."""

from datetime import date
from decimal import Decimal

import pytest

from tests import make
from tests.make import NOON
from tests.servicing.hall import Hall
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging.models import Message
from yilu.payments.models import Collection
from yilu.people import queries as people
from yilu.policies import operations as policies
from yilu.policies import queries as worth
from yilu.servicing import operations as servicing
from yilu.servicing.operations import steps
from yilu.work.models import Item

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    """Lin owes 5,000 yuan on a whole-life policy of ten years."""
    hall = Hall(
        product_code="whole-life", sum_insured=Decimal(200_000), premium=Decimal(6000), pay_years=20,
        effective_on=date(2016, 3, 4), with_social_insurance=False, rated_age=30, rated_sex="FEMALE",
    )  # fmt: skip
    tx.use_case(policies.lend)(
        policy_id=hall.policy.id, amount=Decimal(5000), about=Ref("test", 1), actor=SYSTEM, at=NOON
    )
    return hall


REPAY = {"how": "PART", "amount": "2000"}


def repayment(hall: Hall, **given: object) -> int:
    return hall.start("loan_repayment", REPAY, **given)


def owed(hall: Hall) -> Decimal:
    return worth.values_on(hall.policy.id, NOON.date()).loan_principal


def paid(request_id: int) -> None:
    tx.use_case(steps.collection_settled)(request_id=request_id, amount="2000.00", at=NOON)


def confirmed(hall: Hall, request_id: int) -> int:
    hall.verified(request_id)
    assert hall.confirm(request_id) == "WAITING_MONEY"
    return request_id


def test_a_repayment_waits_for_the_money_and_takes_effect_once(hall):
    request_id = confirmed(hall, repayment(hall))
    collection = Collection.objects.get()
    assert (collection.amount, collection.payer_id) == (Decimal("2000.00"), hall.lin)
    assert owed(hall) == Decimal(5000)
    assert "请支付" not in Message.objects.get(template="servicing.please_pay").text

    paid(request_id)
    paid(request_id)
    assert hall.row(request_id).state == "DONE"
    assert owed(hall) == Decimal(3000)
    assert Event.objects.filter(kind="servicing.money_arrived").count() == 1


def test_what_an_agent_prepared_and_the_customer_paid_is_told_to_the_customer(hall):
    act = {"actor": Ref("agent", hall.agent), "by": people.agent_access(hall.agent), "at": NOON}
    request_id = repayment(hall, door="AGENT", **act)
    servicing.prepare_request(request_id=request_id, **act)
    paid(confirmed(hall, request_id))
    told = Message.objects.get(template="servicing.money_received")
    assert (told.recipient, told.facts["amount"]) == (str(hall.me), "2000.00")


@pytest.mark.parametrize(("limit", "told"), [("799.99", True), ("800", False)])
def test_above_the_sum_managers_set_and_only_above_it(hall, limit, told):
    make.figure_set("servicing.told_when_collected", limit)
    act = {"actor": Ref("agent", hall.agent), "by": people.agent_access(hall.agent), "at": NOON}
    form = {**REPAY, "amount": "800"}
    request_id = hall.start("loan_repayment", form, door="AGENT", **act)
    servicing.prepare_request(request_id=request_id, **act)
    paid(confirmed(hall, request_id))
    assert Message.objects.filter(template="servicing.money_received").exists() is told


def test_before_the_money_it_may_be_withdrawn_and_afterwards_not(hall):
    request_id = confirmed(hall, repayment(hall))
    servicing.withdraw_request(request_id=request_id, actor=hall.me, at=NOON)
    assert (hall.row(request_id).state, Collection.objects.get().state) == (
        "WITHDRAWN",
        "CANCELLED",
    )
    assert owed(hall) == Decimal(5000)

    request_id = confirmed(hall, repayment(hall))
    paid(request_id)
    with pytest.raises(servicing.NotPossibleNow):
        servicing.withdraw_request(request_id=request_id, actor=hall.me, at=NOON)


def test_money_for_what_can_no_longer_be_done_goes_to_a_person(hall):
    request_id = confirmed(hall, repayment(hall))
    policies.terminate_policy(
        policy_id=hall.policy.id, ending="PAID_OUT", on=NOON.date(), actor=SYSTEM, at=NOON
    )
    paid(request_id)
    row = hall.row(request_id)
    assert (row.state, row.collected_at) == ("IN_REVIEW", NOON)
    assert Item.objects.get(queue_id="servicing.problem").state == "OPEN"
    assert Event.objects.filter(kind="servicing.effect_failed").count() == 1


def test_a_frozen_policy_is_not_surrendered_and_says_why(hall):
    hall.confirm(hall.start("freeze"))
    with pytest.raises(Refusal, match="冻结"):
        hall.start("surrender", {"account_id": str(hall.account), "reason": "MONEY"})
    request_id = hall.start("unfreeze")
    hall.verified(request_id)
    assert hall.confirm(request_id) == "DONE"


def test_a_loan_beyond_the_share_of_the_value_says_how_much_there_is(hall):
    with pytest.raises(Refusal) as refused:
        hall.start("policy_loan", {"amount": "190000", "account_id": str(hall.account)})
    assert refused.value.hint


def test_the_bank_sending_money_back_has_somebody_help(hall):
    request_id = hall.start("contact_email", {"email": "a@example.com"})
    hall.confirm(request_id)
    tx.use_case(steps.payout_rejected)(request_id=request_id, at=NOON)
    assert Item.objects.get(queue_id="servicing.problem").state == "OPEN"
    assert Message.objects.filter(template="servicing.account_needed").exists()
