"""Why a complaint cannot go on like this, with what to do instead."""

from __future__ import annotations

from yilu.kernel.errors import Invalid, NotAllowed, NotFound, Refusal
from yilu.kernel.words import marked as _


class ComplaintNotFound(NotFound):
    """No such complaint, or none of theirs: the same words."""

    code = "complaint_not_found"
    message = _("没有找到该投诉")
    hint = _("请从投诉列表进入。")


class BadComplaint(Invalid):
    """Something about it is missing or cannot be."""

    code = "bad_complaint"
    message = _("投诉填写有误")
    hint = _("请写明发生了什么、希望怎样解决；您已在我们这里的资料不用再提供。")


class NotNow(Refusal):
    """The state of the case does not allow it."""

    code = "complaint_not_now"
    message = _("该投诉目前不能这样办理")
    hint = _("请刷新页面查看最新状态。")


class UrgedToday(Refusal):
    """Once a day is heard as well as ten times."""

    code = "complaint_urged_today"
    message = _("今天已经催办过")
    hint = _("负责人已收到提醒。有新的情况请写在“补充新情况”里。")


class StepAside(NotAllowed):
    """Who is complained about, or decided what is complained about, does not handle it (17)."""

    code = "complaint_step_aside"
    message = _("您与该投诉有利害关系，须回避")
    hint = _("请由其他同事办理；回避不影响您以后的考核。")


class AboveTier(NotAllowed):
    """The tier may not give so much."""

    code = "complaint_above_tier"
    message = _("补偿金额超出本层级的权限")
    hint = _("请升级到上一层级，由其决定。")


class SameEyes(NotAllowed):
    """Who approves, answers the second round or reviews is somebody else than who asked or decided."""

    code = "complaint_same_eyes"
    message = _("须由另一位同事决定")
    hint = _("请把该投诉交给上级或其他有权限的同事。")


class ReviewTooLate(Refusal):
    """The thirty days after the decision arrived are over."""

    code = "complaint_review_too_late"
    message = _("申请核查的期限已过")
    hint = _(
        "核查应在收到处理决定后三十日内申请。有新的事实可以重新投诉，也可以拨打12378向监管反映。"
    )


class TooManyRepresentatives(Invalid):
    """A joint complaint is spoken for by at most five (12)."""

    code = "complaint_representatives"
    message = _("联合投诉应推选代表人，不超过五名")
    hint = _("请只登记代表人；其他投诉人的人数填在“人数”里。")
