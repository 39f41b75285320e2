"""What doors and higher rooms may read of the work that waits."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson

from yilu.kernel import tx
from yilu.kernel.days import start_of_day
from yilu.kernel.errors import Invalid, NotFound
from yilu.kernel.refs import Ref
from yilu.people.queries import Access

from .models import Queue
from .rules import BY_HAND, LATE_BY_LAW

__all__ = [
    "BY_HAND", "COUNTED_UP_TO", "LATE_BY_LAW", "ItemRow", "Page", "QueueRow", "QueueSize", "get_item", "get_queue",
    "list_queues", "open_items", "own_count", "page", "sizes",
]  # fmt: skip

COUNTED_UP_TO = 100
"""A queue's size is counted to here and then shown as 99+: a million waiting items cost no more."""


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One line of a queue page."""

    id: int
    queue: str
    queue_label: str
    about: Ref
    title: str
    amount: Decimal | None
    priority: int
    state: str
    staff_id: int | None
    office_id: int
    pooled: bool
    opened_at: datetime
    due_at: datetime
    overdue: bool
    escalation: int


@dataclass(frozen=True, slots=True)
class Page:
    """Some items and, if there are more, the text that asks for the next ones."""

    items: tuple[ItemRow, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class QueueSize:
    """How many items wait, counted to 99 and then "99+"."""

    code: str
    label: str
    count: int

    @property
    def shown(self) -> str:
        return str(self.count) if self.count < COUNTED_UP_TO else f"{COUNTED_UP_TO - 1}+"


_COLUMNS = """i.id, i.queue_id, q.label, i.subject, i.title, i.amount, i.priority, i.state, i.staff_id,
    i.office_id, i.pooled, i.opened_at, i.due_at, i.escalation"""


def page(
    *,
    access: Access,
    at: datetime,
    queue: str | None = None,
    mine: bool = False,
    office_id: int | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page:
    """
    One page of a queue, or of one's own items, most pressing first; keyset, never counted.

    Only items of the person's offices, and pooled ones; with ``office_id`` that office's alone. The
    cost does not grow with the list.

    :raises NotAllowed: without the queue's right.
    :raises Invalid: if ``after`` is not a text a page gave.
    """
    limit = max(1, min(limit, 200))
    place = _read_place(after) if after else None
    if mine:
        rows = _own(access.staff_id, place, limit + 1)
    else:
        wanted = get_queue(queue or "")
        access.require(wanted.right)
        offices = access.offices_for(wanted.right)
        if office_id is not None:
            rows = _waiting(
                wanted.code, sorted(offices & {office_id}), place, limit + 1, pool=False
            )
        else:
            rows = _waiting(wanted.code, sorted(offices), place, limit + 1)
    items = tuple(_row(r, at) for r in rows[:limit])
    more = len(rows) > limit
    return Page(items, _write_place(items[-1]) if more else None)


def get_item(item_id: int, *, access: Access, at: datetime) -> ItemRow:
    """
    One item of an office this person sees, or a pooled one.

    :raises NotFound: in the same words whether it is another office's or does not exist.
    """
    rows = tx.rows(
        f"select {_COLUMNS} from work_item i join work_queue q on q.code = i.queue_id "
        "where i.id = %s::bigint and (i.pooled or i.office_id = any(%s::bigint[]))",
        [item_id, sorted(access.office_ids)],
    )
    if not rows:
        raise NotFound
    return _row(rows[0], at)


def open_items(about: Ref, at: datetime) -> tuple[ItemRow, ...]:
    """What is open about a subject, in every queue."""
    rows = tx.rows(
        f"select {_COLUMNS} from work_item i join work_queue q on q.code = i.queue_id "
        "where i.subject = %s and i.state in ('OPEN', 'TAKEN') order by i.priority, i.due_at, i.id",
        [str(about)],
    )
    return tuple(_row(r, at) for r in rows)


def sizes(access: Access) -> tuple[QueueSize, ...]:
    """How much waits in each queue this person may work on (counted to 99)."""
    queues = [q for q in list_queues() if access.may(q.right)]
    if not queues:
        return ()
    parts, parameters = [], []
    for queue in queues:
        parts.append(
            "select %s::text, count(*) from (select 1 from work_item where queue_id = %s and "
            "state = 'OPEN' and (pooled or office_id = any(%s::bigint[])) limit %s::int) as found"
        )
        offices = sorted(access.offices_for(queue.right))
        parameters += [queue.code, queue.code, offices, COUNTED_UP_TO]
    counts = dict(tx.rows(" union all ".join(parts), parameters))
    return tuple(QueueSize(q.code, q.label, counts.get(q.code, 0)) for q in queues)


WORKLOAD_COUNTED_UP_TO = 1000


@dataclass(frozen=True, slots=True)
class Workload:
    """What waits in one queue of one office; counts stop at ``WORKLOAD_COUNTED_UP_TO``."""

    queue: str
    label: str
    office_id: int
    waiting: int
    overdue: int
    oldest: datetime


def workload(access: Access, at: datetime) -> tuple[Workload, ...]:
    """
    What waits, by queue and office this person sees, the queues in their order; empty ones left out.

    Each pair reads its own index range and no further than the count shown.
    """
    queues = [(q.code, sorted(access.offices_for(q.right))) for q in list_queues()]
    pairs = [(code, office) for code, offices in queues for office in offices]
    rows = tx.rows(
        """
        select pair.queue, q.label, pair.office, found.waiting, found.overdue, found.oldest
          from unnest(%s::text[], %s::bigint[]) as pair (queue, office)
          cross join lateral (
               select count(*) as waiting, count(*) filter (where due_at < %s::timestamptz) as overdue,
                      min(opened_at) as oldest
                 from (select due_at, opened_at from work_item
                        where queue_id = pair.queue and state = 'OPEN' and office_id = pair.office
                        order by priority, due_at, id limit %s::int) as first) as found
          join work_queue q on q.code = pair.queue
         where found.waiting > 0
         order by q.position, q.code, found.waiting desc, pair.office
        """,
        [[code for code, _ in pairs], [office for _, office in pairs], at, WORKLOAD_COUNTED_UP_TO],
    )
    return tuple(Workload(*row) for row in rows)


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A queue as screens need it."""

    code: str
    label: str
    right: str
    pooled: bool
    escalates_to: str


