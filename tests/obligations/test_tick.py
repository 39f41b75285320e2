"""tick …"""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from tests import make
from yilu.claims.events import ClaimWithdrawn
from yilu.journal.models import Event
from yilu.kernel import recall, tx
from yilu.kernel.refs import Ref
from yilu.messaging.models import Message
from yilu.obligations import operations
from yilu.obligations.models import Clock, DefinitionVersion
from yilu.people import queries as people
from yilu.work import operations as work
from yilu.work.models import Item

from .conftest import (
    CLAIM,
    NOON,
    approved,
    clock,
    happen,
    local,
    notice_arrived,
    registered,
    reported,
)

FIVE = "law.decide_five_working_days"
DUE = local("2026-03-11T18:00")
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def said(kind, code=FIVE):
    return list(Event.objects.filter(kind=f"obligations.{kind}", facts__code=code).order_by("id"))


def tick(at, limit=200):
    done = 0
    while n := operations.tick(at, limit):
        done += n
    return done


@pytest.mark.usefixtures("catalogue")
class TestOneWorker:
    def test_does_nothing_while_nothing_is_near(self, django_assert_num_queries):
        happen(registered(), at=local("2026-03-04T08:30"))
        with django_assert_num_queries(3):
            assert operations.tick(local("2026-03-04T08:31")) == 0

    def test_warns_once_at_each_point(self):
        happen(registered())
        # Of 44.5 working hours 60 % are over on Monday at 16:12; a day remains on Wednesday morning.
        tick(local("2026-03-09T16:11"))
        assert not said("clock_warned")

        tick(local("2026-03-09T16:12"))
        tick(local("2026-03-09T16:12"))
        assert [e.facts["point"] for e in said("clock_warned")] == [1]

        tick(local("2026-03-11T08:30"))
        tick(local("2026-03-11T08:31"))
        assert [e.facts["point"] for e in said("clock_warned")] == [1, 2]

    def test_a_warning_brings_forward_the_work_that_is_open(self):
        open_review(0, due_at=DUE + DAY)
        happen(registered())
        tick(local("2026-03-11T08:30"))

        item = Item.objects.get(queue_id="claims.review", subject=str(CLAIM))
        assert item.due_at <= DUE
        assert item.priority == 30

    def test_a_warning_opens_nothing_at_a_desk_the_claim_has_left(self):
        happen(registered())
        tick(local("2026-03-11T08:30"))

        assert not Item.objects.filter(queue_id="claims.review", subject=str(CLAIM)).exists()

    def test_says_every_point_it_comes_too_late_for_once(self):
        happen(registered())
        tick(DUE)

        assert [e.facts["point"] for e in said("clock_warned")] == [1, 2]
        assert not said("clock_breached")

    def test_a_deadline_is_broken_only_after_it(self):
        happen(registered())
        tick(DUE)
        assert clock(FIVE).state == "RUNNING"

        tick(DUE + SECOND)
        broken = clock(FIVE)
        assert (broken.state, broken.breached_at) == ("BREACHED", DUE)
        assert len(said("clock_breached")) == 1
        item = Item.objects.get(queue_id="obligations.breach", subject=str(CLAIM))
        assert item.title.startswith("已超时：")

    def test_a_breach_is_said_and_escalated_once(self):
        happen(registered())
        for hours in range(10):
            tick(DUE + SECOND + timedelta(hours=hours))

        assert len(said("clock_breached")) == 1
        assert [e.facts["level"] for e in said("clock_escalated")] == [1]
        assert Item.objects.filter(queue_id="obligations.breach").count() == 1

    def test_what_is_late_by_law_stands_before_everything_in_time(self):
        open_review(0, due_at=DUE + DAY)
        happen(registered())
        tick(DUE + SECOND)
        opened("claims.second_review", CLAIM, at=DUE + DAY)
        opened("claims.review", Ref("claim", 2), at=DUE + DAY, priority=5)

        late = Item.objects.filter(subject=str(CLAIM))
        assert {i.queue_id for i in late} == {
            "claims.review", "claims.second_review", "obligations.breach"
        }  # fmt: skip
        assert {i.priority for i in late} == {0}
        assert Item.objects.order_by("priority").last().subject == "claim:2"

    def test_a_broken_pledge_takes_no_place_from_the_law(self):
        DefinitionVersion.objects.update(grade="PLEDGE")
        recall.forget_all()
        open_review(0)
        happen(registered())
        tick(DUE + SECOND)

        assert all(i.priority >= 10 for i in Item.objects.filter(subject=str(CLAIM)))

    def test_escalates_step_by_step(self):
        happen(registered(programme="COMPLEX", lane="RED", band="OVER_100K"))
        due = clock("law.decide_thirty_days").due_at
        tick(due + SECOND)
        tick(due + DAY - SECOND)
        assert len(said("clock_escalated", "law.decide_thirty_days")) == 1
        tick(due + DAY)
        assert [e.facts["level"] for e in said("clock_escalated", "law.decide_thirty_days")] == [
            1,
            2,
        ]
        assert clock("law.decide_thirty_days").next_check_at is None

    def test_a_broken_promise_can_still_be_met_late(self):
        happen(registered())
        tick(DUE + DAY)
        happen(approved(), at=DUE + 2 * DAY)
        tick(DUE + 40 * DAY)

        late = clock(FIVE)
        assert (late.state, late.breached_at) == ("MET_LATE", DUE)
        assert len(said("clock_breached")) == 1

    def test_nobody_looks_into_a_breach_any_more_once_everything_is_kept(self):
        happen(registered(), reported())
        tick(DUE + 50 * DAY)
        item = Item.objects.get(queue_id="obligations.breach", subject=str(CLAIM))
        assert item.state == "OPEN"
        broken = set(Clock.objects.filter(state="BREACHED").values_list("code", flat=True))
        assert {FIVE, "law.decide_thirty_days"} < broken

        Clock.objects.filter(code=FIVE).update(state="MET_LATE", next_check_at=DUE + 50 * DAY)
        tick(DUE + 50 * DAY)
        item.refresh_from_db()
        assert item.state == "OPEN", "other promises of the claim are still broken"

        happen(ClaimWithdrawn(), at=DUE + 51 * DAY)
        assert not Clock.objects.filter(state="BREACHED").exists()
        tick(DUE + 51 * DAY)
        item.refresh_from_db()
        assert (item.state, item.outcome) == ("DONE", "KEPT_LATE")
        assert not Clock.objects.filter(next_check_at__isnull=False).exists()

    def test_nobody_looks_into_a_breach_that_was_kept_late_while_it_could_pause(self):
        happen(registered())
        tick(DUE + SECOND)
        # The subject's clocks are in memory where an event of theirs may pause or resume one.
        happen(notice_arrived(), approved(), at=DUE + 2 * SECOND)
        assert clock(FIVE).state == "MET_LATE"
        Clock.objects.filter(state="BREACHED").update(state="MET_LATE")
        tick(DUE + DAY)
        assert Item.objects.get(queue_id="obligations.breach").state == "DONE"

    def test_a_paused_clock_neither_warns_nor_breaks(self):
        happen(registered())
        happen(notice_arrived(), at=NOON + SECOND)
        tick(DUE + 90 * DAY)

        assert clock(FIVE).state == "PAUSED"
        assert not said("clock_warned")

    def test_works_in_small_portions(self):
        happen(registered(), reported())
        while operations.tick(DUE + SECOND, 2):
            pass

        assert clock(FIVE).state == "BREACHED"
        assert not Clock.objects.filter(next_check_at__lte=DUE + SECOND).exists()

    def test_tells_whoever_holds_the_subject(self):
        office_id = make.office()
        staff_id = make.staff(office_id, "ASSESSOR")
        happen(registered())
        open_review(office_id)
        work.take_next(
            queue="claims.review", access=people.staff_access(staff_id), actor=make.SYSTEM, at=NOON
        )
        tick(DUE - 2 * 60 * 60 * SECOND)

        message = Message.objects.get(
            template="obligations.staff_warning", facts__promise="五个工作日内作出核定"
        )
        assert message.recipient == f"staff:{staff_id}"

    def test_an_unknown_queue_does_not_hide_a_breach(self):
        DefinitionVersion.objects.filter(definition__code=FIVE).update(
            rule=rule_with_queue("claims.nowhere")
        )
        recall.forget_all()
        happen(registered())
        tick(DUE + SECOND)

        assert Item.objects.filter(queue_id="obligations.breach", subject=str(CLAIM)).exists()


