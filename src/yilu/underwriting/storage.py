"""Where recorded steps lie: one sealed file a step, under the application's number (双录文件)."""

from __future__ import annotations

from yilu.kernel.sealed_files import Drawer, FileMissing

__all__ = ["FileMissing", "drawer"]

drawer = Drawer("recordings", place="underwriting_recording.file")
