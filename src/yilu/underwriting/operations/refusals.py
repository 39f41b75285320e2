"""Why an application could not go on, each with the way on."""

from __future__ import annotations

from yilu.kernel.errors import Invalid, NotAllowed, NotFound, Refusal, Sentence, Stale
from yilu.kernel.words import marked as _
from yilu.underwriting.rules.lifecycle import LABELS, State


class ApplicationNotFound(NotFound):
    """There is none of this number, or it is somebody else's: in the same words."""

    code = "application_not_found"
    message = _("没有找到这份投保申请")
    hint = _("请从“我的投保”重新进入；如需帮助，请联系客服。")


class NotPossibleNow(Refusal):
    """The application has gone on: this cannot be done with it any more."""

    code = "application_moved_on"
    message = _("这份投保申请目前不能这样办理")
    hint = _("请刷新页面查看最新进展。")

    def __init__(self, state: State) -> None:
        super().__init__(
            Sentence(_("这份投保申请现在是“{state}”，不能这样办理"), state=LABELS[state])
        )


class PaperBeingRead(Refusal):
    """An identity paper that was just handed in is still being read."""

    code = "paper_being_read"
    message = _("证件照片正在核对，一般几秒钟")
    hint = _("请稍等片刻再提交，填写的内容都已保存。")


class ForTheCustomer(NotAllowed):
    """An agent prepares; these steps are the customer's own."""

    code = "for_the_customer"
    message = _("这一步要由客户本人在自己的手机上完成")
    hint = _("健康告知、条款确认、签名和支付都由客户本人办理，您可以把投保申请发给客户。")


class BadInsured(Invalid):
    """The holder cannot insure the person named."""

    code = "bad_insured"
    message = _("不能为这位被保险人投保")
    hint = _("请核对被保险人和与投保人的关系。")


class BadBeneficiaries(Invalid):
    """Shares, order or persons do not fit."""

    code = "bad_beneficiaries"
    message = _("受益人填写有误")
    hint = _("同一顺位的份额合计为 100%，顺位从 1 起连续。")


class AboveChildsLimit(Invalid):
    """The law's ceiling for minors' death benefits."""

    code = "above_childs_limit"
    message = _("超过未成年人身故保险金的限额")
    hint = _("请降低保额；限额是所有保险公司合并计算的。")


class StaleQuote(Stale):
    """The price the person saw is not today's: their age or the product's version changed."""

    code = "stale_quote"
    message = _("您看到的价格已经变化，请重新确认方案")
    hint = _("年龄、方案或费率有变动时价格会变，请回到“选方案”一步查看最新价格。")


class PlanMissing(Invalid):
    """No plan was chosen yet."""

    code = "plan_missing"
    message = _("还没有选择方案")
    hint = _("请先选择保额、交费年限和交费方式。")


class QuestionnaireChanged(Stale):
    """The questions are not those that were answered."""

    code = "questionnaire_changed"
    message = _("健康告知的内容已经更新，请重新回答")
    hint = _("请按最新的问题重新回答，之前的回答仍为您保留。")


class Unanswered(Invalid):
    """A question was left open, or the answer is none of its kind."""

    code = "unanswered"
    message = _("健康告知还有问题没有回答")
    hint = _("请逐题回答；不清楚的可以查看体检报告或联系客服。")


class Unconfirmed(Invalid):
    """A clause that takes something away was not confirmed."""

    code = "unconfirmed"
    message = _("还有条款没有逐条确认")
    hint = _("请逐条阅读免除责任等重要条款并确认。")


class NoticeChanged(Stale):
    """The words confirmed are not those on the screen any more."""

    code = "notice_changed"
    message = _("条款提示的文字已经更新，请重新阅读确认")
    hint = _("请刷新页面。")


class StatementMissing(Invalid):
    """A suitability limit was passed and the customer has not declared that they know."""

    code = "statement_missing"
    message = _("这份方案超出了适当性提示的范围，需要您确认声明")
    hint = _("请阅读提示；您可以降低保额或缩短交费年限，也可以确认声明后继续。")


class MeansUnknown(Invalid):
    """Income and budget were not told."""

    code = "means_unknown"
    message = _("请填写家庭年收入和保费预算")
    hint = _("用来评估这份保险是否适合您，只用于本次投保。")


class ConsentMissing(Refusal):
    """Health data may not be handled without the person's separate consent (个保法 29)."""

    code = "consent_missing"
    message = _("核保需要您单独同意我们处理健康信息")
    hint = _("请阅读并勾选同意；不同意也可到柜面咨询其他办法。")
    status = 403


