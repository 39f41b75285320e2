"""Why something cannot be done, and what to do about it."""

from __future__ import annotations

from yilu.kernel.errors import Invalid, NotAllowed, NotFound, Refusal, Stale
from yilu.kernel.words import marked as _


class RequestNotFound(NotFound):
    """No such request, or somebody else's: the same words."""

    code = "servicing_request_not_found"
    message = _("没有找到这项申请")
    hint = _("请从“我的办理”重新进入；如需帮助，请联系客服。")


class UnknownKind(NotFound):
    """There is no such kind of request."""

    code = "unknown_servicing_kind"
    message = _("没有这项业务")
    hint = _("请从保全大厅重新选择。")


class NotForThisRole(Refusal):
    """Somebody else must ask for it: the holder, the insured."""

    code = "not_for_this_role"
    message = _("这项业务不能由您申请")
    hint = _("请由有权申请的人用本人手机办理，或致电客服说明情况。")


class NotAtThisDoor(Refusal):
    """It is done elsewhere."""

    code = "not_at_this_door"
    message = _("这项业务不在这里办理")
    hint = _("请到柜面办理，或致电客服为您安排。")


class PolicyHasEnded(Refusal):
    """The contract is over; nothing of it can be changed any more."""

    code = "policy_has_ended"
    message = _("保单已经终止，不能再办理变更")
    hint = _("如果对终止有疑问，请致电客服；未领的款项仍可领取。")


class AlreadyUnderWay(Refusal):
    """The same was asked for and is not finished."""

    code = "already_under_way"
    message = _("您已有一项相同的申请在办理")
    hint = _("请在“我的办理”里查看进度；想改主意，可以先撤回那一项。")


class QuoteChanged(Stale):
    """The sums are no longer what the person saw."""

    code = "quote_changed"
    message = _("金额或条件有变化，请重新核对")
    hint = _("请看一下最新的试算，核对无误后再确认。没有任何变更或扣款发生。")


class NotPossibleNow(Refusal):
    """The request is at another step."""

    code = "servicing_not_possible_now"
    message = _("这项申请现在不能这样办")
    hint = _("它可能刚刚有了进展，请刷新后再看。")


class ProofNeeded(Refusal):
    """Money moves, or a phone changes: who asks must be proved just now."""

    code = "proof_needed"
    message = _("请先核对身份")
    hint = _("请获取验证码，用本人手机收到的验证码核对后再提交。")


class NewPhoneNotProved(Refusal):
    """The new phone has not answered yet."""

    code = "new_phone_not_proved"
    message = _("请先验证新手机号")
    hint = _("请获取验证码，填写新手机号收到的验证码。")


class DocumentMissing(Refusal):
    """A phone is given by a colleague, and the document they looked at is not among the papers."""

    code = "document_missing"
    message = _("请先留存身份证件的照片")
    hint = _("在“资料”里拍下（视频办理的截取画面）刚才核对的证件原件并收下，再提交。")


class AboveSelfService(Refusal):
    """More than one may do by oneself; the form is kept and a person goes on with it."""

    code = "above_self_service"
    message = _("金额超过自助办理上限")
    hint = _("内容已为您保存，请选择视频办理、专人联系或预约柜面，由工作人员接着办。")


class TooManyToday(Refusal):
    """More requests that move money than one makes in a day."""

    code = "too_many_today"
    message = _("今天自助办理的次数已满")
    hint = _("为了您的资金安全，请明天再办，或致电客服由工作人员办理。")
    status = 429


class PapersMissing(Refusal):
    """Papers are needed before it can be handed in."""

    code = "papers_missing"
    message = _("请先上传所需资料")
    hint = _("请按清单拍照上传；不方便的，可以选择柜面办理。")


class AgreementUnproved(Refusal):
    """Somebody agreed at the counter, and what they signed is not there."""

    code = "agreement_unproved"
    message = _("请上传本人签字的同意书")
    hint = _("核对证件原件后，请其在同意书上签字，拍照或扫描后一起提交。")


class NotAllAgreed(Refusal):
    """Somebody who must agree has not."""

    code = "not_all_agreed"
    message = _("还有人没有同意，不能审批通过")
    hint = _("请联系未答复的人；继承人有争议的，凭法院生效文书或公证书办理，并写明文书名称和编号。")


class AskedAlready(Refusal):
    """What is missing is said once and in full."""

    code = "papers_asked_already"
    message = _("已经一次性告知过客户，不能再次要求补充")
    hint = _("请按已收到的资料审核；确有必要的，请主管批准后再告知。")


class ReasonsMissing(Invalid):
    """Only with reasons."""

    code = "reasons_missing"
    message = _("请写明理由")
    hint = _("理由会写进给客户的书面通知，请具体、易懂。")


class OnlyAPersonRefuses(NotAllowed):
    """The machine never refuses a customer."""

    code = "only_a_person_refuses"
    message = _("不予办理须由工作人员作出")


class OwnRequest(NotAllowed):
    """Whoever prepared it does not approve it."""

    code = "own_request"
    message = _("经办人不能审批自己经办的申请")
    hint = _("请由另一位有权限的同事审批。")


class CallerNotVerified(Refusal):
    """What the caller said does not fit."""

    code = "caller_not_verified"
    message = _("核身信息不符")
    hint = _("请再核对一次；仍不符的，请客户到柜面或用本人手机办理。")


class AccountOfSomebodyElse(Invalid):
    """Money goes only to and from an account in one's own name."""

    code = "account_of_somebody_else"
    message = _("请选择本人名下的银行账户")
    hint = _("按规定，款项只能进出本人账户；可以先添加一张本人的银行卡。")


class PersonUnclear(Invalid):
    """Name and identity number do not fit together."""

    code = "person_unclear"
    message = _("姓名与证件号码不符")
    hint = _("请对照证件核对姓名和证件号码后再填。")
