"""What claims says happened: past tense, ids and codes only, amounts as text."""

from __future__ import annotations

from yilu.claims.hard_events import (
    AgeMisstated,
    AgreementAsked,
    AgreementClosed,
    AgreementSigned,
    AppraisalOrdered,
    AppraisalReported,
    AppraisalSettled,
    BenefitAssigned,
    BenefitDivided,
    CareOrdered,
    CareSettled,
    ClaimsParted,
    ColleagueMentioned,
    DeathDeclared,
    DeclaredPersonReturned,
    EntitlementConfirmed,
    EntitlementFound,
    InstalmentStated,
    InvestigationReported,
    InvestigationStepDone,
    InvestigationStepHandedOver,
    InvestigationStepPlanned,
    LateInterestDecided,
    LateInterestPaid,
    LateInterestWorkedOut,
    MisstatedAgeAnswered,
    PaidElsewhereNoted,
    PartDone,
    PartGiven,
    PolicyOrderChosen,
    QualityDrawn,
    QualityGraded,
    RecoveryDecided,
    RecoveryProposed,
    ReferredToPolice,
    ReturnedPolicyDecided,
    RowsExported,
    ShareAccountSet,
    ThirdPartyAnswered,
    ThirdPartyAsked,
)
from yilu.claims.waiting_events import (
    ReportKeptWaiting,
    WaitingReportCalled,
    WaitingReportEnded,
    WaitingReportFiled,
    WaitingReportOverdue,
    WaitingReportRefused,
    WaitingReportReminded,
    WaitingReportStuck,
)
from yilu.kernel.facts import fact

__all__ = [
    "AccountAsked",
    "AgeMisstated",
    "AgreementAsked",
    "AgreementClosed",
    "AgreementSigned",
    "AppraisalOrdered",
    "AppraisalReported",
    "AppraisalSettled",
    "BenefitAssigned",
    "BenefitDivided",
    "CareOrdered",
    "CareSettled",
    "ClaimApproved",
    "ClaimCalculated",
    "ClaimClosed",
    "ClaimDeclined",
    "ClaimMerged",
    "ClaimOffered",
    "ClaimPaid",
    "ClaimRated",
    "ClaimRegistered",
    "ClaimReopened",
    "ClaimReported",
    "ClaimSampled",
    "ClaimSentToReview",
    "ClaimWithdrawn",
    "ClaimsParted",
    "ColleagueMentioned",
    "ComplexityStated",
    "ConsultantAssigned",
    "DeathDeclared",
    "DecisionProposed",
    "DecisionSentBack",
    "DeclaredPersonReturned",
    "DenialNoticeSent",
    "DocumentsReceived",
    "EntitlementConfirmed",
    "EntitlementFound",
    "ExGratiaGranted",
    "FactsEstablished",
    "GroundForRescissionKnown",
    "IncompleteFileChased",
    "InstalmentStated",
    "InvestigationClosed",
    "InvestigationOpened",
    "InvestigationReported",
    "InvestigationStepDone",
    "InvestigationStepHandedOver",
    "InvestigationStepPlanned",
    "LateInterestDecided",
    "LateInterestPaid",
    "LateInterestWorkedOut",
    "MisstatedAgeAnswered",
    "NoteWritten",
    "OfferDeclined",
    "PaidElsewhereNoted",
    "PaperChangedAfterDecision",
    "PartDone",
    "PartGiven",
    "PartialPaymentMade",
    "PayoutFailed",
    "PayoutPromised",
    "PolicyOrderChosen",
    "QualityDrawn",
    "QualityGraded",
    "RecoveryDecided",
    "RecoveryProposed",
    "ReferredToPolice",
    "ReportKeptWaiting",
    "RescissionDecided",
    "ReturnedPolicyDecided",
    "RowsExported",
    "SampleReviewed",
    "ShareAccountSet",
    "SignalRaised",
    "SupplementNoticeArrived",
    "SupplementReceived",
    "SupplementRequested",
    "ThirdPartyAnswered",
    "ThirdPartyAsked",
    "WaitingReportCalled",
    "WaitingReportEnded",
    "WaitingReportFiled",
    "WaitingReportOverdue",
    "WaitingReportRefused",
    "WaitingReportReminded",
    "WaitingReportStuck",
]


@fact("claims.claim_reported", "客户报案", begins=True)
class ClaimReported:
    """A loss was reported (报案): the first notice, from whichever door."""

    policy_id: int
    claim_type: str  # MEDICAL, ALLOWANCE, CRITICAL_ILLNESS, DISABILITY, DEATH, ACCIDENT, WAIVER
    loss_date: str
    channel: str  # APP, PHONE, AGENT, PROVIDER, PROACTIVE
    office_id: int
    came_by: str = (
        ""  # WECHAT, MINI_PROGRAM, MESSAGE (a link we sent), BROWSER; empty: not on their own phone
    )
    life_insurance: bool = False  # by the product's kind: five years to claim, not two (保险法 26)
    received_on: str = ""  # the day it reached us on paper, where it was typed in later


