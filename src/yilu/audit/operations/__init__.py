"""Begin a recomputation or a reading of recordings, take it on batch by batch, explain what it found."""

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
from yilu.audit.operations.reading import (
    FILES,
    AlreadyReading,
    BadSpan,
    read_batch,
    start_reading,
    stop_reading,
)

__all__ = [
    "BATCH",
    "CLAIMS",
    "FILES",
    "POLICIES",
    "SCOPES",
    "AlreadyReading",
    "BadSpan",
    "DifferenceNotFound",
    "ExplanationMissing",
    "Noticed",
    "Progress",
    "audit_batch",
    "explain_difference",
    "read_batch",
    "start_money_audit",
    "start_reading",
    "stop_reading",
]
