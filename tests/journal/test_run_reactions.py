"""run_reactions …"""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, connection

from tests.journal.happenings import (
    KEEPER,
    NOON,
    BellRung,
    DoorClosed,
    DoorOpened,
    diary,
    happen,
    minutes,
)
from yilu.journal import operations as journal
from yilu.journal import queries
from yilu.journal.models import Event, Reaction
from yilu.journal.operations import reacting
from yilu.kernel import tx
from yilu.kernel.refs import Ref

pytestmark = pytest.mark.django_db


def only_reaction() -> Reaction:
    return Reaction.objects.get()


def test_applies_each_reaction_once_and_marks_it_done():
    happen(DoorOpened(note="a"))

    assert journal.run_reactions(NOON) == 1
    assert journal.run_reactions(NOON) == 0

    assert diary.heard == [("welcome", "door:1", "a")]
    row = only_reaction()
    assert (row.state, row.done_at, row.attempts) == ("DONE", NOON, 1)


def test_gives_the_reaction_the_event_as_it_was_recorded():
    seen = []
    happen(DoorClosed(note="关"), door=5, party=9)
    name = next(iter(Reaction.objects.values_list("subscriber", flat=True)))
    try:
        reacting_to = journal.recording._subscribers["tests.door_closed"]
        before = reacting_to[name]
        reacting_to[name] = seen.append
        journal.run_reactions(NOON)
    finally:
        reacting_to[name] = before

    (event,) = seen
    assert event == journal.Happened(
        Event.objects.get().pk, "tests.door_closed", Ref("door", 5), KEEPER, 9, NOON, {"note": "关"}
    )


def test_leaves_a_reaction_that_is_not_yet_due():
    happen(DoorOpened(), at=NOON + minutes(1))

    assert journal.run_reactions(NOON) == 0
    assert journal.run_reactions(NOON + minutes(1)) == 1


def test_asks_nothing_for_events_nobody_waits_for():
    happen(BellRung())

    assert not Reaction.objects.exists()


def test_leaves_nothing_of_a_reaction_that_fails_after_partial_work():
    happen(DoorOpened())
    diary.fails = 1

    journal.run_reactions(NOON)

    assert list(Event.objects.values_list("kind", flat=True)) == ["tests.door_opened"]
    row = only_reaction()
    assert (row.state, row.attempts, row.leased_until) == ("WAITING", 1, None)
    assert row.due_at == NOON + timedelta(seconds=1)


def test_tries_a_failed_reaction_again_after_its_back_off():
    happen(DoorOpened())
    diary.fails = 2

    assert journal.run_reactions(NOON) == 1
    assert journal.run_reactions(NOON) == 0
    assert journal.run_reactions(NOON + timedelta(seconds=1)) == 1
    assert journal.run_reactions(NOON + timedelta(seconds=3)) == 1

    assert only_reaction().state == "DONE"
    assert Event.objects.filter(kind="tests.bell_rung").count() == 1


def test_waits_longer_each_time_but_never_more_than_an_hour():
    waits = [reacting.back_off(n) for n in range(1, 40)]

    assert waits[:4] == [timedelta(seconds=s) for s in (1, 2, 4, 8)]
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(hours=1)


def test_notes_what_failed_and_where_but_no_personal_data():
    happen(DoorOpened())
    diary.fails = 1

    journal.run_reactions(NOON)

    problem = only_reaction().problem
    assert problem.startswith("ValueError < journal/happenings.py:")
    assert "13800000000" not in problem
    assert "张三" not in problem


def fail_until_dead() -> Reaction:
    happen(DoorOpened())
    diary.fails = reacting.ATTEMPTS_MAX
    for n in range(reacting.ATTEMPTS_MAX + 2):
        journal.run_reactions(NOON + timedelta(hours=2 * n))
    return only_reaction()


def test_stops_after_the_last_attempt_and_shows_it_to_staff():
    row = fail_until_dead()

    assert (row.state, row.attempts) == ("DEAD", reacting.ATTEMPTS_MAX)
    assert len(diary.heard) == reacting.ATTEMPTS_MAX
    (dead,) = queries.list_dead()
    assert (dead.id, dead.label, dead.about) == (row.pk, "开门", Ref("door", 1))
    assert dead.problem.startswith("ValueError")


def test_runs_a_stopped_reaction_again_when_staff_retry_it():
    row = fail_until_dead()

    journal.retry_dead(reaction_id=row.pk, actor=KEEPER, at=NOON)
    journal.run_reactions(NOON)

    assert only_reaction().state == "DONE"
    assert queries.list_dead() == []
    told = queries.timeline(Ref("door", 1))
    assert [e.kind for e in told] == [
        "tests.bell_rung",
        "journal.reaction_retried",
        "tests.door_opened",
    ]
    assert told[1].actor == KEEPER


def test_refuses_to_retry_what_is_not_stopped():
    happen(DoorOpened())
    with pytest.raises(journal.ReactionNotDead):
        journal.retry_dead(reaction_id=only_reaction().pk, actor=KEEPER, at=NOON)
    with pytest.raises(journal.ReactionNotDead):
        journal.retry_dead(reaction_id=10**15, actor=KEEPER, at=NOON)

    assert Event.objects.count() == 1


def test_keeps_the_order_of_events_about_one_subject():
    happen(DoorOpened(note="1"))
    happen(DoorClosed(note="2"))
    happen(DoorOpened(note="3"))

    while journal.run_reactions(NOON):
        pass

    assert [note for _, _, note in diary.heard] == ["1", "2", "3"]


