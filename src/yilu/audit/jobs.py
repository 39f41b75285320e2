"""Every night the money of every claim and the books of every policy are recomputed, a batch a tick."""

from __future__ import annotations

from datetime import datetime

from yilu.audit import operations, queries
from yilu.journal.operations import each_tick
from yilu.kernel.days import CHINA, day_of
from yilu.kernel.refs import SYSTEM

NIGHT = range(1, 6)
"""The hours, in China, in which a run begins by itself."""


@each_tick(seconds=2)
def audit_money(at: datetime) -> int:
    """Take on each run under way by a batch, or begin tonight's; how many were looked at."""
    return sum(_take_on(scope, at) for scope in operations.SCOPES)


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
