"""What the journal itself says happened."""

from __future__ import annotations

from yilu.kernel.facts import fact


@fact("journal.reaction_retried", "后台处理已重新发起")
class ReactionRetried:
    """Staff had a stopped reaction tried again (重新处理)."""

    reaction_id: int
    event_id: int
    subscriber: str


@fact("journal.job_retried", "后台任务已重新发起")
class JobRetried:
    """Staff had a failed background job tried again (重新执行任务)."""

    job: str


@fact("journal.evidence_verified", "存证已核验")
class EvidenceVerified:
    """Somebody had the whole evidence log verified; ``sound`` if nothing was found (存证核验)."""

    size: int
    sound: bool
