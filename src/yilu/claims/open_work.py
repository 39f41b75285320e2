"""What a lead asks of the open work: how old, how late, who holds how much, and the rows behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from yilu.claims.models import RowExport
from yilu.claims.rules.lifecycle import STATE_LABELS, State
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.people.queries import Access

AGES = (
    ("D1", 0, 1, _("一天内")),
    ("D3", 1, 3, _("一至三天")),
    ("D5", 3, 5, _("三至五天")),
    ("D10", 5, 10, _("五至十天")),
    ("D30", 10, 30, _("十至三十天")),
    ("OLD", 30, 100_000, _("超过三十天")),
)
PEOPLE_MAX = 20


@dataclass(frozen=True, slots=True)
class Filters:
    """Which rows: of an office, a queue, a colleague, an age band, late ones only. Empty: all."""

    office_id: int | None = None
    queue: str = ""
    staff_id: int | None = None
    age: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One open piece of work about a claim. No names of customers: the claim's number leads there."""

    item_id: int
    claim_id: int
    number: str
    office: str
    queue: str
    queue_label: str
    state_label: str
    handler: str
    opened_at: datetime
    due_at: datetime
    overdue: bool
    age_days: int
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Held:
    """How much a colleague or an office holds, and how much of it is late."""

    id: int
    name: str
    held: int
    late: int


# What an item is about is a text; a claim is joined by its number, never by comparing texts made
# from every claim there is.
_OPEN = """i.state in ('OPEN', 'TAKEN') and i.subject like 'claim:%%'
       and (%(queue)s = '' or i.queue_id = %(queue)s)
       and (%(staff)s::bigint is null or i.staff_id = %(staff)s::bigint)
       and (not %(late)s::bool or i.due_at < %(at)s::timestamptz)
       and (%(age)s = '' or (i.opened_at <= %(younger)s::timestamptz
                             and i.opened_at > %(older)s::timestamptz))
"""
_FROM = f"""
      from work_item i
     where i.office_id = any(%(offices)s::bigint[]) and {_OPEN}
"""


def scope(access: Access, filters: Filters) -> frozenset[int]:
    """The offices whose rows this person may see, narrowed to the asked one."""
    seen = access.offices_for("claims.view")
    return frozenset({filters.office_id} & seen) if filters.office_id else seen


def count(offices: frozenset[int], filters: Filters, at: datetime, *, up_to: int) -> int:
    """How many rows, counted to a bound."""
    told = _told(offices, filters, at) | {"up_to": up_to + 1}
    return int(
        tx.rows(f"select count(*) from (select 1 {_FROM} limit %(up_to)s::int) as found", told)[0][
            0
        ]
    )


def queues(offices: frozenset[int], at: datetime) -> tuple[tuple[str, str], ...]:
    """The queues in which claims of these offices wait now, in their order: code and name."""
    told = _told(offices, Filters(), at)
    found = tx.rows(
        "select q.position, q.code, q.label from work_queue q"
        f" where exists (select {_FROM} and i.queue_id = q.code) order by 1, 2",
        told,
    )
    return tuple((code, label) for _position, code, label in found)


def page(
    offices: frozenset[int], filters: Filters, at: datetime, *, after: int = 0, limit: int = 50
) -> tuple[tuple[Row, ...], int]:
    """Rows by number of the item, from one on; the place to go on from, 0 at the end."""
    told = _told(offices, filters, at) | {"after": after, "limit": limit + 1}
    rows = tx.rows(
        f"""
        with found as materialized (
            select i.* from unnest(%(offices)s::bigint[]) as o(id) cross join lateral (
                select i.id, i.subject, i.office_id, i.queue_id, i.staff_id, i.opened_at, i.due_at,
                       i.amount
                  from work_item i
                 where i.office_id = o.id and i.id > %(after)s::bigint and {_OPEN}
                 order by i.office_id, i.id limit %(limit)s::int) i
             order by i.id limit %(limit)s::int)
        select i.id, c.id, c.number, i.office_id, i.queue_id, q.label, c.state, i.staff_id,
               i.opened_at, i.due_at, i.amount
          from found i
          join work_queue q on q.code = i.queue_id
          join claims_claim c on c.id = substr(i.subject, 7)::bigint
         order by i.id
        """,
        told,
    )
    found = _rows(rows[:limit], at)
    return found, found[-1].item_id if len(rows) > limit else 0


