"""Work shared across offices: opening a queue's items to all, and who helps how much."""

from __future__ import annotations

from datetime import datetime

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import start_of_day
from yilu.kernel.errors import Invalid
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.work import events
from yilu.work.models import Helper
from yilu.work.operations.queues import known_queue


@tx.use_case
def pool(*, queue: str, office_id: int, access: Access, actor: Ref, at: datetime) -> int:
    """
    Open an office's waiting items of one queue to staff of every office (全国共享作业).

    :raises NotAllowed: for anybody but a lead of that office.
    """
    access.require("work.lead", office_id=office_id)
    known_queue(queue)
    count = tx.changed(
        "update work_item set pooled = true "
        "where queue_id = %s and office_id = %s::bigint and state = 'OPEN' and not pooled",
        [queue, office_id],
    )
    if count:
        journal.record(
            events.ItemsPooled(queue=queue, office_id=office_id, count=count),
            about=Ref("office", office_id), actor=actor, at=at,
        )  # fmt: skip
    return count


@tx.use_case
def set_helper(
    *, queue: str, staff_id: int, daily_max: int, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Let somebody help other offices with a queue, up to so many a day; 0 takes them off the list.

    :raises NotAllowed: without leading anybody. :raises NotFound: nobody of that number.
    :raises UnknownQueue: no such queue. :raises Invalid: a measure that is none.
    """
    access.require("work.lead")
    known_queue(queue)
    if not 0 <= daily_max <= 500:
        raise Invalid(_("每日上限为 0 至 500"))
    people.get_staff(staff_id)
    if daily_max:
        Helper.objects.update_or_create(
            queue_id=queue, staff_id=staff_id,
            defaults={"daily_max": daily_max, "changed_at": at},
        )  # fmt: skip
    else:
        Helper.objects.filter(queue_id=queue, staff_id=staff_id).delete()
    journal.record(
        events.HelperSet(queue=queue, staff_id=staff_id, daily_max=daily_max),
        about=Ref("staff", staff_id), actor=actor, at=at,
    )  # fmt: skip


def may_help(queue: str, access: Access, at: datetime) -> bool:
    """Whether a person may take other offices' pooled items of a queue now."""
    rows = tx.rows(
        """
        select h.staff_id = %s::bigint, h.daily_max,
               (select count(*) from work_item i
                 where i.staff_id = h.staff_id and i.queue_id = h.queue_id and i.pooled
                   and not i.office_id = any(%s::bigint[]) and i.taken_at >= %s::timestamptz)
          from work_helper h where h.queue_id = %s
        """,
        [access.staff_id, sorted(access.office_ids), start_of_day(at), queue],
    )
    return not rows or any(own and taken < most for own, most, taken in rows)
