"""Where handed-in files lie: named by their content, so that the same file twice is kept once."""

from __future__ import annotations

from yilu.kernel.sealed_files import Drawer, FileMissing

__all__ = ["FileMissing", "drawer", "get", "put"]

drawer = Drawer("uploads", place="documents_upload.file")


def put(content: bytes, sha256: str) -> str:
    """Keep ``content`` durably and sealed; returns its key. Keeping it twice is keeping it once."""
    key = f"{sha256[:2]}/{sha256[2:4]}/{sha256}"
    if not drawer.has(key):
        drawer.put(content, key)
    return key


def get(key: str) -> bytes:
    """The content kept under ``key``. :raises FileMissing: if it is gone or does not open."""
    return drawer.get(key)