def test_holds_later_events_of_a_subject_back_while_an_earlier_one_waits():
    happen(DoorOpened(note="1"))
    happen(DoorClosed(note="2"))
    happen(DoorClosed(note="other"), door=2)
    diary.fails = 1

    while journal.run_reactions(NOON):
        pass
    assert [note for _, _, note in diary.heard] == ["1", "other"]

    while journal.run_reactions(NOON + minutes(1)):
        pass
    assert [note for _, _, note in diary.heard] == ["1", "other", "1", "2"]


def test_lets_later_events_pass_one_that_is_dead():
    row = fail_until_dead()
    happen(DoorClosed(note="2"), at=NOON)

    journal.run_reactions(NOON + timedelta(days=2))

    assert row.state == "DEAD"
    assert diary.heard[-1] == ("say_goodbye", "door:1", "2")


def test_takes_a_lease_that_ran_out():
    happen(DoorOpened())
    reacting._claim(NOON, 10)  # a worker that was killed here

    assert journal.run_reactions(NOON) == 0
    assert journal.run_reactions(NOON + reacting.LEASE) == 1

    row = only_reaction()
    assert (row.state, row.attempts) == ("DONE", 2)


def test_changes_nothing_for_a_worker_that_was_overtaken():
    happen(DoorOpened())
    (slow,) = reacting._claim(NOON, 10)
    journal.run_reactions(NOON + reacting.LEASE)

    reacting._run(slow, NOON + reacting.LEASE)

    assert len(diary.heard) == 1


def test_notes_no_failure_for_a_worker_that_was_overtaken():
    happen(DoorOpened())
    (slow,) = reacting._claim(NOON, 10)
    journal.run_reactions(NOON + reacting.LEASE)

    reacting._note_failure(slow, ValueError(), NOON)

    assert only_reaction().state == "DONE"


def test_stops_trying_a_reaction_that_kills_its_worker_each_time():
    happen(DoorOpened())
    for n in range(reacting.ATTEMPTS_MAX):
        assert reacting._claim(NOON + n * reacting.LEASE, 10)

    journal.run_reactions(NOON + timedelta(days=1))

    assert diary.heard == []
    assert (only_reaction().state, only_reaction().problem[:10]) == ("DEAD", "WorkerDied")


def test_gives_untried_work_back_when_told_to_stop():
    for door in range(3):
        happen(DoorOpened(), door=door)

    assert journal.run_reactions(NOON, stopping=lambda: len(diary.heard) == 1) == 1

    assert Reaction.objects.filter(state="WAITING", leased_until=None, attempts=0).count() == 2


def test_fails_a_reaction_the_code_does_not_know():
    happen(DoorOpened())
    Reaction.objects.update(subscriber="yilu.gone.reactions.away")

    journal.run_reactions(NOON)

    assert only_reaction().problem.startswith("NoSuchReaction")
    assert only_reaction().state == "WAITING"


def test_notes_a_database_error_of_the_reaction_itself():
    happen(DoorOpened())
    diary.fails, diary.error = 1, OperationalError("deadlock detected")

    journal.run_reactions(NOON)

    assert only_reaction().problem.startswith("OperationalError")


def test_takes_a_batch_in_one_statement(django_assert_num_queries):
    for door in range(3):
        happen(DoorClosed(), door=door)

    # the claim; then per reaction: savepoint of the test, mark done, release
    with django_assert_num_queries(1 + 3 * 3):
        assert journal.run_reactions(NOON) == 3


def test_a_reaction_calls_steps_never_use_cases():
    happen(DoorOpened())
    diary.fails = 1

    def nested(_):
        happen(BellRung())

    subscribers = journal.recording._subscribers["tests.door_opened"]
    ((name, before),) = subscribers.items()
    subscribers[name] = nested
    try:
        journal.run_reactions(NOON)
    finally:
        subscribers[name] = before

    assert only_reaction().problem.startswith("RuntimeError")


def test_forgets_what_was_done_long_ago_and_keeps_the_rest():
    happen(DoorOpened(), DoorClosed())
    while journal.run_reactions(NOON):
        pass
    Reaction.objects.filter(subscriber__endswith="welcome").update(state="DEAD")

    assert journal.forget_done(at=NOON + timedelta(days=30)) == 0
    assert journal.forget_done(at=NOON + timedelta(days=31)) == 1

    assert only_reaction().state == "DEAD"


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_apply_each_reaction_once_and_in_order():
    for n in range(60):
        happen(DoorClosed(note=str(n)), door=n % 12)
    start = threading.Barrier(3)

    def work() -> None:
        start.wait(10)
        try:
            for _ in range(200):
                if not journal.run_reactions(NOON, limit=5) and not waiting():
                    break
        finally:
            connection.close()

    def waiting() -> bool:
        return Reaction.objects.filter(state="WAITING").exists()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)

    assert sorted(int(note) for _, _, note in diary.heard) == list(range(60))
    for door in range(12):
        notes = [int(note) for _, about, note in diary.heard if about == f"door:{door}"]
        assert notes == sorted(notes)
    assert Reaction.objects.filter(state="DONE", attempts=1).count() == 60


@pytest.mark.django_db(transaction=True)
def test_a_second_worker_passes_over_a_row_another_is_working_on():
    happen(DoorClosed())
    (claimed,) = reacting._claim(NOON, 10)
    taken: list[int] = []

    def rival() -> None:
        try:
            taken.append(journal.run_reactions(NOON + reacting.LEASE))
        finally:
            connection.close()

    @tx.use_case
    def long_reaction() -> None:
        tx.changed("update journal_reaction set state = 'DONE' where id = %s", [claimed.id])
        thread = threading.Thread(target=rival)
        thread.start()
        thread.join(30)

    long_reaction()

    assert taken == [0]
    assert diary.heard == []
