"""Every write of the room, one file a use case."""

from yilu.underwriting.rules.opinion import Kind, Opinion
from yilu.underwriting.terms import Excluded

from .again import decide_again
from .checking import record_identity_check, record_medical_extract
from .deciding import (
    Decided,
    DepartureUnexplained,
    OpinionIncomplete,
    OpinionWaits,
    OwnOpinion,
    StaleOpinion,
    confirm_opinion,
    decide_by_person,
)
from .declaring import confirm_notices, declare_health, tell_means
from .ending import NotAskedFor, agree_to_conditions, expire_applications, hand_in_paper, withdraw
from .filling import (
    BadDraft,
    Benefits,
    Plan,
    Rider,
    RiderNotOffered,
    choose_plan,
    save_draft,
    set_account,
    set_beneficiaries,
    set_insured,
)
from .following_up import note_follow_up
from .holding import hold
from .naming import name_kin
from .needs import BadNeeds, ask_needs, tell_of_plans
from .paying import ask_premium, issue_when_paid
from .pricing import quote, quote_riders
from .recordings import BadDigest, check_recording, record_step
from .refusals import (
    AboveChildsLimit,
    ApplicationNotFound,
    BadBeneficiaries,
    BadInsured,
    BadReason,
    BadRecording,
    ChangedWhileSigning,
    ConsentMissing,
    ForTheCustomer,
    MeansUnknown,
    NoPhone,
    NoticeChanged,
    NotPossibleNow,
    PlanMissing,
    QuestionnaireChanged,
    RecordingMissing,
    StaleQuote,
    StatementMissing,
    Unanswered,
    Unconfirmed,
    Unsigned,
    WrongCode,
)
from .signing import TooManyCodes, ask_signature, sign
from .starting import BadStart, ask_customer_to_go_on, start_application
from .submitting import Submitted, submit
from .verdicts import record_verdict

__all__ = [
    "AboveChildsLimit",
    "ApplicationNotFound",
    "BadBeneficiaries",
    "BadDigest",
    "BadDraft",
    "BadInsured",
    "BadNeeds",
    "BadReason",
    "BadRecording",
    "BadStart",
    "Benefits",
    "ChangedWhileSigning",
    "ConsentMissing",
    "Decided",
    "DepartureUnexplained",
    "Excluded",
    "ForTheCustomer",
    "Kind",
    "MeansUnknown",
    "NoPhone",
    "NotAskedFor",
    "NotPossibleNow",
    "NoticeChanged",
    "Opinion",
    "OpinionIncomplete",
    "OpinionWaits",
    "OwnOpinion",
    "Plan",
    "PlanMissing",
    "QuestionnaireChanged",
    "RecordingMissing",
    "Rider",
    "RiderNotOffered",
    "StaleOpinion",
    "StaleQuote",
    "StatementMissing",
    "Submitted",
    "TooManyCodes",
    "Unanswered",
    "Unconfirmed",
    "Unsigned",
    "WrongCode",
    "agree_to_conditions",
    "ask_customer_to_go_on",
    "ask_needs",
    "ask_premium",
    "ask_signature",
    "check_recording",
    "choose_plan",
    "confirm_notices",
    "confirm_opinion",
    "decide_again",
    "decide_by_person",
    "declare_health",
    "expire_applications",
    "hand_in_paper",
    "hold",
    "issue_when_paid",
    "name_kin",
    "note_follow_up",
    "quote",
    "quote_riders",
    "record_identity_check",
    "record_medical_extract",
    "record_step",
    "record_verdict",
    "save_draft",
    "set_account",
    "set_beneficiaries",
    "set_insured",
    "sign",
    "start_application",
    "submit",
    "tell_means",
    "tell_of_plans",
    "withdraw",
]
