"""Where repair estimates depart from the price books: by shop, by part, by who checked (价格偏差报告)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from yilu.care.rules.prices import FINDINGS
from yilu.kernel import tx

BY = ("shop", "part", "staff")
ROWS_MAX = 200
DAYS_MAX = 366


@dataclass(frozen=True, slots=True)
class Deviation:
    """
    One shop, part or colleague: checked lines, how many above the book, by how much.

    ``kept`` is what was paid above it with a reason, ``open`` what nobody has answered for yet.
    """

    name: str
    lines: int
    above: int
    asked: Decimal
    over: Decimal
    kept: Decimal
    open: Decimal

    @property
    def share(self) -> Decimal:
        """How much of what was asked lies above the book, in per cent."""
        return (self.over * 100 / self.asked).quantize(Decimal("0.1")) if self.asked else Decimal(0)


@dataclass(frozen=True, slots=True)
class Above:
    """One line above the book, for the export."""

    day: date
    region: str
    shop: str
    staff: str
    code: str
    name: str
    found: str
    asked: Decimal
    allowed: Decimal
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A check of one's own with something above the book that one has not answered for."""

    id: int
    day: date
    region: str
    shop: str
    over: Decimal


def unanswered(staff_id: int) -> tuple[Unanswered, ...]:
    """The latest of one's own checks to answer for, the newest first."""
    found = tx.rows(
        """
        select id, (checked_at at time zone 'Asia/Shanghai')::date, region, shop, over
          from care_estimatecheck where staff_id = %s::bigint and outcome = 'OPEN'
         order by id desc limit 10
        """,
        [staff_id],
    )
    return tuple(Unanswered(*row) for row in found)


_NAMES = {
    "shop": "c.shop", "staff": "s.name",
    "part": "l.code || case when l.name = '' then '' else ' ' || l.name end",
}  # fmt: skip
_FROM = """
      from care_estimatecheck c
      join care_estimateline l on l.check_of_id = c.id
      join people_staff s on s.id = c.staff_id
     where c.office_id = any(%(offices)s::bigint[])
       and c.checked_at >= (%(since)s::date)::timestamp at time zone 'Asia/Shanghai'
       and c.checked_at < (%(until)s::date + 1)::timestamp at time zone 'Asia/Shanghai'
"""
_OVER = "greatest(l.asked - l.allowed, 0)"


def deviations(
    offices: Collection[int], *, by: str, since: date, until: date
) -> tuple[Deviation, ...]:
    """The report of some offices for some days, most above the book first; at most ``ROWS_MAX`` rows."""
    name = _NAMES[by if by in BY else "shop"]
    found = tx.rows(
        f"""
        select {name}, count(*), count(*) filter (where {_OVER} > 0), sum(l.asked), sum({_OVER}),
               coalesce(sum({_OVER}) filter (where c.outcome = 'KEPT'), 0),
               coalesce(sum({_OVER}) filter (where c.outcome = 'OPEN'), 0)
        {_FROM} group by 1 order by 5 desc, 1 limit %(most)s::int
        """,
        _told(offices, since, until),
    )
    return tuple(Deviation(*row) for row in found)


def lines_above(offices: Collection[int], *, since: date, until: date) -> tuple[Above, ...]:
    """Every line above the book, the newest first, for a workbook; at most 20,000."""
    found = tx.rows(
        f"""
        select (c.checked_at at time zone 'Asia/Shanghai')::date, c.region, c.shop, s.name, l.code,
               l.name, l.found, l.asked, l.allowed, c.outcome, c.reason
        {_FROM} and {_OVER} > 0 order by c.id desc, l.id limit 20000
        """,
        _told(offices, since, until),
    )
    return tuple(replace(Above(*row), found=FINDINGS.get(row[6], "")) for row in found)


def _told(offices: Collection[int], since: date, until: date) -> dict[str, object]:
    return {"offices": sorted(offices), "since": since, "until": until, "most": ROWS_MAX}
