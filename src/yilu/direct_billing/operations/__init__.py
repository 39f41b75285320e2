"""Every write of direct billing, one file a use case."""

from .authorising import authorise, withdraw
from .batches import (
    begin_reading,
    begin_settling,
    cancel_batch,
    finish_batch,
    mark_singly,
    receive_batch,
    refuse_batch,
    resume_batches,
    settle_chunk,
    settle_next_singly,
    stage_rows,
)
from .calling import Caller, Signed, admit, forget_nonces
from .guarantees import ask_guarantee, decide_guarantee, expire_guarantees
from .partners import IssuedKey, change_partner, issue_key, open_partner, revoke_key
from .refusals import (
    BadPartner,
    BadScopes,
    BadVisit,
    BatchNotFound,
    BatchOver,
    BilledBefore,
    BodyTooLarge,
    CallOutOfTime,
    CallReplayed,
    ConsentText,
    GuaranteeAboveLimit,
    GuaranteeNotFound,
    GuaranteeOpen,
    HealthConsentMissing,
    KeyMissing,
    NotAPartner,
    NotNow,
    PartnerAlready,
    PatientUnknown,
    ReasonNeeded,
    ScopeMissing,
    SecondPersonNeeded,
    SignatureWrong,
    UnreadableBatch,
    VisitDiffers,
    VisitNotFound,
)
from .settling import settle_order, settle_visit
from .visits import Eligibility, Patient, admit_patient, cancel_visit, check_eligibility

__all__ = [
    "BadPartner", "BadScopes", "BadVisit", "BatchNotFound", "BatchOver", "BilledBefore",
    "BodyTooLarge", "CallOutOfTime", "CallReplayed", "Caller", "ConsentText", "Eligibility",
    "GuaranteeAboveLimit", "GuaranteeNotFound", "GuaranteeOpen", "HealthConsentMissing", "IssuedKey",
    "KeyMissing", "NotAPartner", "NotNow", "PartnerAlready", "Patient", "PatientUnknown",
    "ReasonNeeded", "ScopeMissing", "SecondPersonNeeded", "SignatureWrong", "Signed",
    "UnreadableBatch", "VisitDiffers", "VisitNotFound", "admit", "admit_patient", "ask_guarantee",
    "authorise", "begin_reading", "begin_settling", "cancel_batch", "cancel_visit", "change_partner",
    "check_eligibility", "decide_guarantee", "expire_guarantees", "finish_batch", "forget_nonces",
    "issue_key", "mark_singly", "open_partner", "receive_batch", "refuse_batch", "resume_batches",
    "revoke_key", "settle_chunk", "settle_next_singly", "settle_order", "settle_visit", "stage_rows",
    "withdraw",
]  # fmt: skip
