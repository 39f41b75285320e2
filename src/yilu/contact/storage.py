"""Where recorded calls lie: one sealed file a piece (录音分片文件)."""

from __future__ import annotations

from yilu.kernel.sealed_files import Drawer, FileMissing

__all__ = ["FileMissing", "drawer"]

drawer = Drawer("calls", place="contact_callpiece.file")
