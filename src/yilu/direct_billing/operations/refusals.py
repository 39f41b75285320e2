"""Why direct billing says no, in words the hospital's clerk can act on."""

from __future__ import annotations

from decimal import Decimal

from yilu.kernel.errors import Invalid, NotFound, Refusal, Sentence
from yilu.kernel.words import marked as _


class SignatureWrong(Refusal):
    """No key of ours, a key that works no more, or a signature that does not fit: the same words."""

    code = "signature_wrong"
    message = _("请求签名无效")
    hint = _("请核对密钥编号、签名方法和正文；密钥更换后旧密钥只能再用一天。")
    status = 401


class CallOutOfTime(Refusal):
    """The call's time is more than five minutes from ours."""

    code = "call_out_of_time"
    message = _("请求时间与服务器相差超过5分钟")
    hint = _("请校准时钟，并用当前时间重新签名；不要重发以前的请求。")
    status = 401


class CallReplayed(Refusal):
    """The nonce was used before: the very same call again."""

    code = "call_replayed"
    message = _("这个请求已经收到过")
    hint = _("每次请求使用新的随机数重新签名；重试用同一个 Idempotency-Key，不会重复办理。")
    status = 401


class ScopeMissing(Refusal):
    """The key may not do this, or the partnership rests."""

    code = "scope_missing"
    message = _("这个密钥没有此项权限，或合作已暂停")
    hint = _("请联系保险公司的医疗机构服务人员。")
    status = 403


class BodyTooLarge(Refusal):
    """More than a call may carry."""

    code = "body_too_large"
    message = _("请求内容过大")
    hint = _("一次结算不超过 1 MB，批量文件不超过 40 MB；请分开提交。")
    status = 413


class KeyMissing(Invalid):
    """A call that changes something names itself, so that a retry is no second one."""

    code = "idempotency_key_missing"
    message = _("缺少 Idempotency-Key 请求头")
    hint = _("每次办理使用一个新的编号（1 至 48 个字符），重试时使用同一编号。")


class AskedOtherwise(Refusal):
    """The key of an earlier call came with another amount: the first one stands."""

    code = "asked_otherwise"
    message = _("这个 Idempotency-Key 已经用于另一个金额的担保")
    hint = _("前一次的担保没有改动；要申请另一份，请换新的编号。")


class PatientUnknown(NotFound):
    """Nobody, somebody else, no policy, or no authorisation: the same words for each."""

    code = "patient_not_found"
    message = _("没有找到可以直付的患者")
    hint = _("请核对姓名、证件号码和保单号，并请患者先扫码完成直付授权。")


class NotAPartner(NotFound):
    """There is no such partner, or not within one's offices."""

    code = "partner_not_found"
    message = _("没有找到这家直付合作机构")


class PartnerAlready(Refusal):
    """The provider bills directly already."""

    code = "partner_already"
    message = _("这家机构已经开通直付")


class BadPartner(Invalid):
    """The particulars of a partnership are wrong."""

    code = "bad_partner"
    message = _("直付合作资料有误")
    hint = _("请核对机构、户名与机构名称一致的对公账户，以及担保上限。")


class BadScopes(Invalid):
    """A key without any right, or with one there is not."""

    code = "bad_scopes"
    message = _("请选择密钥的权限")


class VisitNotFound(NotFound):
    """No such visit of this partner or customer."""

    code = "visit_not_found"
    message = _("没有找到这次就诊")
    hint = _("请核对就诊编号。")


class VisitDiffers(Refusal):
    """The number stands for another visit."""

    code = "visit_differs"
    message = _("这个就诊编号已登记为另一次就诊，或以不同的内容结算过")
    hint = _("每次就诊使用一个新的编号；更正账单请联系保险公司。")


class BadVisit(Invalid):
    """A visit that cannot be one."""

    code = "bad_visit"
    message = _("就诊信息有误")


class NotNow(Refusal):
    """The visit has gone on."""

    code = "visit_not_now"
    message = _("这次就诊现在不能这样办理")
    hint = _("请查询就诊的最新状态。")


class GuaranteeAboveLimit(Refusal):
    """More than cover or limit allow; says what is possible."""

    code = "guarantee_above_limit"
    status = 409

    def __init__(self, possible: Decimal) -> None:
        self.possible = possible
        super().__init__(
            Sentence(_("申请的担保额度超过可担保的上限，目前最多可担保 {amount} 元"), amount=f"{possible:,.2f}"),
            hint=_("请按可担保的额度重新申请；超出部分由患者自付，或在追加资料后再议。"),
        )  # fmt: skip


class CoverChanged(Refusal):
    """The cover of the first day is gone since: no new word is given, the bill is a person's to judge."""

    code = "cover_changed"
    message = _("这份保单的保障在入院后有变化，现在不能出具新的担保")
    hint = _("已出具的担保不受影响；出院时请照常提交账单，由人工核对后告知结果，不会自动退回。")


class GuaranteeOpen(Refusal):
    """One guarantee at a time."""

    code = "guarantee_open"
    message = _("这次就诊已有一份担保在办或有效")
    hint = _("请先查询或取消原担保。")


class GuaranteeNotFound(NotFound):
    """No such guarantee, or not within one's offices."""

    code = "guarantee_not_found"
    message = _("没有找到这份担保申请")


class SecondPersonNeeded(Refusal):
    """The same person cannot confirm what they proposed."""

    code = "second_person_needed"
    message = _("须由另一位同事复核")
    status = 403


class ReasonNeeded(Invalid):
    """A no says why."""

    code = "reason_needed"
    message = _("请写明不同意担保的理由")
    hint = _("理由会告知医院，至少5个字。")


class ConsentText(Refusal):
    """The text changed while it was read."""

    code = "authorisation_text_changed"
    message = _("授权书刚刚更新")
    hint = _("请重新阅读后再同意。")


class HealthConsentMissing(Refusal):
    """The separate consents come with the authorisation."""

    code = "consent_missing"
    message = _("直付需要您单独同意我们处理健康信息、向医院调取资料")
    hint = _("请逐项勾选；不同意也可以先自费结算，再自己申请理赔。")
    status = 403


class UnreadableBatch(Invalid):
    """The file is no list of visits; the sentence says why."""

    code = "unreadable_batch"
    message = _("文件无法读取")
    hint = _("请使用 .xlsx、.csv（UTF-8 或 GB18030）或 .json 文件，第一行写列名。")


class BatchNotFound(NotFound):
    """No such batch of this partner."""

    code = "batch_not_found"
    message = _("没有找到这份批量文件")


class BatchOver(Refusal):
    """It is done: nothing is left to cancel."""

    code = "batch_over"
    message = _("这份文件已经办理完毕")
