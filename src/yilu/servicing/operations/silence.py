"""What we did not answer in time is agreed to: reinstatement, after thirty days (解释三 8)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of, start_of_day
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import SYSTEM
from yilu.obligations import queries as obligations
from yilu.servicing import events
from yilu.servicing.models import Request
from yilu.servicing.operations.effecting import collect, take_effect
from yilu.servicing.operations.holding import kind_of, quote_from, say
from yilu.servicing.operations.quoting import day_bound, make_quote
from yilu.servicing.rules.standing import IN_REVIEW
from yilu.work import operations as work

SILENT_FOR = timedelta(days=30)
ASKED_FOR = "reinstatement"
PROMISE = "law.reinstatement_30_days"


@tx.use_case
def consent_by_silence(*, at: datetime, after: int = 0, limit: int = 50) -> journal.Page:
    """
    Agree to reinstatements that nobody refused within thirty days, a page of them by id.

    The thirty days are those of the promise's own clock. They run on while we wait for papers: the rule counts
    from the receipt of the request and asks for a clear refusal, which a notice of what is missing is not. One
    that cannot take effect any more stays with the person who has it.
    """
    due = (
        Request.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(
            pk__gt=after, kind=ASKED_FOR, state=IN_REVIEW, collected_at=None,
            confirmed_at__isnull=False,
        )
        .filter(
            Q(received_on__isnull=True, confirmed_at__lt=start_of_day(at) - SILENT_FOR)
            | Q(received_on__lt=day_of(at) - SILENT_FOR)
        )
        .exclude(decided_by=str(SYSTEM))
        .order_by("pk")[:limit]
    )  # fmt: skip
    rows = list(due)
    clocks = obligations.open_of(PROMISE, [row.ref for row in rows], at) if rows else {}
    over = [row for row in rows if row.ref not in clocks or _is_over(clocks[row.ref], at)]
    return journal.Page(sum(_consent(row, at) for row in over), rows[-1].pk if rows else 0)


def _is_over(clock: obligations.ClockView, at: datetime) -> bool:
    # A clock that stands still began under the promise as it read before, when papers were waited for.
    return clock.state == "PAUSED" or clock.due_at < at


def _consent(row: Request, at: datetime) -> bool:
    kind, kept = kind_of(row.kind), quote_from(row.quote or {})
    try:
        with tx.savepoint():
            quoted, case = make_quote(row, kind, at, as_of=day_bound(kept))
    except Refusal:
        return False
    assert row.confirmed_at is not None
    asked_on = row.received_on or day_of(row.confirmed_at)
    row.accepted_at, row.decided_by, row.decided_at = row.accepted_at or at, str(SYSTEM), at
    fact = events.ConsentBySilence(request=row.kind, asked_on=asked_on.isoformat())
    say(row, fact, actor=SYSTEM, at=at)
    approved = events.RequestApproved(request=row.kind, amount=str(row.amount))
    say(row, approved, actor=SYSTEM, at=at)
    if quoted.quote.collects > 0:
        collect(row, kind, quoted.quote, actor=SYSTEM, at=at)
        work.close_items(about=row.ref, at=at)
    else:
        take_effect(row, kind, case, quoted.quote, actor=SYSTEM, at=at)
    return True
