"""What scorecards refuses, with what to do."""

from __future__ import annotations

from yilu.kernel.errors import Invalid, NotAllowed, NotFound, Refusal, Stale
from yilu.kernel.words import marked as _
from yilu.scorecards.rules.campaigning import BadCampaign
from yilu.scorecards.rules.schemes import BadScheme
from yilu.scorecards.rules.terms import BadPeriod
from yilu.scorecards.rules.together import BadInitiative

__all__ = [
    "AlreadyClosed",
    "BadCampaign",
    "BadInitiative",
    "BadPaper",
    "BadPeriod",
    "BadScheme",
    "BadStar",
    "BoardPublished",
    "CampaignNotFound",
    "CampaignNotOver",
    "CardNotFound",
    "InitiativeNotFound",
    "NeedsReason",
    "NoScheme",
    "NotACandidate",
    "NotOver",
    "NothingChanged",
    "OneselfNamed",
    "OwnInitiative",
    "OwnScheme",
    "PaperNotFound",
    "SchemeChanged",
    "SchemeNotFound",
    "StarBoardNotFound",
    "WholeCompany",
]


class SchemeNotFound(NotFound):
    """No such scheme or draft."""

    code = "scheme_not_found"
    message = _("没有这份考核方案")
    hint = _("请从考核方案列表进入。")


class SchemeChanged(Stale):
    """Somebody wrote, approved or discarded it since it was seen."""

    code = "scheme_changed"
    message = _("考核方案已被更新，您看到的不是最新的")


class OwnScheme(NotAllowed):
    """Whoever wrote it does not approve it."""

    code = "own_scheme"
    message = _("编制人不能批准自己的考核方案")
    hint = _("请另一位有权限的同事批准。")


class WholeCompany(NotAllowed):
    """Schemes and closing are the whole company's."""

    code = "whole_company"
    message = _("考核方案和结账由总公司办理")
    hint = _("请联系总公司负责服务考核的同事。")


class CardNotFound(NotFound):
    """None, or somebody else's: said in the same words."""

    code = "card_not_found"
    message = _("没有找到这份考核成绩")
    hint = _("您可以看自己的成绩；主管可以看所辖机构的。")


class NotOver(Refusal):
    """The span is not over yet."""

    code = "period_not_over"
    message = _("这个期间还没有结束")
    hint = _("请在期间结束后再办理。")


class AlreadyClosed(Refusal):
    """Closed once and for all."""

    code = "period_closed"
    message = _("这个期间已经结账")
    hint = _("需要改动时，请对单份成绩作更正，原成绩保留。")


class NoScheme(Refusal):
    """Nothing says by what to judge."""

    code = "no_scheme"
    message = _("这个期间没有生效的考核方案，或没有可计的成绩")
    hint = _("请先编制并批准考核方案，从某月一日起生效。")


class NeedsReason(Invalid):
    """Whoever changes what was closed, or decides about others, says why."""

    code = "needs_reason"
    message = _("请写明原因（5 至 300 字）")


class NothingChanged(Refusal):
    """What is measured now is what was closed."""

    code = "nothing_changed"
    message = _("按现在的数据计算，结果与已结的成绩相同，不需要更正")


class StarBoardNotFound(NotFound):
    """None, or another office's."""

    code = "star_board_not_found"
    message = _("没有找到这次评选")


class BadStar(Invalid):
    """Something is missing."""

    code = "bad_star"
    message = _("评选填写有误")


class OneselfNamed(NotAllowed):
    """Nobody names themselves."""

    code = "oneself_named"
    message = _("不能提名自己")
    hint = _("请由评选组的其他同事提名。")


class NotACandidate(Refusal):
    """The figures, a finding or a complaint speak against it."""

    code = "not_a_candidate"
    message = _("这位同事本期不能评选")


class BoardPublished(Refusal):
    """What was published stays."""

    code = "board_published"
    message = _("这次评选已经公布，不能再改")


class CampaignNotFound(NotFound):
    """None, or another office's."""

    code = "campaign_not_found"
    message = _("没有找到这项活动")


class CampaignNotOver(Refusal):
    """It still runs, or was ended already."""

    code = "campaign_not_over"
    message = _("活动还没有到结束日期，或已经结束归档")


class InitiativeNotFound(NotFound):
    """None, another office's, or decided already."""

    code = "initiative_not_found"
    message = _("没有找到待确认的协同事项")


class OwnInitiative(NotAllowed):
    """Who proposed it, or took part, does not confirm it."""

    code = "own_initiative"
    message = _("申报人和参与人不能确认自己的协同事项")
    hint = _("请另一位有权限的同事确认。")


class BadPaper(Invalid):
    """Not a paper we keep."""

    code = "bad_paper"
    message = _("请上传 PDF、PNG 或 JPEG，不超过 20 MB")


class PaperNotFound(NotFound):
    """No such survey or paper."""

    code = "paper_not_found"
    message = _("没有找到这份调查或报告")
