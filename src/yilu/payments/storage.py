"""Where payment files lie, both ways: they name people and accounts, so they are sealed."""

from __future__ import annotations

import hashlib

from yilu.kernel.sealed_files import Drawer, FileMissing

__all__ = ["FileMissing", "get", "put"]

_drawer = Drawer("payments", place="payments_batch.file")


def put(content: bytes) -> tuple[str, str]:
    """Keep a file durably and sealed; its key and its SHA-256."""
    sha256 = hashlib.sha256(content).hexdigest()
    key = f"{sha256[:2]}/{sha256}"
    if not _drawer.has(key):
        _drawer.put(content, key)
    return key, sha256


def get(key: str) -> bytes:
    """The file kept under ``key``. :raises FileMissing: if it is gone or does not open."""
    return _drawer.get(key)
