"""What hard cases and desks say happened; entered through ``events``, which names them all."""

from __future__ import annotations

from yilu.kernel.facts import fact


@fact("claims.investigation_step_planned", "安排调查步骤")
class InvestigationStepPlanned:
    """Somebody is to find something out by a time (调查步骤)."""

    step_id: int
    step: str  # HOSPITAL, INTERVIEW, RECORDS, SCENE, THIRD_PARTY, POLICE
    owner_id: int
    due_on: str


@fact("claims.investigation_step_handed_over", "移交调查步骤")
class InvestigationStepHandedOver:
    """Its owner left or may no longer look into cases: somebody else does, by the same time."""

    step_id: int
    from_staff_id: int
    to_staff_id: int


@fact("claims.investigation_step_done", "调查步骤完成")
class InvestigationStepDone:
    """A step of an investigation came to its result, or was dropped."""

    step_id: int
    step: str
    result: str  # SUPPORTS, CONTRADICTS, NOTHING, DROPPED


@fact("claims.third_party_asked", "委托第三方核实")
class ThirdPartyAsked:
    """An outside firm was asked to verify something."""

    step_id: int
    receipt: str


@fact("claims.third_party_answered", "第三方已回复")
class ThirdPartyAnswered:
    """The outside firm answered; the owner of the step looks at it."""

    step_id: int
    answer: str  # MATCHES, DIFFERS, NOTHING_FOUND


@fact("claims.referred_to_police", "移送公安经侦")
class ReferredToPolice:
    """A suspected crime was reported to the police (经侦介入)."""

    step_id: int


@fact("claims.investigation_reported", "提交调查报告")
class InvestigationReported:
    """The investigator handed in the report; another person concludes."""

    finding: str


@fact("claims.appraisal_ordered", "委托伤残鉴定")
class AppraisalOrdered:
    """An institution was asked to grade disabilities (伤残鉴定)."""

    appraisal_id: int
    due_on: str


@fact("claims.appraisal_reported", "收到鉴定意见")
class AppraisalReported:
    """The institution's opinion is here."""

    appraisal_id: int
    grade: int


@fact("claims.appraisal_settled", "鉴定意见核对完毕")
class AppraisalSettled:
    """Another person accepted the opinion or did not."""

    appraisal_id: int
    accepted: bool


@fact("claims.death_declared", "登记宣告死亡")
class DeathDeclared:
    """A court declared a missing person dead (宣告死亡)."""

    missing_on: str
    judged_on: str
    died_on: str


@fact("claims.declared_person_returned", "被宣告死亡人重新出现")
class DeclaredPersonReturned:
    """The person came back and the judgment was revoked: what was paid is to be given back."""

    returned_on: str


@fact("claims.entitlement_found", "认定受益人")
class EntitlementFound:
    """One person found out who is entitled; another confirms."""

    entitlement_id: int
    persons: int
    as_estate: bool


@fact("claims.entitlement_confirmed", "受益人认定复核通过")
class EntitlementConfirmed:
    """A second person confirmed who is entitled."""

    entitlement_id: int


@fact("claims.paid_elsewhere_noted", "登记他处赔付")
class PaidElsewhereNoted:
    """Another insurer paid towards the same cost."""

    note_id: int
    amount: str


@fact("claims.policy_order_chosen", "选择保单理赔顺序")
class PolicyOrderChosen:
    """The insured said which of their policies pays first (健康保险办法 25)."""

    claims: tuple[int, ...]


@fact("claims.instalment_stated", "确定可先行给付的数额")
class InstalmentStated:
    """What can be determined was said; it is paid by day sixty if nothing is decided (保险法 25)."""

    amount: str
    due_on: str


@fact("claims.claims_parted", "拆分并案")
class ClaimsParted:
    """Two reports that had been joined turned out to be two losses (拆分)."""

    from_claim_id: int
    back: bool  # this one stands by itself again; else it is the one that was left


@fact("claims.recovery_proposed", "提出追回")
class RecoveryProposed:
    """Somebody found that money was paid which is not owed."""

    recovery_id: int
    cause: str
    amount: str


@fact("claims.recovery_decided", "追回审批完毕")
class RecoveryDecided:
    """Another person approved asking for the money back, or did not."""

    recovery_id: int
    approved: bool
    receivable_id: int | None


@fact("claims.part_given", "分派案件部分")
class PartGiven:
    """A part of a case has a holder (分工)."""

    area: str
    staff_id: int


@fact("claims.part_done", "案件部分办结")
class PartDone:
    """The holder of a part is done with it."""

    area: str


