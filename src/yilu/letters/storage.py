"""Where issued letters lie: a letter made again lies in the same place, never in another's."""

from __future__ import annotations

from yilu.kernel.sealed_files import Drawer, FileMissing

__all__ = ["FileMissing", "drawer"]

drawer = Drawer("letters", place="letters_issuedletter.file")
