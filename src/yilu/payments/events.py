"""What payments says happened."""

from __future__ import annotations

from yilu.kernel.facts import fact


@fact("payments.payout_requested", "付款指令已登记")
class PayoutRequested:
    """A payment is owed and will be sent to the bank."""

    subject: str
    amount: str
    purpose: str


@fact("payments.payout_sent", "付款指令已发送银行")
class PayoutSent:
    """The bank has taken the instruction."""

    subject: str
    bank_reference: str


@fact("payments.payout_settled", "银行确认到账")
class PayoutSettled:
    """The money arrived."""

    subject: str
    payout_id: int
    amount: str
    purpose: str


@fact("payments.payout_rejected", "银行退回付款")
class PayoutRejected:
    """The bank refused; a person must correct the account."""

    subject: str
    payout_id: int
    reason: str  # ACCOUNT_NOT_FOUND, NAME_MISMATCH, ACCOUNT_CLOSED, LIMIT, OTHER
    purpose: str


@fact("payments.payout_reissued", "付款已重新发起")
class PayoutReissued:
    """A rejected payment goes out again to the corrected account."""

    subject: str
    payout_id: int
    replaces_payout_id: int


@fact("payments.payout_unclear", "付款结果待查")
class PayoutUnclear:
    """The bank did not answer or contradicts itself: reconciliation decides, nothing is paid twice."""

    subject: str
    payout_id: int


@fact("payments.difference_found", "对账发现差异")
class DifferenceFound:
    """The daily reconciliation found a difference with the bank's statement."""

    statement_date: str
    difference: str
