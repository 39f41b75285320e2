"""The tables of the quality room."""

from .findings import Finding, Reading
from .standards import Deviation, StandardVersion

__all__ = ["Deviation", "Finding", "Reading", "StandardVersion"]
