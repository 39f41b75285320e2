"""The ledger of benefit use adds up, never spends twice, and takes back by opposite rows."""

import threading
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from tests import make
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.policies import operations, queries
from yilu.policies.models import BenefitUse
from yilu.policies.operations import UseChanged
from yilu.policies.terms import Use, Used

ONE, TWO = Ref("claim", 1), Ref("claim", 2)


def use(**given):
    told = {
        "benefit_code": "inpatient", "year": 1, "used_on": date(2026, 1, 5), "visit": "v1",
        "billed": Decimal("500.00"), "deductible_used": Decimal("100.00"), "paid": Decimal("360.00"),
    }  # fmt: skip
    return Use(**{**told, **given})


record = tx.use_case(operations.record_benefit_use)
take_back = tx.use_case(operations.take_back_benefit_use)


@pytest.fixture
def policy(db):
    return make.policy(make.office())


def test_nothing_used_is_nothing(policy):
    assert queries.benefit_use(policy.id) == Used()


def test_adds_up_by_year_and_visit_in_one_statement(policy, django_assert_num_queries):
    uses = [use(), use(visit="v2", paid=Decimal("40.00")), use(year=2, visit="v3", days=4)]
    record(policy_id=policy.id, claim_ref=ONE, uses=uses, seen=0, at=make.NOON)
    with django_assert_num_queries(1):
        used = queries.benefit_use(policy.id)

    mine = used.of("inpatient")
    assert used.seen == 3
    assert mine.paid == Decimal("760.00")
    assert mine.paid_by_year == {1: Decimal("400.00"), 2: Decimal("360.00")}
    assert mine.deductible_by_visit == {v: Decimal("100.00") for v in ("v1", "v2", "v3")}
    assert mine.days_by_year == {1: 0, 2: 4}
    assert used.of("another").paid == 0


def test_keeps_illnesses_paid(policy):
    ill = use(condition="CANCER", group="G1", level="SEVERE", visit="CANCER")
    record(policy_id=policy.id, claim_ref=ONE, uses=[ill], seen=0, at=make.NOON)

    (paid,) = queries.benefit_use(policy.id).of("inpatient").illnesses
    assert (paid.condition, paid.group, paid.level, paid.on) == (
        "CANCER", "G1", "SEVERE", date(2026, 1, 5),
    )  # fmt: skip


def test_is_written_in_one_statement(policy, django_assert_num_queries):
    with django_assert_num_queries(3):  # and the savepoint of the test
        record(policy_id=policy.id, claim_ref=ONE, uses=[use()] * 10, seen=0, at=make.NOON)


def test_refuses_whoever_calculated_from_an_older_ledger(policy):
    record(policy_id=policy.id, claim_ref=ONE, uses=[use()], seen=0, at=make.NOON)

    with pytest.raises(UseChanged) as refused:
        record(policy_id=policy.id, claim_ref=TWO, uses=[use(), use()], seen=0, at=make.NOON)
    assert "重新理算" in refused.value.hint
    assert BenefitUse.objects.filter(claim_ref="claim:2").count() == 0


def test_takes_back_once_and_leaves_both_rows(policy):
    record(policy_id=policy.id, claim_ref=ONE, uses=[use(), use(visit="v2")], seen=0, at=make.NOON)
    record(policy_id=policy.id, claim_ref=TWO, uses=[use(visit="v3")], seen=2, at=make.NOON)

    assert take_back(policy_id=policy.id, claim_ref=ONE, at=make.NOON) == 2
    assert take_back(policy_id=policy.id, claim_ref=ONE, at=make.NOON) == 0
    used = queries.benefit_use(policy.id)
    assert used.seen == 5
    assert used.of("inpatient").paid == Decimal("360.00")
    assert used.of("inpatient").deductible_by_visit["v1"] == 0


def test_takes_back_an_illness(policy):
    ill = use(condition="CANCER", group="G1", level="SEVERE", visit="CANCER")
    record(policy_id=policy.id, claim_ref=ONE, uses=[ill], seen=0, at=make.NOON)
    take_back(policy_id=policy.id, claim_ref=ONE, at=make.NOON)

    assert queries.benefit_use(policy.id).of("inpatient").illnesses == ()


@pytest.mark.django_db(transaction=True)
def test_two_claims_at_the_same_moment_spend_what_is_left_once():
    policy = make.policy(make.office())
    ready, results = threading.Barrier(6), []

    def spend(n):
        try:
            ready.wait()
            record(
                policy_id=policy.id,
                claim_ref=Ref("claim", n),
                uses=[use(), use()],
                seen=0,
                at=make.NOON,
            )
            results.append("written")
        except UseChanged:
            results.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=spend, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == ["refused"] * 5 + ["written"]
    assert BenefitUse.objects.filter(policy_id=policy.id).count() == 2
