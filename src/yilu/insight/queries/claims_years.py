"""理赔年报: what became of a year's claims, from the rows added up day by day."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal

from yilu.claims import queries as claims
from yilu.insight.models import ClaimsDay, ClaimsPersons, ClaimsYear
from yilu.kernel import tx
from yilu.kernel.errors import NotFound
from yilu.kernel.money import ZERO
from yilu.kernel.words import marked as _

DAY = 86_400


class NoReport(NotFound):
    """The year's report was not printed yet."""

    code = "no_claims_report"
    message = _("这个年度的报告还没有生成")
    hint = _("请点“生成报告”，几秒钟后再下载。")


@dataclass(frozen=True, slots=True)
class Figures:
    """
    Claims that were paid or declined, added up (理赔指标); times in seconds over all of them.

    ``customer``: waiting for papers; ``us``: from complete papers to the decision; ``bank``: from
    there to the money on the account. ``e_invoices``: claims with an electronic invoice;
    ``advances``: payments in advance promised meanwhile.
    """

    closed: int = 0
    paid: int = 0
    amount: Decimal = ZERO
    by_machine: int = 0
    in_ten_minutes: int = 0
    in_an_hour: int = 0
    in_a_day: int = 0
    customer: int = 0
    us: int = 0
    bank: int = 0
    e_invoices: int = 0
    advances: int = 0
    advanced: Decimal = ZERO

    @property
    def days(self) -> float | None:
        """Mean days from complete papers to the end (平均时效); None of none."""
        return (self.us + self.bank) / DAY / self.closed if self.closed else None

    @property
    def parts(self) -> dict[str, float]:
        """Mean days from the report to the end, by who had them."""
        each = DAY * self.closed or 1
        return {name: getattr(self, name) / each for name in ("customer", "us", "bank")}

    @property
    def average(self) -> Decimal | None:
        """What a paid claim came to on average (件均赔款), in yuan; None of none."""
        return (self.amount / self.paid).quantize(Decimal("0.01")) if self.paid else None

    def share(self, name: str) -> float | None:
        """One of the counts as per cent of all closed (获赔率: ``paid``); None of none."""
        return 100 * int(getattr(self, name)) / self.closed if self.closed else None


@dataclass(frozen=True, slots=True)
class Year:
    """A year's claims of some offices, and the year before for comparison."""

    year: int
    added_up_at: datetime | None
    printed_at: datetime | None
    sha256: str
    whole: Figures
    before: Figures
    months: tuple[Figures, ...]
    persons: int
    persons_before: int
    businesses: tuple[tuple[str, Figures], ...]
    programmes: tuple[tuple[str, Figures], ...]
    channels: tuple[tuple[str, Figures], ...]
    types: tuple[tuple[str, Figures], ...]


_SUMS = """
    select {by}, sum(closed), sum(paid), sum(amount), sum(by_machine), sum(in_ten_minutes),
           sum(in_an_hour), sum(in_a_day), sum(customer), sum(us), sum(bank), sum(e_invoices),
           sum(advances), sum(advanced)
      from insight_claimsday
     where day >= %s::date and day < %s::date and (%s::bigint[] is null or office_id = any(%s::bigint[]))
     group by 1 order by sum(closed) desc, 1
"""
_LABELS = {
    "business": {**dict(ClaimsDay.Business.choices), "": _("未区分")},
    "programme": dict(claims.Programme.choices),
    "channel": dict(claims.Channel.choices),
    "claim_type": dict(claims.ClaimType.choices),
}


def claims_year(year: int, office_ids: Collection[int] | None) -> Year:
    """
    One year of some offices, or of the whole insurer (None); a handful of statements over at most
    366 days of each kind, however many claims there were.
    """
    kept = ClaimsYear.objects.defer("printed").filter(pk=year).first()
    months = {
        int(month): figures
        for month, figures in _sums("extract(month from day)::int", year, office_ids)
    }
    before = _sums("1", year - 1, office_ids)
    whole = _sums("1", year, office_ids)
    people = _persons(year - 1, year, office_ids)
    return Year(
        year=year,
        added_up_at=kept.added_up_at if kept else None,
        printed_at=kept.printed_at if kept else None,
        sha256=kept.sha256 if kept else "",
        whole=whole[0][1] if whole else Figures(),
        before=before[0][1] if before else Figures(),
        months=tuple(months.get(n, Figures()) for n in range(1, 13)),
        persons=people[year, ""],
        persons_before=people[year - 1, ""],
        businesses=_named("business", year, office_ids),
        programmes=_named("programme", year, office_ids),
        channels=_named("channel", year, office_ids),
        types=_named("claim_type", year, office_ids),
    )


YEARS = 5
"""How many years stand beside one another."""


@dataclass(frozen=True, slots=True)
class YearApart:
    """
    One of several years beside one another: everything, and personal and group business by themselves.

    ``persons``: people with a claim that was closed; each counts once a year (in each office).
    """

    year: int
    whole: Figures
    personal: Figures
    group: Figures
    persons: int
    group_persons: int


