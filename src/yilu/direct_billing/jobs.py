"""Reading a batch and settling it: what takes long; and what time brings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from yilu.claims.operations.bulk import Overtaken
from yilu.journal import operations as journal
from yilu.kernel.days import day_of

from . import operations, queries, spreadsheets
from .operations.refusals import UnreadableBatch
from .rules import sheet
from .storage import FileMissing, drawer

STAGED_AT_ONCE = 1_000
LOST_AFTER = timedelta(minutes=5)


@journal.job()
def run_batch(batch_id: int) -> None:
    """Read a batch, stage its rows, settle them; may be killed anywhere and goes on from there."""
    source = queries.batch_source(batch_id)
    if source.state in ("RECEIVED", "READING") and not _stage(batch_id, source):
        return
    while True:
        try:
            if not operations.settle_chunk(batch_id=batch_id, at=_now()):
                break
        except Overtaken:
            operations.mark_singly(batch_id=batch_id)
        # What the chunk left goes singly before the next one: a person's visits keep their order.
        while operations.settle_next_singly(batch_id=batch_id, at=_now()):
            pass
    while operations.settle_next_singly(batch_id=batch_id, at=_now()):
        pass
    operations.finish_batch(batch_id=batch_id, at=_now())


def _stage(batch_id: int, source: queries.BatchSource) -> bool:
    try:
        told = spreadsheets.read(source.filename, drawer.get(source.storage_key))
    except UnreadableBatch as bad:
        operations.refuse_batch(batch_id=batch_id, problem=bad.message, at=_now())
        return False
    except FileMissing:
        operations.refuse_batch(batch_id=batch_id, problem="文件已丢失，请重新提交", at=_now())
        return False
    if not operations.begin_reading(batch_id=batch_id, total=len(told), at=_now()):
        return False
    rows = sheet.read_rows(told, day_of(_now()), payee=source.provider_name)
    for begin in range(0, len(rows), STAGED_AT_ONCE):
        part = rows[begin : begin + STAGED_AT_ONCE]
        operations.stage_rows(batch_id=batch_id, rows=part, at=_now())
    operations.begin_settling(batch_id=batch_id, at=_now())
    return True


@journal.job(attempts=1)
def try_batch(rows: int) -> None:
    """In the demo only: so many visits of an invented factory's people, handed in as a file."""
    from . import trial

    trial.run(rows, at=_now())


@journal.each_tick(seconds=60)
def resume_lost(at: datetime) -> int:
    """Go on with batches whose worker died."""
    return operations.resume_batches(before=at - LOST_AFTER)


@journal.each_tick(seconds=300)
def forget_nonces(at: datetime) -> int:
    """Forget used-up numbers nobody could use again."""
    operations.forget_nonces(at=at)
    return 0


@journal.each_tick(seconds=600)
def expire_guarantees(at: datetime) -> int:
    """End guarantees whose time has passed."""
    return operations.expire_guarantees(at=at)


def _now() -> datetime:
    return datetime.now(UTC)
