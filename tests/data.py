"""Where the public sample files are, for the tests that read them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def find_data(*parts: str) -> Path | None:
    """The named part of the sample data (``YILU_DATA``, else ``../shared/data``), or None."""
    base = Path(os.environ.get("YILU_DATA") or ROOT.parent / "shared" / "data")
    path = base.joinpath(*parts)
    return path if path.exists() else None


def data_folder(*parts: str) -> Path:
    """The named part of the sample data; the test is skipped with a clear line where it is absent."""
    path = find_data(*parts)
    if path is None:
        pytest.skip(
            f"sample data {'/'.join(parts) or 'folder'} is not on this machine: set YILU_DATA"
        )
    return path
