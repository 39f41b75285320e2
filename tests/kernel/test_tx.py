"""What a use case and a step promise."""

import pytest
from django.utils import timezone

from yilu.journal import operations as journal
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.facts import fact
from yilu.kernel.refs import SYSTEM, Ref

pytestmark = pytest.mark.django_db

NOON = timezone.now()


@fact("tests.lamp_lit", "点灯")
class LampLit:
    brightness: int


@tx.use_case
def light(*brightness: int, fail: bool = False) -> None:
    for each in brightness:
        journal.record(LampLit(brightness=each), about=Ref("lamp", 1), actor=SYSTEM, at=NOON)
    if fail:
        raise LookupError("the last step fails")


def test_a_use_case_writes_all_it_gathered_in_order(django_assert_num_queries):
    light(0)  # who follows the journal looks up once what it waits for

    with django_assert_num_queries(3):  # savepoint of the test, one insert, release
        light(1, 2, 3)

    assert [e.facts["brightness"] for e in Event.objects.order_by("id")] == [0, 1, 2, 3]


def test_a_failing_use_case_leaves_nothing():
    with pytest.raises(LookupError):
        light(1, fail=True)

    assert not Event.objects.exists()
    assert not tx.is_open()


def test_a_step_refuses_to_run_alone():
    with pytest.raises(RuntimeError, match="inside a use case"):
        journal.record(LampLit(brightness=1), about=Ref("lamp", 1), actor=SYSTEM, at=NOON)


def test_a_use_case_never_nests():
    @tx.use_case
    def outer() -> None:
        light(1)

    with pytest.raises(RuntimeError):
        outer()

    assert not Event.objects.exists()


def test_a_fact_holds_plain_values_only():
    with pytest.raises(TypeError, match="plain value"):

        @fact("tests.named", "不许")
        class Named:
            person: dict


def test_a_fact_may_have_fields_of_any_name():
    @fact("tests.parcel_came", "包裹到了")
    class ParcelCame:
        kind: str
        label: str

    came = ParcelCame(kind="BOX", label="x")

    assert (came.kind, came.label, came.fact_kind) == ("BOX", "x", "tests.parcel_came")


def test_a_statement_without_result_has_no_rows():
    @tx.use_case
    def ask() -> tuple[list[object], list[object]]:
        return tx.rows("set local statement_timeout = 0"), tx.rows("select 1 where false")

    assert ask() == ([], [])
    assert tx.rows("select 1") == [(1,)]
