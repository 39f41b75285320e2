"""When somebody leaves, or may no longer do some work: nothing they had taken stays with them."""

from __future__ import annotations

from datetime import datetime

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people.queries import Succession
from yilu.work import events
from yilu.work.models import Helper, Item

LEFT = "员工离职，工作移交"


@tx.step
def pass_on(of: Succession, *, at: datetime) -> int:
    """
    Take from somebody every item they may no longer do, and return how many there were.

    An item goes to the successor where that colleague may do it over its office, and otherwise back into
    its queue, where it waits at the place it always had: its due time does not change. Whoever left may
    do nothing; whoever lost a role keeps what other roles allow.
    """
    held = (
        Item.objects.select_related("queue")
        .select_for_update(of=("self",))
        .filter(staff_id=of.staff_id, state=Item.State.TAKEN)
        .order_by("pk")
    )
    lost = [item for item in held if not of.keeps(item.queue.right, _place(item))]
    for item in lost:
        heir = of.successor
        follows = heir is not None and of.follows(item.queue.right, _place(item))
        if heir is not None and follows and item.barred_staff_id != heir.staff_id:
            _give(item, heir.staff_id, at)
        else:
            _put_back(item, at)
    if of.holder is None:
        Helper.objects.filter(staff_id=of.staff_id).delete()
    return len(lost)


def _place(item: Item) -> int | None:
    return None if item.pooled else item.office_id


def _give(item: Item, to: int, at: datetime) -> None:
    Item.objects.filter(pk=item.pk).update(staff_id=to, taken_at=at)
    journal.record(
        events.ItemHandedOver(
            item_id=item.pk, queue=item.queue_id, from_staff_id=item.staff_id, to_staff_id=to,
            reason=LEFT,
        ),
        about=Ref.parse(item.subject), actor=SYSTEM, at=at, party=item.party_id,
    )  # fmt: skip


def _put_back(item: Item, at: datetime) -> None:
    Item.objects.filter(pk=item.pk).update(state=Item.State.OPEN, staff_id=None, taken_at=None)
    journal.record(
        events.ItemReleased(item_id=item.pk, queue=item.queue_id),
        about=Ref.parse(item.subject), actor=SYSTEM, at=at, party=item.party_id,
    )  # fmt: skip