@fact("claims.colleague_mentioned", "请同事查看")
class ColleagueMentioned:
    """A note of the shared log calls a colleague."""

    note_id: int
    staff_id: int


@fact("claims.quality_drawn", "抽取质量抽检")
class QualityDrawn:
    """A person's decision was drawn for a second look (质量抽检)."""

    decision_id: int
    drawn_because: str


@fact("claims.quality_graded", "质量抽检完成")
class QualityGraded:
    """A drawn decision was graded; its handler reads it."""

    decision_id: int
    grade: str


@fact("claims.agreement_asked", "请客户签署协议")
class AgreementAsked:
    """An agreement about the claim was put to somebody for their own signature (赔案协议)."""

    agreement_id: int
    agreement: str  # SETTLEMENT, REPAYMENT, THIRD_PARTY
    digest: str


@fact("claims.agreement_signed", "客户签署协议")
class AgreementSigned:
    """
    Signed with a code to the signer's own phone; the signature is for what has this digest.

    ``pay_by``: the last day to pay a settlement, where the contract agrees another term than the law's.
    """

    agreement_id: int
    agreement: str
    digest: str
    door: str
    pay_by: str = ""


@fact("claims.agreement_closed", "协议没有签成")
class AgreementClosed:
    """DECLINED by the customer, or WITHDRAWN by us."""

    agreement_id: int
    agreement: str
    ending: str


@fact("claims.care_ordered", "安排重案协助")
class CareOrdered:
    """Help before the decision: a hospital, a visit, costs advanced (重案协助)."""

    care_id: int
    care: str


@fact("claims.care_settled", "重案协助办理完毕")
class CareSettled:
    """The help was given, or was not approved."""

    care_id: int
    state: str


@fact("claims.rows_exported", "导出明细")
class RowsExported:
    """Somebody took rows of the lead's board out as a workbook."""

    export_id: int
    rows: int


@fact("claims.share_account_set", "代受益人登记收款账户")
class ShareAccountSet:
    """Staff set the account of another beneficiary as they had asked; the log says how."""

    party_id: int
    by: str


@fact("claims.returned_policy_decided", "重新出现后保单的处理")
class ReturnedPolicyDecided:
    """What becomes of the contract of somebody who came back: REVIVED or ENDED."""

    outcome: str


@fact("claims.benefit_divided", "部分付给第三方")
class BenefitDivided:
    """The insured agreed in writing that a third party is paid a part directly, up to this."""

    to_party: int
    ceiling: str
    kept_as: str


@fact("claims.benefit_assigned", "改付给第三方")
class BenefitAssigned:
    """The insured agreed in writing that somebody else is paid directly."""

    to_party: int
    kept_as: str


@fact("claims.late_interest_worked_out", "付款逾期，已计算逾期利息")
class LateInterestWorkedOut:
    """A payment came late by ``days`` that were ours; what the law owes for it waits for a person."""

    late_id: int
    payout_id: int
    days: int
    amount: str


@fact("claims.late_interest_decided", "逾期利息已核定")
class LateInterestDecided:
    """A person decided on interest for a late payment: GRANTED (with its payout) or REFUSED."""

    late_id: int
    outcome: str
    days: int
    amount: str
    payout_id: int = 0


@fact("claims.late_interest_paid", "逾期利息到账")
class LateInterestPaid:
    """The customer has the interest."""

    late_id: int
    payout_id: int
    amount: str


@fact("claims.age_misstated", "认定年龄误告")
class AgeMisstated:
    """The insured's true age was established; ``way``: what the law makes of it. Another person confirms."""

    finding_id: int
    way: str


@fact("claims.misstated_age_answered", "年龄误告复核")
class MisstatedAgeAnswered:
    """The second person's word on a wrong age."""

    finding_id: int
    stands: bool
    way: str


@fact("claims.lapse_found_mistaken", "认定保单中止有误")
class LapseFoundMistaken:
    """A person found that the contract was suspended by a mistake. Another person confirms."""

    finding_id: int
    ground: str  # PAID, NOT_ASKED, OTHER


@fact("claims.mistaken_lapse_answered", "中止有误的复核")
class MistakenLapseAnswered:
    """The second person's word on it; where it ``stands``, the contract was never suspended."""

    finding_id: int
    stands: bool


@fact("claims.fraud_rescission_proposed", "提出以欺诈为由解除合同")
class FraudRescissionProposed:
    """The contract is to be rescinded for the fraud a decision found (保险法 27); another person decides."""

    knowledge_id: int
    fraud: str  # FABRICATED, CAUSED
