"""What policies says happened: ids and codes only, amounts as text."""

from __future__ import annotations

from yilu.kernel.facts import fact


@fact("policies.policy_issued", "保单承保")
class PolicyIssued:
    """A contract was made (承保)."""

    product: str
    product_version_id: int
    channel: str
    effective_on: str


@fact("policies.grace_started", "进入宽限期")
class GraceStarted:
    """A premium fell due and was not paid; cover goes on (宽限期)."""

    due_on: str
    owed_premium: str


@fact("policies.premium_received", "收到续期保险费")
class PremiumReceived:
    """A renewal premium came in (续期交费)."""

    amount: str
    paid_to: str


@fact("policies.policy_suspended", "保单中止")
class PolicySuspended:
    """Cover is suspended (中止): a notice with how to restore it is due in 10 working days."""

    suspended_on: str
    reason: str = "PREMIUM"  # PREMIUM: grace ran out; LOAN: what is owed outgrew the value


@fact("policies.policy_reinstated", "保单复效")
class PolicyReinstated:
    """Cover goes on by agreement (复效); waiting periods run anew."""

    reinstated_on: str


@fact("policies.premiums_waived", "豁免后续保险费")
class PremiumsWaived:
    """Future premiums need not be paid (保费豁免); ``given_back``: those of that time paid already."""

    waived_from: str
    claim: str
    given_back: str = "0.00"


@fact("policies.policy_ended", "保单终止")
class PolicyEnded:
    """The contract came to its end; ``ending`` says how."""

    ending: str
    ended_on: str


@fact("policies.beneficiaries_changed", "变更受益人")
class BeneficiariesChanged:
    """
    Who is paid on death was changed, with the insured's consent (受益人变更).

    It counts from the day on which it was expressed (解释三 10); empty: from that of the event.
    """

    beneficiaries: int
    insured_consented: bool
    expressed_on: str = ""


@fact("policies.premium_collection_held", "暂停收取保险费")
class PremiumCollectionHeld:
    """No premium may be collected while a question is open (暂停收费): renewals neither ask nor debit."""

    reason: str
    about: str


@fact("policies.premium_collection_released", "恢复收取保险费")
class PremiumCollectionReleased:
    """The question is settled: premiums may be asked for again."""

    reason: str
    about: str


@fact("policies.loan_made", "办理保单借款")
class LoanMade:
    """Money was lent on the policy's value (保单借款)."""

    loan_id: int
    amount: str
    rate: str
    due_on: str


@fact("policies.loan_repaid", "归还保单借款")
class LoanRepaid:
    """A loan was repaid in part or whole, interest first; ``left`` is still owed."""

    interest: str
    principal: str
    left: str


@fact("policies.loan_raised", "还息增借")
class LoanRaised:
    """The interest was paid and the loan raised; a new term runs."""

    loan_id: int
    raised_by: str
    interest: str
    principal: str
    due_on: str


@fact("policies.loan_interest_capitalised", "借款到期未还，利息转入本金")
class LoanInterestCapitalised:
    """A term ended unpaid: its interest bears interest from now on."""

    loan_id: int
    interest: str
    principal: str
    due_on: str


@fact("policies.loan_nears_value", "借款本息接近现金价值")
class LoanNearsValue:
    """What is owed comes near the value: the holder is told before cover is suspended (事先通知)."""

    owed: str
    value: str


@fact("policies.loan_outgrew_value", "借款本息超过现金价值")
class LoanOutgrewValue:
    """What is owed exceeds the value: the contract is suspended, a notice is due."""

    owed: str
    value: str


@fact("policies.premium_advanced", "自动垫交保险费")
class PremiumAdvanced:
    """An unpaid premium was lent from the policy's value, so that cover goes on (自动垫交)."""

    due_on: str
    amount: str
    owed: str


@fact("policies.money_kept_in_suspense", "款项转入溢交款")
class MoneyKeptInSuspense:
    """Money came in that pays no whole premium, or may not be taken as one: it stays the customer's."""

    amount: str
    reason: str  # REST, SUSPENDED, ENDED, HELD, NOTHING_DUE


@fact("policies.suspense_returned", "退还溢交款")
class SuspenseReturned:
    """What was paid too much went back."""

    amount: str


@fact("policies.holder_changed", "变更投保人")
class HolderChanged:
    """Somebody else is the policyholder now."""

    from_holder: int
    to_holder: int
    reason: str  # AGREEMENT, INHERITANCE


@fact("policies.pay_mode_changed", "变更交费频次")
class PayModeChanged:
    """Premiums are paid in other instalments."""

    pay_mode: str
    premium: str
    from_on: str


@fact("policies.premium_account_changed", "变更续期交费方式")
class PremiumAccountChanged:
    """Premiums are paid another way or from another account of the holder's."""

    pay_method: str


@fact("policies.benefit_account_changed", "变更领取账户")
class BenefitAccountChanged:
    """Benefits that fall due go to another account of their owner's."""

    survival_option: str


@fact("policies.sum_reduced", "减少保额")
class SumReduced:
    """The sum insured and the premium were reduced, the value of the part given back."""

    sum_insured: str
    premium: str
    paid: str


@fact("policies.policy_paid_up", "减额交清")
class PolicyPaidUp:
    """The value bought a smaller sum for the rest of the term; nothing falls due any more."""

    from_sum: str
    sum_insured: str


