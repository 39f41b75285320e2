"""What servicing says happened: kinds, doors, states and amounts; never what somebody wrote."""

from __future__ import annotations

from yilu.kernel.facts import fact


@fact("servicing.request_started", "开始填写保全申请")
class RequestStarted:
    """Somebody began to ask for something (填写中)."""

    request: str
    door: str
    office_id: int
    policy_id: int = 0  # 0: about what we keep of somebody, not about a contract


@fact("servicing.request_prepared", "代办人备好申请，等客户确认")
class RequestPrepared:
    """An agent or the counter filled it in; the customer confirms on their own device."""

    request: str
    door: str


@fact("servicing.self_service_blocked", "自助限额已满，转人工续办")
class SelfServiceBlocked:
    """The page could not finish it: the form is kept, and other ways are offered."""

    request: str
    reason: str  # LIMIT


@fact("servicing.continuation_asked", "客户选择续办方式")
class ContinuationAsked:
    """How the customer wants to go on with the half-filled form."""

    request: str
    way: str  # VIDEO, ADVISER, COUNTER


@fact("servicing.identity_checked", "办理前核对身份")
class IdentityChecked:
    """Whoever asks has just proved who they are."""

    request: str
    proof: str  # CODE, FACE, CALL, VIDEO


@fact("servicing.new_phone_proved", "验证新手机号")
class NewPhoneProved:
    """The phone that is to become the customer's has just answered with its code."""

    request: str


@fact("servicing.request_confirmed", "提交保全申请")
class RequestConfirmed:
    """The customer saw what it costs or pays and confirmed exactly that."""

    request: str
    door: str
    office_id: int
    clock: str  # CHANGE, SURRENDER
    reviewed: bool
    complete: bool
    waiting: bool  # for others' agreement
    pays: str
    collects: str
    received_on: str = ""  # the day it reached us on paper, where it was typed in later
    policy_id: int = 0


@fact("servicing.second_party_agreed", "被保险人确认同意")
class SecondPartyAgreed:
    """The insured agreed on their own device."""

    request: str


@fact("servicing.second_party_declined", "被保险人不同意")
class SecondPartyDeclined:
    """The insured did not agree: nothing changes."""

    request: str


@fact("servicing.agreements_asked", "请他人确认同意")
class AgreementsAsked:
    """The request waits for the insured, or for the other heirs, to agree."""

    request: str
    people: int
    office_id: int


@fact("servicing.heir_agreed", "继承人确认同意")
class HeirAgreed:
    """One of the other heirs agreed, with a code on their own phone or signed at the counter."""

    request: str
    all_agreed: bool


@fact("servicing.heir_declined", "继承人不同意")
class HeirDeclined:
    """One of the other heirs did not agree: a person takes it."""

    request: str


@fact("servicing.agreements_ended", "他人意见已有结果")
class AgreementsEnded:
    """The request no longer waits for others: it goes on by itself, or a person has it."""

    request: str
    outcome: str  # AGREED, DECLINED, SILENT
    reviewed: bool
    office_id: int


@fact("servicing.agreements_replaced", "以生效文书代替同意")
class AgreementsReplaced:
    """A judgment or notarial deed stood in for heirs who did not agree; a person approved on it."""

    request: str
    people: int


@fact("servicing.request_accepted", "保全受理")
class RequestAccepted:
    """The papers are complete and somebody has it in hand."""

    request: str
    complete: bool


@fact("servicing.papers_asked", "一次性告知补充资料")
class PapersAsked:
    """The one notice of everything that is missing."""

    request: str
    items: int


@fact("servicing.papers_notice_arrived", "补充资料告知已送达")
class PapersNoticeArrived:
    """The notice reached the customer: the clock stands still from here."""

    notice_id: int
    proof: str


@fact("servicing.papers_received", "补充资料收到")
class PapersReceived:
    """What was missing has come: the clock goes on, or the time to accept begins (服务规定 19)."""

    notice_id: int
    proof: str
    complete: bool
    received_on: str = ""  # the day they really came, where they were typed in later
    accepted: bool = True  # whether it had been accepted before; events of old do not say


@fact("servicing.delay_explained", "延期说明已告知客户")
class DelayExplained:
    """It takes longer than promised; the customer was told why and until when."""

    request: str


@fact("servicing.request_approved", "保全审批通过")
class RequestApproved:
    """A person with authority for the amount approved it."""

    request: str
    amount: str


@fact("servicing.money_awaited", "等待款项")
class MoneyAwaited:
    """Money is on its way: IN from the customer, OUT to them."""

    request: str
    direction: str  # IN, OUT
    amount: str


@fact("servicing.money_arrived", "客户款项到账")
class MoneyArrived:
    """What the customer had to pay is here."""

    request: str
    amount: str


@fact("servicing.effect_failed", "保全生效受阻，转人工处理")
class EffectFailed:
    """After confirming, the contract was no longer as it had been: a person decides."""

    request: str
    reason: str


@fact("servicing.request_done", "保全办理完成")
class RequestDone:
    """It is in effect, and the money, if any, has arrived."""

    request: str
    effective_on: str


@fact("servicing.request_refused", "保全不予办理")
class RequestRefused:
    """A person refused, with reasons that the customer is told in a letter."""

    request: str
    reasons: int


@fact("servicing.request_withdrawn", "撤回保全申请")
class RequestWithdrawn:
    """The customer took it back before it took effect."""

    request: str


@fact("servicing.account_closed", "注销账号")
class AccountClosed:
    """Somebody closed the account they signed in with; contracts and records stay."""

    party_id: int


@fact("servicing.consent_by_silence", "三十日未答复，视为同意")
class ConsentBySilence:
    """We did not answer a reinstatement within the time: the law takes that as consent (解释三 8)."""

    request: str
    asked_on: str
