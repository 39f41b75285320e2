"""The tables of the quality room."""

from .standards import Deviation, StandardVersion

__all__ = ["Deviation", "StandardVersion"]
