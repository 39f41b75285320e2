"""What doors and higher rooms may read of the work that waits."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import orjson
from django.db import connection

from yilu.kernel import tx
from yilu.kernel.errors import Invalid
from yilu.kernel.refs import Ref
from yilu.people.queries import Access

from .models import Queue

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
    after: str | None = None,
    limit: int = 50,
) -> Page:
    """
    One page of a queue, or of one's own items, most pressing first; keyset, never counted.

    Only items of the person's offices, and pooled ones. The cost does not grow with the list.

    :raises Invalid: if ``after`` is not a text a page gave.
    """
    limit = max(1, min(limit, 200))
    place = _read_place(after) if after else None
    if mine:
        rows = _own(access.staff_id, place, limit + 1)
    else:
        code = queue or ""
        rows = _waiting(code, access, place, limit + 1)
    items = tuple(_row(r, at) for r in rows[:limit])
    more = len(rows) > limit
    return Page(items, _write_place(items[-1]) if more else None)


def open_items(about: Ref, *, at: datetime) -> tuple[ItemRow, ...]:
    """What is open about a subject, in every queue."""
    rows = tx.rows(
        f"select {_COLUMNS} from work_item i join work_queue q on q.code = i.queue_id "
        "where i.subject = %s and i.state in ('OPEN', 'TAKEN') order by i.priority, i.due_at, i.id",
        [str(about)],
    )
    return tuple(_row(r, at) for r in rows)


def sizes(access: Access) -> tuple[QueueSize, ...]:
    """How much waits in each queue this person may work on (counted to 99)."""
    queues = [q for q in Queue.objects.order_by("position", "code") if access.may(q.right)]
    if not queues:
        return ()
    offices = list(access.office_ids)
    parts, parameters = [], []
    for queue in queues:
        parts.append(
            "select %s::text, count(*) from (select 1 from work_item where queue_id = %s and "
            "state = 'OPEN' and (pooled or office_id = any(%s::bigint[])) limit %s::int) as some"
        )
        parameters += [queue.code, queue.code, offices, COUNTED_UP_TO]
    counts = dict(tx.rows(" union all ".join(parts), parameters))
    return tuple(QueueSize(q.code, q.label, counts.get(q.code, 0)) for q in queues)


def own_count(staff_id: int) -> int:
    """How many items a person holds (counted to 100)."""
    return int(
        tx.rows(
            "select count(*) from (select 1 from work_item where staff_id = %s::bigint "
            "and state = 'TAKEN' limit %s::int) as some",
            [staff_id, COUNTED_UP_TO],
        )[0][0]
    )


def _waiting(queue: str, access: Access, place: tuple[int, str, int] | None, limit: int) -> list[tuple]:  # type: ignore[type-arg]
    """
    Office by office, then merged: one index range each, so that a filter never scans the queue.

    A person sees a handful of offices or all of them; for many offices the queue's own index is the
    better way and the office is a filter on it.
    """
    beyond = "and (i.priority, i.due_at, i.id) > (%s::int, %s::timestamptz, %s::bigint)" if place else ""
    key = list(place) if place else []
    offices = list(access.office_ids)
    with connection.cursor() as cursor:
        if len(offices) > OFFICES_ONE_BY_ONE_MAX:
            cursor.execute(
                f"select {_COLUMNS} from work_item i join work_queue q on q.code = i.queue_id "
                f"where i.queue_id = %s and i.state = 'OPEN' and (i.pooled or i.office_id = any(%s::bigint[])) "
                f"{beyond} order by i.priority, i.due_at, i.id limit %s::int",
                [queue, offices, *key, limit],
            )
            return cursor.fetchall()
        parts, parameters = [], []
        for office in offices:
            parts.append(
                f"(select i.* from work_item i where i.queue_id = %s and i.state = 'OPEN' "
                f"and i.office_id = %s::bigint {beyond} order by i.priority, i.due_at, i.id limit %s::int)"
            )
            parameters += [queue, office, *key, limit]
        parts.append(
            f"(select i.* from work_item i where i.queue_id = %s and i.state = 'OPEN' and i.pooled "
            f"and not i.office_id = any(%s::bigint[]) {beyond} "
            "order by i.priority, i.due_at, i.id limit %s::int)"
        )
        parameters += [queue, offices, *key, limit]
        cursor.execute(
            f"select {_COLUMNS} from ({' union all '.join(parts)}) as i "
            "join work_queue q on q.code = i.queue_id order by i.priority, i.due_at, i.id limit %s::int",
            [*parameters, limit],
        )
        return cursor.fetchall()


def _own(staff_id: int, place: tuple[int, str, int] | None, limit: int) -> list[tuple]:  # type: ignore[type-arg]
    beyond = "and (i.priority, i.due_at, i.id) > (%s::int, %s::timestamptz, %s::bigint)" if place else ""
    return tx.rows(
        f"select {_COLUMNS} from work_item i join work_queue q on q.code = i.queue_id "
        f"where i.staff_id = %s::bigint and i.state = 'TAKEN' {beyond} "
        "order by i.priority, i.due_at, i.id limit %s::int",
        [staff_id, *(place or ()), limit],
    )


def _row(r: tuple, at: datetime) -> ItemRow:  # type: ignore[type-arg]
    return ItemRow(
        id=r[0], queue=r[1], queue_label=r[2], about=Ref.parse(r[3]), title=r[4], amount=r[5],
        priority=r[6], state=r[7], staff_id=r[8], office_id=r[9], pooled=r[10], opened_at=r[11],
        due_at=r[12], overdue=r[12] < at, escalation=r[13],
    )  # fmt: skip


def _write_place(item: ItemRow) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([item.priority, item.due_at.isoformat(), item.id])).decode()


def _read_place(text: str) -> tuple[int, str, int]:
    try:
        priority, due_at, number = orjson.loads(base64.urlsafe_b64decode(text.encode()))
        return int(priority), datetime.fromisoformat(due_at).isoformat(), int(number)
    except (ValueError, TypeError, binascii.Error):
        raise Invalid("页码有误", hint="请从第一页重新打开。") from None
