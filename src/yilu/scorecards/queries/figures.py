"""
What figures come to over some days.

Whole months are read from the months' sums and only the rest from the days': a year of every figure
costs a few rows an office, however many events it was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.products import queries as products
from yilu.scorecards.queries.summing import NOTHING, Asked, Narrow, Sums, added
from yilu.scorecards.rules.periods import days_between, months_of
from yilu.scorecards.rules.splits import SPLITS
from yilu.voice import queries as voice

Customers = Literal["NEW", "OLD"]
Split = Literal["OFFICE", "PERSON", "ROLE", "PRODUCT", "CHANNEL", "CUSTOMERS"]
Row = tuple[str, str, "Figure"]
"""A part of a figure: its key, what it is called, what it comes to."""


@dataclass(frozen=True, slots=True)
class Figure:
    """
    What a figure comes to; ``value`` is None where nothing was counted.

    ``numerator`` counted of ``denominator``; of a mean, those that are as good as the target; of a
    rate, the denominator is what it is held against. ``reached`` is None without a target or a value.
    ``low`` and ``high``: between what a score lies with 95 % confidence. ``thin``: of one person, and
    too few to be told.
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
    low: Decimal | None = None
    high: Decimal | None = None
    thin: bool = False


def figures(
    codes: Iterable[str],
    *,
    since: date,
    until: date,
    offices: Sequence[int] | None = None,
    narrow: Narrow | None = None,
    customers: Customers | None = None,
) -> dict[str, Figure]:
    """
    Several figures over the days from ``since`` up to but without ``until``, in one statement.

    ``offices`` None is the whole company; ``narrow`` is one person, role, product or channel, such as
    ("PERSON", "77"). :raises UnknownKpi: for a code there is not.
    """
    asked = Asked(list(codes), since, until, offices, narrow, customers)
    sums = asked.read()
    return {code: _figure(asked, code, sums, "", since, until) for code in asked.codes}


def figure(
    code: str,
    *,
    since: date,
    until: date,
    offices: Sequence[int] | None = None,
    narrow: Narrow | None = None,
    customers: Customers | None = None,
) -> Figure:
    """One figure; see ``figures``."""
    found = figures(
        [code], since=since, until=until, offices=offices, narrow=narrow, customers=customers
    )
    return found[code]


def over_time(
    codes: Iterable[str],
    grain: Literal["DAY", "MONTH"],
    *,
    since: date,
    until: date,
    offices: Sequence[int] | None = None,
    narrow: Narrow | None = None,
) -> dict[str, tuple[tuple[date, Figure], ...]]:
    """Several figures day by day or month by month, in one statement; days without a case are left out."""
    asked = Asked(list(codes), since, until, offices, narrow)
    return _courses(asked, asked.read(grain), grain)


def _courses(
    asked: Asked, sums: Mapping[tuple[str, str], Sums], grain: str
) -> dict[str, tuple[tuple[date, Figure], ...]]:
    """Sums by series and day, as points of a chart."""
    span = asked.since, asked.until
    found: dict[str, tuple[tuple[date, Figure], ...]] = {}
    for code in asked.codes:
        days = sorted(date.fromisoformat(key) for series, key in sums if series == code)
        found[code] = tuple(
            (day, _figure(asked, code, sums, day.isoformat(), *months_of(day, grain, *span)))
            for day in days
        )
    return found


def counted_since(codes: Iterable[str]) -> dict[str, date]:
    """The month in which each of these figures first counted anything, at any office; those that never did are left out."""
    return dict(
        tx.rows(
            """
            select c.code, first.day
              from unnest(%s::text[]) as c(code)
             cross join lateral (
                   select t.day from scorecards_tally t
                    where t.series = c.code and t.span = 'M' and t.split = '' and t.denominator > 0
                    order by t.day limit 1) first
            """,
            [list(codes)],
        )
    )


def with_customers_and_course(
    codes: Iterable[str],
    grain: Literal["DAY", "MONTH"],
    *,
    since: date,
    until: date,
    offices: Sequence[int] | None = None,
    narrow: Narrow | None = None,
) -> dict[str, tuple[Figure, Figure, Figure, tuple[tuple[date, Figure], ...]]]:
    """Several figures: of everybody, of new and of old customers, and the course of everybody's, in one statement."""
    asked = Asked(list(codes), since, until, offices, narrow)
    read = asked.read(f"{grain} CUSTOMERS")
    whole: dict[tuple[str, str], list[Sums]] = defaultdict(list)
    course: dict[tuple[str, str], list[Sums]] = defaultdict(list)
    for (series, key), sums in read.items():
        day, _space, customers = key.partition(" ")
        course[series, day].append(sums)
        for part in {"", "*", customers}:  # what rates are held against has the key ""
            whole[series, part].append(sums)
    told = {key: added(parts) for key, parts in whole.items()}
    of_all, by_day = asked.told_as("CUSTOMERS"), asked.told_as(grain)
    courses = _courses(by_day, {key: added(parts) for key, parts in course.items()}, grain)
    return {
        code: (
            _figure(of_all, code, told, "*", since, until),
            _figure(of_all, code, told, "NEW", since, until, rated=False),
            _figure(of_all, code, told, "OLD", since, until, rated=False),
            courses[code],
        )
        for code in asked.codes
    }


