"""
NPS and satisfaction by journey, with how far they may be off, and against the years before.

Read from sums of days and months: what a page costs does not depend on how many rated us.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from yilu.kernel import tx
from yilu.kernel.spans import pieces
from yilu.kernel.years import add_years
from yilu.people.queries import Access
from yilu.voice import catalogues
from yilu.voice.models import SurveyRule
from yilu.voice.rules import scores
from yilu.voice.rules.labels import JOURNEYS

RIGHT = "voice.view"
YEARS = 3
"""How many years before this one stand beside it."""


@dataclass(frozen=True, slots=True)
class JourneyScore:
    """One journey's figures in a span of time."""

    journey: str
    label: str
    nps: scores.Interval | None
    csat: scores.Interval | None
    tally: scores.Tally
    comments: int


@dataclass(frozen=True, slots=True)
class JourneyYears:
    """
    One journey's NPS year by year, the oldest first: whole years, and this one up to today.

    ``since_last`` and ``since_first`` compare this year's days with the same days a year and
    :data:`YEARS` years before; None where a side has no answer. ``journey`` "" is all together.
    """

    journey: str
    label: str
    years: tuple[tuple[int, scores.Interval | None], ...]
    since_last: scores.Compared | None
    since_first: scores.Compared | None


def offices_of(access: Access) -> list[int]:
    """Where one may read voices."""
    return sorted(access.offices_for(RIGHT))


def journey_scores(
    access: Access, since: date, until: date, *, third_parties: bool = False
) -> list[JourneyScore]:
    """
    Every journey that anybody rated from one day up to another, without that, the most answered first.

    Customers' word, or third parties'.
    """
    rows = _sums(
        "s.journey, sum(s.promoters), sum(s.passives), sum(s.detractors), sum(s.content), sum(s.rated), sum(s.comments)",
        {"": (since, until)}, offices_of(access), third_parties=third_parties,
    )  # fmt: skip
    found = [
        JourneyScore(
            journey, JOURNEYS[journey], scores.nps(scores.Tally(p, z, d)), scores.share(good, rated),
            scores.Tally(p, z, d), comments,
        )
        for journey, p, z, d, good, rated, comments in rows
    ]  # fmt: skip
    return sorted(found, key=lambda each: (-max(each.tally.n, each.comments), each.journey))


def monthly_nps(
    access: Access, since: date, journey: str | None = None
) -> list[tuple[date, scores.Interval]]:
    """Customers' NPS by month from the month of a day on, the oldest first, of one journey or all."""
    rows = tx.rows(
        """
        select s.day, sum(s.promoters)::int, sum(s.passives)::int, sum(s.detractors)::int
          from voice_daysum s
         where s.span = 'M' and s.day >= date_trunc('month', %s::date)::date
           and s.office_id = any(%s::bigint[]) and not s.third_party
           and (%s::text is null or s.journey = %s::text)
         group by 1 order by 1
        """,
        [since, offices_of(access), journey, journey],
    )
    found = [(month, scores.nps(scores.Tally(p, z, d))) for month, p, z, d in rows]
    return [(month, interval) for month, interval in found if interval is not None]


def yearly_nps(access: Access, today: date) -> list[JourneyYears]:
    """Every journey's NPS this year beside the years before (A126), all together first; one statement."""
    spans: dict[str, tuple[date, date]] = {}
    for back in range(YEARS + 1):
        first = date(today.year - back, 1, 1)
        spans[f"year {back}"] = (first, date(today.year - back + 1, 1, 1))
        spans[f"days {back}"] = (first, add_years(today, -back) + timedelta(days=1))
    tallies: dict[str, dict[str, scores.Tally]] = defaultdict(dict)
    whole: dict[str, list[int]] = {name: [0, 0, 0] for name in spans}
    rows = _sums(
        "s.journey || ' ' || w.name, sum(s.promoters), sum(s.passives), sum(s.detractors)", spans,
        offices_of(access),
    )  # fmt: skip
    for key, *counts in rows:
        journey, _space, name = key.partition(" ")
        tallies[journey][name] = scores.Tally(*counts)
        whole[name] = [a + b for a, b in zip(whole[name], counts, strict=True)]
    told = [_years(journey, told, today) for journey, told in tallies.items()]
    told = [each for each in told if any(score for _year, score in each.years)]
    if not told:
        return []
    every = _years("", {name: scores.Tally(*counts) for name, counts in whole.items()}, today)
    return [every, *sorted(told, key=lambda each: list(JOURNEYS).index(each.journey))]


