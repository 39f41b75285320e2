"""Where files of voices lie until they are read: sealed, named by their content."""

from __future__ import annotations

from yilu.kernel.sealed_files import Drawer, FileMissing

__all__ = ["FileMissing", "drawer"]

drawer = Drawer("voices", place="voice_batch.file")
