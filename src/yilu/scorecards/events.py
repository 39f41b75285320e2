"""What scorecards says happened: ids, codes and counts; nobody's score."""

from __future__ import annotations

from yilu.kernel.facts import fact


@fact("scorecards.scheme_drafted", "编制考核方案")
class SchemeDrafted:
    """Whom is judged by what is to change; nothing has yet."""

    subject: str
    target: str
    version: int
    revision: int


@fact("scorecards.scheme_discarded", "放弃考核方案草稿")
class SchemeDiscarded:
    """A draft was given up."""

    subject: str
    target: str
    version: int


@fact("scorecards.scheme_approved", "批准考核方案")
class SchemeApproved:
    """A second person approved a version, from the first of a month on."""

    subject: str
    target: str
    version: int
    since: str


@fact("scorecards.period_closed", "考核结账")
class PeriodClosed:
    """The cards of a month or quarter no longer move."""

    period: str
    cards: int


@fact("scorecards.card_corrected", "更正考核成绩")
class CardCorrected:
    """A closed card was counted anew, with a reason; what was closed stays beside it."""

    period: str
    office_id: int
    staff_id: int | None
    number: int


@fact("scorecards.star_board_opened", "发起明星评选")
class StarBoardOpened:
    """An office looks for its stars of a span."""

    period: str
    office_id: int


@fact("scorecards.star_named", "提名服务明星")
class StarNamed:
    """The committee named somebody, with a reason."""

    period: str
    staff_id: int


@fact("scorecards.star_withdrawn", "撤回服务明星提名")
class StarWithdrawn:
    """A name was taken back before it was published."""

    period: str
    staff_id: int


@fact("scorecards.stars_published", "公布服务明星")
class StarsPublished:
    """Everybody may read who the stars are."""

    period: str
    office_id: int
    stars: int


@fact("scorecards.campaign_planned", "发起服务提升活动")
class CampaignPlanned:
    """Offices set out to serve better for some weeks."""

    since: str
    until: str
    offices: int


@fact("scorecards.campaign_closed", "结束服务提升活动")
class CampaignClosed:
    """What it came to is kept, with a conclusion."""

    figures: int


@fact("scorecards.initiative_proposed", "申报协同事项")
class InitiativeProposed:
    """Departments did something together."""

    office_id: int
    people: int


@fact("scorecards.initiative_decided", "确认协同事项")
class InitiativeDecided:
    """A second person said whether it counts."""

    confirmed: bool
    points: int


@fact("scorecards.study_paper_added", "上传第三方调查报告")
class StudyPaperAdded:
    """The report that an outside survey's figures come from is kept."""

    study_id: int


@fact("scorecards.cases_exported", "导出考核明细")
class CasesExported:
    """Somebody took the cases behind a figure out as a workbook."""

    figure: str
    since: str
    until: str
    rows: int
