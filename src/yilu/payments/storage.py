"""Where payment files lie, both ways: they name people and accounts, so they are sealed."""

from __future__ import annotations

from yilu.kernel.sealed_files import Drawer, FileMissing

__all__ = ["FileMissing", "drawer"]

drawer = Drawer("payments", place="payments_batch.file")
