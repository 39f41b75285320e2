"""全景图: journeys × touchpoints, what flows, what breaks, how much of it is continued, how long it takes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from yilu.journeys.book import the_book
from yilu.journeys.rules.buckets import median_of
from yilu.journeys.rules.names import TOUCHPOINTS
from yilu.kernel import tx
from yilu.people import queries as people


@dataclass(frozen=True, slots=True)
class Cell:
    """One journey (or step) at one touchpoint, or a whole row."""

    now: int = 0
    entered: int = 0
    late: int = 0
    breaks: int = 0
    open: int = 0
    continued: int = 0

    @property
    def rate(self) -> float | None:
        """Continuation rate (接续率) of what broke, in per cent; None where nothing did."""
        return 100 * self.continued / self.breaks if self.breaks else None

    @property
    def tone(self) -> str:
        """How a picture colours it."""
        if self.open:
            return "bad" if self.open * 5 > max(self.now, 1) else "warn"
        return "good" if self.entered or self.now else ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the picture: a journey or one of its steps."""

    code: str
    name: str
    cells: tuple[tuple[str, Cell], ...]
    whole: Cell
    median: float | None


@dataclass(frozen=True, slots=True)
class Panorama:
    """The picture over some days."""

    since: date
    until: date
    touchpoints: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]
    whole: Cell


@dataclass(frozen=True, slots=True)
class Branch:
    """
    One office with all below it: what flows and breaks there (分机构).

    ``median``: seconds from the beginning to the end of a journey, half of those that ended.
    """

    office_id: int
    name: str
    whole: Cell
    ended: int
    median: float | None


@dataclass(frozen=True, slots=True)
class Link:
    """So many cases went from one step to another, half of them faster than ``median`` seconds."""

    source: str
    target: str
    count: int
    median: float | None


Key = tuple[str, str]
WHOLE = "*"
"""The source of a flow that stands for a whole journey (operations.following)."""


@dataclass(frozen=True, slots=True)
class _Read:
    """
    What both pictures are made of, read once: sums by line, office and touchpoint, times by line and office.

    A line is a journey or, of one journey, a step; times of whole journeys have the line ``*`` there.
    """

    since: date
    until: date
    family: str
    counts: Mapping[tuple[str, int, str], Counter[str]]
    times: Mapping[tuple[str, int], Counter[int]]


def pictures(
    offices: Mapping[int, Collection[int]], since: date, until: date, family: str = ""
) -> tuple[Panorama, tuple[Branch, ...]]:
    """The panorama of all these offices and the same by branch; four statements for both."""
    read = _read([each for under in offices.values() for each in under], since, until, family)
    return _panorama(read), _branches(read, offices)


def panorama(offices: Collection[int], since: date, until: date, family: str = "") -> Panorama:
    """
    Every journey by touchpoint, or the steps of one; four statements over rows added up by day.

    ``until`` is the last day that counts.
    """
    return _panorama(_read(offices, since, until, family))


def by_branch(
    offices: Mapping[int, Collection[int]], since: date, until: date, family: str = ""
) -> tuple[Branch, ...]:
    """
    The same figures by office: each key with the offices counted under it; four statements.

    An office where nothing was, is and broke is left out; most open breaks first.
    """
    return pictures(offices, since, until, family)[1]


def _read(offices: Collection[int], since: date, until: date, family: str) -> _Read:
    given = {"offices": list(offices), "since": since, "until": until, "family": family}
    # The days stand in the text: a plan made for any days would look each of them up, office by office,
    # and takes seconds where one made for these takes a tenth.
    days = f"day between '{since.isoformat()}'::date and '{until.isoformat()}'::date"
    counts: dict[tuple[str, int, str], Counter[str]] = defaultdict(Counter)
    for what, sql in _SQL.items():
        row = "step" if family else "split_part(code, '.', 1)"
        for line, office, touchpoint, *numbers in tx.rows(sql.format(row=row, days=days), given):
            for name, number in zip(what.split(), numbers, strict=True):
                counts[line, office, touchpoint][name] += number
    times: dict[tuple[str, int], Counter[int]] = defaultdict(Counter)
    row = "source" if family else "split_part(code, '.', 1)"
    for line, office, bucket, count in tx.rows(_TIMES.format(row=row, days=days), given):
        times[line, office][bucket] += count
    return _Read(since, until, family, counts, times)


