"""
What figures come to over some days.

Whole months are read from the months' sums and only the rest from the days': a year of every figure
costs a few rows an office, however many events it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.scorecards.book import the_book
from yilu.scorecards.queries.kpis import kpi_of, titles
from yilu.scorecards.rules.definition import Kpi
from yilu.scorecards.rules.periods import Piece, days_between, months_of, pieces

Customers = Literal["NEW", "OLD"]
Dimension = Literal["OFFICE", "PERSON", "CHANNEL", "CUSTOMERS", "DAY", "MONTH"]
Sums = tuple[Decimal, Decimal, Decimal]
ZERO = Decimal(0)
NOTHING: Sums = (ZERO, ZERO, ZERO)
_BEGINNING = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Figure:
    """
    What a figure comes to; ``value`` is None where nothing was counted.

    ``numerator`` counted of ``denominator``; of a mean, those that are as good as the target; of a
    rate, the denominator is what it is held against. ``reached`` is None without a target or a value.
    """

    code: str
    title: str
    unit: str
    better: str
    target: Decimal | None
    numerator: Decimal
    denominator: Decimal
    value: Decimal | None
    reached: bool | None


def figures(
    codes: Iterable[str],
    *,
    since: date,
    until: date,
    offices: Sequence[int] | None = None,
    person: int | None = None,
    channel: str | None = None,
    customers: Customers | None = None,
) -> dict[str, Figure]:
    """
    Several figures over the days from ``since`` up to but without ``until``, in one statement.

    ``offices`` None is the whole company. :raises UnknownKpi: for a code there is not.
    """
    asked = _Asked(list(codes), since, until, offices, person, channel, customers)
    sums = asked.read("''::text")
    return {code: asked.figure(code, sums, "", since, until) for code in asked.codes}


def figure(
    code: str,
    *,
    since: date,
    until: date,
    offices: Sequence[int] | None = None,
    person: int | None = None,
    channel: str | None = None,
    customers: Customers | None = None,
) -> Figure:
    """One figure; see ``figures``."""
    found = figures(
        [code], since=since, until=until, offices=offices, person=person, channel=channel,
        customers=customers,
    )  # fmt: skip
    return found[code]


def by(
    code: str,
    dimension: Dimension,
    *,
    since: date,
    until: date,
    offices: Sequence[int] | None = None,
    person: int | None = None,
    channel: str | None = None,
    customers: Customers | None = None,
) -> tuple[tuple[str, str, Figure], ...]:
    """
    A figure split by one dimension: key, its name, the figure; only keys with something counted.

    Days and months come in their order, everything else by how much was counted.
    """
    if dimension in ("DAY", "MONTH"):
        found = over_time(
            [code], dimension, since=since, until=until, offices=offices, person=person,
            channel=channel, customers=customers,
        )  # fmt: skip
        return tuple((day.isoformat(), day.isoformat(), each) for day, each in found[code])
    asked = _Asked([code], since, until, offices, person, channel, customers)
    column, detailed = _COLUMNS[dimension]
    sums = asked.read(f"{column}::text", detailed=detailed)
    keys = sorted({k for series, k in sums if series == code}, key=lambda k: _weight(sums, code, k))
    named = _names(dimension, keys)
    return tuple(
        (key, named.get(key, key), asked.figure(code, sums, key, since, until)) for key in keys
    )


def over_time(
    codes: Iterable[str],
    grain: Literal["DAY", "MONTH"],
    *,
    since: date,
    until: date,
    offices: Sequence[int] | None = None,
    person: int | None = None,
    channel: str | None = None,
    customers: Customers | None = None,
) -> dict[str, tuple[tuple[date, Figure], ...]]:
    """Several figures day by day or month by month, in one statement; days without a case are left out."""
    asked = _Asked(list(codes), since, until, offices, person, channel, customers)
    month = "date_trunc('month', f.day::timestamp)::date"
    sums = asked.read(f"{month}::text" if grain == "MONTH" else "f.day::text", grain=grain)
    found: dict[str, tuple[tuple[date, Figure], ...]] = {}
    for code in asked.codes:
        days = sorted(date.fromisoformat(key) for series, key in sums if series == code)
        found[code] = tuple(
            (day, asked.figure(code, sums, day.isoformat(), *months_of(day, grain, since, until)))
            for day in days
        )
    return found


def split_by_customers(
    codes: Iterable[str], *, since: date, until: date, offices: Sequence[int] | None = None
) -> dict[str, tuple[Figure, Figure, Figure]]:
    """Several figures: of everybody, of new and of old customers, in one statement."""
    asked = _Asked(list(codes), since, until, offices, None, None, None)
    sums = asked.read("f.customers::text")
    found = {}
    for code in asked.codes:
        parts = {k: s for (series, k), s in sums.items() if series == code}
        told = {**sums, (code, "*"): _added(parts.values())}
        found[code] = (
            asked.figure(code, told, "*", since, until),
            asked.figure(code, told, "NEW", since, until, narrowed=True),
            asked.figure(code, told, "OLD", since, until, narrowed=True),
        )
    return found


_COLUMNS: dict[str, tuple[str, bool]] = {
    "OFFICE": ("f.office_id", False),
    "CUSTOMERS": ("f.customers", False),
    "PERSON": ("f.person_id", True),
    "CHANNEL": ("f.channel", True),
}


@dataclass(slots=True)
class _Asked:
    """One question: which figures, of which days, of whom."""

    codes: list[str]
    since: date
    until: date
    offices: Sequence[int] | None
    person: int | None
    channel: str | None
    customers: str | None
    titles: dict[str, tuple[str, str]] = field(init=False)
    grain: str = ""
    by_office: bool = False

    def __post_init__(self) -> None:
        self.titles = titles(self.codes)

    def read(
        self, key: str, *, detailed: bool | None = None, grain: str = ""
    ) -> dict[tuple[str, str], Sums]:
        """Sums by series and key, in one statement; what rates are held against is read with them."""
        if detailed is None:
            detailed = self.person is not None or self.channel is not None
        self.grain, self.by_office = grain, key.startswith("f.office_id")
        # Each piece by itself: joined as a whole, some plans read the table from end to end.
        found = tx.rows(
            f"""
            select w.series, f.k, sum(f.numerator), sum(f.denominator), sum(f.total)
              from unnest(%s::text[], %s::bool[], %s::text[], %s::date[], %s::date[], %s::bool[],
                          %s::bool[]) as w(series, detailed, span, first, last, own, keyed)
             cross join lateral (
                   select case when w.keyed then {key} else '' end as k, sum(f.numerator) as numerator,
                          sum(f.denominator) as denominator, sum(f.total) as total
                     from scorecards_tally f
                    where f.series = w.series and f.span = w.span and f.detailed = w.detailed
                      and f.day >= w.first and f.day < w.last
                      and (%s::bigint[] is null or f.office_id = any(%s::bigint[]))
                      and (not w.own or ((%s::bigint is null or f.person_id = %s::bigint)
                           and (%s::text is null or f.channel = %s::text)
                           and (%s::text is null or f.customers = %s::text)))
                    group by 1) f
             group by 1, 2
            """,
            [
                *_columns(self._wanted(detailed)),
                *([None if self.offices is None else sorted(self.offices)] * 2),
                *([self.person] * 2), *([self.channel] * 2), *([self.customers] * 2),
            ],
        )  # fmt: skip
        return {(name, k): (n, d, t) for name, k, n, d, t in found}

    def _wanted(self, detailed: bool) -> list[_Wanted]:
        days = [Piece("D", self.since, self.until)]
        asked = days if self.grain == "DAY" else pieces(self.since, self.until)
        rows = [_Wanted(code, detailed, p, True, True) for code in self.codes for p in asked]
        for code in sorted({kpi_of(code).per for code in self.codes} - {""}):
            keyed = bool(self.grain) or self.by_office
            rows += [_Wanted(code, False, p, False, keyed) for p in asked]
            if the_book().series[code].stock:
                before = pieces(_BEGINNING, self.since)
                rows += [_Wanted(code, False, p, False, self.by_office) for p in before]
        return rows

    def figure(
        self, code: str, sums: Mapping[tuple[str, str], Sums], key: str, since: date, until: date,
        *, narrowed: bool = False,
    ) -> Figure:  # fmt: skip
        """One figure of the sums read; ``narrowed`` to some customers no rate can be told."""
        kpi = kpi_of(code)
        numerator, denominator, total = sums.get((code, key), NOTHING)
        per = ZERO if narrowed else self._per(kpi, sums, key)
        value = kpi.value_of(numerator, denominator, total, per, days_between(since, until))
        return Figure(
            code, self.titles[code][0], kpi.unit, kpi.better, kpi.target, numerator,
            per if kpi.form == "RATE" else denominator, value, kpi.is_reached(value),
        )  # fmt: skip

    def _per(self, kpi: Kpi, sums: Mapping[tuple[str, str], Sums], key: str) -> Decimal:
        """What a rate is held against: of the same office and days, a stock as it stood by then."""
        if not kpi.per or self.person is not None or self.channel or self.customers:
            return ZERO  # nobody's part of the policies in force
        if not self.grain:
            return sums.get((kpi.per, key if self.by_office else ""), NOTHING)[1]
        stock = the_book().series[kpi.per].stock
        told = ((k, s[1]) for (name, k), s in sums.items() if name == kpi.per)
        return sum((s for k, s in told if k == key or (stock and k < key)), ZERO)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Some days of a series; ``own``: narrowed to the person and so on; ``keyed``: split."""

    series: str
    detailed: bool
    piece: Piece
    own: bool
    keyed: bool


def _columns(rows: list[_Wanted]) -> list[list[Any]]:
    flat = [
        (w.series, w.detailed, w.piece.span, w.piece.first, w.piece.last, w.own, w.keyed)
        for w in rows
    ]
    return [list(column) for column in zip(*flat, strict=True)] if flat else [[]] * 7


def _added(parts: Iterable[Sums]) -> Sums:
    numerator, denominator, total = NOTHING
    for n, d, t in parts:
        numerator, denominator, total = numerator + n, denominator + d, total + t
    return numerator, denominator, total


def _weight(sums: Mapping[tuple[str, str], Sums], code: str, key: str) -> tuple[Decimal, str]:
    numerator, denominator, _total = sums[code, key]
    return -max(numerator, denominator), key


def _names(dimension: str, keys: Iterable[str]) -> dict[str, str]:
    """What to call offices and people; channels and kinds of customers are named by the door."""
    if dimension == "OFFICE":
        return {str(office.id): office.name for office in people.list_offices()}
    if dimension == "PERSON":
        named = people.names_of(Ref("staff", int(key)) for key in keys if key != "0")
        return {str(ref.id): name for ref, name in named.items()}
    return {}
