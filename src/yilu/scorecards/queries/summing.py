"""Reading sums: which rows a question needs, in one statement, and what rates are held against."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import accumulate

from yilu.kernel import tx
from yilu.kernel.spans import Piece, next_month, pieces
from yilu.scorecards.book import the_book
from yilu.scorecards.queries.kpis import kpi_of, titles
from yilu.scorecards.rules.definition import Kpi
from yilu.scorecards.rules.splits import SPLITS

Sums = tuple[Decimal, Decimal, Decimal]
"""Numerator, denominator, total."""
Narrow = tuple[str, str]
"""One part of a figure: PERSON, ROLE, CHANNEL or PRODUCT, and which."""
NOTHING: Sums = (Decimal(0), Decimal(0), Decimal(0))
_BEGINNING = date(2000, 1, 1)
_ROWS = """
                 select f.key, f.customers, f.office_id, f.day, f.numerator, f.denominator, f.total
                   from scorecards_tally f
                  where f.series = w.series and f.span = w.span and f.split = w.split
                    and f.day >= w.first and f.day < w.last
                    and (%s::bigint[] is null or f.office_id = any(%s::bigint[]))
                    and (w.customers is null or f.customers = w.customers)
"""
# Each piece by itself: joined as a whole, some plans read the table from end to end. Whose figures are
# asked for and everybody's are two ways, so that the first goes by the index of keys. What is told apart
# stays columns: making a text of every row would cost as much as adding it up.
_READ = f"""
    select w.series, w.split, f.day, f.place, f.customers, f.key, sum(f.numerator), sum(f.denominator), sum(f.total)
      from unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::date[], %s::date[], %s::text[],
                  %s::bool[], %s::date[], %s::bool[], %s::bool[], %s::bool[])
           as w(series, split, key, span, first, last, customers, by_day, day, by_place, by_customers, by_key)
     cross join lateral (
           select case when w.by_day then coalesce(w.day, f.day) end as day,
                  case when w.by_place then f.office_id end as place,
                  case when w.by_customers then f.customers end as customers,
                  case when w.by_key then f.key end as key,
                  sum(f.numerator) as numerator, sum(f.denominator) as denominator,
                  sum(f.total) as total
             from ({_ROWS} and (w.key is null or w.key = '') and (w.key is null or f.key = '')
                  union all
                  {_ROWS} and f.key = w.key and f.key <> '') f
            group by 1, 2, 3, 4) f
     group by 1, 2, 3, 4, 5, 6
"""
_NOT = (False, False, False, False)
_APART = {
    "": _NOT, "OFFICE": _NOT, "DAY": (True, False, False, False), "MONTH": (True, False, False, False),
    "PLACE": (False, True, True, False), "CUSTOMERS": (False, False, True, False),
    "KEY": (False, False, False, True), "DAY CUSTOMERS": (True, False, True, False),
    "MONTH CUSTOMERS": (True, False, True, False),
}  # fmt: skip
"""What sums are told apart by: day, office, customers, key. Their keys are what is told, in this order."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Some days of a series: under which split and key, of which customers; ``told`` apart by what."""

    series: str
    split: str
    key: str | None
    piece: Piece
    customers: str | None
    told: str

    @property
    def month(self) -> date | None:
        """The month that these days stand for, where a course by months is asked for."""
        return (
            self.piece.first.replace(day=1)
            if self.told.startswith("MONTH") and self.piece.span == "D"
            else None
        )


