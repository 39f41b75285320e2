"""A file that proves what somebody found out, kept with the claim's other files."""

from __future__ import annotations

from datetime import datetime

from yilu.claims.operations.hand_in import Paper
from yilu.claims.operations.holding import Held
from yilu.documents import operations as documents
from yilu.kernel import tx
from yilu.kernel.refs import Ref


@tx.step
def keep_evidence(held: Held, paper: Paper | None, *, actor: Ref, at: datetime) -> int | None:
    """Keep the file, if there is one; the upload's id."""
    if paper is None:
        return None
    return documents.take_in(
        about=held.ref, party_id=held.claimant_id, kind=paper.kind, filename=paper.filename,
        content=paper.content, actor=actor, at=at,
    )  # fmt: skip
