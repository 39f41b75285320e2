"""Reading sums: which rows a question needs, in one statement, and what rates are held against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from yilu.kernel import tx
from yilu.kernel.spans import Piece, pieces
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
# asked for and everybody's are two ways, so that the first goes by the index of keys.
_READ = f"""
    select w.series, w.split, f.k, sum(f.numerator), sum(f.denominator), sum(f.total)
      from unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::date[], %s::date[], %s::text[],
                  %s::text[]) as w(series, split, key, span, first, last, customers, told)
     cross join lateral (
           select case w.told when 'KEY' then f.key when 'CUSTOMERS' then f.customers
                       when 'PLACE' then f.office_id || ' ' || f.customers when 'DAY' then f.day::text
                       when 'MONTH' then date_trunc('month', f.day::timestamp)::date::text else '' end as k,
                  sum(f.numerator) as numerator, sum(f.denominator) as denominator,
                  sum(f.total) as total
             from ({_ROWS} and (w.key is null or w.key = '') and (w.key is null or f.key = '')
                  union all
                  {_ROWS} and f.key = w.key and f.key <> '') f
            group by 1) f
     group by 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Some days of a series: under which split and key, of which customers; ``told`` apart by what."""

    series: str
    split: str
    key: str | None
    piece: Piece
    customers: str | None
    told: str


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
        """Sums by series and key (CUSTOMERS, DAY, MONTH; else one), with what rates are held against."""
        self.told = told
        letter, key = self._narrowed()
        rows = [
            _Wanted(code, letter, key, piece, self.customers, told)
            for code in self.codes
            for piece in self._pieces()
        ]
        found = self._fetch(rows + self._against(told if told in ("DAY", "MONTH") else ""))
        return {(series, k): sums for (series, _split, k), sums in found.items()}

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
        if self.told not in ("DAY", "MONTH"):
            return sums.get((kpi.per, key if self.told == "OFFICE" else ""), NOTHING)[1]
        stock = the_book().series[kpi.per].stock
        told = ((k, s[1]) for (name, k), s in sums.items() if name == kpi.per)
        return sum((s for k, s in told if k == key or (stock and k < key)), Decimal(0))

    def _narrowed(self) -> tuple[str, str | None]:
        return (SPLITS[self.narrow[0]], self.narrow[1]) if self.narrow else ("", None)

    def _pieces(self) -> Sequence[Piece]:
        return (
            [Piece("D", self.since, self.until)]
            if self.told == "DAY"
            else pieces(self.since, self.until)
        )

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
            (w.series, w.split, w.key, w.piece.span, w.piece.first, w.piece.last, w.customers, w.told)
            for w in rows
        ]  # fmt: skip
        columns = [list(each) for each in zip(*flat, strict=True)] if flat else [[]] * 8
        offices = None if self.offices is None else sorted(self.offices)
        found = tx.rows(_READ, [*columns, *[offices] * 4])
        return {(series, split, k): (n, d, t) for series, split, k, n, d, t in found}


def added(parts: Iterable[Sums]) -> Sums:
    """Sums together."""
    numerator, denominator, total = NOTHING
    for n, d, t in parts:
        numerator, denominator, total = numerator + n, denominator + d, total + t
    return numerator, denominator, total
