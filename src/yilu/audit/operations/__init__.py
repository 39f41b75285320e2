"""Begin a recomputation, take it on batch by batch, explain what it found."""

from yilu.audit.operations.auditing import (
    BATCH,
    CLAIMS,
    POLICIES,
    SCOPES,
    Noticed,
    Progress,
    audit_batch,
    start_money_audit,
)
from yilu.audit.operations.explaining import (
    DifferenceNotFound,
    ExplanationMissing,
    explain_difference,
)

__all__ = [
    "BATCH",
    "CLAIMS",
    "POLICIES",
    "SCOPES",
    "DifferenceNotFound",
    "ExplanationMissing",
    "Noticed",
    "Progress",
    "audit_batch",
    "explain_difference",
    "start_money_audit",
]
