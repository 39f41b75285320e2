"""What payments keeps: money on its way out and back, and what the bank said about it."""

from .payouts import BankNotice, Difference, Payout, Statement, StatementLine
from .receivables import Receivable, Repayment

__all__ = [
    "BankNotice",
    "Difference",
    "Payout",
    "Receivable",
    "Repayment",
    "Statement",
    "StatementLine",
]
