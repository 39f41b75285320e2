"""Every night the money of every claim and the books of every policy are recomputed, a batch a tick; recordings when asked."""

from __future__ import annotations

import time
from datetime import datetime

from yilu.audit import operations, queries
from yilu.journal.operations import each_tick
from yilu.kernel.days import CHINA, day_of
from yilu.kernel.refs import SYSTEM

NIGHT = range(1, 6)
"""The hours, in China, in which a run begins by itself."""
SECONDS_A_TICK = 1.0
"""How long one tick reads recordings, before others have their turn."""


@each_tick(seconds=2)
def audit_money(at: datetime) -> int:
    """Take on each run under way by a batch, or begin tonight's; how many were looked at."""
    return sum(_take_on(scope, at) for scope in operations.SCOPES)


@each_tick(seconds=2)
def read_recordings(at: datetime) -> int:
    """Go on with the reading somebody asked for, for a second or so; how many batches were read."""
    run, until, read = queries.latest_run(operations.FILES), time.monotonic() + SECONDS_A_TICK, 0
    if run is None or run.finished_at is not None:
        return 0
    while operations.read_batch(run_id=run.id, at=at) and time.monotonic() < until:
        read += 1
    return read


def _take_on(scope: str, at: datetime) -> int:
    run = queries.latest_run(scope)
    if run is None or run.finished_at is not None:
        tonight = at.astimezone(CHINA).hour in NIGHT
        if not tonight or (run is not None and day_of(run.started_at) == day_of(at)):
            return 0
        run_id = operations.start_money_audit(actor=SYSTEM, at=at, scope=scope)
        before = 0
    else:
        run_id, before = run.id, run.looked_at
    return operations.audit_batch(run_id=run_id, at=at).looked_at - before
