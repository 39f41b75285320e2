"""By what figures are split beside offices, customers and time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SPLITS: Final[Mapping[str, str]] = {"PERSON": "P", "ROLE": "R", "CHANNEL": "C", "PRODUCT": "T"}
"""Each with the letter under which its sums are kept; the office's own sums have none."""
