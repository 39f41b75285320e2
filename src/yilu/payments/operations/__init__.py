"""Every change to a payment: promised, sent, heard of, issued again, reconciled."""

from yilu.payments.operations.requesting import (
    KeyUsedForAnother,
    NothingToPay,
    NotTheirAccount,
    request_payout,
)

__all__ = ["KeyUsedForAnother", "NotTheirAccount", "NothingToPay", "request_payout"]
