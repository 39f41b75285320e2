"""How many calls came in and went out, month by month (话务量, A183)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from yilu.kernel import tx
from yilu.kernel.days import CHINA, day_of
from yilu.kernel.years import add_months
from yilu.people.queries import Access

YEARS_BACK: Final = 10


@dataclass(frozen=True, slots=True)
class Volume:
    """
    The calls of one month: all that came in, those of them that asked for a person, and those a person
    answered; and the calls that seats made.
    """

    month: date
    came_in: int = 0
    asked: int = 0
    answered: int = 0
    went_out: int = 0

    @property
    def total(self) -> int:
        """Both directions."""
        return self.came_in + self.went_out


# A call out that waits for a seat has not been made yet. One year of one index, whatever lies before it.
_BY_MONTH = """
    select date_trunc('month', opened_at at time zone 'Asia/Shanghai')::date,
           count(*) filter (where direction = 'IN'),
           count(*) filter (where direction = 'IN' and queued_at is not null),
           count(*) filter (where direction = 'IN' and connected_at is not null),
           count(*) filter (where direction = 'OUT' and connected_at is not null)
      from contact_conversation
     where channel = 'PHONE' and office_id = any(%(offices)s::bigint[])
       and opened_at >= %(first)s::timestamptz and opened_at < %(last)s::timestamptz
     group by 1
"""


def span_of(year: int) -> tuple[datetime, datetime]:
    """A year's first moment, where the insurer is, and the next one's."""
    begins, ends = (datetime.combine(date(y, 1, 1), time(), CHINA) for y in (year, year + 1))
    return begins, ends


def call_volumes(access: Access, year: int, *, at: datetime) -> tuple[Volume, ...]:
    """
    The calls of offices one may look at in a year, one row a month up to the month of ``at``, also where
    there were none.

    :raises NotAllowed: without contact.view.
    """
    access.require("contact.view")
    first = date(year, 1, 1)
    begins, ends = span_of(year)
    told = {
        "offices": sorted(access.offices_for("contact.view")), "first": begins, "last": ends,
    }  # fmt: skip
    found = {row[0]: Volume(*row) for row in tx.rows(_BY_MONTH, told)}
    months = (add_months(first, n) for n in range(12))
    return tuple(found.get(each, Volume(each)) for each in months if each <= day_of(at))
