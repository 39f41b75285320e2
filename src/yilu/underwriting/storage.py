"""Where recorded steps lie: one sealed file a step, under the application's number (双录文件)."""

from __future__ import annotations

from yilu.kernel.sealed_files import Drawer, FileMissing

__all__ = ["FileMissing", "drawer", "get", "put"]

drawer = Drawer("recordings", place="underwriting_recording.file")


def put(content: bytes, application_id: int, step: str, sha256: str) -> str:
    """Keep a recorded step; return its key. The same again lies in the same place."""
    key = f"{application_id % 256:02x}/{application_id}-{step.lower()}-{sha256[:16]}"
    drawer.put(content, key)
    return key


def get(key: str) -> bytes:
    """The file kept under ``key``. :raises FileMissing: if it is gone or does not open."""
    return drawer.get(key)
