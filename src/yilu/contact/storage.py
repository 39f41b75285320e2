"""Where recorded calls lie: one sealed file a piece (录音分片文件)."""

from __future__ import annotations

from yilu.kernel.sealed_files import Drawer, FileMissing

__all__ = ["FileMissing", "drawer", "get", "put"]

drawer = Drawer("calls", place="contact_callpiece.file")


def put(content: bytes, recording_id: int, number: int, sha256: str) -> str:
    """Keep a piece; return its key. The same again lies in the same place."""
    key = f"{recording_id % 256:02x}/{recording_id}/{number:06d}-{sha256[:16]}"
    drawer.put(content, key)
    return key


def get(key: str) -> bytes:
    """The piece kept under ``key``. :raises FileMissing: if it is gone or does not open."""
    return drawer.get(key)
