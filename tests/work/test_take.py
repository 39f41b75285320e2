import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections

from tests.work.people import HANGZHOU, WENZHOU, staff
from tests.work.test_open_and_close import opened
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.errors import NotAllowed, NotFound
from yilu.kernel.refs import SYSTEM, Ref
from yilu.work import operations, queries
from yilu.work.models import Item

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
CHEN, LIU = staff(1), staff(2)


def me(access):
    return {"access": access, "actor": Ref("staff", access.staff_id), "at": NOON}


@pytest.mark.django_db
class TestTakeNext:
    def test_gives_the_most_pressing_first(self):
        opened(Ref("claim", 1), due_at=NOON + timedelta(hours=3))
        opened(Ref("claim", 2), due_at=NOON + timedelta(hours=1))
        opened(Ref("claim", 3), due_at=NOON + timedelta(hours=9), priority=10)

        taken = [operations.take_next(queue="claims.review", **me(CHEN)) for _ in range(3)]

        subjects = [Item.objects.get(pk=pk).subject for pk in taken]
        assert subjects == ["claim:3", "claim:2", "claim:1"]
        assert Event.objects.filter(kind="work.item_taken").count() == 3

    def test_says_so_when_nothing_waits(self):
        operations.declare_queues(at=NOON)
        with pytest.raises(operations.NothingWaiting):
            operations.take_next(queue="claims.review", **me(CHEN))

    def test_refuses_without_the_queues_right(self):
        opened(Ref("claim", 1))
        with pytest.raises(NotAllowed):
            operations.take_next(queue="claims.review", **me(staff(3, "CALL_AGENT")))
        assert Item.objects.get().state == "OPEN"

    def test_never_gives_another_offices_item_unless_it_is_pooled(self):
        opened(Ref("claim", 1))
        far = staff(4, "ASSESSOR", WENZHOU)
        with pytest.raises(operations.NothingWaiting):
            operations.take_next(queue="claims.review", **me(far))

        operations.pool(queue="claims.review", office_id=HANGZHOU, **me(staff(9, "TEAM_LEAD")))

        assert operations.take_next(queue="claims.review", **me(far))

    def test_takes_from_one_offices_part_alone_and_never_from_another_office(self):
        opened(Ref("claim", 1))
        with pytest.raises(operations.NothingWaiting):
            operations.take_next(queue="claims.review", office_id=WENZHOU, **me(CHEN))
        far = staff(4, "ASSESSOR", WENZHOU)
        with pytest.raises(operations.NothingWaiting):
            operations.take_next(queue="claims.review", office_id=HANGZHOU, **me(far))
        assert operations.take_next(queue="claims.review", office_id=HANGZHOU, **me(CHEN))

    def test_refuses_a_queue_nobody_declared(self):
        with pytest.raises(operations.UnknownQueue):
            operations.take_next(queue="claims.nowhere", **me(CHEN))


@pytest.mark.django_db(transaction=True)
def test_twelve_people_at_once_each_get_another_item():
    opened(*(Ref("claim", n) for n in range(1, 13)))
    got, start = [], threading.Barrier(12)

    def take(number):
        try:
            start.wait()
            got.append(operations.take_next(queue="claims.review", **me(staff(number))))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take, args=[n]) for n in range(1, 13)]
    [t.start() for t in threads]
    [t.join() for t in threads]

    assert len(set(got)) == 12
    assert connection.is_usable()


@pytest.mark.django_db
class TestTakeItem:
    def test_is_refused_when_a_colleague_was_quicker(self):
        opened(Ref("claim", 1))
        item = Item.objects.get()
        operations.take_item(item_id=item.pk, **me(CHEN))
        operations.take_item(item_id=item.pk, **me(CHEN))  # twice by the same person is once

        with pytest.raises(operations.AlreadyTaken):
            operations.take_item(item_id=item.pk, **me(LIU))
        assert Item.objects.get().staff_id == 1

    def test_another_offices_item_and_none_are_refused_in_the_same_words(self):
        opened(Ref("claim", 1))
        item = Item.objects.get()
        far = staff(4, "ASSESSOR", WENZHOU)

        with pytest.raises(NotFound) as theirs:
            operations.take_item(item_id=item.pk, **me(far))
        with pytest.raises(NotFound) as none:
            operations.take_item(item_id=item.pk + 999, **me(far))
        assert str(theirs.value) == str(none.value)


