"""Open complaints by what presses: for whoever answers for them, and whoever watches that they are answered (A159)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from yilu.complaints.rules import handling as rules
from yilu.kernel import tx
from yilu.kernel.words import marked as _
from yilu.people.queries import Access
from yilu.standards import queries as standards

from .cases import LIST_MAX, CaseRow, rows_of

PRESSING: Mapping[str, str] = {
    "late": _("已超期"), "soon": _("三日内到期"), "uncontacted": _("还没有联系"),
    "urged": _("投诉人催办"), "outside": _("外部鉴定或调解中"), "review": _("核查中"), "": _("在办"),
}  # fmt: skip
"""What an open case may need first, the most pressing on top; each is a list of its own."""

_OPEN_ONES = """
    select c.id, clock.due_at, c.state,
           clock.state = 'BREACHED' or clock.due_at <= %(at)s::timestamptz as late,
           clock.state = 'PAUSED' as stands,
           exists (select from complaints_complaintword w
                    where w.complaint_id = c.id and w.kind = any(%(talked)s::text[])) as contacted,
           exists (select from complaints_complaintword w
                    where w.complaint_id = c.id and w.kind = 'URGED') as urged
      from complaints_complaint c
      left join lateral (
           select k.due_at, k.state from obligations_clock k
            where k.subject = 'complaint:' || c.id and k.code like 'law.complaint\\_%%'
              and k.state in ('RUNNING', 'PAUSED', 'BREACHED')
            order by k.id desc limit 1) as clock on true
     where c.state in ('OPEN', 'REVIEWING') and c.office_id = any(%(offices)s::bigint[])
       and (%(owner)s::bigint is null or c.owner_id = %(owner)s::bigint)
"""
_IS = {
    "late": "late and not coalesce(stands, false)",
    "soon": "not late and not coalesce(stands, false) and due_at < %(soon)s::timestamptz",
    "uncontacted": "state = 'OPEN' and not contacted", "urged": "state = 'OPEN' and urged",
    "outside": "stands", "review": "state = 'REVIEWING'", "": "true",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """How many open cases there are of each kind of pressing: ``code``, ``label``, ``count``."""

    code: str
    label: str
    count: int


def standing(access: Access, at: datetime, *, mine: bool = False) -> tuple[Standing, ...]:
    """The open cases of the offices one sees (``mine``: that one answers for), counted by what presses."""
    counts = ", ".join(f"count(*) filter (where {_IS[code]})" for code in PRESSING)
    ((*found,),) = tx.rows(
        f"with open_ones as ({_OPEN_ONES}) select {counts} from open_ones", _asked(access, at, mine)
    )
    return tuple(
        Standing(code, label, int(count))
        for (code, label), count in zip(PRESSING.items(), found, strict=True)
    )


def list_pressing(
    access: Access, at: datetime, *, pressing: str = "", mine: bool = False, limit: int = LIST_MAX
) -> tuple[CaseRow, ...]:
    """Open cases, the first due on top; of one kind of pressing, or ("") all."""
    found = tx.rows(
        f"""
        with open_ones as ({_OPEN_ONES})
        select id from open_ones where {_IS.get(pressing, "true")}
         order by due_at nulls last, id limit %(limit)s::int
        """,
        {**_asked(access, at, mine), "limit": limit},
    )
    return _in_order([id for (id,) in found])


def _asked(access: Access, at: datetime, mine: bool) -> dict[str, object]:
    return {
        "at": at, "soon": at + timedelta(days=standards.whole_figure("complaints.soon_days", at)), "talked": sorted(rules.TALKED),
        "offices": sorted(access.offices_for("complaints.view")),
        "owner": access.staff_id if mine else None,
    }  # fmt: skip


def _in_order(ids: Collection[int]) -> tuple[CaseRow, ...]:
    by_id = {row.id: row for row in rows_of(Q(pk__in=ids), len(ids))}
    return tuple(by_id[id] for id in ids)
