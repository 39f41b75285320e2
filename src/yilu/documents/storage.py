"""
Where files lie: named by their content, sealed, and durable before any row speaks of them.

A file is written beside its place, synced, renamed, and its folder synced. A file no row speaks of
is harmless (the next hand-in of the same content finds it); a row without its file cannot be.
"""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings

from yilu.kernel import sealing

PLACE = "documents_upload.file"


class FileMissing(Exception):
    """The disk lost a file that a row speaks of, or it no longer opens: restore it from backup."""


def put(content: bytes, sha256: str) -> str:
    """Keep ``content`` durably and sealed; returns its key. Keeping it twice is keeping it once."""
    key = f"{sha256[:2]}/{sha256[2:4]}/{sha256}"
    path = _folder() / key
    if path.exists():
        return key
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f"{path.name}.{os.getpid()}-{os.urandom(4).hex()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(sealing.seal_bytes(content, PLACE))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    for folder in (path.parent, path.parent.parent, path.parent.parent.parent):
        _sync(folder)
    return key


def get(key: str) -> bytes:
    """The content kept under ``key``. :raises FileMissing: if it is gone or does not open."""
    try:
        sealed = (_folder() / key).read_bytes()
    except OSError as failed:
        raise FileMissing(f"{key}: {failed.strerror}") from failed
    try:
        return sealing.unseal_bytes(sealed, PLACE)
    except sealing.CannotUnseal as failed:
        raise FileMissing(f"{key}: {failed}") from failed


def forget(key: str) -> None:
    """Remove a file for good; nothing happens where it is already gone."""
    (_folder() / key).unlink(missing_ok=True)


def _folder() -> Path:
    return Path(settings.FILES) / "uploads"


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
