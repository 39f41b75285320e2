"""Take a request back."""

from __future__ import annotations

from datetime import datetime

from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.payments import operations as payments
from yilu.servicing import events
from yilu.servicing.operations.effecting import COLLECT
from yilu.servicing.operations.holding import By, hold, move, say
from yilu.servicing.operations.refusals import NotPossibleNow
from yilu.servicing.rules.standing import WAITING_MONEY, WITHDRAWN
from yilu.work import operations as work


@tx.use_case
def withdraw_request(*, request_id: int, actor: Ref, at: datetime, by: By = None) -> None:
    """
    Take it back before it takes effect (撤回); nothing has changed then. Twice is once.

    :raises NotPossibleNow: it is in effect, or what was paid for it is here.
    """
    row = hold(request_id, actor, by, narrow=True)
    if row.state == WITHDRAWN:
        return
    if row.applied_at is not None or row.collected_at is not None:
        raise NotPossibleNow
    if row.state == WAITING_MONEY and not payments.cancel_collection(
        key=f"{row.ref}:{COLLECT}", actor=actor, at=at
    ):
        raise NotPossibleNow
    submitted = row.confirmed_at is not None
    move(row, WITHDRAWN)
    row.ended_at = at
    row.save()
    say(row, events.RequestWithdrawn(request=row.kind), actor=actor, at=at)
    if submitted or row.way:
        work.close_items(about=row.ref, at=at, outcome="WITHDRAWN")
