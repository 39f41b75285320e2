"""What happens to an application. Facts carry ids, codes and amounts; never a name or an answer."""

from __future__ import annotations

from yilu.kernel.facts import fact


@fact("underwriting.needs_asked", "完成需求诊断")
class NeedsAsked:
    """Somebody told their needs and saw plans with a reason each."""

    needs_id: int
    tags: tuple[str, ...]
    products: tuple[str, ...]
    rules_version: str


@fact("underwriting.plans_told", "推送匹配方案")
class PlansTold:
    """A customer who agreed to it was told of plans that match their needs."""

    needs_id: int


@fact("underwriting.application_started", "开始投保")
class ApplicationStarted:
    """An application was begun."""

    channel: str
    product: str
    office_id: int


@fact("underwriting.family_started", "开始为家人一起投保")
class FamilyStarted:
    """Several people are to be insured in one go; this application is the first of them."""

    application_id: int
    office_id: int


@fact("underwriting.family_submitted", "提交家庭投保单")
class FamilySubmitted:
    """A family application was handed in as a whole."""

    applications: tuple[int, ...]
    begin_together: bool
    pay_together: bool
    digest: str


@fact("underwriting.family_moved", "家人的投保有进展")
class FamilyMoved:
    """Something became of one application of a family after it was handed in: others may have waited."""

    application_id: int


@fact("underwriting.family_stopped_waiting", "不再等候其他家人")
class FamilyStoppedWaiting:
    """The holder wishes that those who are accepted begin without the others."""


@fact("underwriting.plan_chosen", "选定方案")
class PlanChosen:
    """Sum, term and way to pay were chosen, with the price shown."""

    product: str
    version_id: int
    sum_insured: str
    premium: str
    pay_years: int
    pay_mode: str


@fact("underwriting.health_declared", "完成健康告知")
class HealthDeclared:
    """Every question was answered, under this text."""

    questionnaire: str
    questions: int


@fact("underwriting.suitability_assessed", "完成适当性评估")
class SuitabilityAssessed:
    """The premium was held against the means of whoever pays it."""

    limits: tuple[str, ...]
    special_care: bool
    statement: bool


@fact("underwriting.notice_confirmed", "逐条确认重要条款")
class NoticeConfirmed:
    """A clause was shown prominently and confirmed by itself."""

    code: str
    clause: str
    text_digest: str


@fact("underwriting.renewal_wished", "投保时表示是否同意自动续保")
class RenewalWished:
    """The holder let us renew a one-year contract by ourselves, or took that back, while applying."""

    agrees: bool
    text_version: str


@fact("underwriting.identity_checked", "身份核验")
class IdentityChecked:
    """The register answered about a person's name and number."""

    person_id: int
    matched: bool
    receipt: str


@fact("underwriting.medical_data_compared", "医疗信息核对")
class MedicalDataCompared:
    """With consent, the medical-data platform was asked; only how many entries came is told."""

    entries: int
    receipt: str


@fact("underwriting.application_signed", "电子签名")
class ApplicationSigned:
    """Somebody signed with a code to their own phone what they had been shown."""

    person_id: int
    purpose: str
    digest: str
    door: str


@fact("underwriting.step_recorded", "双录环节完成")
class StepRecorded:
    """One of the five steps of the sale was recorded."""

    step: str
    sha256: str
    chain: str


@fact("underwriting.recording_forgotten", "双录资料到期删除")
class RecordingForgotten:
    """A recording was kept as long as the law wants, and its files are gone. ``why``: the reasons for its last day."""

    steps: int
    kept_until: str
    why: str = ""  # GENERAL, CONTRACT, DISPUTE


@fact("underwriting.recording_check_opened", "双录质检立项")
class RecordingCheckOpened:
    """A chosen recording is to be checked before the cooling-off period of its contract ends (可回溯办法 10)."""

    until: str


@fact("underwriting.recording_checked", "双录质检")
class RecordingChecked:
    """Quality control looked at a recording."""

    passed: bool


@fact("underwriting.application_submitted", "提交投保")
class ApplicationSubmitted:
    """The application was handed in; ``complete`` where no paper is missing."""

    product: str
    channel: str
    office_id: int
    complete: bool
    digest: str


