from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests import make
from tests.payments import desk
from yilu.gateways.bank import Answer, Booking
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotAllowed
from yilu.kernel.refs import Ref
from yilu.payments import operations, queries
from yilu.payments.models import Difference, Payout, StatementLine
from yilu.payments.operations.reconciling import hold_against
from yilu.people import queries as people
from yilu.work.models import Item

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 4)
MORNING_AFTER = desk.at(19 * 3600)


def settled(suffix="7777"):
    payout = desk.payout_ending(suffix)
    operations.take_due(at=desk.at())
    operations.record_answer(
        payout_id=payout.pk, answer=Answer("SETTLED", f"R{payout.pk}"), at=desk.at(5)
    )
    payout.refresh_from_db()
    return payout


def line(payout, amount=None, reference=None):
    return Booking(
        reference or f"R{payout.pk}",
        payout.bank_key.hex,
        Decimal(amount or payout.amount),
        desk.at(5),
    )


def reconcile(*lines, day=DAY):
    return operations.reconcile(statement_date=day, lines=lines, at=MORNING_AFTER)


def found():
    return sorted(Difference.objects.filter(state="OPEN").values_list("kind", flat=True))


def test_agreement_finds_nothing():
    payouts = [settled(), settled("7778")]
    assert reconcile(*map(line, payouts)) == 0
    assert not Difference.objects.exists()
    assert queries.is_reconciled(DAY)


def test_an_end_nobody_told_us_is_taken_from_the_statement():
    payout = desk.payout_ending("7777")
    operations.take_due(at=desk.at())
    operations.record_answer(payout_id=payout.pk, answer=Answer("PROCESSING", "R"), at=desk.at())
    assert reconcile(line(payout)) == 0
    assert Payout.objects.get().state == "SETTLED"
    assert desk.kinds(payout)[-1] == "payments.payout_settled"


def test_every_kind_of_difference_becomes_work_and_an_event_once():
    missing, wrong, twice = settled(), settled("7778"), settled("7779")
    refused = desk.payout_ending("0001")
    operations.take_due(at=desk.at())
    operations.record_answer(
        payout_id=refused.pk, answer=Answer("REJECTED", "R", "LIMIT"), at=desk.at()
    )
    lines = [
        line(wrong, "1.00"), line(twice), line(twice, reference="again"), line(refused),
        Booking("X", "f" * 32, Decimal("7.00"), desk.at(9)), Booking("Y", "手工补付", Decimal("8.00"), desk.at(9)),
    ]  # fmt: skip

    assert reconcile(*lines) == 6
    assert found() == [
        "AMOUNT", "NOT_ON_STATEMENT", "PAID_AFTER_REJECTION", "PAID_TWICE", "UNKNOWN_TO_US", "UNKNOWN_TO_US",
    ]  # fmt: skip
    assert Item.objects.filter(queue_id="payments.reconcile").count() == 6
    assert Event.objects.filter(kind="payments.difference_found").count() == 6
    assert Difference.objects.get(kind="NOT_ON_STATEMENT").payout_id == missing.pk

    assert reconcile(*lines) == 0
    assert Difference.objects.count() == 6
    assert StatementLine.objects.count() == 6
    assert Event.objects.filter(kind="payments.difference_found").count() == 6


def test_a_corrected_statement_closes_what_it_explains():
    payout = settled()
    assert reconcile() == 1
    assert reconcile(line(payout)) == 0
    assert found() == []
    assert Item.objects.get().state == "DONE"


def test_a_payment_booked_the_day_before_is_no_difference():
    payout = settled()
    before = DAY - timedelta(days=1)
    assert reconcile(line(payout), day=before) == 0
    assert reconcile() == 0


def test_costs_the_same_however_many_payments(django_assert_max_num_queries):
    lines = [line(settled()) for _ in range(8)]
    with django_assert_max_num_queries(10):
        reconcile(*lines)


def test_resolve_difference_by_whoever_may():
    payout = settled()
    reconcile()
    office_id = people.get_party(payout.to_party_id).office_id
    difference = Difference.objects.get()
    given = {"difference_id": difference.pk, "at": MORNING_AFTER}
    with pytest.raises(NotAllowed):
        operations.resolve_difference(
            **given, resolution="已核", actor=Ref("staff", make.staff(office_id, "INTAKE"))
        )
    clerk_id = make.staff(office_id, "PAYMENTS")
    with pytest.raises(Invalid):
        operations.resolve_difference(**given, resolution="", actor=Ref("staff", clerk_id))
    access = people.staff_access(clerk_id)
    (seen,) = queries.list_differences(access)
    assert seen.label == "我方已记到账，银行无记录"
    operations.resolve_difference(**given, resolution="银行次日补记", actor=Ref("staff", clerk_id))
    assert found() == []
    assert Item.objects.get().state == "DONE"
    (day,) = queries.list_statements(access)
    assert (day.day, day.open_differences) == (DAY, 0)
    with pytest.raises(operations.DifferenceNotFound):
        operations.resolve_difference(**given, resolution="再来", actor=Ref("staff", clerk_id))


def test_a_day_is_one_row_whatever_the_channels():
    reconcile(line(settled()))
    tx.use_case(hold_against)(statement_date=DAY, lines=[], channel="FILE", at=MORNING_AFTER)
    clerk = people.staff_access(make.staff(make.office(), "PAYMENTS"))
    (day,) = queries.list_statements(clerk)
    assert [(part.channel_label, part.lines) for part in day.parts] == [
        ("银行直连", 1),
        ("付款文件", 0),
    ]


def test_list_unsettled_shows_the_desk_its_own_offices():
    payout = desk.payout_ending("7777")
    office_id = people.get_party(payout.to_party_id).office_id
    here = people.staff_access(make.staff(office_id, "PAYMENTS"))
    elsewhere = people.staff_access(make.staff(make.office(), "PAYMENTS"))
    assert [p.id for p in queries.list_unsettled(here)] == [payout.pk]
    assert queries.list_unsettled(elsewhere) == ()
    with pytest.raises(NotAllowed):
        queries.list_unsettled(people.staff_access(make.staff(office_id, "INTAKE")))
