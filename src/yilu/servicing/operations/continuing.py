"""Above what one may do by oneself: the half-filled form goes on with a person (续办)."""

from __future__ import annotations

from datetime import datetime

from yilu.kernel import tx
from yilu.kernel.errors import Invalid
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.messaging import operations as messaging
from yilu.people.queries import Access
from yilu.servicing import events, frame
from yilu.servicing.models import Request
from yilu.servicing.operations.holding import hold, kind_of, require_state, say
from yilu.servicing.rules.standing import DRAFT, PREPARED
from yilu.work import operations as work

CONTINUE = "servicing.continue"


@tx.use_case
def continue_with(
    *, request_id: int, way: str, wish: str = "", appointed_at: datetime | None = None, actor: Ref,
    at: datetime,
) -> None:  # fmt: skip
    """
    Choose how to go on: by video, with somebody who calls, or at the counter (VIDEO, ADVISER, COUNTER).

    The form stays as it is; one item of work carries it to a person. Choosing again changes the way.

    :raises Invalid: no such way, or an appointment that is over. :raises NotPossibleNow: handed in.
    """
    if way not in {"VIDEO", "ADVISER", "COUNTER"}:
        raise Invalid(_("请选择一种续办方式"))
    if appointed_at is not None and appointed_at <= at:
        raise Invalid(_("预约时间已经过去，请另选时间"))
    row = hold(request_id, actor, None)
    require_state(row, DRAFT, PREPARED)
    kind = kind_of(row.kind)
    row.way, row.wish, row.appointed_at = way, wish.strip()[:300], appointed_at
    row.save(update_fields=["way", "wish", "appointed_at"])
    say(row, events.ContinuationAsked(request=row.kind, way=way), actor=actor, at=at)
    work.open_item(
        CONTINUE, about=row.ref, office_id=row.office_id, at=at,
        title=f"{Request.Way(way).label}：{kind.name} {row.number}", amount=row.amount or None,
        due_at=appointed_at, party_id=row.party_id,
    )  # fmt: skip
    messaging.queue(
        "servicing.continuing", to=Ref("party", row.party_id), about=row.ref, at=at,
        facts={
            "request": row.number or "", "kind": kind.name, "way": str(Request.Way(way).label),
        },
    )  # fmt: skip


@tx.use_case
def take_over(*, request_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """
    Go on with what a customer began (接办): it is the counter's from here, beyond the self-service's limit.

    Nothing is asked again: the form is as it was filled in. Twice is once.

    :raises NotPossibleNow: handed in already.
    """
    row = hold(request_id, actor, access)
    require_state(row, DRAFT, PREPARED)
    if row.door == frame.COUNTER and row.prepared_by == str(actor):
        return
    row.door, row.prepared_by, row.blocked = frame.COUNTER, str(actor), ""
    row.quote, row.digest, row.verified_at, row.proof = None, "", None, ""
    row.save()
    work.close_items(about=row.ref, at=at, queue=CONTINUE, outcome="TAKEN_OVER")
