"""Where reports of outside surveys lie: sealed, named by their content."""

from __future__ import annotations

from yilu.kernel.sealed_files import Drawer, FileMissing

__all__ = ["FileMissing", "drawer"]

drawer = Drawer("studies", place="scorecards_studypaper.file")
