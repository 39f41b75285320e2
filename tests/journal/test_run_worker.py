"""run_worker …"""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from tests import processes
from tests.journal import chores, worker_process
from tests.journal.happenings import KEEPER, BellRung, DoorClosed, DoorOpened, diary, happen
from yilu.journal import jobs, queries, wakes
from yilu.journal import operations as journal
from yilu.journal.models import Event, Reaction
from yilu.kernel import tx

pytestmark = pytest.mark.django_db(transaction=True)
assert chores.write_down, "declared"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _no_jobs():
    # Their models are unmanaged: emptying the tables between tests passes them by.
    tx.changed("truncate procrastinate_jobs, procrastinate_events, procrastinate_workers cascade")


def now() -> datetime:
    return datetime.now(UTC)


def eventually(holds, seconds: float = 30) -> None:
    """Wait until it holds; fail if it never does."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


def all_done() -> bool:
    return Reaction.objects.exists() and not Reaction.objects.exclude(state="DONE").exists()


@contextmanager
def a_worker(monkeypatch, ticks=(), poll=0.05):
    monkeypatch.setattr(jobs, "POLL_SECONDS", poll)
    monkeypatch.setattr(jobs, "BACK_OFF_FIRST", 0.05)
    monkeypatch.setattr(
        journal,
        "TICKS",
        {f.__name__: journal.Tick(f.__name__, f, timedelta(seconds=0.01)) for f in ticks},
    )
    stop = threading.Event()
    thread = threading.Thread(target=jobs.run_worker, kwargs={"with_jobs": False, "stop": stop})
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive()


def end_all_other_connections() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )


def test_runs_what_is_owed_before_and_after_it_starts(monkeypatch):
    happen(DoorClosed(note="before"), at=now())
    with a_worker(monkeypatch):
        eventually(all_done)
        happen(DoorClosed(note="after"), at=now())
        eventually(all_done)

    assert [note for _, _, note in diary.heard] == ["before", "after"]


def test_leaves_a_heartbeat_with_its_ticks(monkeypatch):
    monkeypatch.setattr(jobs, "PULSE_SECONDS", 0.01)

    def well(at):
        return 0

    def ill(at):
        raise ValueError("13800000000")

    def told():
        processes = queries.health(now()).processes
        ticks = {t.name: t for t in processes[0].ticks} if processes else {}
        return "ill" in ticks and "well" in ticks and ticks["well"].ran_at and ticks["ill"].failures

    with a_worker(monkeypatch, ticks=(well, ill)):
        eventually(told)

    (process,) = queries.health(now()).processes
    assert process.alive
    assert process.name.startswith("worker@")


def test_is_woken_by_a_commit(monkeypatch, settings):
    settings.WAKE_WORKER = True
    monkeypatch.setattr(wakes, "IDLE_CLOSE", 0.05)
    waker = wakes._Waker()
    monkeypatch.setattr(wakes, "_waker", waker)
    listening = threading.Event()
    wait = wakes.Listener.wait

    def wait_and_tell(self, seconds):
        wait(self, seconds)
        listening.set()

    monkeypatch.setattr(wakes.Listener, "wait", wait_and_tell)
    with a_worker(monkeypatch, poll=600) as stop:
        assert listening.wait(30)
        happen(DoorClosed(), at=now())
        eventually(all_done)
        stop.set()
        waker.ring_events()  # it sleeps: only a wake-up lets it see that it must stop
    eventually(lambda: not connections_called("yilu wake"))


def connections_called(name: str) -> int:
    ((count,),) = tx.rows(
        "select count(*) from pg_stat_activity where application_name = %s "
        "and datname = current_database() and pid <> pg_backend_pid()",
        [name],
    )
    return count


def test_commits_never_notify_inside_their_transaction(settings):
    settings.WAKE_WORKER = True
    rung = []
    statements = []

    def note(execute, sql, params, many, context):
        statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        original, wakes._waker.ring_events = wakes._waker.ring_events, lambda: rung.append(1)
        try:
            happen(DoorOpened(), DoorClosed(), at=now())
        finally:
            wakes._waker.ring_events = original

    assert rung == [1]
    assert not [sql for sql in statements if "notify" in sql.lower()]
    ((trigger,),) = tx.rows(
        "select tgenabled from pg_trigger where tgname = 'procrastinate_jobs_notify_queue_job_inserted_v1'"
    )
    assert trigger == "D", "the job library's trigger would notify inside the transaction"


def test_survives_losing_every_connection(monkeypatch):
    with a_worker(monkeypatch):
        happen(DoorClosed(note="1"), at=now())
        eventually(all_done)
        end_all_other_connections()
        happen(DoorClosed(note="2"), at=now())
        eventually(all_done)

    assert [note for _, _, note in diary.heard] == ["1", "2"]


def test_survives_the_database_refusing_connections(monkeypatch):
    refusals = iter([OperationalError("the database system is starting up")] * 2)
    run = journal.run_reactions

    def sometimes(*args, **options):
        problem = next(refusals, None)
        if problem:
            raise problem
        return run(*args, **options)

    monkeypatch.setattr(journal, "run_reactions", sometimes)
    happen(DoorClosed(), at=now())
    with a_worker(monkeypatch):
        eventually(all_done)


def test_calls_every_tick_again_and_again_though_one_fails(monkeypatch, caplog):
    calls = {"good": 0, "bad": 0}

    def good(at: datetime) -> int:
        assert at.tzinfo is not None
        calls["good"] += 1
        return 1 if calls["good"] < 3 else 0

    def bad(at: datetime) -> int:
        calls["bad"] += 1
        raise ValueError("张三 13800000000")

    with a_worker(monkeypatch, [bad, good]):
        eventually(lambda: calls["good"] >= 5 and calls["bad"] >= 1)

    assert calls["good"] > calls["bad"], "a failing tick waits longer"
    assert "13800000000" not in caplog.text
    assert "ValueError < journal/test_run_worker.py" in caplog.text


def test_stops_after_the_current_reaction(monkeypatch):
    for door in range(20):
        happen(DoorClosed(), door=door, at=now())
    stop = threading.Event()
    name, before = next(iter(journal.recording._subscribers["tests.door_closed"].items()))

    def slow(event):
        before(event)
        stop.set()

    monkeypatch.setitem(journal.recording._subscribers["tests.door_closed"], name, slow)
    monkeypatch.setattr(journal, "TICKS", {})
    thread = threading.Thread(target=jobs.run_worker, kwargs={"with_jobs": False, "stop": stop})
    thread.start()
    thread.join(30)

    assert len(diary.heard) == 1
    assert Reaction.objects.filter(state="WAITING", leased_until=None, attempts=0).count() == 19


# In processes of their own


@contextmanager
def a_process(what: str = ""):
    process = processes.start(worker_process.work, what)
    try:
        yield process
    finally:
        process.kill()
        process.join()
        eventually(lambda: not connections_called("yilu"))


def job_workers() -> int:
    return ProcrastinateWorker.objects.count()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_ends_in_order_when_told_to(number):
    happen(DoorOpened(), at=now())
    with a_process() as process:
        eventually(all_done)
        os.kill(process.pid, number)
        process.join(30)
        assert process.exitcode == 0

    assert Event.objects.filter(kind="tests.bell_rung").count() == 1


def test_starts_the_job_process_and_takes_it_along_when_killed():
    with a_process("with-jobs") as process:
        eventually(lambda: job_workers() == 1)
        process.kill()
        # The job process sees the end of its standard input and ends in order.
        eventually(lambda: job_workers() == 0)


def run_jobs() -> None:
    process = processes.start(worker_process.work, "jobs")
    process.join(60)
    assert process.exitcode == 0


@tx.use_case
def defer_notes(path: Path, *texts: str, fail: bool = False) -> None:
    for text in texts:
        journal.defer("tests.write_down", text=text, path=str(path), lock="notes")
    if fail:
        raise LookupError


class TestJobs:
    def test_run_after_commit_in_the_order_of_their_lock(self, tmp_path):
        path = tmp_path / "notes"
        defer_notes(path, "one", "two", "三")

        run_jobs()

        assert path.read_text().split() == ["one", "two", "三"]
        assert set(ProcrastinateJob.objects.values_list("status", flat=True)) == {"succeeded"}

    def test_are_rolled_back_with_their_use_case(self, tmp_path):
        with pytest.raises(LookupError):
            defer_notes(tmp_path / "notes", "one", fail=True)

        assert not ProcrastinateJob.objects.exists()

    def test_are_deferred_in_one_statement(self, tmp_path, django_assert_num_queries):
        with django_assert_num_queries(3):  # begin, all jobs, commit
            defer_notes(tmp_path / "notes", "one", "two", "three")

    def test_nobody_declares_are_refused(self):
        @tx.use_case
        def wrong() -> None:
            journal.defer("tests.no_such_job")

        with pytest.raises(LookupError, match=r"tests\.no_such_job"):
            wrong()

    def test_are_not_deferred_outside_a_use_case(self, tmp_path):
        with pytest.raises(RuntimeError):
            journal.defer("tests.write_down", text="x", path="y")

    def test_that_fail_every_attempt_are_shown_and_retried(self, tmp_path):
        @tx.use_case
        def begin() -> None:
            journal.defer("tests.always_fails", path="x")

        begin()
        run_jobs()
        tx.changed("update procrastinate_jobs set scheduled_at = null where status = 'todo'")
        run_jobs()

        (failed,) = queries.list_failed_jobs()
        assert (failed.name, failed.arguments) == ("tests.always_fails", {"path": "x"})
        journal.retry_failed_job(job_id=failed.id, actor=KEEPER, at=now())
        assert ProcrastinateJob.objects.get().status == "todo"
        assert queries.recent()[0].kind == "journal.job_retried"
        with pytest.raises(journal.JobNotFailed):
            journal.retry_failed_job(job_id=failed.id, actor=KEEPER, at=now())

    def test_of_a_killed_worker_are_tried_again(self, tmp_path):
        path = tmp_path / "notes"
        defer_notes(path, "one")
        tx.changed(
            "insert into procrastinate_workers (last_heartbeat) values (now() - interval '1 minute')"
        )
        tx.changed(
            "update procrastinate_jobs set status = 'doing', "
            "worker_id = (select max(id) from procrastinate_workers)"
        )
        run_jobs()
        assert not path.exists()

        assert journal.retry_stalled_jobs(now() - timedelta(minutes=5)) == 1
        assert journal.retry_stalled_jobs(now()) == 0
        run_jobs()

        assert path.read_text() == "one\n"

    def test_that_kill_every_worker_end_as_failed(self, tmp_path):
        defer_notes(tmp_path / "notes", "one")
        tx.changed("update procrastinate_jobs set status = 'doing', attempts = 8")

        assert journal.retry_stalled_jobs(now()) == 1

        assert len(queries.list_failed_jobs()) == 1


def test_each_tick_is_registered_under_its_rooms_name():
    assert "yilu.journal.jobs.forget" in journal.TICKS
    assert journal.TICKS["yilu.journal.jobs.forget"].every == timedelta(hours=1)
    assert any(name.endswith("append_leaves") for name in journal.TICKS)


def test_forgets_old_jobs_and_reactions():
    happen(BellRung())
    assert jobs.forget(now()) == 0
