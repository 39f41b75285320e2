"""How the platform itself is: what waits, what failed, which processes live, how big it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from yilu.journal.models import Heartbeat, Verification
from yilu.kernel import tx
from yilu.kernel.refs import Ref

COUNTED_UP_TO = 1000
SILENT_AFTER = timedelta(seconds=45)
"""A process that said nothing for so long is taken for dead."""


@dataclass(frozen=True, slots=True)
class TickRun:
    """When a tick ran last in some process, and how often it failed since it last succeeded."""

    name: str
    ran_at: datetime | None
    failures: int


@dataclass(frozen=True, slots=True)
class ProcessView:
    """A process of ours by its last sign of life."""

    name: str
    started_at: datetime
    seen_at: datetime
    alive: bool
    ticks: tuple[TickRun, ...]


@dataclass(frozen=True, slots=True)
class Health:
    """
    What an operator looks at first. Counts stop at ``COUNTED_UP_TO``.

    ``late_reactions`` wait past their time by more than a minute: the worker is behind or down.
    """

    reactions_waiting: int
    reactions_late: int
    oldest_due: datetime | None
    reactions_dead: int
    jobs_waiting: int
    jobs_running: int
    jobs_failed: int
    jobs_stalled: int
    job_workers: tuple[datetime, ...]
    processes: tuple[ProcessView, ...]
    database_bytes: int
    largest_tables: tuple[tuple[str, int], ...]
    connections: int
    connections_max: int
    version: str


def health(at: datetime) -> Health:
    """Everything at once: six short statements, none of which counts a table through."""
    waiting, late, oldest, dead = tx.rows(
        """
        select (select count(*) from (select from journal_reaction where state = 'WAITING' limit %s::int) w),
               (select count(*) from (select from journal_reaction where state = 'WAITING'
                  and due_at < %s::timestamptz limit %s::int) l),
               (select min(due_at) from journal_reaction where state = 'WAITING'),
               (select count(*) from (select from journal_reaction where state = 'DEAD' limit %s::int) d)
        """,
        [COUNTED_UP_TO, at - timedelta(minutes=1), COUNTED_UP_TO, COUNTED_UP_TO],
    )[0]
    jobs = dict(
        tx.rows(
            """
            select status::text, count(*) from (
                (select status from procrastinate_jobs where status = 'todo' limit %s::int) union all
                (select status from procrastinate_jobs where status = 'doing' limit %s::int) union all
                (select status from procrastinate_jobs where status = 'failed' limit %s::int)) as open
             group by status
            """,
            [COUNTED_UP_TO] * 3,
        )
    )
    workers = tx.rows(
        "select id, last_heartbeat from procrastinate_workers order by 2 desc limit 20"
    )
    living = [id for id, seen_at in workers if at - seen_at < SILENT_AFTER]
    stalled = tx.rows(
        """
        select count(*) from procrastinate_jobs
         where status = 'doing' and (worker_id is null or not worker_id = any(%s::bigint[]))
        """,
        [living],
    )[0][0]
    size, connections, most, version = tx.rows(
        """
        select pg_database_size(current_database()),
               (select count(*) from pg_stat_activity where datname = current_database()),
               current_setting('max_connections')::int, split_part(current_setting('server_version'), ' ', 1)
        """
    )[0]
    largest = tx.rows(
        """
        select relname, pg_total_relation_size(relid) from pg_stat_user_tables
         order by 2 desc limit 8
        """
    )
    return Health(
        waiting, late, oldest, dead, jobs.get("todo", 0), jobs.get("doing", 0),
        jobs.get("failed", 0), stalled, tuple(seen_at for _id, seen_at in workers),
        tuple(_process(row, at) for row in Heartbeat.objects.order_by("-seen_at")[:20]), size,
        tuple((name, int(bytes_)) for name, bytes_ in largest), connections, most, version,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class VerificationView:
    """A run over the evidence log: how far it is, and what it found."""

    id: int
    requested_by: Ref
    requested_at: datetime
    done: int
    size: int
    checkpoints: int
    finished_at: datetime | None
    problem: str
    event_id: int | None


def list_verifications(limit: int = 10) -> list[VerificationView]:
    """The latest runs over the evidence log, newest first."""
    return [
        VerificationView(
            run.pk, Ref.parse(run.requested_by), run.requested_at, run.done, run.size,
            run.checkpoints, run.finished_at, run.problem, run.event_id,
        )
        for run in Verification.objects.order_by("-pk")[:limit]
    ]  # fmt: skip


def _process(row: Heartbeat, at: datetime) -> ProcessView:
    ticks: dict[str, Any] = row.ticks
    return ProcessView(
        row.process,
        row.started_at,
        row.seen_at,
        at - row.seen_at < SILENT_AFTER,
        tuple(
            TickRun(
                name, datetime.fromisoformat(run["at"]) if run.get("at") else None, run["failures"]
            )
            for name, run in sorted(ticks.items())
        ),
    )
