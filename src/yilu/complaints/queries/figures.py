"""What a year of complaints says: for managers, and for the disclosure of each year (26, 27)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from yilu.complaints.rules import handling as rules
from yilu.kernel import tx
from yilu.people.queries import Access


@dataclass(frozen=True, slots=True)
class Count:
    """So many of a kind."""

    code: str
    label: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """
    Complaints received from ``since`` to before ``until``.

    ``on_time``: the share of those answered within the law's period (fifteen days, or longer where
    it was lengthened), of all answered; a review has a period of its own. ``by_office`` by the institution's id; ``mean_days`` from receipt to answer. None where there is none.
    """

    since: date
    until: date
    received: int
    answered: int
    open: int
    major: int
    withdrawn: int
    upheld: int
    second_round: int
    reviews: int
    reviews_changed: int
    content: int
    not_content: int
    on_time: float | None
    mean_days: float | None
    by_business: tuple[Count, ...]
    by_reason: tuple[Count, ...]
    by_channel: tuple[Count, ...]
    by_cause: tuple[Count, ...]
    by_month: tuple[tuple[str, int], ...]
    by_office: tuple[tuple[int, int], ...]


def figures(since: date, until: date, access: Access | None = None) -> Figures:
    """The figures of a period, of the offices one sees or (None) of the insurer; two statements."""
    offices = None if access is None else list(access.offices_for("complaints.view"))
    told = {"since": since, "until": until, "offices": offices, "major": rules.MAJOR_PERSONS}
    (whole,) = tx.rows(_WHOLE, told)
    counts: dict[str, dict[str, int]] = {}
    for part, code, number in tx.rows(_PARTS, told):
        counts.setdefault(part, {})[code] = int(number)
    return Figures(
        since=since, until=until, received=whole[0], answered=whole[1], open=whole[2],
        major=whole[3], withdrawn=whole[4], upheld=whole[5], second_round=whole[6],
        reviews=whole[7], reviews_changed=whole[8], content=whole[9], not_content=whole[10],
        on_time=float(whole[11]) if whole[11] is not None else None,
        mean_days=float(whole[12]) if whole[12] is not None else None,
        by_business=_counted(counts, "business", rules.BUSINESSES),
        by_reason=_counted(counts, "reason", rules.REASONS),
        by_channel=_counted(counts, "channel", rules.CHANNELS),
        by_cause=_counted(counts, "cause", rules.CAUSES),
        by_month=tuple(sorted(counts.get("month", {}).items())),
        by_office=tuple(
            sorted(
                ((int(office), n) for office, n in counts.get("office", {}).items()),
                key=lambda each: (-each[1], each[0]),
            )
        ),
    )  # fmt: skip


def counts_in(
    office_ids: Collection[int], since: date, until: date
) -> list[tuple[str, str, int, int]]:
    """
    By business and reason, how many complaints some offices received in a time, and how many were found right.

    For rooms above that have checked access.
    """
    rows = tx.rows(
        f"""
        select business, reason, count(*), count(*) filter (where outcome in ('UPHELD', 'PARTLY'))
          from complaints_complaint c where {_OURS} group by 1, 2 order by 3 desc, 1, 2
        """,
        {"since": since, "until": until, "offices": sorted(office_ids)},
    )
    return [(str(a), str(b), int(c), int(d)) for a, b, c, d in rows]


def _counted(
    counts: dict[str, dict[str, int]], part: str, labels: Mapping[str, str]
) -> tuple[Count, ...]:
    found = counts.get(part, {})
    return tuple(
        Count(code, labels[code], found[code])
        for code in sorted(found, key=lambda code: (-found[code], code))
        if code in labels
    )


_OURS = """
    c.received_at >= %(since)s::date::timestamp at time zone 'Asia/Shanghai'
    and c.received_at < %(until)s::date::timestamp at time zone 'Asia/Shanghai'
    and (%(offices)s::bigint[] is null or c.office_id = any(%(offices)s::bigint[]))
"""

_WHOLE = f"""
    with ours as (select c.* from complaints_complaint c where {_OURS}),
         late as (
        select distinct k.subject from obligations_clock k
         where k.code in ('law.complaint_15_days', 'law.complaint_30_days', 'law.complaint_60_days')
           and k.state in ('MET_LATE', 'BREACHED')
           and k.subject in (select 'complaint:' || id from ours)
    )
    select count(*), count(decided_at), count(*) filter (where state in ('OPEN', 'REVIEWING')),
           count(*) filter (where persons >= %(major)s::int), count(*) filter (where state = 'WITHDRAWN'),
           count(*) filter (where outcome in ('UPHELD', 'PARTLY')), count(*) filter (where round = 2),
           (select count(*) from complaints_complaintreview r where r.complaint_id in (select id from ours)),
           (select count(*) from complaints_complaintreview r
             where r.changed and r.complaint_id in (select id from ours)),
           count(*) filter (where content), count(*) filter (where not content),
           avg(case when decided_at is null then null
                    when 'complaint:' || id in (select subject from late) then 0.0 else 1.0 end),
           avg(extract(epoch from decided_at - received_at) / 86400) filter (where decided_at is not null)
      from ours
"""

_PARTS = f"""
    with ours as (select c.* from complaints_complaint c where {_OURS})
    select 'business', business, count(*) from ours group by 2
    union all select 'reason', reason, count(*) from ours group by 2
    union all select 'office', office_id::text, count(*) from ours group by 2
    union all select 'channel', channel, count(*) from ours group by 2
    union all select 'cause', cause, count(*) from ours where cause <> '' group by 2
    union all select 'month', to_char(received_at at time zone 'Asia/Shanghai', 'YYYY-MM'), count(*)
      from ours group by 2
"""
