from datetime import UTC, datetime, timedelta

import pytest

from tests.work.people import HANGZHOU
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.work import operations, queries
from yilu.work.models import Item

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
CLAIM = Ref("claim", 1)


@tx.use_case
def opened(*abouts: Ref, queue: str = "claims.review", **given):
    for about in abouts:
        operations.open_item(
            queue, about=about, office_id=HANGZHOU, title="审核", at=given.get("at", NOON),
            **{k: v for k, v in given.items() if k != "at"},
        )  # fmt: skip


@tx.use_case
def closed(about: Ref, **given):
    operations.close_items(about=about, at=NOON + timedelta(minutes=5), **given)


def test_an_item_is_there_with_the_queues_own_target():
    opened(CLAIM)

    (item,) = queries.open_items(CLAIM, at=NOON)
    assert item.queue_label == "理赔审核"
    assert item.due_at == NOON + timedelta(minutes=240)
    assert not item.overdue


def test_many_items_of_one_use_case_are_one_statement(django_assert_num_queries):
    operations.declare_queues(at=NOON)
    with django_assert_num_queries(3):  # the test's savepoint, one insert, its release
        opened(*(Ref("claim", n) for n in range(1, 40)))

    assert Item.objects.count() == 39


def test_opening_twice_is_one_item_and_the_sooner_time_stands():
    opened(CLAIM, due_at=NOON + timedelta(hours=5), priority=50)
    opened(CLAIM, CLAIM, due_at=NOON + timedelta(hours=2), priority=10)
    opened(CLAIM, due_at=NOON + timedelta(hours=9), priority=70)

    (item,) = queries.open_items(CLAIM, at=NOON)
    assert item.due_at == NOON + timedelta(hours=2)
    assert item.priority == 10


def test_an_unknown_queue_is_refused_and_nothing_is_written():
    with pytest.raises(operations.UnknownQueue):
        opened(CLAIM, queue="claims.nowhere")

    assert not Item.objects.exists()


def test_closing_ends_what_is_open_in_one_queue_or_in_all():
    opened(CLAIM)
    opened(CLAIM, queue="claims.chase")

    closed(CLAIM, queue="claims.chase")
    assert [i.queue for i in queries.open_items(CLAIM, at=NOON)] == ["claims.review"]
    closed(CLAIM)
    assert queries.open_items(CLAIM, at=NOON) == ()
    assert {i.outcome for i in Item.objects.all()} == {"DONE"}


def test_closing_nothing_is_no_error_and_leaves_others_alone():
    opened(Ref("claim", 2))

    closed(CLAIM)

    assert len(queries.open_items(Ref("claim", 2), at=NOON)) == 1


def test_a_closed_item_can_be_opened_again():
    opened(CLAIM)
    closed(CLAIM)
    opened(CLAIM, at=NOON + timedelta(hours=1))

    assert len(queries.open_items(CLAIM, at=NOON)) == 1
    assert Item.objects.count() == 2


@pytest.mark.parametrize("queues", [(None, "claims.review"), ("claims.review", None)])
def test_pressed_twice_at_once_the_more_urgent_and_the_sooner_stand(queues):
    opened(CLAIM, CLAIM)
    opened(CLAIM, queue="claims.chase", priority=50)

    @tx.use_case
    def press():
        for n, queue in enumerate(queues):
            operations.press_item(
                queue, about=CLAIM, at=NOON, priority=(0, 30)[n],
                due_at=NOON + timedelta(minutes=(20, 10)[n]),
            )  # fmt: skip

    press()

    item = Item.objects.get(queue_id="claims.review")
    assert (item.priority, item.due_at) == (0, NOON + timedelta(minutes=10))
    assert Item.objects.get(queue_id="claims.chase").priority == (30 if queues[1] is None else 0)


@pytest.mark.parametrize("queues", [(None, "claims.review"), ("claims.review", None)])
def test_closed_twice_at_once_it_is_closed_as_the_first_says(queues):
    opened(CLAIM)

    @tx.use_case
    def close():
        for outcome, queue in zip(("APPROVED", "WITHDRAWN"), queues, strict=True):
            operations.close_items(about=CLAIM, at=NOON, queue=queue, outcome=outcome)

    close()

    assert Item.objects.get().outcome == "APPROVED"
