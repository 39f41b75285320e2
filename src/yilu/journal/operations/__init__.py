"""Write what happened, react to it afterwards, and keep the evidence of it."""

from yilu.journal.operations.deferring import (
    JobNotFailed,
    defer,
    forget_finished_jobs,
    job,
    retry_failed_job,
    retry_stalled_jobs,
)
from yilu.journal.operations.reacting import (
    ReactionNotDead,
    describe,
    forget_done,
    retry_dead,
    run_reactions,
)
from yilu.journal.operations.recording import Happened, along, on, record
from yilu.journal.operations.sequencing import ClusterIsYounger, append_leaves
from yilu.journal.operations.ticking import TICKS, Page, Tick, each_tick, through
from yilu.journal.operations.watching import (
    GIVEN_UP_AFTER,
    VerificationUnderWay,
    finish_verification,
    note_heartbeat,
    note_progress,
    request_verification,
)

__all__ = [
    "GIVEN_UP_AFTER",
    "TICKS",
    "ClusterIsYounger",
    "Happened",
    "JobNotFailed",
    "Page",
    "ReactionNotDead",
    "Tick",
    "VerificationUnderWay",
    "along",
    "append_leaves",
    "defer",
    "describe",
    "each_tick",
    "finish_verification",
    "forget_done",
    "forget_finished_jobs",
    "job",
    "note_heartbeat",
    "note_progress",
    "on",
    "record",
    "request_verification",
    "retry_dead",
    "retry_failed_job",
    "retry_stalled_jobs",
    "run_reactions",
    "through",
]
