"""Where batch files lie: sealed, named by their content."""

from __future__ import annotations

from yilu.kernel.sealed_files import Drawer, FileMissing

__all__ = ["FileMissing", "drawer"]

drawer = Drawer("batches", place="direct_billing_batch.file")
