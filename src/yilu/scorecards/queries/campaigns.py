"""Campaigns with what their figures did before and since, beside the offices that took no part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from yilu.kernel.days import day_of
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.scorecards.models import Campaign
from yilu.scorecards.queries.figures import Figure, over_time
from yilu.scorecards.queries.kpis import get_kpi, list_kpis
from yilu.scorecards.refusals import CampaignNotFound
from yilu.scorecards.rules import effects
from yilu.scorecards.rules.campaigning import THEMES
from yilu.scorecards.rules.effects import Effect, Side

VIEW = "scorecards.view"


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectRow:
    """One figure: before, since, the difference with its interval, and what others saw."""

    theme: str
    kpi: str
    title: str
    unit: str
    better: str
    before: float | None
    after: float | None
    days_before: int
    days_after: int
    difference: float | None
    low: float | None
    high: float | None
    p: float | None
    thin: bool
    others: float | None
    beyond: float | None
    beyond_low: float | None
    beyond_high: float | None

    @property
    def theme_label(self) -> str:
        """The theme in words."""
        return THEMES.get(self.theme, self.theme)

    @property
    def is_clear(self) -> bool:
        """Whether chance explains the difference poorly and there are days enough."""
        return self.p is not None and self.p < 0.05 and not self.thin

    @property
    def is_better(self) -> bool | None:
        """Whether it went where it should; None where it did not move."""
        if not self.difference:
            return None
        return (self.difference > 0) == (self.better == "UP")

    @property
    def verdict(self) -> str:
        """BETTER or WORSE where the difference is clear, UNSURE where it is not, NONE without figures."""
        if self.difference is None:
            return "NONE"
        if not self.is_clear:
            return "UNSURE"
        return "BETTER" if self.is_better else "WORSE"


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignView:
    """One campaign."""

    id: int
    title: str
    aim: str
    offices: tuple[int, ...]
    since: date
    until: date
    state: str
    themes: tuple[tuple[str, tuple[str, ...]], ...]
    made_by: str
    conclusion: str
    closed_by: str
    closed_at: datetime | None


def list_campaigns(access: Access, at: datetime) -> list[CampaignView]:
    """Those in which one of one's offices takes part, the newest first."""
    rows = Campaign.objects.filter(offices__overlap=sorted(access.offices_for(VIEW)))
    return [_view(row, at) for row in rows.order_by("-since", "-pk")[:60]]


def get_campaign(
    campaign_id: int, access: Access, at: datetime
) -> tuple[CampaignView, tuple[EffectRow, ...]]:
    """One with its report: as kept, or as it stands. :raises CampaignNotFound: none of one's offices."""
    row = Campaign.objects.filter(
        pk=campaign_id, offices__overlap=sorted(access.offices_for(VIEW))
    ).first()
    if row is None:
        raise CampaignNotFound
    return _view(row, at), report_of(row, at)


def report_of(row: Campaign, at: datetime) -> tuple[EffectRow, ...]:
    """The effect on each figure so far; what was kept where the campaign is closed."""
    if row.report is not None:
        known = {each.code: each.title for each in list_kpis()}
        return tuple(
            EffectRow(**{**kept, "title": known.get(kept["kpi"], kept["title"])})
            for kept in row.report
        )
    until = min(row.until, day_of(at))
    found = []
    everywhere = {office.id for office in people.list_offices()}
    others = sorted(everywhere - set(row.offices))
    for theme in THEMES:
        for code in row.themes.get(theme, ()):
            own = _effect(code, row.since, until, sorted(row.offices))
            rest = _effect(code, row.since, until, others)[2] if others else None
            found.append(_row(theme, code, own, rest))
    return tuple(found)


def kept(rows: Sequence[EffectRow]) -> list[dict[str, Any]]:
    """A report as it is stored."""
    return [asdict(row) for row in rows]


def _effect(
    code: str, since: date, until: date, offices: Sequence[int]
) -> tuple[Side | None, Side | None, Effect | None]:
    """As many days before as have gone by since."""
    if until <= since:
        return None, None, None
    before = _side(code, since - (until - since), since, offices)
    after = _side(code, since, until, offices)
    return before, after, effects.compare(before, after)


def _side(code: str, since: date, until: date, offices: Sequence[int]) -> Side | None:
    days = over_time([code], "DAY", since=since, until=until, offices=offices)[code]
    return effects.side([_weighed(figure) for _day, figure in days])


def _weighed(figure: Figure) -> tuple[float, float]:
    """A day as top and bottom of a ratio; a plain number weighs one."""
    if figure.value is None:
        return 0.0, 0.0
    weight = 1.0 if figure.unit == "NUMBER" else float(figure.denominator) or 1.0
    return float(figure.value) * weight, weight


def _row(
    theme: str, code: str, own: tuple[Side | None, Side | None, Effect | None], rest: Effect | None
) -> EffectRow:
    before, after, told = own
    kpi, net = get_kpi(code), effects.beyond(told, rest)
    return EffectRow(
        theme=theme, kpi=code, title=kpi.title, unit=kpi.unit, better=kpi.better,
        before=before.value if before else None, after=after.value if after else None,
        days_before=before.days if before else 0, days_after=after.days if after else 0,
        difference=told.difference if told else None, low=told.low if told else None,
        high=told.high if told else None, p=told.p if told else None,
        thin=told.thin if told else True, others=rest.difference if rest else None,
        beyond=net.difference if net else None, beyond_low=net.low if net else None,
        beyond_high=net.high if net else None,
    )  # fmt: skip


def _view(row: Campaign, at: datetime) -> CampaignView:
    today = day_of(at)
    state = (
        "CLOSED" if row.closed_at else "PLANNED" if today < row.since
        else "RUNNING" if today < row.until else "OVER"
    )  # fmt: skip
    return CampaignView(
        id=row.pk, title=row.title, aim=row.aim, offices=tuple(row.offices), since=row.since,
        until=row.until, state=state, made_by=row.made_by, conclusion=row.conclusion,
        closed_by=row.closed_by, closed_at=row.closed_at,
        themes=tuple((theme, tuple(row.themes[theme])) for theme in THEMES if theme in row.themes),
    )  # fmt: skip
