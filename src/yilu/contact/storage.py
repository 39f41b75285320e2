"""Where recorded calls lie, one sealed file a piece (录音分片文件), and what people read out for the hotline (播报录音)."""

from __future__ import annotations

from yilu.kernel.sealed_files import Drawer, FileMissing

__all__ = ["FileMissing", "drawer", "prompts"]

drawer = Drawer("calls", place="contact_callpiece.file")
prompts = Drawer("prompts", place="contact_promptrecording.file")