@fact("policies.occupation_changed", "变更职业类别")
class OccupationChanged:
    """The insured's work is of another class; the premium follows from the next due date."""

    occupation_class: int
    premium: str


@fact("policies.insured_corrected", "更正被保险人信息")
class InsuredCorrected:
    """Age or sex had been misstated: the premium was worked out anew (保险法 32)."""

    rated_age: int
    rated_sex: str
    premium: str
    difference: str
    sum_insured: str = ""


@fact("policies.rider_added", "新增附加险")
class RiderAdded:
    """Another policy hangs on this one now."""

    rider_id: int


@fact("policies.policy_restrained", "保单冻结或质押")
class PolicyRestrained:
    """Nothing is paid out or changed until it is lifted."""

    restraint: str
    reason: str


@fact("policies.restraint_lifted", "保单解冻或解除质押")
class RestraintLifted:
    """The contract may be changed again."""

    restraint: str


@fact("policies.option_chosen", "变更领取或垫交选择")
class OptionChosen:
    """The holder chose otherwise: what happens to dividends, survival benefits, unpaid premiums."""

    option: str  # DIVIDEND, SURVIVAL, ADVANCE
    choice: str


@fact("policies.policy_received", "客户签收保单")
class PolicyReceived:
    """The contract was delivered: the cooling-off period runs from here."""

    received_on: str


@fact("policies.policy_surrendered", "退保给付")
class PolicySurrendered:
    """The value was given back, less what was owed (退保)."""

    value: str
    owed: str
    paid: str


@fact("policies.policy_returned", "犹豫期退还保险费")
class PolicyReturned:
    """The contract was returned in its cooling-off period and never gave cover (犹豫期退保)."""

    refunded: str
    cost: str


@fact("policies.waiver_taken_back", "取消保费豁免")
class WaiverTakenBack:
    """The claim that had waived the premiums was decided otherwise: they fall due again."""

    waived_from: str
    claim: str


@fact("policies.policy_revived", "保单恢复效力")
class PolicyRevived:
    """
    A contract that had ended by a benefit goes on: the event never happened, the money is back.

    So many ``premiums`` fell due meanwhile and are ``owed`` until a day.
    """

    about: str
    owed: str = "0.00"
    premiums: int = 0
    pay_until: str = ""


@fact("policies.lapse_undone", "中止更正，效力未中断")
class LapseUndone:
    """
    A suspension was a mistake of ours: cover was never broken. So many ``premiums`` of before and since
    are ``owed``, without interest, until a day.
    """

    about: str
    suspended_on: str
    owed: str = "0.00"
    premiums: int = 0
    pay_until: str = ""


@fact("policies.premiums_given_back", "解除合同退还保险费")
class PremiumsGivenBack:
    """The contract was rescinded after gross negligence; the premiums go back (保险法 16)."""

    amount: str


@fact("policies.benefit_fell_due", "生存金到期")
class BenefitFellDue:
    """A survival, annuity or maturity benefit fell due by the calendar."""

    code: str
    due_on: str
    amount: str


@fact("policies.benefit_accumulated", "生存金累积生息")
class BenefitAccumulated:
    """It stays with us and bears interest, as the holder chose."""

    amount: str


@fact("policies.benefit_paid", "生存金给付")
class BenefitPaid:
    """Benefits that had fallen due were paid to their owner."""

    amount: str
    interest: str


@fact("policies.dividend_declared", "红利派发")
class DividendDeclared:
    """A dividend was credited."""

    year: int
    amount: str


@fact("policies.addition_bought", "红利购买交清增额")
class AdditionBought:
    """A dividend bought a sum insured with nothing more to pay."""

    year: int
    amount: str
    bought: str


@fact("policies.additions_given_back", "领取交清增额")
class AdditionsGivenBack:
    """Sums that dividends had bought were given back; the contract goes on without them."""

    sum: str
    paid: str


@fact("policies.leftover_returned", "退还保单余款")
class LeftoverReturned:
    """What lay on a contract and was the customer's went back to them."""

    amount: str


@fact("policies.leftover_waits", "保单余款待人工退还")
class LeftoverWaits:
    """What lies on a contract that has ended could not go by itself: a person finds out how."""

    amount: str
    reason: str  # NO_ACCOUNT, DIED, RESTRAINED, LOAN, REJECTED


@fact("policies.renewal_agreed", "同意自动续保")
class RenewalAgreed:
    """The holder lets us renew a one-year contract by ourselves (互联网办法 21)."""

    text_version: str
    way: str


@fact("policies.renewal_consent_withdrawn", "撤回自动续保同意")
class RenewalConsentWithdrawn:
    """The holder took that back."""

    text_version: str


@fact("policies.policy_renewed", "保单续保")
class PolicyRenewed:
    """The year after this one is concluded; it begins without a gap (续保)."""

    next_id: int
    starts_on: str
    version_id: int
    premium: str


@fact("policies.renewal_called_off", "撤销续保")
class RenewalCalledOff:
    """A renewed year was undone before it began: it never gave cover, what was paid goes back."""

    renewed_id: int
    paid: str


@fact("policies.payee_identity_awaited", "付款等待核实收款人身份")
class PayeeIdentityAwaited:
    """Money of a contract waits until its payee's identity is known (反洗钱法 29-31)."""

    payout_id: int
    amount: str


@fact("policies.payee_identified", "收款人身份已核实，付款发出")
class PayeeIdentified:
    """The payee is known: what waited goes to the bank."""

    payout_id: int