def list_queues() -> tuple[QueueRow, ...]:
    """Every queue, in the order staff see them."""
    return tuple(
        QueueRow(q.code, q.label, q.right, q.pooled, q.escalates_to)
        for q in Queue.objects.order_by("position", "code")
    )


def get_queue(code: str) -> QueueRow:
    """One queue. :raises NotFound: if there is none of that code."""
    for queue in list_queues():
        if queue.code == code:
            return queue
    raise NotFound("没有这个工作队列")


def own_count(staff_id: int) -> int:
    """How many items a person holds (counted to 100)."""
    return int(
        tx.rows(
            "select count(*) from (select 1 from work_item where staff_id = %s::bigint "
            "and state = 'TAKEN' limit %s::int) as found",
            [staff_id, COUNTED_UP_TO],
        )[0][0]
    )


def _waiting(
    queue: str,
    offices: list[int],
    place: tuple[int, str, int] | None,
    limit: int,
    *,
    pool: bool = True,
) -> list[tuple[Any, ...]]:
    """
    Office by office, each from its own index range, then merged: a filter never scans the queue.

    So the cost depends on the page and on how many offices the person sees, not on what waits.
    """
    beyond, key = _beyond(place)
    return tx.rows(
        f"""
        select {_COLUMNS}
          from (select found.id
                  from (select near.* from unnest(%s::bigint[]) as o(id) cross join lateral
                               (select i.id, i.priority, i.due_at from work_item i
                                 where i.queue_id = %s and i.state = 'OPEN' and i.office_id = o.id
                                       {beyond}
                                 order by i.priority, i.due_at, i.id limit %s::int) as near
                        union all
                        (select i.id, i.priority, i.due_at from work_item i
                          where i.queue_id = %s and i.state = 'OPEN' and i.pooled and %s::bool
                            and not i.office_id = any(%s::bigint[]) {beyond}
                          order by i.priority, i.due_at, i.id limit %s::int)) as found
                 order by found.priority, found.due_at, found.id limit %s::int) as page
          join work_item i on i.id = page.id
          join work_queue q on q.code = i.queue_id
         order by i.priority, i.due_at, i.id
        """,
        [offices, queue, *key, limit, queue, pool, offices, *key, limit, limit],
    )


