"""What somebody saw, as one digest: a signature is bound to it (电子签名法 13)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson


def digest(shown: Mapping[str, Any]) -> str:
    """The SHA-256 of what was shown, in one writing: keys in order, amounts and days as text."""
    told = orjson.dumps(shown, default=str, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(told).hexdigest()


def text_digest(text: str) -> str:
    """Of the very words of a clause."""
    return hashlib.sha256(text.encode()).hexdigest()