@fact("claims.claim_merged", "重复报案已并入")
class ClaimMerged:
    """The same loss was reported again: the second report joined the first (并案)."""

    into_claim_id: int


@fact("claims.documents_received", "收到理赔资料")
class DocumentsReceived:
    """Files were handed in; the first start the law's clocks to decide, whatever is missing (解释二 15)."""

    complete: bool  # whether the checklist is now fulfilled
    programme: str
    estimated_band: str  # UNDER_10K or OVER_10K, by the amount claimed so far
    received_on: str = ""  # the day the first of the claim's papers was here, where before this one


@fact("claims.claim_registered", "已立案，开始审核")
class ClaimRegistered:
    """
    Claim and every required document are here, or a person goes on without (立案): our pledges count from here.

    The law's clocks started with the first papers, or start here where there were none.
    """

    claim_type: str
    lane: str  # GREEN, YELLOW, RED
    programme: str  # FAST (≤10,000 and clean), STANDARD, COMPLEX, ONE_DAY_CRITICAL
    band: str  # UNDER_3K, UNDER_10K, UNDER_100K, OVER_100K
    straight_through: bool
    complete_on: str = ""  # the day the last of them reached us, where that was before this one


@fact("claims.supplement_requested", "已一次性告知补充资料")
class SupplementRequested:
    """One notice of everything that is missing (一次性补充通知)."""

    notice_id: int
    items: tuple[str, ...]
    ordinal: int


@fact("claims.supplement_notice_arrived", "补充通知已送达")
class SupplementNoticeArrived:
    """Proof that the notice reached the customer: from here the clock stands still."""

    notice_id: int
    proof: str  # message receipt, signed paper, …


@fact("claims.supplement_received", "补充资料已收到")
class SupplementReceived:
    """
    Proof that the asked-for documents arrived: the clock goes on.

    ``received_on``: the day they really came, where they were typed in later.
    """

    notice_id: int
    proof: str
    received_on: str = ""


@fact("claims.signal_raised", "发现需核实的情况")
class SignalRaised:
    """A risk signal routed the claim to a person; a signal never refuses."""

    signal: str
    severity: str


@fact("claims.claim_sent_to_review", "转人工审核")
class ClaimSentToReview:
    """A person must look at the claim."""

    lane: str
    reasons: tuple[str, ...]


@fact("claims.claim_calculated", "理算完成")
class ClaimCalculated:
    """The benefit was calculated (理算)."""

    calculation_id: int
    digest: str
    benefit: str


@fact("claims.investigation_opened", "启动调查核实")
class InvestigationOpened:
    """Facts are being verified outside the file (调查)."""

    reason: str


@fact("claims.investigation_closed", "调查核实完成")
class InvestigationClosed:
    """The investigation ended with a finding."""

    finding: str


@fact("claims.ground_for_rescission_known", "知悉解除事由")
class GroundForRescissionKnown:
    """We learned of a non-disclosure: the 30 days of 保险法 16 begin (解除权起算)."""

    policy_id: int
    ground: str
    knowledge_id: int = 0
    known_on: str = ""  # the thirty days count from here
    formed_on: str = ""  # when the contract was formed: two years later nobody may rescind


@fact("claims.rescission_decided", "解除权处理完毕")
class RescissionDecided:
    """We rescinded or let the right go."""

    outcome: str  # RESCINDED, WAIVED, LAPSED
    knowledge_id: int = 0


@fact("claims.claim_approved", "核定赔付")
class ClaimApproved:
    """We decided to pay (核赔通过); ``pay_by``: until when, where the contract agrees its own term (保险法 23)."""

    decision_id: int
    benefit: str
    decided_by: str
    programme: str
    pay_by: str = ""


@fact("claims.claim_declined", "核定不予赔付")
class ClaimDeclined:
    """A person decided not to pay, with reasons and the clause (拒赔): for fraud, or covered with nothing due."""

    decision_id: int
    decided_by: str
    clause: str
    nothing_due: bool = False
    fraud: str = ""  # FABRICATED, CAUSED


@fact("claims.decision_proposed", "核赔结论提交复核")
class DecisionProposed:
    """A decision waits for a second pair of eyes (双人复核)."""

    decision_id: int
    verdict: str


@fact("claims.decision_sent_back", "复核退回")
class DecisionSentBack:
    """The second pair of eyes did not agree: the claim goes back to its desk."""

    decision_id: int


