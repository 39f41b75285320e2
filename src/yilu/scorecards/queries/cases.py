"""The cases behind a figure, newest first: a page costs the page, however many cases there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.scorecards.queries.figures import Customers
from yilu.scorecards.queries.kpis import titles

PAGE = 30
PAGES_MAX = 100
EXPORT_MAX = 20_000
_FEW = 4_000
"""Up to so many rows, each office's are read by its own index range; beyond, the days are read through."""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """
    One case that a figure counts; ``about`` is what it is about, ``event_id`` what brought it in.

    ``missed``: it holds the figure back. ``value``: how long, how much, in the figure's ``measures``.
    """

    event_id: int
    about: Ref
    day: date
    office_id: int
    person_id: int
    role: str
    channel: str
    product: str
    customers: str
    counted: bool
    missed: bool
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class CasePage:
    """A page of cases, the newest first."""

    rows: tuple[CaseRow, ...]
    page: int
    has_more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """
    Which cases of a figure: the days from ``since`` up to but without ``until``, of whom.

    ``offices`` None is the whole company; every other None narrows nothing.
    """

    code: str
    since: date
    until: date
    offices: tuple[int, ...] | None = None
    person: int | None = None
    role: str | None = None
    channel: str | None = None
    product: str | None = None
    customers: Customers | None = None
    missed_only: bool = False


def counted(wanted: Slice, page: int = 1) -> CasePage:
    """
    The cases of a figure, a page of them.

    Pages are counted from 1 to ``PAGES_MAX``. :raises UnknownKpi: if there is no such figure.
    """
    page = max(1, min(page, PAGES_MAX))
    rows = _read(wanted, first=(page - 1) * PAGE, most=PAGE + 1)
    more = len(rows) > PAGE and page < PAGES_MAX
    return CasePage(tuple(rows[:PAGE]), page, more)


def every_case(wanted: Slice) -> tuple[list[CaseRow], bool]:
    """The cases of a figure for a file, the newest ``EXPORT_MAX``; whether there are more."""
    rows = _read(wanted, first=0, most=EXPORT_MAX + 1)
    return rows[:EXPORT_MAX], len(rows) > EXPORT_MAX


_COLUMNS = (
    "event_id, about, day, office_id, person_id, role, channel, product, customers, counted, missed,"
    " value"
)


def _read(wanted: Slice, *, first: int, most: int) -> list[CaseRow]:
    titles([wanted.code])
    narrow, values = _narrowed(wanted)
    period = [wanted.code, wanted.since, wanted.until]
    offices = None if wanted.offices is None else sorted(wanted.offices)
    few = offices is not None and len(offices) * (first + most) <= _FEW
    if few and wanted.person is None and not wanted.product:
        sql = f"""
            select {_COLUMNS} from unnest(%s::bigint[]) as o(id) cross join lateral (
                   select turn, {_COLUMNS} from scorecards_countedcase
                    where series = %s and office_id = o.id and day >= %s::date and day < %s::date
                          {narrow}
                    order by day desc, event_id desc limit %s::int) as c
             order by day desc, event_id desc, turn offset %s::int limit %s::int
        """
        asked: list[Any] = [offices, *period, *values, first + most, first, most]
    else:
        within = "" if offices is None else "and office_id = any(%s::bigint[])"
        sql = f"""
            select {_COLUMNS} from scorecards_countedcase
             where series = %s and day >= %s::date and day < %s::date {within} {narrow}
             order by day desc, event_id desc offset %s::int limit %s::int
        """
        asked = [*period, *([] if offices is None else [offices]), *values, first, most]
    return [
        CaseRow(event_id, Ref.parse(about), *rest) for event_id, about, *rest in tx.rows(sql, asked)
    ]


def _narrowed(wanted: Slice) -> tuple[str, list[Any]]:
    parts: list[str] = ["and missed"] if wanted.missed_only else []
    values: list[Any] = []
    if wanted.person:
        parts.append("and person_id <> 0")  # what is nobody's is not in the index of people
    if wanted.product:
        parts.append("and product <> ''")  # nor what is of no product in that of products
    for column, kind, value in (
        ("person_id", "bigint", wanted.person), ("role", "text", wanted.role),
        ("channel", "text", wanted.channel), ("product", "text", wanted.product),
        ("customers", "text", wanted.customers),
    ):  # fmt: skip
        if value is not None:
            parts.append(f"and {column} = %s::{kind}")
            values.append(value)
    return " ".join(parts), values
