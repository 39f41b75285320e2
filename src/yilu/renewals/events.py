"""What renewals says happened."""

from __future__ import annotations

from yilu.kernel.facts import fact


@fact("renewals.reminded", "续期提醒")
class Reminded:
    """The holder was told of a premium."""

    due_id: int
    stage: str  # FIRST, WEEK, DUE_DAY, GRACE_ENDING
    due_on: str
    amount: str


@fact("renewals.premium_observed", "续期收费观察")
class PremiumObserved:
    """The days of grace of a premium are a week over: whether it was paid in them, neither lent nor lapsed."""

    due_id: int
    due_on: str
    amount: str
    paid: bool
    product: str
    channel: str
    office_id: int


@fact("renewals.second_year_observed", "第二年缴费观察")
class SecondYearObserved:
    """
    A contract paid over years is old enough to say whether the first premium of its second year was paid in time.

    ``yearly``: what it costs a year, as it stands; ``premium`` is one instalment.
    """

    effective_on: str
    premium: str
    paid: bool
    product: str
    channel: str
    office_id: int
    yearly: str = ""


@fact("renewals.third_year_observed", "第三年缴费观察")
class ThirdYearObserved:
    """The same of the first premium of its third year (25 个月)."""

    effective_on: str
    premium: str
    paid: bool
    product: str
    channel: str
    office_id: int
    yearly: str = ""


@fact("renewals.order_made", "发起缴费")
class OrderMade:
    """One or several premiums are to be paid in one payment."""

    kind: str  # SELF, DEBIT
    total: str
    policies: int


@fact("renewals.order_paid", "缴费成功")
class OrderPaid:
    """Every premium of the order is booked."""

    total: str
    policies: int


@fact("renewals.order_failed", "缴费未成功")
class OrderFailed:
    """The payment failed; somebody calls."""

    reason: str
    failures: int


@fact("renewals.order_returned", "缴费原路退回")
class OrderReturned:
    """The money came, and one of the premiums could not be taken any more: all of it goes back."""

    total: str
    reason: str


@fact("renewals.order_cancelled", "取消缴费")
class OrderCancelled:
    """It is not to be paid any more."""

    reason: str


@fact("renewals.lapse_told", "效力中止通知")
class LapseTold:
    """Promised to the holder: that cover is suspended, and how to restore it until when (服务规定 21)."""

    suspended_on: str
    until: str
    reason: str = "PREMIUM"


@fact("renewals.notice_given", "法定告知由人工完成")
class NoticeGiven:
    """No channel brought a notice the law demands: a person told the holder, as the finished item says."""

    item_id: int
    template: str


@fact("renewals.window_closing", "复效期将满提醒")
class WindowClosing:
    """The holder was told again that the way back closes."""

    until: str


@fact("renewals.window_closed", "复效期满终止")
class WindowClosed:
    """Two years are over: the contract ends, its value is paid."""

    until: str
    pays: str


@fact("renewals.benefit_foretold", "生存金满期金到期前告知")
class BenefitForetold:
    """The holder was told ahead what their contract will give on a day."""

    code: str
    due_on: str
    amount: str


@fact("renewals.cover_end_told", "保险期间届满告知")
class CoverEndTold:
    """The holder was told that cover ends on a day, or (0 days before) that it has ended."""

    ends_on: str
    days_before: int


@fact("renewals.benefit_announced", "生存金满期金领取通知")
class BenefitAnnounced:
    """The holder was told of money that waits for them."""

    code: str
    due_on: str
    amount: str
    times: int


@fact("renewals.anniversary_told", "保单周年报告")
class AnniversaryTold:
    """A policy year is complete; the holder was told where the statement is."""

    year: int


@fact("renewals.loan_due_told", "借款到期提醒")
class LoanDueTold:
    """The holder was told that a loan falls due."""

    due_on: str
    owed: str


@fact("renewals.case_opened", "续期关怀件开立")
class CaseOpened:
    """Somebody of ours helps with a renewal."""

    case_id: int
    kind: str  # CALL, ADVISE
    score: int
    failure: str


@fact("renewals.case_closed", "续期关怀件办结")
class CaseClosed:
    """How it ended."""

    case_id: int
    kind: str
    outcome: str


@fact("renewals.customer_orphaned", "客户失去服务人员")
class CustomerOrphaned:
    """Their agent left: they are told within thirty days, and get a successor."""

    agent_id: int
    left_on: str
    office_id: int


@fact("renewals.exit_told", "代理人离职告知")
class ExitTold:
    """Promised to the holder: who left, how the policies stand and whom to turn to."""

    agent_id: int
    successor_id: int | None


@fact("renewals.successor_assigned", "孤儿单承接人指派")
class SuccessorAssigned:
    """Somebody looks after the customer again."""

    successor_id: int
    by_rule: bool


@fact("renewals.run_finished", "续期日批完成")
class RunFinished:
    """Every policy was looked at for one day."""

    day: str
    parts: int


@fact("renewals.calendar_opened", "开通缴费日历")
class CalendarOpened:
    """The holder subscribed to their due dates."""


@fact("renewals.calendar_revoked", "停用缴费日历")
class CalendarRevoked:
    """The address no longer answers."""


@fact("renewals.new_year_offered", "续保邀约")
class NewYearOffered:
    """The next year of a one-year contract is offered at a premium, by the tables or by a person."""

    policy_id: int
    premium: str
    version_id: int
    starts_on: str
    by_person: bool


@fact("renewals.new_year_to_decide", "续保待人工核定")
class NewYearToDecide:
    """No table gives a premium for the next year: a person finds one or declines."""

    policy_id: int
    why: str  # GROUP, NOT_PRICED, UNKNOWN
    starts_on: str


@fact("renewals.new_year_stopped", "产品停售不再续保告知")
class NewYearStopped:
    """The product is no longer sold: the holder was told when cover ends and what else there is."""

    policy_id: int
    ends_on: str
    alternatives: int


@fact("renewals.new_year_taken", "续保成功")
class NewYearTaken:
    """The next year is paid and is a contract of its own."""

    policy_id: int
    next_id: int
    premium: str
    starts_on: str


@fact("renewals.new_year_called_off", "撤销续保退费")
class NewYearCalledOff:
    """A paid year was undone before it began; the money goes back the way it came."""

    policy_id: int
    next_id: int
    refunded: str


@fact("renewals.new_year_declined", "不再续保")
class NewYearDeclined:
    """A person declined the next year, with a reason the holder was told."""

    policy_id: int
    ends_on: str


@fact("renewals.new_year_missed", "满期未续保")
class NewYearMissed:
    """The time to pay is over: cover has ended, and the holder was told."""

    policy_id: int
    ends_on: str
