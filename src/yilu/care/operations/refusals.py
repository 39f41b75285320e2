"""Why a visit, a mediation or a price list cannot go on, with what to do instead."""

from __future__ import annotations

from yilu.kernel.errors import Invalid, NotFound, Refusal
from yilu.kernel.words import marked as _


class VisitNotFound(NotFound):
    """No such visit, or not within one's offices: the same words."""

    code = "visit_not_found"
    message = _("没有找到该上门服务")
    hint = _("请从上门服务列表进入。")


class VisitOpenAlready(Refusal):
    """One of the kind is being arranged for this claim."""

    code = "visit_open"
    message = _("该赔案已有同类上门服务在办理")
    hint = _("请在原有的服务上改约时间或补充要求。")


class HomeVisitOpen(Refusal):
    """Somebody is coming to this person already."""

    code = "home_visit_open"
    message = _("已有一次上门办理在安排")
    hint = _("来人可以一并办理其他业务：请打电话告诉我们，或在约好的那天当面说。")


class NotNow(Refusal):
    """The state of the visit does not allow it."""

    code = "visit_not_now"
    message = _("该上门服务目前不能这样办理")
    hint = _("请刷新页面查看最新状态。")


class BadVisit(Invalid):
    """Kind, place, time or result cannot be right."""

    code = "bad_visit"
    message = _("上门服务填写有误")
    hint = _("请核对地址、时间和办理情况。")


class BadSketch(Invalid):
    """A sign, its place or the words of a plan cannot be."""

    code = "bad_sketch"
    message = _("现场草图填写有误")
    hint = _("图标、位置和文字都还在，改好后再保存。")


class ChecksLeft(Invalid):
    """Something of the list is not done and nothing says why."""

    code = "checks_left"
    message = _("清单还有未完成的项目")
    hint = _("请逐项完成；确实不能完成的，在办理情况中写明原因并选择“部分办妥”。")


class MediationNotFound(NotFound):
    """No such mediation, or not within one's offices."""

    code = "mediation_not_found"
    message = _("没有找到该调解方案")
    hint = _("请从赔案的人伤服务页进入。")


class MediationOpenAlready(Refusal):
    """The claim has one that goes on."""

    code = "mediation_open"
    message = _("该赔案已有进行中的调解方案")
    hint = _("请先结束原有的调解。")


class BadMediation(Invalid):
    """An amount, a basis or a conclusion is missing or impossible."""

    code = "bad_mediation"
    message = _("调解内容填写有误")
    hint = _("请填写测算依据和金额；金额不能为负数。")


class PapersMissing(Invalid):
    """Papers that the plan rests on are not there and nothing says why it is to go on; ``papers``: their codes."""

    code = "mediation_papers_missing"
    message = _("资料还没有收齐")
    hint = _("请先收齐资料；确实收不到的，写明用什么代替，方案转主管确认。")

    def __init__(self, papers: tuple[str, ...]) -> None:
        self.papers = papers
        super().__init__()


class AbovePlan(Invalid):
    """Our offer is beyond the plan and nothing says why."""

    code = "above_plan"
    message = _("报价超过方案金额，请写明理由")
    hint = _("例如：新增伤残鉴定结论。")


class BadThirdParty(Invalid):
    """Relation, demand or account cannot be right."""

    code = "bad_third_party"
    message = _("第三方信息填写有误")
    hint = _("请选择与事故的关系；收款账户须为第三方本人名下。")


class ThirdPartyNotFound(NotFound):
    """No such third party on a claim one may see."""

    code = "third_party_not_found"
    message = _("没有找到该第三方")
    hint = _("请从赔案的人伤服务页进入。")


class BadPrices(Invalid):
    """The list cannot be taken over; ``problems`` says where."""

    code = "bad_prices"
    message = _("价目有误，没有导入任何一行")
    hint = _("请按提示修改后重新导入。")

    def __init__(
        self, message: str | None = None, *, problems: tuple[tuple[int, str], ...] = ()
    ) -> None:
        self.problems = problems
        super().__init__(message)


class NoPriceBook(NotFound):
    """The region has no prices in force."""

    code = "no_price_book"
    message = _("该地区还没有价目")
    hint = _("请先导入该地区的工时与配件价目。")
