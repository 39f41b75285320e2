"""Every change to a payment: promised, sent, heard of, issued again, reconciled."""

from yilu.payments.operations.hearing import (
    BadSignature,
    ReplayedNotice,
    StaleNotice,
    UnreadableNotice,
    receive_bank_notice,
    record_answer,
)
from yilu.payments.operations.reconciling import DifferenceNotFound, reconcile, resolve_difference
from yilu.payments.operations.reissuing import (
    NotRejected,
    NotUnclear,
    PayoutNotFound,
    ReissuedAlready,
    SameAccount,
    UnderWay,
    cancel_payout,
    reissue_payout,
    reissue_rejected_payout,
    resolve_unclear,
)
from yilu.payments.operations.requesting import (
    KeyUsedForAnother,
    NothingToPay,
    NotTheirAccount,
    request_payout,
)
from yilu.payments.operations.sending import (
    Due,
    record_denied,
    record_no_account,
    record_no_answer,
    record_not_sent,
    take_due,
)

__all__ = [
    "BadSignature",
    "DifferenceNotFound",
    "Due",
    "KeyUsedForAnother",
    "NotRejected",
    "NotTheirAccount",
    "NotUnclear",
    "NothingToPay",
    "PayoutNotFound",
    "ReissuedAlready",
    "ReplayedNotice",
    "SameAccount",
    "StaleNotice",
    "UnderWay",
    "UnreadableNotice",
    "cancel_payout",
    "receive_bank_notice",
    "reconcile",
    "record_answer",
    "record_denied",
    "record_no_account",
    "record_no_answer",
    "record_not_sent",
    "reissue_payout",
    "reissue_rejected_payout",
    "request_payout",
    "resolve_difference",
    "resolve_unclear",
    "take_due",
]