@fact("claims.denial_notice_sent", "拒赔通知已送达")
class DenialNoticeSent:
    """The reasoned letter reached the customer."""

    letter_id: int


@fact("claims.partial_payment_made", "先行支付无争议部分")
class PartialPaymentMade:
    """What can be determined was paid first (保险法 25)."""

    payout_id: int
    amount: str


@fact("claims.ex_gratia_granted", "通融赔付")
class ExGratiaGranted:
    """Paid without being owed, on a named approver's authority."""

    decision_id: int
    amount: str


@fact("claims.payout_promised", "已发起付款")
class PayoutPromised:
    """The payment was promised to the bank."""

    payout_id: int
    amount: str
    programme: str


@fact("claims.payout_failed", "付款被银行退回")
class PayoutFailed:
    """The bank refused the payment; the account must be corrected."""

    payout_id: int
    reason: str


@fact("claims.claim_paid", "赔款到账")
class ClaimPaid:
    """The customer has the money."""

    payout_id: int
    amount: str


@fact("claims.claim_closed", "结案")
class ClaimClosed:
    """Nothing is left to do; says how it ended."""

    outcome: str  # PAID, DECLINED, WITHDRAWN, MERGED, ZERO


@fact("claims.claim_withdrawn", "客户撤回申请")
class ClaimWithdrawn:
    """The claimant took the claim back (撤案)."""


@fact("claims.claim_sampled", "抽取事后复核")
class ClaimSampled:
    """A paid straight-through claim was drawn for human review afterwards."""


@fact("claims.sample_reviewed", "事后复核完成")
class SampleReviewed:
    """A person looked at a paid straight-through claim."""

    verdict: str  # RIGHT, WRONG_AMOUNT, WRONG_LANE, DOCUMENTS


@fact("claims.claim_reopened", "重新处理")
class ClaimReopened:
    """The claim goes on: new facts or an appeal."""

    reason: str


@fact("claims.claim_rated", "客户评价")
class ClaimRated:
    """The customer rated the service after closing."""

    stars: int
    recommend: int


@fact("claims.claim_offered", "主动理赔邀约")
class ClaimOffered:
    """A hospital's invoice made a ready claim; the customer only has to say yes (主动理赔)."""

    offer_id: int
    claim_type: str


@fact("claims.offer_declined", "客户不申请主动理赔")
class OfferDeclined:
    """The customer did not want the ready claim."""

    offer_id: int


@fact("claims.consultant_assigned", "已安排理赔顾问")
class ConsultantAssigned:
    """A person of their own accompanies a grave loss (专属理赔顾问)."""

    staff_id: int


@fact("claims.records_asked", "向医疗数据平台调取就诊记录")
class RecordsAskedFor:
    """The bills of the visit are asked for, because the patient agreed to it (单独同意)."""


@fact("claims.records_answered", "就诊记录调取结果")
class RecordsAnswered:
    """The platform answered: ``bills`` came and were taken over as papers of the claim."""

    result: str  # FOUND, NOTHING, NOT_NEEDED
    bills: int
    receipt: str


@fact("claims.opinion_given", "现场查勘意见")
class OpinionGivenOnScene:
    """Whoever saw the case on the spot said what they think; below 3,000 yuan it stands."""

    decision_id: int
    verdict: str
    amount: str


@fact("claims.note_written", "沟通记录")
class NoteWritten:
    """Something was said with somebody about the claim; the words are in the shared log."""

    note_id: int
    kind: str
    shown: bool  # the customer heard how their claim stands, while nothing was decided


@fact("claims.complexity_stated", "认定情形复杂")
class ComplexityStated:
    """A person stated why a claim is complex: thirty days instead of five working days (服务规定 23)."""

    reason: str  # a code of COMPLEXITY_REASONS
    note_id: int  # the words, in the shared log


@fact("claims.facts_established", "案件事实认定")
class FactsEstablished:
    """A person established the circumstances of the loss from the papers."""

    cause: str


@fact("claims.incomplete_file_chased", "跟踪待补资料")
class IncompleteFileChased:
    """An incomplete small file was followed up (工作日上午、下午各一次)."""

    slot: str  # AM, PM


@fact("claims.paper_changed_after_decision", "核定后资料有变动")
class PaperChangedAfterDecision:
    """A paper that a decision rests on was corrected, refused or found false: a person looks again."""

    upload_id: int
    change: str  # CORRECTED, REFUSED, NOT_GENUINE
    state: str  # where the claim stood


@fact("claims.account_asked", "请客户更正收款账户")
class AccountAsked:
    """The payments desk asked for another account, with a link, after the bank returned a payment."""

    payout_id: int