def rule_with_queue(queue):
    row = DefinitionVersion.objects.get(definition__code=FIVE)
    return {**row.rule, "escalate": [{"after_minutes": 0, "queue": queue}]}


@tx.use_case
def opened(queue, about, *, at, priority=30):
    work.open_item(queue, about=about, office_id=0, title="审核", at=at, priority=priority)


@tx.use_case
def open_review(office_id, due_at=None):
    work.open_item(
        "claims.review", about=CLAIM, office_id=office_id, title="审核", at=NOON, due_at=due_at
    )


@pytest.mark.django_db(transaction=True)
def test_several_workers_say_everything_exactly_once():
    make.standards_in_force(NOON)
    from yilu.kernel.refs import Ref

    for n in range(1, 31):
        happen(registered(), about=Ref("claim", n))

    def run():
        try:
            tick(DUE + SECOND, limit=7)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tick(DUE + SECOND)

    broken = said("clock_breached")
    assert len(broken) == len({e.subject for e in broken}) == 30
    assert len(said("clock_warned")) == 60
    assert Clock.objects.filter(code=FIVE, state="BREACHED").count() == 30
    assert Item.objects.filter(queue_id="obligations.breach").count() == 30


@pytest.mark.django_db(transaction=True)
def test_two_use_cases_at_once_start_one_clock_and_lose_no_proof():
    make.standards_in_force(NOON)
    together = threading.Barrier(4)

    def run(fact):
        try:
            together.wait()
            happen(fact, at=NOON + DAY)
        finally:
            connection.close()

    happen(registered())
    facts = [registered(), notice_arrived(1), notice_arrived(2), notice_arrived(1)]
    threads = [threading.Thread(target=run, args=(fact,)) for fact in facts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    paused = clock(FIVE)
    assert (paused.state, paused.consumed) == ("PAUSED", 1)
    assert paused.pauses.count() == 2