def by(
    code: str,
    split: Split,
    *,
    since: date,
    until: date,
    offices: Sequence[int] | None = None,
    customers: Customers | None = None,
) -> tuple[Row, ...]:
    """One split of a figure; see ``splits``."""
    return splits(code, [split], since=since, until=until, offices=offices, customers=customers)[
        split
    ]


def splits(
    code: str,
    wanted: Sequence[Split],
    *,
    since: date,
    until: date,
    offices: Sequence[int] | None = None,
    narrow: Narrow | None = None,
    customers: Customers | None = None,
) -> dict[Split, tuple[Row, ...]]:
    """
    A figure split in several ways, in one statement; only parts with something counted, the largest first.

    What belongs to nobody, no product and so on is the part with the key "" (of people "0").
    Narrowed to one person or the like, only offices and customers can be told apart.
    """
    asked = Asked([code], since, until, offices, narrow, customers)
    letters = [] if narrow else [SPLITS[each] for each in wanted if each in SPLITS]
    read = asked.read_split(letters)
    whole = added(s for (series, _l, _k), s in read.items() if series == code and not _l)
    found: dict[Split, tuple[Row, ...]] = {}
    for each in wanted:
        parts = _parts(read, each, code, whole)
        rows = (
            (key, _figure(asked, code, parts, key, since, until, rated=each == "OFFICE",
                          person=each == "PERSON"))
            for series, key in parts if series == code
        )  # fmt: skip
        largest = sorted(rows, key=lambda row: (-max(row[1].numerator, row[1].denominator), row[0]))
        named = _names(each, [key for key, _figure in largest])
        found[each] = tuple((key, named.get(key, key), told) for key, told in largest)
    return found


def _parts(
    read: Mapping[tuple[str, str, str], Sums], split: Split, code: str, whole: Sums
) -> dict[tuple[str, str], Sums]:
    """The sums of a split by series and key; what no part has is the part of nobody."""
    gathered: dict[tuple[str, str], list[Sums]] = defaultdict(list)
    if split in ("OFFICE", "CUSTOMERS"):
        for (series, letter, place), sums in read.items():
            if not letter:
                office, _space, customers = place.partition(" ")
                gathered[series, office if split == "OFFICE" else customers].append(sums)
        return {key: added(each) for key, each in gathered.items()}
    found = {
        (series, key): sums
        for (series, letter, key), sums in read.items()
        if letter == SPLITS[split] and any(sums)
    }
    told = added(found.values())
    rest = (whole[0] - told[0], whole[1] - told[1], whole[2] - told[2])
    if any(rest):
        found[code, "0" if split == "PERSON" else ""] = rest
    return found


def _figure(
    asked: Asked, code: str, sums: Mapping[tuple[str, str], Sums], key: str, since: date,
    until: date, *, rated: bool = True, person: bool = False,
) -> Figure:  # fmt: skip
    """One figure of the sums read; not ``rated``, no rate is told: nobody has a part of the policies in force."""
    kpi = asked.kpi(code)
    numerator, denominator, total = sums.get((code, key), NOTHING)
    per = asked.held_against(kpi, sums, key) if rated else Decimal(0)
    thin = ((person and key != "0") or asked.of_person) and denominator < kpi.least
    value = (
        None if thin
        else kpi.value_of(numerator, denominator, total, per, days_between(since, until))
    )  # fmt: skip
    low, high = (
        _interval(numerator, denominator, total)
        if kpi.form == "SCORE" and value is not None
        else (None, None)
    )
    return Figure(
        code, asked.titles[code][0], kpi.unit, kpi.better, kpi.target, numerator,
        per if kpi.form == "RATE" else denominator, value, kpi.is_reached(value), low, high,
        thin and denominator > 0,
    )  # fmt: skip


def _interval(
    promoters: Decimal, answers: Decimal, balance: Decimal
) -> tuple[Decimal, Decimal] | tuple[None, None]:
    """Between what the score of so many answers lies, promoters less detractors being the balance."""
    against = int(promoters - balance)
    found = voice.nps(
        voice.ScoreTally(int(promoters), int(answers) - int(promoters) - against, against)
    )
    if found is None:
        return None, None
    return Decimal(str(round(found.low, 2))), Decimal(str(round(found.high, 2)))


def _names(split: str, keys: Iterable[str]) -> Mapping[str, str]:
    """What to call offices, people, roles and products; channels and kinds of customers are named by the door."""
    if split == "OFFICE":
        return {str(office.id): office.name for office in people.list_offices()}
    if split == "PERSON":
        named = people.names_of(Ref("staff", int(key)) for key in keys if key != "0")
        return {str(ref.id): name for ref, name in named.items()}
    if split == "ROLE":
        return people.ROLE_LABELS
    return products.names_of_codes() if split == "PRODUCT" else {}
