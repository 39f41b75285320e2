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
from yilu.journal.operations.ticking import TICKS, Tick, each_tick

__all__ = [
    "TICKS",
    "ClusterIsYounger",
    "Happened",
    "JobNotFailed",
    "ReactionNotDead",
    "Tick",
    "along",
    "append_leaves",
    "defer",
    "describe",
    "each_tick",
    "forget_done",
    "forget_finished_jobs",
    "job",
    "on",
    "record",
    "retry_dead",
    "retry_failed_job",
    "retry_stalled_jobs",
    "run_reactions",
]
