"""Where recorded pieces lie: one sealed file a piece (录像分片文件)."""

from __future__ import annotations

from yilu.kernel.sealed_files import Drawer, FileMissing

__all__ = ["FileMissing", "drawer"]

drawer = Drawer("video", place="video_piece.file")
