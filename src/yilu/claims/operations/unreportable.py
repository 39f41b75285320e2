"""Why a report cannot be one: what is wrong with it, and what to do."""

from __future__ import annotations

from yilu.kernel.errors import Invalid, NotAllowed, Refusal
from yilu.kernel.words import marked as _


class UnknownClaimType(Invalid):
    """Nothing of this sort can be claimed."""

    code = "unknown_claim_type"
    message = "没有这种理赔类型"
    hint = "请从列出的理赔类型中选择。"


class TypeNotCovered(Refusal):
    """The product promises nothing of this sort: no ready claim is offered on it, though one may be reported."""

    code = "type_not_covered"
    message = "这张保单没有所选的保障责任"
    hint = "请核对保单的保障内容，或选择其他保单；如有疑问请联系客服。"


class LossInFuture(Invalid):
    """The day of loss has not come yet."""

    code = "loss_in_future"
    message = "出险日期不能晚于今天"
    hint = "请核对出险日期。"


class BadRequestKey(Invalid):
    """The key that makes a double tap harmless is missing or too long."""

    code = "bad_request_key"
    message = "提交编号有误"
    hint = "请刷新页面后重新提交。"


class ClaimantNotEntitled(NotAllowed):
    """The person belongs to the policy, but may not claim this benefit."""

    code = "claimant_not_entitled"
    message = "您不能申请这项保险金"
    hint = "身故保险金由受益人申请，其他保险金由被保险人或投保人申请；请由有权申请的人办理。"


class DeceasedClaimant(Invalid):
    """Nobody claims, and nobody is paid, in the name of somebody who has died."""

    code = "deceased_claimant"
    message = _("不能以已故的人作为申请人或收款人")
    hint = _(
        "身故保险金由受益人申请，没有受益人的由继承人申请；请选择或新建家属本人的客户资料，再为其报案。"
        "身故信息登记有误的，请先更正。"
    )


class SubmittedTwice(Refusal):
    """Two taps overtook each other; the claim is there."""

    code = "submitted_twice"
    message = "您的报案正在提交，请不要重复点击"
    hint = "请稍候刷新“我的理赔”，报案已经在那里。"


class SaidOtherwise(Refusal):
    """The number of an earlier call came with other contents: which of the two is meant, nobody knows."""

    code = "said_otherwise"
    message = "这个提交编号已经用过，内容与这次不同"
    hint = "前一次的已经受理，没有改动；要办另一件，请重新填写（接口请换新的编号）。"