@pytest.mark.django_db
class TestReleaseAndHandOver:
    @pytest.fixture
    def item(self):
        opened(Ref("claim", 1))
        item = Item.objects.get()
        operations.take_item(item_id=item.pk, **me(CHEN))
        return item

    def test_release_puts_it_back(self, item):
        operations.release(item_id=item.pk, **me(CHEN))
        item.refresh_from_db()
        assert (item.state, item.staff_id) == ("OPEN", None)

    def test_only_the_holder_or_a_lead_may(self, item):
        with pytest.raises(NotAllowed):
            operations.release(item_id=item.pk, **me(LIU))
        operations.release(item_id=item.pk, **me(staff(9, "TEAM_LEAD")))

    def test_hand_over_needs_a_taker_with_right_and_office(self, item):
        for unfit in (staff(5, "CALL_AGENT"), staff(6, "ASSESSOR", WENZHOU)):
            with pytest.raises(NotAllowed):
                operations.hand_over(item_id=item.pk, to=unfit, reason="休假", **me(CHEN))
        item.refresh_from_db()
        assert item.staff_id == 1

        operations.hand_over(item_id=item.pk, to=LIU, reason="休假", **me(CHEN))

        item.refresh_from_db()
        assert item.staff_id == 2
        event = Event.objects.get(kind="work.item_handed_over")
        assert event.facts["from_staff_id"] == 1


@pytest.mark.django_db
class TestFinish:
    def test_ends_a_call_that_was_made(self):
        opened(Ref("claim", 1), queue="claims.call_customer")
        registrar = staff(3, "REGISTRAR")
        item_id = operations.take_next(queue="claims.call_customer", **me(registrar))

        operations.finish(item_id=item_id, **me(registrar))

        assert Item.objects.get().state == "DONE"
        assert Event.objects.filter(kind="work.item_finished").count() == 1
        with pytest.raises(operations.AlreadyTaken):
            operations.finish(item_id=item_id, **me(registrar))

    def test_cannot_wave_a_review_away(self):
        opened(Ref("claim", 1))
        item_id = operations.take_next(queue="claims.review", **me(CHEN))

        with pytest.raises(operations.ClosedByItsWork):
            operations.finish(item_id=item_id, **me(CHEN))
        assert Item.objects.get().state == "TAKEN"

    def test_is_the_holders_alone(self):
        opened(Ref("claim", 1), queue="claims.call_customer")
        item_id = operations.take_next(queue="claims.call_customer", **me(staff(3, "REGISTRAR")))

        with pytest.raises(NotAllowed):
            operations.finish(item_id=item_id, **me(staff(5, "REGISTRAR")))
        with pytest.raises(NotFound):
            operations.finish(item_id=item_id, **me(staff(6, "REGISTRAR", WENZHOU)))
        assert Item.objects.get().state == "TAKEN"


@pytest.mark.django_db
class TestEscalate:
    @staticmethod
    @tx.use_case
    def escalated(about, queue=None):
        return operations.escalate(
            about=about, queue=queue, reason="CLOCK_WARNED", actor=SYSTEM, at=NOON
        )

    def test_moves_to_the_next_level_and_back_to_nobody(self):
        opened(Ref("claim", 1))
        operations.take_next(queue="claims.review", **me(CHEN))

        assert self.escalated(Ref("claim", 1)) == 1

        item = Item.objects.get()
        assert (item.queue_id, item.state, item.escalation) == ("claims.second_review", "OPEN", 1)
        assert item.priority == 30

    def test_where_there_is_no_next_level_it_only_becomes_more_pressing(self):
        opened(Ref("claim", 1), queue="claims.chase")

        self.escalated(Ref("claim", 1))
        self.escalated(Ref("claim", 1))
        self.escalated(Ref("claim", 1))

        item = Item.objects.get()
        assert (item.queue_id, item.priority, item.escalation) == ("claims.chase", 10, 3)

    def test_nothing_open_is_no_error(self):
        assert self.escalated(Ref("claim", 7)) == 0


@pytest.mark.django_db
class TestPool:
    def test_needs_a_lead_of_that_office(self):
        opened(Ref("claim", 1))
        with pytest.raises(NotAllowed):
            operations.pool(queue="claims.review", office_id=HANGZHOU, **me(CHEN))
        with pytest.raises(NotAllowed):
            operations.pool(
                queue="claims.review", office_id=HANGZHOU, **me(staff(9, "TEAM_LEAD", WENZHOU))
            )
        assert not Item.objects.get().pooled
        assert queries.open_items(Ref("claim", 1), at=NOON)
