"""Where imported lists lie: sealed, named by their content."""

from __future__ import annotations

from yilu.kernel.sealed_files import Drawer, FileMissing

__all__ = ["FileMissing", "drawer"]

drawer = Drawer("casualties", place="catastrophe_casualtylist.file")
