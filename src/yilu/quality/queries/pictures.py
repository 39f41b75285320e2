"""What inspections come to, for whoever leads: scores by week, office and person, and what is missed most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.quality.models import BookVersion
from yilu.quality.rules import scoring

WEEKS = 12


@dataclass(frozen=True, slots=True)
class Average:
    """Somebody's, or an office's, scores that stand."""

    id: int
    name: str
    count: int
    mean: float
    passed: int


@dataclass(frozen=True, slots=True)
class Missed:
    """One line of a form, and how often it fell short."""

    ask: str
    count: int
    share: float
    """Of all that was missed, with everything before it: the curve of a Pareto picture."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What the scores that stand come to."""

    count: int
    mean: float | None
    passed: int
    appealed: int
    changed: int
    weeks: tuple[tuple[date, float | None, int], ...]
    people: tuple[Average, ...]
    offices: tuple[Average, ...]
    missed: tuple[Missed, ...]


def picture(access: Access, at: datetime) -> Picture:
    """Of the offices one may look at, the last weeks; five statements whatever there is."""
    access.require("quality.view")
    offices = sorted(access.offices_for("quality.view"))
    today = day_of(at)
    first = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    ((count, mean, passed, appealed, changed),) = tx.rows(
        f"""
        select count(*), avg(score)::float8, count(*) filter (where passed),
               count(*) filter (where appealed_at is not null), count(*) filter (where changed)
          {_STANDING}
        """,
        [offices, first],
    )
    by_week = {
        week: (average, n)
        for week, average, n in tx.rows(
            f"select date_trunc('week', ended_at at time zone 'Asia/Shanghai')::date, "
            f"avg(score)::float8, count(*) {_STANDING} group by 1",
            [offices, first],
        )
    }
    days = [first + timedelta(weeks=n) for n in range(WEEKS)]
    return Picture(
        count, round(mean, 1) if mean is not None else None, passed, appealed, changed,
        tuple((day, *by_week.get(day, (None, 0))) for day in days),
        _averages("staff_id", "people_staff", offices, first),
        _averages("office_id", "people_office", offices, first), _missed(offices, first),
    )  # fmt: skip


_STANDING = """from quality_inspection where state = 'FINAL' and office_id = any(%s::bigint[])
    and ended_at >= (%s::date::timestamp at time zone 'Asia/Shanghai')"""


def _averages(column: str, table: str, offices: list[int], first: date) -> tuple[Average, ...]:
    """The lowest first: whoever needs help is seen first."""
    names = {each.id: each.name for each in people.list_offices()}
    rows = tx.rows(
        f"select {column}, count(*), avg(score)::float8, count(*) filter (where passed) "
        f"{_STANDING} group by 1 order by 3, 1 limit 30",
        [offices, first],
    )
    if table == "people_staff":
        names = {n: each.name for n, each in people.staff_profiles([r[0] for r in rows]).items()}
    return tuple(Average(n, names.get(n, ""), c, round(m, 1), p) for n, c, m, p in rows)


def _missed(offices: list[int], first: date) -> tuple[Missed, ...]:
    rows = tx.rows(
        f"select form_id, code.value, count(*) from (select form_id, missed {_STANDING}) as seen"
        " cross join lateral jsonb_array_elements_text(seen.missed) as code(value)"
        " group by 1, 2",
        [offices, first],
    )
    forms = {
        row.pk: scoring.read(row.text).items
        for row in BookVersion.objects.filter(pk__in={form for form, _c, _n in rows})
    }
    counts: dict[str, int] = {}
    for form, code, n in rows:
        item = forms[form].get(code)
        ask = item.ask if item else code
        counts[ask] = counts.get(ask, 0) + n
    whole, so_far, found = sum(counts.values()), 0, []
    for ask, n in sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:10]:
        so_far += n
        found.append(Missed(ask, n, round(100 * so_far / whole, 1)))
    return tuple(found)
