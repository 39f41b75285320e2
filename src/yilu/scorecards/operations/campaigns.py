"""Offices set out to serve better for some weeks; what it came to is kept with a conclusion."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from django.db import IntegrityError

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people.queries import Access
from yilu.scorecards import events
from yilu.scorecards.models import Campaign
from yilu.scorecards.queries.campaigns import kept, report_of
from yilu.scorecards.queries.kpis import list_kpis
from yilu.scorecards.refusals import BadCampaign, CampaignNotFound, CampaignNotOver
from yilu.scorecards.rules import campaigning

RIGHT = "scorecards.manage"


@tx.use_case
def plan_campaign(
    *, title: str, aim: str, offices: Collection[int], since: date, until: date,
    themes: Mapping[str, Sequence[str]], access: Access, actor: Ref, at: datetime,
) -> int:  # fmt: skip
    """
    Plan a campaign of some offices; its id.

    :raises BadCampaign: too short, without a figure, begun already, no office, or the same twice.
    :raises NotAllowed: an office one does not manage.
    """
    access.require(RIGHT)
    those = sorted(set(offices))
    for office_id in those:
        access.require(RIGHT, office_id=office_id)
    title, aim = title.strip(), aim.strip()
    known = [each.code for each in list_kpis()]
    campaigning.check(title=title, aim=aim, since=since, until=until, themes=themes, known=known)
    if not those:
        raise BadCampaign(hint=_("请选择参加的机构。"))
    if since < day_of(at):
        raise BadCampaign(hint=_("开始日期不能早于今天。"))
    chosen = {theme: list(codes) for theme, codes in themes.items() if codes}
    try:
        with tx.savepoint():
            made = Campaign.objects.create(
                title=title, aim=aim, offices=those, since=since, until=until, themes=chosen,
                made_by=str(actor), made_at=at,
            )  # fmt: skip
    except IntegrityError:
        raise BadCampaign(hint=_("已经有同名、同一天开始的活动。")) from None
    fact = events.CampaignPlanned(
        since=since.isoformat(), until=until.isoformat(), offices=len(those)
    )
    journal.record(fact, about=made.ref, actor=actor, at=at)
    return made.pk


@tx.use_case
def close_campaign(
    *, campaign_id: int, conclusion: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Keep what it came to, with what is concluded from it.

    :raises CampaignNotOver: before its last day has gone by, or a second time.
    """
    access.require(RIGHT)
    row = (
        Campaign.objects.select_for_update()
        .filter(pk=campaign_id, offices__contained_by=sorted(access.offices_for(RIGHT))).first()
    )  # fmt: skip
    if row is None:
        raise CampaignNotFound
    if row.closed_at is not None or day_of(at) < row.until:
        raise CampaignNotOver
    conclusion = conclusion.strip()
    if not 10 <= len(conclusion) <= 600:
        raise BadCampaign(hint=_("请写结论（10 至 600 字）：哪些有效，哪些没有，下一步怎么做。"))
    row.report = kept(report_of(row, at))
    row.conclusion, row.closed_by, row.closed_at = conclusion, str(actor), at
    row.save()
    fact = events.CampaignClosed(figures=len(row.report))
    journal.record(fact, about=row.ref, actor=actor, at=at)