class ChildConsentMissing(Refusal):
    """The data of a child under fourteen may not be handled without a parent's consent (个保法 31)."""

    code = "child_consent_missing"
    message = _("为不满十四周岁的孩子投保，需要监护人单独同意")
    hint = _("请在健康告知这一步阅读并勾选监护人同意；不同意也可到柜面咨询。")
    status = 403


class RecordingMissing(Invalid):
    """The sale must be recorded, and is not (双录)."""

    code = "recording_missing"
    message = _("这次投保需要先完成双录")
    hint = _("请与销售人员或柜面预约，完成五个环节的录音录像后再提交。")


class BadRecording(Invalid):
    """The steps come in another order, twice, or edited."""

    code = "bad_recording"
    message = _("双录要按五个环节依次完成，不能跳过、重录或剪辑")
    hint = _("请从下一个未完成的环节继续。")


class Unsigned(Invalid):
    """Nobody signed, or something changed after the signature."""

    code = "unsigned"
    message = _("投保申请还没有签名，或签名后内容有变动")
    hint = _("请核对内容后，用您手机收到的验证码签名。")


class ChangedWhileSigning(Stale):
    """What was shown to the signer is not what stands there now."""

    code = "changed_while_signing"
    message = _("内容在您签名前有变动，请重新核对")
    hint = _("请刷新页面，核对最新内容后再签名。")


class WrongCode(Refusal):
    """The code is wrong, used, too old or tried too often: never said which."""

    code = "wrong_code"
    message = _("验证码不正确，或已失效")
    hint = _("请核对短信；也可以重新获取验证码。")
    status = 422


class NoPhone(Refusal):
    """The signer has no phone of their own on record."""

    code = "no_phone_to_sign"
    message = _("签名人没有登记本人手机号，不能电子签名")
    hint = _("请先登记签名人本人的手机号，或到柜面办理。")


class BadReason(Invalid):
    """A person gives a reason."""

    code = "reason_missing"
    message = _("请写明理由")
    hint = _("至少 5 个字。")


class BadTalk(Invalid):
    """What the customer wants to ask is missing or too long, or the time is none of those offered."""

    code = "bad_talk"
    message = _("请写明想和核保员谈什么，2 到 300 字，并选择方便的时间")


class BadTalkNote(Invalid):
    """Whoever talked with a customer notes what was said."""

    code = "bad_talk_note"
    message = _("请写明沟通的内容，5 到 1,000 字")
    hint = _("没有接通的，选“没有接通”，可以不写。")


class NothingToWaive(Invalid):
    """The main contract is paid at once: no premium is left that could be waived."""

    code = "nothing_to_waive"
    message = _("主险一次交清，没有以后的保险费可以豁免")
    hint = _("请选择分年交费，或者不加豁免险。")


class OneWaiver(Invalid):
    """Two waivers on one contract: each would waive the other's premium."""

    code = "one_waiver"
    message = _("豁免险只能选一个")
    hint = _("请在投保人豁免和被保险人豁免中选一个。")


class RiderNotOffered(Invalid):
    """A rider that is not sold beside this product, or twice the same."""

    code = "rider_not_offered"
    message = _("这个附加险不能和所选的主险一起投保")
    hint = _("请从所列的附加险中选择。")


class FamilyNotFound(NotFound):
    """There is none of this number, or it is somebody else's: in the same words."""

    code = "family_application_not_found"
    message = _("没有找到这份家庭投保单")
    hint = _("请从“我的投保”重新进入；如需帮助，请联系客服。")


class FamilyHandedIn(Refusal):
    """The whole has been submitted: each application goes its own way now."""

    code = "family_handed_in"
    message = _("这份家庭投保单已经提交，不能再改")
    hint = _("请刷新页面，查看每位家人的进展；要增加家人，请另外投保。")


class PartOfFamily(Refusal):
    """The step is taken once, for the whole family."""

    code = "part_of_family"
    message = _("这份申请属于家庭投保单，这一步为全家一起办理")
    hint = _("请回到家庭投保单，为所有家人一起评估、确认、签名和提交。")


class AlreadyInFamily(Invalid):
    """The same person twice in one family application."""

    code = "already_in_family"
    message = _("这位家人已经在这份家庭投保单里")
    hint = _("请从家庭投保单打开他的那一份；填错了可以先移出再加。")


class FamilyFull(Invalid):
    """More people than one application holds."""

    code = "family_full"
    message = _("一份家庭投保单最多 10 位被保险人")
    hint = _("请另开一份。")


class FamilyEmpty(Invalid):
    """Nobody is left in it."""

    code = "family_empty"
    message = _("家庭投保单里没有被保险人了")
    hint = _("请先加上要投保的家人。")
