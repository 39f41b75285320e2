"""Make ordered letters: set them, keep them sealed, then say that they are issued."""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime

from yilu.journal.operations import each_tick
from yilu.kernel.errors import Refusal
from yilu.letters import operations, storage
from yilu.letters.operations import Due

log = logging.getLogger(__name__)

BATCH = 5


@each_tick(seconds=1)
def render_due(at: datetime, limit: int = BATCH) -> int:
    """
    Make what is ordered, a few at a time; return how many were dealt with.

    Killed at any point the letter is issued once: an order always makes the same bytes, and only the
    first note that it is issued stands.
    """
    done = 0
    while done < limit and (due := operations.take_due(at=at)) is not None:
        _make(due, at)
        done += 1
    return done


def _make(due: Due, at: datetime) -> None:
    # Only the process that makes letters pays for the typesetter's memory.
    import typst

    from yilu.letters import composing

    order = composing.Order(
        due.kind, due.number, due.code, due.party_id, due.facts, due.requested_at
    )
    try:
        made = composing.make(order)
        sha256 = hashlib.sha256(made.content).hexdigest()
        key = storage.drawer.keep_of(due.id, made.content, sha256)
    except (typst.TypstError, composing.NoFont, Refusal, OSError) as fault:
        # The words of a fault may name a person: its kind goes into the log, no more.
        log.error("letter %s could not be made: %s", due.id, type(fault).__name__)
        operations.record_failed(
            letter_id=due.id, attempts=due.attempts, problem=type(fault).__name__, at=at
        )
        return
    operations.record_issued(
        letter_id=due.id,
        sha256=sha256,
        storage_key=key,
        size=len(made.content),
        pages=made.pages,
        at=at,
    )
