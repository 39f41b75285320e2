"""What a person saw, as one number that changes when anything of it does."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def desk_digest(
    *,
    claim_id: int,
    version: int,
    calculation: str,
    uploads: Iterable[tuple[int, str, int]],
    signals: Iterable[tuple[str, str, int, bool]],
) -> str:
    """
    SHA-256 over what a decision rests on: the claim's version, its calculation, every file and signal.

    ``uploads``: id, state and version of each; ``signals``: kind, severity, number and whether
    somebody has looked into it; both in any order.
    """
    files = ",".join(f"{id}:{state}:{version}" for id, state, version in sorted(uploads))
    raised = ",".join(f"{kind}:{how}:{much}:{over:d}" for kind, how, much, over in sorted(signals))
    text = f"claim:{claim_id}|{version}|{calculation}|{files}|{raised}"
    return hashlib.sha256(text.encode()).hexdigest()
