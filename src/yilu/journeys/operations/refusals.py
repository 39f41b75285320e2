"""Why something cannot be done, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable

from yilu.kernel.errors import Invalid, NotFound, Refusal, joined
from yilu.kernel.toml_lines import Mistake
from yilu.kernel.words import marked as _


class OfferNotFound(NotFound):
    """No such offer, or somebody else's: the same words."""

    code = "offer_not_found"
    message = _("没有找到这次接续")
    hint = _("请刷新页面；需要帮助，请致电客服。")


class OfferOver(Refusal):
    """It was answered, or the journey went on."""

    code = "offer_over"
    message = _("这次接续已经结束")
    hint = _("您填写的内容还在，可以继续自己办理，也可以致电客服。")


class NoSuchWay(Invalid):
    """That way was not offered."""

    code = "no_such_way"
    message = _("请从页面上的方式中选择一种")
    hint = _("请刷新页面后再选。")


class BreakpointNotFound(NotFound):
    """No such break, or one of another office: the same words."""

    code = "breakpoint_not_found"
    message = _("没有找到这个断点")
    hint = _("请从断点列表重新进入。")


class BreakSettled(Refusal):
    """It went on already."""

    code = "break_settled"
    message = _("这个断点已经接续")
    hint = _("请刷新页面查看是怎样接续的。")


class NoteNeeded(Invalid):
    """Nobody can learn from "done"."""

    code = "note_needed"
    message = _("请写明是怎样接续的")
    hint = _("一句话即可，例如：已致电客户，协助完成提交。")


class CaseNotFound(NotFound):
    """No such case on a journey, or one of another office: the same words."""

    code = "journey_case_not_found"
    message = _("没有找到这件业务的旅程")
    hint = _("请从全景图重新进入。")


class JourneyNotFound(NotFound):
    """There is no journey of that code."""

    code = "journey_not_found"
    message = _("没有这个旅程")
    hint = _("请从旅程列表中选择。")


class VersionNotFound(NotFound):
    """There is no such version."""

    code = "journey_version_not_found"
    message = _("没有这个旅程版本")
    hint = _("请从旅程列表中选择。")


class WrongJourney(Invalid):
    """The definition does not hold together; ``mistakes`` name file, line and reason."""

    code = "wrong_journey"
    message = _("旅程定义有误")

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__(hint=joined([mistake.reason for mistake in self.mistakes[:5]]))


class NothingChanged(Invalid):
    """The text is the one in force."""

    code = "journey_unchanged"
    message = _("内容与现行版本相同")
    hint = _("请修改后再保存。")


class NotADraft(Refusal):
    """Only a draft can be changed, checked and switched on."""

    code = "journey_not_a_draft"
    message = _("这个版本已经上线或停用，不能再改")
    hint = _("请起草一个新版本。")


class SameHands(Refusal):
    """Whoever wrote it cannot switch it on."""

    code = "journey_same_hands"
    message = _("编制人不能自己上线")
    hint = _("请由另一位有权限的同事核对后上线。")


class NothingToRollBackTo(Refusal):
    """It is the only version there ever was."""

    code = "nothing_to_roll_back_to"
    message = _("没有可以回退的上一版本")
    hint = _("请起草并上线一个修正的版本。")


class ProblemNotFound(NotFound):
    """No such problem, or one of another office: the same words."""

    code = "problem_not_found"
    message = _("没有找到这个问题")
    hint = _("请从问题台账重新进入。")


class ProblemNotThere(Refusal):
    """It is not where this could be done."""

    code = "problem_not_there"
    message = _("问题现在的状态不能这样处理")
    hint = _("请刷新页面，按当前进度办理。")


class WrongProblem(Invalid):
    """Something is missing in the ledger entry."""

    code = "wrong_problem"
    message = _("请把问题写完整")


class OwnProblem(Refusal):
    """The owner does not close it; somebody else looks at the evidence."""

    code = "own_problem"
    message = _("责任人不能给自己销号")
    hint = _("请由另一位同事核对依据后销号。")


class ReviewNotFound(NotFound):
    """No such review, point or decision, or one of another office: the same words."""

    code = "review_not_found"
    message = _("没有找到这次复盘")
    hint = _("请从周复盘重新进入。")


class NoMinutes(NotFound):
    """The minutes are not printed: nobody held the review, or the file is on its way."""

    code = "no_minutes"
    message = _("纪要文件还没有生成")
    hint = _("复盘完成后稍等片刻，再刷新复盘页面。")


class ReviewOver(Refusal):
    """It was held, or the week went by."""

    code = "review_over"
    message = _("这次复盘已经结束，不能再改")
    hint = _("还没办完的决定会自动转入下一次复盘，可在那里讨论。")


class WrongDecision(Invalid):
    """A decision without words, owner or day is none."""

    code = "wrong_decision"
    message = _("请把决定写完整")


class PointsLeft(Refusal):
    """Some points have neither a decision nor a note."""

    code = "points_left"
    message = _("还有议题没有讨论")


class DecisionEnded(Refusal):
    """It is done or dropped."""

    code = "review_decision_ended"
    message = _("这项决定已经办结")
    hint = _("请刷新页面查看结果。")


class NotTheOwner(Refusal):
    """Only its owner says that it is done."""

    code = "not_the_owner"
    message = _("只有责任人可以登记完成")
    hint = _("不再需要办理的，请写明原因后选“不再办理”。")


class OwnDecision(Refusal):
    """Its owner does not drop it."""

    code = "own_decision"
    message = _("责任人不能取消自己的事项")
    hint = _("请由另一位同事核对后写明原因。")


class StandardNotFound(NotFound):
    """There is no such text."""

    code = "standard_text_not_found"
    message = _("没有这一条标准")
    hint = _("请从目录中选择。")
