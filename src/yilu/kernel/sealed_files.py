"""
Files at rest: sealed, private to the service, and durable before any row speaks of them.

A file is written beside its place, synced, renamed, and its folders synced. A file no row speaks of
is harmless; a row without its file cannot be.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from yilu.kernel import sealing


class FileMissing(Exception):
    """The disk lost a file that a row speaks of, or it no longer opens: restore it from backup."""


@dataclass(frozen=True, slots=True)
class Drawer:
    """One room's files: a folder under ``settings.FILES``, sealed for one ``place`` (``table.column``)."""

    name: str
    place: str

    def keep(self, content: bytes, sha256: str) -> str:
        """Keep ``content`` under its digest; its key. The same content twice is kept once."""
        key = f"{sha256[:2]}/{sha256}"
        if not self.has(key):
            self.put(content, key)
        return key

    def keep_of(self, row_id: int, content: bytes, sha256: str, *, part: str = "") -> str:
        """
        Keep a file that belongs to one row; its key. The same again lies in the same place.

        What is equal by chance in two rows lies twice, so that one row's file may be removed by itself.
        ``part`` names it among the row's files (``-sign``); one that begins with a slash gives the row
        a folder of its own.
        """
        key = f"{row_id % 256:02x}/{row_id}{part}-{sha256[:16]}"
        self.put(content, key)
        return key

    def put(self, content: bytes, key: str) -> None:
        """Keep ``content`` under ``key`` (a relative path), in place of what may lie there."""
        path = self._folder / key
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = path.with_name(f"{path.name}.{os.getpid()}-{os.urandom(4).hex()}")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(sealing.seal_bytes(content, self.place))
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        # Every folder on the way may be new: a rename is durable once its folder is synced.
        for folder in path.parents:
            _sync(folder)
            if folder == self._folder.parent:
                break

    def has(self, key: str) -> bool:
        """Whether something lies under ``key``; not whether it still opens."""
        return (self._folder / key).exists()

    def get(self, key: str) -> bytes:
        """The content kept under ``key``. :raises FileMissing: if it is gone or does not open."""
        try:
            return sealing.unseal_bytes((self._folder / key).read_bytes(), self.place)
        except OSError as failed:
            raise FileMissing(f"{key}: {failed.strerror}") from failed
        except sealing.CannotUnseal as failed:
            raise FileMissing(f"{key}: {failed}") from failed

    def find(self, key: str) -> bytes | None:
        """The content kept under ``key``; None if it is gone or does not open."""
        try:
            return self.get(key)
        except FileMissing:
            return None

    def remove(self, key: str) -> None:
        """Delete a file for good; one that is gone already is gone."""
        (self._folder / key).unlink(missing_ok=True)

    def keys(self) -> Iterator[str]:
        """Every key under which something lies, in order; what is being written just now is not."""
        for folder, folders, names in os.walk(self._folder):
            folders.sort()
            for name in sorted(names):
                if "." not in name:
                    yield str((Path(folder) / name).relative_to(self._folder))

    def reseal(self, key: str) -> bool:
        """
        Seal a file with the newest key where it was not; whether it was outdated.

        :raises sealing.CannotUnseal: where it does not open. :raises OSError: where it cannot be read.
        """
        path = self._folder / key
        with path.open("rb") as file:
            if not sealing.is_outdated(file.read(2)):
                return False
        self.put(sealing.unseal_bytes(path.read_bytes(), self.place), key)
        return True

    @property
    def _folder(self) -> Path:
        return Path(settings.FILES) / self.name


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