def _panorama(read: _Read) -> Panorama:
    counts: dict[Key, Counter[str]] = defaultdict(Counter)
    for (line, _office, touchpoint), found in read.counts.items():
        counts[line, touchpoint].update(found)
    times: dict[str, Counter[int]] = defaultdict(Counter)
    for (line, _office), buckets in read.times.items():
        times[line].update(buckets)
    book, lines = the_book(), []
    journey = book.newest(read.family) if read.family else None
    named = (
        [(step.code, step.name) for step in journey.steps]
        if journey
        else [(each.code, each.name) for each in book.journeys()]
    )
    for code, name in named:
        cells = {touch: counts.get((code, touch), Counter()) for touch in TOUCHPOINTS}
        whole = sum(cells.values(), Counter[str]())
        lines.append(
            Line(
                code, name, tuple((t, Cell(**c)) for t, c in cells.items()), Cell(**whole),
                median_of(times[code]),
            )
        )  # fmt: skip
    used = {t for (_, t), c in counts.items() if any(c.values())}
    touchpoints = tuple((t, label) for t, label in TOUCHPOINTS.items() if t in used)
    shown = tuple(
        Line(x.code, x.name, tuple((t, c) for t, c in x.cells if t in used), x.whole, x.median)
        for x in lines
    )
    whole = sum((counts[key] for key in counts), Counter[str]())
    return Panorama(read.since, read.until, touchpoints, shown, Cell(**whole))


def _branches(read: _Read, offices: Mapping[int, Collection[int]]) -> tuple[Branch, ...]:
    above = {office: top for top, under in offices.items() for office in under}
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for (_line, office, _touchpoint), found in read.counts.items():
        counts[above[office]].update(found)
    times: dict[int, Counter[int]] = defaultdict(Counter)
    for (line, office), buckets in read.times.items():
        if line == WHOLE or not read.family:
            times[above[office]].update(buckets)
    names = {office.id: office.name for office in people.list_offices()}
    found_ones = [
        Branch(
            top, names.get(top, ""), Cell(**counts[top]), times[top].total(), median_of(times[top])
        )
        for top in offices
        if any(counts[top].values()) or times[top]
    ]
    return tuple(
        sorted(found_ones, key=lambda each: (-each.whole.open, -each.whole.breaks, each.name))
    )


_SQL = {
    "entered late": """
        select {row}, office_id, touchpoint, sum(entered)::int, sum(late)::int
          from (select code, step, office_id, touchpoint, sum(entered) as entered, sum(late) as late
                  from journeys_stepday where {days} and office_id = any(%(offices)s::bigint[])
                 group by 1, 2, 3, 4) d
         where %(family)s = '' or split_part(code, '.', 1) = %(family)s group by 1, 2, 3
    """,
    "now": """
        select {row}, office_id, touchpoint, sum(count)::int from journeys_herenow
         where count > 0 and office_id = any(%(offices)s::bigint[])
           and (%(family)s = '' or split_part(code, '.', 1) = %(family)s)
           and %(since)s::date <= %(until)s::date group by 1, 2, 3
    """,
    "breaks open continued": """
        select {row}, office_id, touchpoint, count(*)::int, count(*) filter (where closed_at is null)::int,
               count(*) filter (where how in ('MOVED_ON', 'BY_PERSON'))::int
          from journeys_breakpoint
         where found_at >= (%(since)s::date)::timestamp at time zone 'Asia/Shanghai'
           and found_at < (%(until)s::date + 1)::timestamp at time zone 'Asia/Shanghai'
           and state <> 'PAST' and office_id = any(%(offices)s::bigint[])
           and (%(family)s = '' or family = %(family)s) group by 1, 2, 3
    """,
}
_TIMES = """
    select {row}, office_id, bucket, sum(count)::bigint from journeys_flowday
     where {days} and office_id = any(%(offices)s::bigint[])
       and (%(family)s = '' or split_part(code, '.', 1) = %(family)s)
       and (source = '*' or %(family)s <> '') group by 1, 2, 3
"""


def links(offices: Collection[int], family: str, since: date, until: date) -> tuple[Link, ...]:
    """How cases of some offices went from step to step, for a picture: the most frequent first."""
    buckets: dict[Key, Counter[int]] = defaultdict(Counter)
    for source, target, bucket, count in tx.rows(
        """
        select source, target, bucket, sum(count)::bigint from journeys_flowday
         where day between %s::date and %s::date and office_id = any(%s::bigint[])
           and split_part(code, '.', 1) = %s and source <> '*'
         group by 1, 2, 3
        """,
        [since, until, list(offices), family],
    ):
        buckets[source, target][bucket] += count
    found = [Link(s, t, c.total(), median_of(c)) for (s, t), c in buckets.items()]
    return tuple(sorted(found, key=lambda link: -link.count))
