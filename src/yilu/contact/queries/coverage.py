"""Whether every new long-term policy was followed up in time, and which were not, by name and reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from yilu.contact.rules.measures import share
from yilu.kernel import tx
from yilu.kernel.days import CHINA, day_of
from yilu.people.queries import Access
from yilu.products import queries as products

LISTED_MAX = 200

# The list begins with the contracts themselves, so that one nobody put on the list is found too.
_NEW = """
      from policies_policy p {joined}
     where p.issued_at >= %(begins)s::timestamptz and p.issued_at < %(ends)s::timestamptz
       and p.main_id is null and p.channel <> 'GROUP'
       and p.office_id = any(%(offices)s::bigint[]) and p.product_version_id = any(%(versions)s::bigint[])
"""
_PLACED = f"""
    with placed as (
        select p.id, p.number, p.holder_id, p.office_id, p.issued_at, f.id as follow_up_id,
               case when f.id is null
                    then case when p.state in ('IN_FORCE', 'GRACE', 'SUSPENDED') then 'NOT_BEGUN' else 'ENDED' end
                    when f.state = 'ENDED' then 'ENDED'
                    when f.state in ('DONE', 'PROBLEM')
                    then case when (f.closed_at at time zone 'Asia/Shanghai')::date > f.until then 'LATE'
                              when f.state = 'DONE' then 'DONE' else 'FOUND' end
                    when f.state = 'EXCEPTION'
                    then case when f.wrong_number then 'WRONG_NUMBER' else 'UNREACHABLE' end
                    when f.until >= %(today)s::date then 'UNDER_WAY' else 'OVERDUE' end as place
        {_NEW.format(joined="left join contact_followup f on f.policy_id = p.id")})
"""
_ALL = "select count(*) " + _NEW.format(joined="")
_COUNTED = _PLACED + "select place, count(*) from placed group by place"
_LISTED = (
    _PLACED
    + """
    select id, number, holder_id, office_id, place, follow_up_id, issued_at from placed
     where place <> all(%(accounted)s::text[]) order by issued_at, id limit %(limit)s::int
"""
)
_ACCOUNTED = ("DONE", "FOUND", "ENDED", "UNDER_WAY")


@dataclass(frozen=True, slots=True)
class Line:
    """One new policy of the report that is not simply done in time."""

    policy_id: int
    number: str
    holder_id: int
    office_id: int
    why: str
    follow_up_id: int | None
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class Coverage:
    """
    Every new long-term policy of some days, accounted for (回访率).

    ``done`` in time and good; ``found``: done in time, a problem found; ``ended``: the contract ended
    before; ``excepted``: late, given up, or not even begun, of which the first are listed.
    """

    first: date
    last: date
    policies: int
    done: int
    found: int
    ended: int
    under_way: int
    excepted: int
    exceptions: tuple[Line, ...]

    @property
    def due(self) -> int:
        """Those whose time is over, or who were reached: what coverage is measured on."""
        return self.policies - self.ended - self.under_way

    @property
    def reached(self) -> Decimal | None:
        """Reached of those due."""
        return share(self.done + self.found, self.due)

    @property
    def accounted(self) -> int:
        """Done, found, ended, under way and excepted: all of them, or the report is wrong."""
        return self.done + self.found + self.ended + self.under_way + self.excepted


def coverage(
    access: Access, first: date, last: date, *, at: datetime, limit: int = LISTED_MAX
) -> Coverage:
    """
    Every new long-term policy issued in these days, of one's offices; exceptions by name and reason.

    Counted by the database, however many they are: three statements, and ``limit`` lines.
    """
    access.require("contact.view")
    asked = {
        "begins": datetime.combine(first, time(), CHINA),
        "ends": datetime.combine(last + timedelta(days=1), time(), CHINA),
        "offices": list(access.offices_for("contact.view")),
        "versions": [each.version_id for each in products.list_versions() if each.long_term],
    }
    ((policies,),) = tx.rows(_ALL, asked)
    placing = asked | {"today": day_of(at)}
    counts: dict[str, int] = dict(tx.rows(_COUNTED, placing))
    excepted = sum(n for place, n in counts.items() if place not in _ACCOUNTED)
    lines = (
        tx.rows(_LISTED, placing | {"accounted": list(_ACCOUNTED), "limit": limit})
        if excepted
        else []
    )
    return Coverage(
        first, last, policies,
        done=counts.get("DONE", 0), found=counts.get("FOUND", 0), ended=counts.get("ENDED", 0),
        under_way=counts.get("UNDER_WAY", 0), excepted=excepted,
        exceptions=tuple(Line(*line) for line in lines),
    )  # fmt: skip
