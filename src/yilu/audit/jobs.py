"""Every night the money of every claim is recomputed, a batch a tick."""

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
    """Take on the run under way by a batch, or begin tonight's; how many claims were looked at."""
    run = queries.latest_run()
    if run is None or run.finished_at is not None:
        tonight = at.astimezone(CHINA).hour in NIGHT
        if not tonight or (run is not None and day_of(run.started_at) == day_of(at)):
            return 0
        run_id, before = operations.start_money_audit(actor=SYSTEM, at=at), 0
    else:
        run_id, before = run.id, run.claims
    return operations.audit_batch(run_id=run_id, at=at).claims - before
