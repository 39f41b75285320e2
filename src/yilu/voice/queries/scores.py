"""NPS and satisfaction by journey, with how far they may be off."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from yilu.kernel import tx
from yilu.people.queries import Access
from yilu.voice import catalogues
from yilu.voice.models import SurveyRule
from yilu.voice.rules import scores
from yilu.voice.rules.labels import JOURNEYS

RIGHT = "voice.view"
_OWN = "source not in ('IMPORT', 'BOX')"
"""Figures about us rest on what came through our own doors from the people themselves."""


@dataclass(frozen=True, slots=True)
class JourneyScore:
    """One journey's figures in a span of time."""

    journey: str
    label: str
    nps: scores.Interval | None
    csat: scores.Interval | None
    tally: scores.Tally
    comments: int


def offices_of(access: Access) -> list[int]:
    """Where one may read voices."""
    return sorted(access.offices_for(RIGHT))


def journey_scores(
    access: Access, since: datetime, until: datetime, *, third_parties: bool = False
) -> list[JourneyScore]:
    """Every journey that anybody rated, the most answered first; customers' word, or third parties'."""
    rows = tx.rows(
        f"""
        select journey, count(*) filter (where recommend >= 9),
               count(*) filter (where recommend between 7 and 8),
               count(*) filter (where recommend <= 6), count(*) filter (where stars >= 4),
               count(stars), count(*) filter (where text <> '')
          from voice_feedback
         where {_OWN} and office_id = any(%s::bigint[]) and said_at >= %s::timestamptz
           and said_at < %s::timestamptz and (who = 'THIRD_PARTY') = %s::bool
         group by journey order by count(*) desc, journey
        """,
        [offices_of(access), since, until, third_parties],
    )
    return [
        JourneyScore(
            journey, JOURNEYS[journey], scores.nps(scores.Tally(p, z, d)), scores.share(good, rated),
            scores.Tally(p, z, d), comments,
        )
        for journey, p, z, d, good, rated, comments in rows
    ]  # fmt: skip


def monthly_nps(
    access: Access, since: datetime, journey: str | None = None
) -> list[tuple[date, scores.Interval]]:
    """NPS by month, the oldest first, of one journey or all."""
    rows = tx.rows(
        f"""
        select date_trunc('month', said_at at time zone 'Asia/Shanghai')::date as month,
               count(*) filter (where recommend >= 9),
               count(*) filter (where recommend between 7 and 8),
               count(*) filter (where recommend <= 6)
          from voice_feedback
         where {_OWN} and recommend is not null and office_id = any(%s::bigint[])
           and said_at >= %s::timestamptz and (%s::text is null or journey = %s::text)
         group by month order by month
        """,
        [offices_of(access), since, journey, journey],
    )
    found = [(month, scores.nps(scores.Tally(p, z, d))) for month, p, z, d in rows]
    return [(month, interval) for month, interval in found if interval is not None]


def tally(
    office_ids: Collection[int], journey: str, since: date, until: date, *, others: bool = False
) -> scores.Tally:
    """How a journey (or all others) was recommended from one day up to another, without that."""
    rows = tx.rows(
        f"""
        select count(*) filter (where recommend >= 9),
               count(*) filter (where recommend between 7 and 8),
               count(*) filter (where recommend <= 6)
          from voice_feedback
         where {_OWN} and recommend is not null and office_id = any(%s::bigint[])
           and (journey = %s) <> %s::bool
           and said_at >= (%s::date)::timestamp at time zone 'Asia/Shanghai'
           and said_at < (%s::date)::timestamp at time zone 'Asia/Shanghai'
        """,
        [sorted(office_ids), journey, others, since, until],
    )
    return scores.Tally(*rows[0])


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
