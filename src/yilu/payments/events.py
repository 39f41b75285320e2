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


@fact("payments.payout_cancelled", "付款已撤销")
class PayoutCancelled:
    """A payment was taken back before it left."""

    subject: str
    payout_id: int


@fact("payments.payout_resolved", "付款结果已核实")
class PayoutResolved:
    """A person found out at the bank what became of an unclear payment."""

    subject: str
    payout_id: int
    outcome: str  # SETTLED, REJECTED


@fact("payments.difference_resolved", "对账差异已处理")
class DifferenceResolved:
    """A difference with the bank's statement was explained."""

    statement_date: str
    difference: str


@fact("payments.receivable_opened", "登记应收追回款")
class ReceivableOpened:
    """Somebody was paid what is not theirs, and is to give it back."""

    subject: str
    amount: str
    reason: str


@fact("payments.repayment_asked", "请客户归还多付款")
class RepaymentAsked:
    """The payer is asked to give back what is open, with the reference to write beside it."""

    subject: str
    receivable_id: int
    amount: str
    reference: str
    due_on: str
    times: int


@fact("payments.repayment_planned", "约定分期归还")
class RepaymentPlanned:
    """The payer signed by which days they give the money back; each part is asked for before its day."""

    subject: str
    receivable_id: int
    parts: int
    first_due_on: str
    last_due_on: str


@fact("payments.repayment_received", "追回款到账")
class RepaymentReceived:
    """A part of what was paid too much came back; what is left is said too."""

    subject: str
    receivable_id: int
    amount: str
    left: str


@fact("payments.receivable_repaid", "追回款已还清")
class ReceivableRepaid:
    """All of it is back."""

    subject: str
    receivable_id: int
    amount: str


@fact("payments.receivable_written_off", "追回款余额核销")
class ReceivableWrittenOff:
    """A person with authority gave up what is left."""

    subject: str
    receivable_id: int
    left: str


@fact("payments.receivable_withdrawn", "应收追回款撤销")
class ReceivableWithdrawn:
    """It was not owed after all."""

    subject: str
    receivable_id: int


@fact("payments.batch_made", "付款批次制单")
class BatchMade:
    """Payments due were collected into a file; above the limit it waits for a second person."""

    count: int
    total: str
    needs_second: bool


@fact("payments.batch_released", "付款批次复核通过")
class BatchReleased:
    """A second person released it."""

    total: str


@fact("payments.batch_discarded", "付款批次作废")
class BatchDiscarded:
    """It never left; its payments wait for another one."""

    count: int


@fact("payments.batch_given_out", "付款文件被取走")
class BatchGivenOut:
    """Somebody with the right took the file, which holds names and accounts."""

    sha256: str
    times: int


@fact("payments.status_report_taken", "银行付款回执已处理")
class StatusReportTaken:
    """The bank's answer to a batch took effect, payment by payment."""

    batch_id: int
    settled: int
    rejected: int
    under_way: int
    unclear: int


@fact("payments.statement_taken", "银行对账单文件已处理")
class StatementTaken:
    """A day's statement was held against our books."""

    statement_date: str
    entries: int
    differences: int
    repayments: int


@fact("payments.credit_resolved", "入账已认领")
class CreditResolved:
    """Somebody found out whose money came in."""

    outcome: str  # REPAYMENT, SET_ASIDE


@fact("payments.collection_requested", "收款已登记")
class CollectionRequested:
    """An amount is to be taken in: by debit, or by the payer on the pay page."""

    collection_id: int
    key: str
    amount: str
    method: str


@fact("payments.collection_settled", "收款成功")
class CollectionSettled:
    """The money came in; said once a key, about what it was for."""

    collection_id: int
    key: str
    amount: str
    method: str


@fact("payments.collection_failed", "收款未成功")
class CollectionFailed:
    """A try to take the money in failed; the payer may try again."""

    collection_id: int
    key: str
    amount: str
    method: str
    reason: str  # INSUFFICIENT_FUNDS, ACCOUNT_CLOSED, NAME_MISMATCH, LIMIT, NO_MANDATE, DECLINED, EXPIRED, OTHER
    turn: int


@fact("payments.collection_cancelled", "收款已取消")
class CollectionCancelled:
    """It is not to be paid any more."""

    collection_id: int
    key: str


@fact("payments.collection_stray", "事后到账待核实")
class CollectionStray:
    """Money came for a collection that had ended otherwise: a person sends it back."""

    collection_id: int
    key: str
    amount: str


@fact("payments.refund_requested", "原路退回已登记")
class RefundRequested:
    """Money collected goes back the way it came."""

    collection_id: int
    key: str
    amount: str


@fact("payments.refund_done", "原路退回完成")
class RefundDone:
    """The refund arrived where the money came from."""

    collection_id: int
    key: str
    amount: str


@fact("payments.refund_failed", "原路退回未成功")
class RefundFailed:
    """It could not go back the way it came; a person finds another account of the payer's own."""

    collection_id: int
    key: str
    amount: str
