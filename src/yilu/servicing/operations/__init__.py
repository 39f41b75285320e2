"""Every write of the servicing hall; one file a group of use cases."""

from yilu.servicing.forms import BadForm
from yilu.servicing.operations.agreeing import (
    confirm_as_second_party,
    decline_as_second_party,
    follow_up_agreements,
    send_agreement_code,
    sign_at_counter,
)
from yilu.servicing.operations.confirming import confirm_request
from yilu.servicing.operations.continuing import continue_with, take_over
from yilu.servicing.operations.data_requests import ContractsKept, erase_as_asked
from yilu.servicing.operations.ending import withdraw_request
from yilu.servicing.operations.quoting import Quoted, quote_request
from yilu.servicing.operations.refusals import (
    AboveSelfService,
    AccountOfSomebodyElse,
    AgreementUnproved,
    AlreadyUnderWay,
    AskedAlready,
    CallerNotVerified,
    NewPhoneNotProved,
    NotAllAgreed,
    NotAtThisDoor,
    NotForThisRole,
    NotPossibleNow,
    OnlyAPersonRefuses,
    OwnRequest,
    PapersMissing,
    PersonUnclear,
    PolicyHasEnded,
    ProofNeeded,
    QuoteChanged,
    ReasonsMissing,
    RequestNotFound,
    TooManyToday,
    UnknownKind,
)
from yilu.servicing.operations.resealing import reseal_batch
from yilu.servicing.operations.reviewing import (
    accept_request,
    add_papers,
    approve_request,
    ask_papers,
    explain_delay,
    refuse_request,
)
from yilu.servicing.operations.silence import consent_by_silence
from yilu.servicing.operations.starting import change_form, prepare_request, start_request
from yilu.servicing.operations.verifying import (
    check_caller,
    note_identity_seen,
    send_code,
    send_code_to_new_phone,
    verify_code,
    verify_new_phone,
)

__all__ = [
    "AboveSelfService",
    "AccountOfSomebodyElse",
    "AgreementUnproved",
    "AlreadyUnderWay",
    "AskedAlready",
    "BadForm",
    "CallerNotVerified",
    "ContractsKept",
    "NewPhoneNotProved",
    "NotAllAgreed",
    "NotAtThisDoor",
    "NotForThisRole",
    "NotPossibleNow",
    "OnlyAPersonRefuses",
    "OwnRequest",
    "PapersMissing",
    "PersonUnclear",
    "PolicyHasEnded",
    "ProofNeeded",
    "QuoteChanged",
    "Quoted",
    "ReasonsMissing",
    "RequestNotFound",
    "TooManyToday",
    "UnknownKind",
    "accept_request",
    "add_papers",
    "approve_request",
    "ask_papers",
    "change_form",
    "check_caller",
    "confirm_as_second_party",
    "confirm_request",
    "consent_by_silence",
    "continue_with",
    "decline_as_second_party",
    "erase_as_asked",
    "explain_delay",
    "follow_up_agreements",
    "note_identity_seen",
    "prepare_request",
    "quote_request",
    "refuse_request",
    "reseal_batch",
    "send_agreement_code",
    "send_code",
    "send_code_to_new_phone",
    "sign_at_counter",
    "start_request",
    "take_over",
    "verify_code",
    "verify_new_phone",
    "withdraw_request",
]