def every(offices: frozenset[int], filters: Filters, at: datetime) -> Iterator[Row]:
    """All rows, a thousand a statement."""
    place = 0
    while True:
        found, place = page(offices, filters, at, after=place, limit=1000)
        yield from found
        if not place:
            return


def ageing(offices: frozenset[int], at: datetime) -> tuple[tuple[str, str, int, int], ...]:
    """Open work by age: code, words, how many in time, how many late."""
    told = _told(offices, Filters(), at)
    rows = dict.fromkeys((code for code, *_rest in AGES), (0, 0))
    counted = tx.rows(
        "select floor(extract(epoch from %(at)s::timestamptz - i.opened_at) / 86400)::int as age, "
        f"count(*), count(*) filter (where i.due_at < %(at)s::timestamptz) {_FROM} group by 1",
        told,
    )
    for age, many, late in counted:
        for code, low, high, _label in AGES:
            if low <= max(age, 0) < high:
                rows[code] = (rows[code][0] + many - late, rows[code][1] + late)
    return tuple((code, label, *rows[code]) for code, _l, _h, label in AGES)


def load(offices: frozenset[int], at: datetime) -> tuple[tuple[Held, ...], tuple[Held, ...]]:
    """Who holds how much, and how much each office has open: the most laden first."""
    told = _told(offices, Filters(), at)
    counted_late = "count(*) filter (where i.due_at < %(at)s::timestamptz)"
    by_staff = tx.rows(
        f"select i.staff_id, count(*), {counted_late} {_FROM} and i.staff_id is not null "
        f"group by 1 order by 2 desc, 1 limit {PEOPLE_MAX}",
        told,
    )
    by_office = tx.rows(
        f"select i.office_id, count(*), {counted_late} {_FROM} group by 1 order by 2 desc, 1", told
    )
    names = people.names_of(Ref("staff", n) for n, *_rest in by_staff)
    offices_by_id = {o.id: o.name for o in people.list_offices()}
    return (
        tuple(Held(n, names.get(Ref("staff", n), ""), many, late) for n, many, late in by_staff),
        tuple(Held(n, offices_by_id.get(n, ""), many, late) for n, many, late in by_office),
    )


@dataclass(frozen=True, slots=True)
class ExportView:
    """How far an export is."""

    id: int
    state: str
    state_label: str
    done: int
    total: int
    asked_at: datetime
    kept: bool


def exports_of(access: Access, limit: int = 10) -> tuple[ExportView, ...]:
    """One's own latest exports."""
    rows = RowExport.objects.filter(staff_id=access.staff_id).order_by("-pk")[:limit]
    return tuple(
        ExportView(
            r.pk,
            r.state,
            r.get_state_display(),
            r.done,
            r.total,
            r.asked_at,
            bool(bytes(r.content)),
        )
        for r in rows
    )


def _told(offices: frozenset[int], filters: Filters, at: datetime) -> dict[str, Any]:
    band = next(((low, high) for code, low, high, _l in AGES if code == filters.age), None)
    low, high = band or (0, 0)
    return {
        "offices": sorted(offices), "queue": filters.queue, "staff": filters.staff_id,
        "late": filters.late, "at": at, "age": filters.age if band else "",
        "younger": at - timedelta(days=low), "older": at - timedelta(days=min(high, 20_000)),
    }  # fmt: skip


def _rows(rows: list[tuple[Any, ...]], at: datetime) -> tuple[Row, ...]:
    names = people.names_of(Ref("staff", r[7]) for r in rows if r[7])
    offices = {o.id: o.name for o in people.list_offices()}
    return tuple(
        Row(
            item_id=r[0], claim_id=r[1], number=r[2], office=offices.get(r[3], ""), queue=r[4],
            queue_label=r[5], state_label=STATE_LABELS[State(r[6])],
            handler=names.get(Ref("staff", r[7]), "") if r[7] else "", opened_at=r[8], due_at=r[9],
            overdue=r[9] < at, age_days=max((at - r[8]).days, 0), amount=r[10],
        )
        for r in rows
    )  # fmt: skip