@dataclass(slots=True)
class Asked:
    """One question: which figures, of which days, of whom."""

    codes: list[str]
    since: date
    until: date
    offices: Sequence[int] | None
    narrow: Narrow | None = None
    customers: str | None = None
    titles: dict[str, tuple[str, str]] = field(init=False)
    told: str = ""
    _courses: dict[str, tuple[list[str], list[Decimal]]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.titles = titles(self.codes)

    @property
    def of_person(self) -> bool:
        """Whether one person's figures are asked for."""
        return self.narrow is not None and self.narrow[0] == "PERSON"

    def kpi(self, code: str) -> Kpi:
        """The rule a figure is counted by."""
        return kpi_of(code)

    def read(self, told: str = "") -> dict[tuple[str, str], Sums]:
        """
        Sums by series and key (of ``_APART``; else one), with what rates are held against.

        The keys of a course with its customers are such as "2026-03-01 NEW".
        """
        self.told = told
        letter, key = self._narrowed()
        rows = [
            _Wanted(code, letter, key, piece, self.customers, told)
            for code in self.codes
            for piece in self._pieces()
        ]
        found = self._fetch(rows + self._against(self._course))
        return {(series, k): sums for (series, _split, k), sums in found.items()}

    def told_as(self, told: str) -> Asked:
        """The same question with its answer put together otherwise."""
        other = copy(self)
        other.told, other._courses = told, {}
        return other

    def read_split(self, letters: Sequence[str]) -> dict[tuple[str, str, str], Sums]:
        """
        Sums by series, letter of the split and key, by office and customers under the letter "".

        What rates are held against is told by office.
        """
        self.told = "OFFICE"
        letter, key = self._narrowed()
        rows = [
            _Wanted(code, each or letter, None if each else key, piece, self.customers,
                    "KEY" if each else "PLACE")
            for code in self.codes for each in ("", *letters) for piece in self._pieces()
        ]  # fmt: skip
        found = self._fetch(rows + self._against("PLACE"))
        return {
            (s, "" if split == letter else split, k): sums for (s, split, k), sums in found.items()
        }

    def held_against(self, kpi: Kpi, sums: Mapping[tuple[str, str], Sums], key: str) -> Decimal:
        """What a rate is held against: of the same office and days, a stock as it stood by then."""
        if not kpi.per or self.narrow or self.customers:
            return Decimal(0)  # nobody's part of the policies in force
        if not self._course:
            return sums.get((kpi.per, key if self.told == "OFFICE" else ""), NOTHING)[1]
        if not the_book().series[kpi.per].stock:
            return sums.get((kpi.per, key), NOTHING)[1]
        days, standing = self._course_of(kpi.per, sums)
        by_then = bisect_right(days, key)
        return standing[by_then - 1] if by_then else Decimal(0)

    def _course_of(
        self, series: str, sums: Mapping[tuple[str, str], Sums]
    ) -> tuple[list[str], list[Decimal]]:
        """The days of a series with what it had come to by each: put in order once, however many points are asked for."""
        if series not in self._courses:
            told = sorted((k, each[1]) for (name, k), each in sums.items() if name == series)
            standing = list(accumulate(denominator for _day, denominator in told))
            self._courses[series] = [day for day, _denominator in told], standing
        return self._courses[series]

    def _narrowed(self) -> tuple[str, str | None]:
        return (SPLITS[self.narrow[0]], self.narrow[1]) if self.narrow else ("", None)

    @property
    def _course(self) -> str:
        """DAY or MONTH, where sums are told by them."""
        grain = self.told.partition(" ")[0]
        return grain if grain in ("DAY", "MONTH") else ""

    def _pieces(self) -> Sequence[Piece]:
        if self._course == "DAY":
            return [Piece("D", self.since, self.until)]
        found = pieces(self.since, self.until)
        return [part for each in found for part in _within_months(each)] if self._course else found

    def _against(self, told: str) -> list[_Wanted]:
        rows = []
        for code in sorted({kpi_of(code).per for code in self.codes} - {""}):
            rows += [_Wanted(code, "", None, p, None, told) for p in self._pieces()]
            if the_book().series[code].stock:
                before = pieces(_BEGINNING, self.since)
                by_place = told if told == "PLACE" else ""
                rows += [_Wanted(code, "", None, p, None, by_place) for p in before]
        return rows

    def _fetch(self, rows: Sequence[_Wanted]) -> dict[tuple[str, str, str], Sums]:
        flat = [
            (
                w.series, w.split, w.key, w.piece.span, w.piece.first, w.piece.last, w.customers,
                _APART[w.told][0], w.month, *_APART[w.told][1:],
            )
            for w in rows
        ]  # fmt: skip
        columns = [list(each) for each in zip(*flat, strict=True)] if flat else [[]] * 12
        offices = None if self.offices is None else sorted(self.offices)
        found = tx.rows(_READ, [*columns, *[offices] * 4])
        return {
            (series, split, " ".join(str(k) for k in apart if k is not None)): (n, d, t)
            for series, split, *apart, n, d, t in found
        }


def _within_months(piece: Piece) -> Iterator[Piece]:
    """Days cut where months begin: what a piece comes to belongs to one month."""
    first = piece.first
    while piece.span == "D" and (until := next_month(first)) < piece.last:
        yield Piece("D", first, until)
        first = until
    yield Piece(piece.span, first, piece.last)


def added(parts: Iterable[Sums]) -> Sums:
    """Sums together."""
    numerator, denominator, total = NOTHING
    for n, d, t in parts:
        numerator, denominator, total = numerator + n, denominator + d, total + t
    return numerator, denominator, total