@fact("underwriting.application_decided", "核保结论")
class ApplicationDecided:
    """A verdict was given: by the machine or a person."""

    decision_id: int
    ordinal: int
    outcome: str
    by_machine: bool
    office_id: int


@fact("underwriting.opinion_proposed", "核保意见待复核")
class OpinionProposed:
    """An underwriter's opinion waits for a second person."""

    proposed_id: int
    outcome: str
    why: str
    office_id: int


@fact("underwriting.opinion_sent_back", "核保意见退回")
class OpinionSentBack:
    """The second person sent the opinion back with a reason."""

    proposed_id: int


@fact("underwriting.papers_requested", "一次性告知补充资料")
class PapersRequested:
    """Everything still needed was asked for at once: papers, examinations, questions."""

    decision_id: int
    papers: tuple[str, ...]
    examination: bool
    ordinal: int


@fact("underwriting.papers_received", "补充资料齐全")
class PapersReceived:
    """
    What was asked for is in.

    ``received_on``: the day the last of it was really here, where it was typed in later.
    """

    ordinal: int
    received_on: str = ""
    examined: bool = True  # whether an examination was among it; events of old do not say


@fact("underwriting.identity_paper_compared", "证件照片核对")
class IdentityPaperCompared:
    """An identity card handed in was read and held against the person it is for (A20)."""

    paper: str
    standing: str  # MATCHED, DIFFERS, UNREAD
    doubts: tuple[str, ...]  # NAME, NUMBER, EXPIRED, UNREAD


@fact("underwriting.talk_asked", "客户请核保员回电")
class TalkAsked:
    """The customer wishes to talk with an underwriter about an application (A23)."""

    talk_id: int
    wish: str  # ANY, MORNING, AFTERNOON


@fact("underwriting.talk_noted", "核保沟通记录")
class TalkNoted:
    """An underwriter called: reached, and what was said is noted; or nobody answered."""

    talk_id: int
    reached: bool


@fact("underwriting.conditions_agreed", "同意承保条件")
class ConditionsAgreed:
    """The customer agreed to the changed conditions."""

    decision_id: int
    premium: str


@fact("underwriting.premium_asked", "通知支付首期保险费")
class PremiumAsked:
    """The first premium may be paid now."""

    collection_id: int
    amount: str


@fact("underwriting.premium_arrived", "首期保险费到账")
class PremiumArrived:
    """The first premium is in."""

    collection_id: int
    amount: str
    office_id: int


@fact("underwriting.policy_issued", "承保出单")
class ApplicationIssued:
    """The application became a policy."""

    policy_id: int
    product: str
    office_id: int
    long_term: bool
    seconds: (
        int  # from complete material to the policy, less what the customer took to agree and to pay
    )


@fact("underwriting.follow_up_opened", "新单回访立项")
class FollowUpOpened:
    """
    A new policy is to be followed up within the cooling-off period (服务规定 15).

    ``on_record``: what of it a record that can be retraced confirms: bought where all signed by themselves and
    nobody sold, read where the holder confirmed each clause, recording where nothing was recorded (令2023-2 第35条).
    """

    policy_id: int
    until: str
    office_id: int
    beside_policy: int = 0  # the family's first policy, whose talk is about this one too; 0: none
    sold_by: str = (
        ""  # who prepared it for the holder, as a ref: an agent, a colleague; nobody: empty
    )
    on_record: tuple[str, ...] = ()


@fact("underwriting.application_withdrawn", "撤回投保")
class ApplicationWithdrawn:
    """The customer took the application back."""

    was: str


@fact("underwriting.draft_ending_told", "提醒投保申请即将失效")
class DraftEndingTold:
    """The customer was told that a half-filled application soon runs out."""

    until: str


@fact("underwriting.answers_forgotten", "删除未提交的填写内容")
class AnswersForgotten:
    """What was told in an application that was never submitted is gone."""


@fact("underwriting.application_expired", "投保申请失效")
class ApplicationExpired:
    """Its time ran out."""

    was: str
