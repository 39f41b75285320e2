"""Begin a recomputation, take it on batch by batch, explain what it found."""

from yilu.audit.operations.auditing import BATCH, Progress, audit_batch, start_money_audit
from yilu.audit.operations.explaining import (
    DifferenceNotFound,
    ExplanationMissing,
    explain_difference,
)

__all__ = [
    "BATCH",
    "DifferenceNotFound",
    "ExplanationMissing",
    "Progress",
    "audit_batch",
    "explain_difference",
    "start_money_audit",
]