def _beyond(place: tuple[int, str, int] | None) -> tuple[str, list[Any]]:
    if place is None:
        return "", []
    return (
        "and (i.priority, i.due_at, i.id) > (%s::int, %s::timestamptz, %s::bigint)",
        list(place),
    )


def _own(staff_id: int, place: tuple[int, str, int] | None, limit: int) -> list[tuple[Any, ...]]:
    beyond, key = _beyond(place)
    return tx.rows(
        f"select {_COLUMNS} from work_item i join work_queue q on q.code = i.queue_id "
        f"where i.staff_id = %s::bigint and i.state = 'TAKEN' {beyond} "
        "order by i.priority, i.due_at, i.id limit %s::int",
        [staff_id, *key, limit],
    )


def _row(r: tuple[Any, ...], at: datetime) -> ItemRow:
    return ItemRow(
        id=r[0], queue=r[1], queue_label=r[2], about=Ref.parse(r[3]), title=r[4], amount=r[5],
        priority=r[6], state=r[7], staff_id=r[8], office_id=r[9], pooled=r[10], opened_at=r[11],
        due_at=r[12], overdue=r[12] < at, escalation=r[13],
    )  # fmt: skip


def _write_place(item: ItemRow) -> str:
    return base64.urlsafe_b64encode(
        orjson.dumps([item.priority, item.due_at.isoformat(), item.id])
    ).decode()


def _read_place(text: str) -> tuple[int, str, int]:
    try:
        priority, due_at, number = orjson.loads(base64.urlsafe_b64decode(text.encode()))
        return int(priority), datetime.fromisoformat(due_at).isoformat(), int(number)
    except (ValueError, TypeError, binascii.Error):
        raise Invalid("页码有误", hint="请从第一页重新打开。") from None


@dataclass(frozen=True, slots=True)
class HelperRow:
    """Somebody who helps other offices, and how much they took today."""

    queue: str
    label: str
    staff_id: int
    daily_max: int
    taken_today: int


@dataclass(frozen=True, slots=True)
class Pool:
    """What is pooled across offices, and who helps (全国共享作业)."""

    waiting: tuple[Workload, ...]
    helpers: tuple[HelperRow, ...]


def pool_overview(at: datetime) -> Pool:
    """Pooled items by queue and office, and the helpers with their day; two statements."""
    waiting = tx.rows(
        """
        select i.queue_id, q.label, i.office_id, count(*),
               count(*) filter (where i.due_at < %s::timestamptz), min(i.opened_at)
          from work_item i join work_queue q on q.code = i.queue_id
         where i.state = 'OPEN' and i.pooled
         group by 1, 2, 3, q.position order by q.position, 4 desc, 3
        """,
        [at],
    )
    helpers = tx.rows(
        """
        select h.queue_id, q.label, h.staff_id, h.daily_max,
               (select count(*) from work_item i
                 where i.staff_id = h.staff_id and i.queue_id = h.queue_id and i.pooled
                   and i.taken_at >= %s::timestamptz)
          from work_helper h join work_queue q on q.code = h.queue_id
         order by q.position, h.id
        """,
        [start_of_day(at)],
    )
    return Pool(tuple(Workload(*r) for r in waiting), tuple(HelperRow(*r) for r in helpers))
