"""
Payment files after ISO 20022: pain.001 out, pain.002 and camt.053 in.

Every message is held against its definition (``definitions/*.toml``) in both directions: what we are
handed before anything is believed, what we write before it leaves.
"""

from yilu.gateways.iso20022.checking import BYTES_MAX, Fault, FileRefused
from yilu.gateways.iso20022.incoming import (
    AccountEntry,
    AccountStatement,
    EntryDetail,
    StatusReport,
    TransactionStatus,
    read_statement,
    read_status_report,
)
from yilu.gateways.iso20022.outgoing import PayerAccount, Transfer, TransferFile, write_transfers

__all__ = [
    "BYTES_MAX",
    "AccountEntry",
    "AccountStatement",
    "EntryDetail",
    "Fault",
    "FileRefused",
    "PayerAccount",
    "StatusReport",
    "TransactionStatus",
    "Transfer",
    "TransferFile",
    "read_statement",
    "read_status_report",
    "write_transfers",
]
