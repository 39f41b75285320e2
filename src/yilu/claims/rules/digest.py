"""What a person saw, as one number that changes when anything of it does."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def desk_digest(
    *, claim_id: int, version: int, calculation: str, uploads: Iterable[tuple[int, str, int]]
) -> str:
    """
    SHA-256 over what a decision rests on: the claim's version, its calculation, every file.

    ``uploads``: id, state and version of each, in any order.
    """
    files = ",".join(f"{id}:{state}:{version}" for id, state, version in sorted(uploads))
    text = f"claim:{claim_id}|{version}|{calculation}|{files}"
    return hashlib.sha256(text.encode()).hexdigest()
