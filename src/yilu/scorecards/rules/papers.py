"""What may be kept as a survey's report, told by its first bytes."""

from __future__ import annotations

LARGEST = 20 * 1024 * 1024
_STARTS = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)


def media_type(content: bytes) -> str:
    """What it is; empty where we do not keep such."""
    return next((kind for start, kind in _STARTS if content.startswith(start)), "")
