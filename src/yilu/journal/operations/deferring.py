"""Background jobs of the rooms: declared in their jobs.py, deferred inside the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar

from asgiref.sync import async_to_sync
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.jobs import Job, Status

from yilu.journal import wakes
from yilu.journal.events import JobRetried
from yilu.journal.operations.reacting import describe
from yilu.journal.operations.recording import record
from yilu.kernel import tx
from yilu.kernel.errors import NotFound
from yilu.kernel.refs import Ref

ATTEMPTS_MAX = 8
KEPT_HOURS = 72
"""How long finished jobs are kept."""

F = TypeVar("F", bound=Callable[..., object])


class JobFailed(Exception):
    """A background job raised something; says what kind and where, never its text."""


class JobNotFailed(NotFound):
    """There is no such failed job: it is unknown, done, or being tried already."""

    code = "job_not_failed"
    message = "没有找到这条失败的后台任务"
    hint = "它可能已被其他同事重新处理，请刷新列表。"


def job(*, queue: str = "default", attempts: int = ATTEMPTS_MAX) -> Callable[[F], F]:
    """
    Declare a function of a room's ``jobs.py`` as a background job: ``documents.recognise``.

    It runs in the worker's job process with the keyword arguments it was deferred with (plain JSON
    values). It may take long and use network and files; it may run twice when a worker is killed,
    so it ends by calling one operation that copes with that. When it raises it is tried again
    after 3, 9, 27 … seconds, up to ``attempts`` times, and then shown to staff as failed.
    """

    def declare(function: F) -> F:
        @wraps(function)
        def run(**arguments: Any) -> None:
            try:
                function(**arguments)
            except Exception as problem:  # noqa: BLE001
                # The library logs the text of what is raised: it must hold no personal data.
                raise JobFailed(describe(problem)) from None

        app.task(
            name=_name(function),
            queue=queue,
            retry=RetryStrategy(max_attempts=attempts, exponential_wait=3),
        )(run)
        return function

    return declare


def _name(function: Callable[..., object]) -> str:
    room = function.__module__.removeprefix("yilu.").partition(".")[0]
    return f"{room}.{function.__name__}"


@tx.step
def defer(
    name: str, *, lock: str | None = None, after: datetime | None = None, **arguments: Any
) -> None:
    """
    Have the job ``name`` run soon after the open use case has committed; never if it is rolled back.

    All jobs of a use case are written in one statement when it ends.

    :param lock: jobs with the same lock run one after the other, in the order of deferring.
    :param after: not before this time.
    :raises LookupError: when no room declares such a job.
    """
    task = app.tasks.get(name)
    if task is None:
        raise LookupError(f"no jobs.py declares a job {name}")
    configured = task.configure(lock=lock, schedule_at=after)
    tx.gather(_write_jobs, configured.job.evolve(task_kwargs=arguments))


def _write_jobs(deferred: Sequence[Job]) -> None:
    app.job_manager.batch_defer_jobs(list(deferred))
    wakes.jobs_after_commit()


def retry_stalled_jobs(at: datetime) -> int:
    """
    Have jobs of a killed worker (no heartbeat for 30 s) tried again; returns how many.

    One that has outlived every attempt is set to failed: it may be what kills the worker.
    """
    stalled = list(async_to_sync(app.job_manager.get_stalled_jobs)())
    for each in stalled:
        assert each.id is not None
        if each.attempts >= ATTEMPTS_MAX:
            async_to_sync(app.job_manager.finish_job_by_id_async)(
                job_id=each.id, status=Status.FAILED, delete_job=False
            )
        else:
            wait = timedelta(seconds=3 ** (each.attempts + 1))
            app.job_manager.retry_job_by_id(each.id, retry_at=at + wait)
    return len(stalled)


def forget_finished_jobs() -> None:
    """Delete jobs that succeeded more than 72 hours ago, with their log."""
    async_to_sync(app.job_manager.delete_old_jobs)(nb_hours=KEPT_HOURS)


@tx.use_case
def retry_failed_job(*, job_id: int, actor: Ref, at: datetime) -> None:
    """
    Have a failed background job tried again, recorded.

    :raises JobNotFailed: when it is not failed (any more).
    """
    found = tx.rows(
        "select task_name from procrastinate_jobs where id = %s::bigint and status = 'failed' for update",
        [job_id],
    )
    if not found:
        raise JobNotFailed
    app.job_manager.retry_job_by_id(job_id, retry_at=at)
    record(JobRetried(job=found[0][0]), about=Ref("job", job_id), actor=actor, at=at)
    wakes.jobs_after_commit()
