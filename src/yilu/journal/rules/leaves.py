r"""
What a leaf of the evidence log commits to.

A leaf's data is SHA-256(nonce ‖ event): 16 random bytes and the event in its canonical form. Whoever
holds the event and its nonce can show that it is in the log; whoever sees the leaf learns nothing.

Canonical form: a JSON object with exactly the keys ``about, actor, at, facts, id, kind, party,
recorded_at``, keys sorted by code point at every depth, no spaces, UTF-8 without escapes except those
JSON requires (``\"``, ``\\``, ``\b \f \n \r \t``, other control characters as ``\u00xx`` in small letters).
Numbers are whole. Times are UTC with six decimals: ``2026-11-02T04:00:00.000000Z``. ``party`` is a
number or null. In Python that is ``json.dumps(event, sort_keys=True, separators=(",", ":"),
ensure_ascii=False)``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import orjson

NONCE_BYTES = 16


def canonical(
    *,
    id: int,
    kind: str,
    about: str,
    actor: str,
    party: int | None,
    at: datetime,
    recorded_at: datetime,
    facts: dict[str, Any],
) -> bytes:
    """An event in its canonical form."""
    return orjson.dumps(
        {
            "about": about,
            "actor": actor,
            "at": in_utc(at),
            "facts": facts,
            "id": id,
            "kind": kind,
            "party": party,
            "recorded_at": in_utc(recorded_at),
        },
        option=orjson.OPT_SORT_KEYS,
    )


def in_utc(at: datetime) -> str:
    """A time as the canonical form writes it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def commitment(nonce: bytes, event: bytes) -> bytes:
    """The leaf's data: 32 bytes that bind the event and tell nothing about it."""
    if len(nonce) != NONCE_BYTES:
        raise ValueError(f"a nonce has {NONCE_BYTES} bytes")
    return sha256(nonce + event).digest()
