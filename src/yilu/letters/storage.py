"""Where issued letters lie: sealed, durable before any row speaks of them, never overwritten by another."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings

from yilu.kernel import sealing

PLACE = "letters_issuedletter.file"


class FileMissing(Exception):
    """The disk lost a letter, or it no longer opens: restore it from backup."""


def put(content: bytes, letter_id: int, sha256: str) -> str:
    """Keep a letter; return its key. The same letter made again lies in the same place."""
    key = f"{letter_id % 256:02x}/{letter_id}-{sha256[:16]}"
    path = _folder() / key
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
    for folder in (path.parent, path.parent.parent):
        _sync(folder)
    return key


def get(key: str) -> bytes:
    """The letter kept under ``key``. :raises FileMissing: if it is gone or does not open."""
    try:
        return sealing.unseal_bytes((_folder() / key).read_bytes(), PLACE)
    except OSError as failed:
        raise FileMissing(f"{key}: {failed.strerror}") from failed
    except sealing.CannotUnseal as failed:
        raise FileMissing(f"{key}: {failed}") from failed


def _folder() -> Path:
    return Path(settings.FILES) / "letters"


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