def _years(journey: str, told: Mapping[str, scores.Tally], today: date) -> JourneyYears:
    def of(name: str) -> scores.Tally:
        return told.get(name, scores.Tally(0, 0, 0))

    return JourneyYears(
        journey, JOURNEYS.get(journey, ""),
        tuple((today.year - n, scores.nps(of(f"year {n}"))) for n in range(YEARS, -1, -1)),
        scores.compare(of("days 1"), of("days 0")), scores.compare(of(f"days {YEARS}"), of("days 0")),
    )  # fmt: skip


def tally(
    office_ids: Collection[int], journey: str, since: date, until: date, *, others: bool = False
) -> scores.Tally:
    """How customers recommended a journey (or all others) from one day up to another, without that."""
    rows = _sums(
        "(s.journey = %(journey)s)::text, sum(s.promoters), sum(s.passives), sum(s.detractors)",
        {"": (since, until)}, sorted(office_ids), journey=journey,
    )  # fmt: skip
    wanted = "false" if others else "true"
    return next(
        (scores.Tally(*counts) for key, *counts in rows if key == wanted), scores.Tally(0, 0, 0)
    )


def _sums(
    what: str, spans: Mapping[str, tuple[date, date]], offices: Iterable[int], *,
    third_parties: bool = False, **told: Any,
) -> list[tuple[Any, ...]]:  # fmt: skip
    """Sums by the first column, of some offices over named spans of days: one statement, whole months as months."""
    cut = [
        (name, piece) for name, (since, until) in spans.items() for piece in pieces(since, until)
    ]
    rows = tx.rows(
        f"""
        select {what}
          from unnest(%(names)s::text[], %(spans)s::text[], %(firsts)s::date[], %(lasts)s::date[])
               as w(name, span, first, last)
          join voice_daysum s on s.span = w.span and s.day >= w.first and s.day < w.last
         where s.office_id = any(%(offices)s::bigint[]) and s.third_party = %(third)s::bool
         group by 1
        """,
        {
            "names": [name for name, _p in cut], "spans": [p.span for _n, p in cut],
            "firsts": [p.first for _n, p in cut], "lasts": [p.last for _n, p in cut],
            "offices": list(offices), "third": third_parties, **told,
        },
    )  # fmt: skip
    return [(key, *map(int, counts)) for key, *counts in rows]


@dataclass(frozen=True, slots=True)
class RuleView:
    """A touchpoint's rule beside what came of it."""

    touchpoint: str
    label: str
    journey: str
    share: int
    quiet_days: int
    per_year: int
    complaint_days: int
    valid_days: int
    enabled: bool
    sent: int
    answered: int


def list_rules(since: datetime) -> list[RuleView]:
    """Every touchpoint's rule, with how many were asked and answered since a time."""
    counts = {touchpoint: (sent, back) for touchpoint, sent, back in response_rates(since)}
    own = SurveyRule.objects.in_bulk()
    found = []
    for code, shipped in catalogues.survey_rules().items():
        r = own[code].applied_to(shipped) if code in own else shipped
        found.append(
            RuleView(
                code, r.label, JOURNEYS[r.journey], r.share, r.quiet_days, r.per_year,
                r.complaint_days, r.valid_days, r.enabled, *counts.get(code, (0, 0)),
            )
        )  # fmt: skip
    return found


def response_rates(since: datetime) -> list[tuple[str, int, int]]:
    """By touchpoint: how many were asked since a time, and how many of them answered."""
    return [
        (touchpoint, int(sent), int(back))
        for touchpoint, sent, back in tx.rows(
            "select touchpoint, count(*), count(answered_at) from voice_invitation"
            " where sent_at >= %s::timestamptz group by touchpoint",
            [since],
        )
    ]
