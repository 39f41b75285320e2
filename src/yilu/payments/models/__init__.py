"""What payments keeps: money on its way out and back, and what the bank said about it."""

from .batches import BankCredit, BankFile, Batch, BatchEntry
from .collections import Collection, CollectionDay, CollectionNotice, Refund
from .payouts import BankNotice, Difference, Payout, Statement, StatementLine
from .receivables import Receivable, Repayment

__all__ = [
    "BankCredit",
    "BankFile",
    "BankNotice",
    "Batch",
    "BatchEntry",
    "Collection",
    "CollectionDay",
    "CollectionNotice",
    "Difference",
    "Payout",
    "Receivable",
    "Refund",
    "Repayment",
    "Statement",
    "StatementLine",
]
