"""Working what-ifs out: what takes long. The kernel's numpy is loaded in the worker only."""

from __future__ import annotations

from datetime import UTC, datetime

from yilu.insight import operations
from yilu.insight.queries import what_if
from yilu.insight.whatif import changes
from yilu.journal import operations as journal
from yilu.people import queries as people
from yilu.products import queries as products


@journal.job(attempts=1)
def work_out(run_id: int) -> None:
    """
    Work one what-if out; may be killed anywhere and is then begun again.

    Nothing is shown that the single path does not confirm on the policies drawn by lot.
    """
    if not operations.begin(run_id=run_id, at=_now()):
        return
    try:
        _answer(run_id)
    except Exception:
        operations.give_up(run_id=run_id, reason="BROKEN", at=_now())
        raise


@journal.each_tick(seconds=300)
def begin_again(at: datetime) -> int:
    """Take up runs of which nothing was heard for a quarter of an hour."""
    return operations.begin_again(at=at)


def _answer(run_id: int) -> None:
    import numpy as np

    from yilu.insight.whatif import effects, portfolio, reading, recalculation
    from yilu.insight.whatif.encoding import Refused

    asked = what_if.question(run_id)
    today = products.get_terms(asked.version_id)
    other = changes.applied(today, asked.changes)

    def progress(done: int, total: int) -> None:
        operations.note_progress(run_id=run_id, done=done, total=total, at=_now())

    if asked.source == "SAMPLE":
        book = reading.invented(today, asked.sample_size, progress)
    else:
        book = reading.recorded(today, asked.version_id, progress)
    operations.begin_calculating(run_id=run_id, at=_now())
    laid = portfolio.laid_out(book.collector)
    try:
        before, after = (recalculation.recalculate(laid, terms) for terms in (today, other))
    except Refused as refused:
        operations.give_up(run_id=run_id, reason=refused.code, at=_now())
        return
    claims, differences = effects.checked(book, [(today, before), (other, after)])
    if differences:
        operations.give_up(run_id=run_id, reason="NOT_CONFIRMED", at=_now())
        return
    shown = np.ones(len(laid), np.bool_)
    if asked.source == "RECORDED":
        shown = np.isin(np.array(book.offices, np.int64), _below(asked.office_id))
    result = effects.summary(book, laid, before, after, shown)
    operations.answer(
        run_id=run_id,
        result={**result, "checked": claims},
        portfolio_digest=laid.digest(),
        rows=list(effects.rows(book, laid, before, after, shown)),
        at=_now(),
    )


def _below(office_id: int) -> list[int]:
    """An office and all below it."""
    found, before = {office_id}, 0
    offices = people.list_offices()
    while len(found) != before:
        before = len(found)
        found |= {o.id for o in offices if o.parent_id in found}
    return sorted(found)


def _now() -> datetime:
    return datetime.now(UTC)
