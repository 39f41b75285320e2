"""Why something could not be done in an emergency, with what to do instead."""

from __future__ import annotations

from yilu.kernel.errors import Invalid, NotFound, Refusal
from yilu.kernel.words import marked as _


class EventNotFound(NotFound):
    """No such event, or one of offices the asker has nothing to do with: the same words."""

    code = "catastrophe_not_found"
    message = _("没有找到该事件")
    hint = _("请从应急事件列表进入。")


class EventOver(Refusal):
    """The emergency was ended."""

    code = "catastrophe_over"
    message = _("该事件已经结束")
    hint = _("已结束的事件只能查看；需要时请重新宣布。")


class BadEvent(Invalid):
    """Kind, level, place, time or measures cannot be right."""

    code = "bad_catastrophe"
    message = _("事件填写有误")
    hint = _("请核对名称、类别、级别、地点和时间。")


class NotAMeasure(Invalid):
    """Not one of this event's measures, or nobody who could carry it out, or no words to it."""

    code = "bad_measure"
    message = _("请选择这次事件的应急措施")
    hint = _("请刷新页面，在措施清单中办理。")


class NoReport(NotFound):
    """The report was not printed yet."""

    code = "no_catastrophe_report"
    message = _("应急报告还没有生成")
    hint = _("请在应急报告页点“生成 PDF 报告”，几秒钟后刷新。")


class ListKnownAlready(Refusal):
    """The very same file was imported for this event before."""

    code = "casualty_list_known"
    message = _("这份名单已经导入过")
    hint = _("请打开已导入的名单；更新后的名单请重新保存再导入。")


class RowNotFound(NotFound):
    """No such line, or not within one's offices."""

    code = "casualty_row_not_found"
    message = _("没有找到这一行名单")
    hint = _("请从名单页进入。")


class DecidedAlready(Refusal):
    """A colleague was quicker."""

    code = "casualty_decided"
    message = _("这一行已由同事核对完成")
    hint = _("请继续下一行。")


class NotACandidate(Invalid):
    """Only a customer found for the line can be confirmed for it."""

    code = "not_a_candidate"
    message = _("该客户不在这一行的候选之中")
    hint = _("请从列出的候选客户中选择。")


class ReasonForDoubt(Invalid):
    """Where the machine doubts, the person says what convinced them."""

    code = "reason_for_doubt"
    message = _("匹配存疑，请写明核实的依据")
    hint = _("例如：已电话向收治医院核实姓名和出生日期。")


class CustomerTaken(Refusal):
    """Another line already means this customer."""

    code = "customer_taken"
    message = _("该客户已经与名单的另一行对应")
    hint = _("名单可能有两位同名的人，请再核对两行的资料。")


class AffectedNotFound(NotFound):
    """No such affected customer, or not within one's offices."""

    code = "affected_not_found"
    message = _("没有找到该受影响客户")
    hint = _("请从事件页进入。")


class NothingToOpen(Refusal):
    """No policy in force answers for what happened, or nobody can be the claimant yet."""

    code = "nothing_to_open"
    message = _("没有可以主动报案的保单")
    hint = _("请查看该客户的有效保单；身故案件先联系家属确定受益人。")


class OnlyInDrill(Refusal):
    """Practice payments exist in drills only."""

    code = "only_in_drill"
    message = _("只有演练可以模拟付款")
    hint = _("真实赔案由理赔审核后付款。")