def years_apart(year: int, office_ids: Collection[int] | None) -> tuple[YearApart, ...]:
    """A year and the four before it, each by itself, the latest first; years without claims are left out."""
    first = year - YEARS + 1
    by = "extract(year from day)::int || ' ' || business"
    parts: dict[int, dict[str, Figures]] = defaultdict(dict)
    for name, figures in _sums(by, year, office_ids, years=YEARS):
        of, _space, business = name.partition(" ")
        parts[int(of)][business] = figures
    people = _persons(first, year, office_ids)
    return tuple(
        YearApart(
            of, _together(found.values()), found.get("PERSONAL", Figures()),
            found.get("GROUP", Figures()), people[of, ""], people[of, "GROUP"],
        )
        for of, found in sorted(parts.items(), reverse=True)
        if any(figures.closed for figures in found.values())
    )  # fmt: skip


def _together(parts: Iterable[Figures]) -> Figures:
    given = list(parts)
    return Figures(**{f.name: sum(getattr(p, f.name) for p in given) for f in fields(Figures)})


def _persons(
    first: int, last: int, office_ids: Collection[int] | None
) -> Mapping[tuple[int, str], int]:
    """
    People by year and business ("" both); whoever sees every office that had a claim has each counted once.

    Of some offices, somebody with claims at two of them counts twice.
    """
    kept = ClaimsPersons.objects.filter(year__gte=first, year__lte=last)
    rows = list(kept.values_list("year", "office_id", "business", "persons"))
    everywhere = ClaimsPersons.EVERYWHERE
    if office_ids is not None and not {office for _y, office, *_ in rows} <= {
        everywhere,
        *office_ids,
    }:
        wanted = set(office_ids)
    else:
        wanted = {everywhere}
    found: Counter[tuple[int, str]] = Counter()
    for year, office, business, persons in rows:
        if office in wanted:
            found[year, business] += persons
    return found


def years_not_split() -> list[int]:
    """The years added up before personal and group business were told apart."""
    rows = tx.rows(
        "select distinct extract(year from day)::int from insight_claimsday where business = ''"
    )
    return sorted(year for (year,) in rows)


@dataclass(frozen=True, slots=True)
class YearsCount:
    """Closed claims and what was paid on them, this year so far and in the whole year before."""

    closed: int
    amount: Decimal
    closed_before: int
    amount_before: Decimal


def programme_years(year: int, office_ids: Collection[int]) -> dict[str, YearsCount]:
    """
    What each programme came to in a year and the one before (A186), by ``programme:`` and ``channel:`` code, and ``all``.

    From the sums of days: every claim counts, however many there were.
    """
    rows = tx.rows(
        """
        with ours as (
            select programme, channel, extract(year from day) = %(year)s::int as now,
                   sum(closed) as closed, sum(amount) as amount
              from insight_claimsday
             where day >= make_date(%(year)s::int - 1, 1, 1) and day < make_date(%(year)s::int + 1, 1, 1)
               and office_id = any(%(offices)s::bigint[])
             group by 1, 2, 3
        )
        select coalesce('programme:' || programme, 'channel:' || channel, 'all'),
               coalesce(sum(closed) filter (where now), 0), coalesce(sum(amount) filter (where now), 0),
               coalesce(sum(closed) filter (where not now), 0),
               coalesce(sum(amount) filter (where not now), 0)
          from ours group by grouping sets ((programme), (channel), ())
        """,
        {"year": year, "offices": sorted(office_ids)},
    )
    return {str(key): YearsCount(int(a), b, int(c), d) for key, a, b, c, d in rows}


def claims_years() -> list[int]:
    """The years that were added up, the latest first."""
    return list(ClaimsYear.objects.order_by("-year").values_list("year", flat=True))


def claims_report(year: int) -> bytes:
    """The printed report of a year, a PDF/A. :raises NoReport: there is none."""
    kept = ClaimsYear.objects.filter(pk=year).exclude(sha256="").first()
    if kept is None:
        raise NoReport
    return bytes(kept.printed)


def _named(
    column: str, year: int, office_ids: Collection[int] | None
) -> tuple[tuple[str, Figures], ...]:
    return tuple(
        (str(_LABELS[column].get(code, code)), figures)
        for code, figures in _sums(column, year, office_ids)
    )


def _sums(
    by: str, year: int, office_ids: Collection[int] | None, *, years: int = 1
) -> list[tuple[str, Figures]]:
    offices = None if office_ids is None else sorted(office_ids)
    given = [date(year - years + 1, 1, 1), date(year + 1, 1, 1), offices, offices]
    found = []
    for name, closed, paid, amount, *counts, advanced in tx.rows(_SUMS.format(by=by), given):
        machine, ten, hour, day, customer, us, bank, electronic, advances = (int(n) for n in counts)
        figures = Figures(
            int(closed),
            int(paid),
            amount,
            machine,
            ten,
            hour,
            day,
            customer,
            us,
            bank,
            electronic,
            advances,
            advanced,
        )
        found.append((str(name), figures))
    return found
