"""Where issued letters lie: a letter made again lies in the same place, never in another's."""

from __future__ import annotations

from yilu.kernel.sealed_files import Drawer, FileMissing

__all__ = ["FileMissing", "drawer", "get", "put"]

drawer = Drawer("letters", place="letters_issuedletter.file")


def put(content: bytes, letter_id: int, sha256: str) -> str:
    """Keep a letter; return its key. The same letter made again lies in the same place."""
    key = f"{letter_id % 256:02x}/{letter_id}-{sha256[:16]}"
    drawer.put(content, key)
    return key


def get(key: str) -> bytes:
    """The letter kept under ``key``. :raises FileMissing: if it is gone or does not open."""
    return drawer.get(key)
