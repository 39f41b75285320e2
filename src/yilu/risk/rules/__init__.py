"""What is compared and held against rules, and how it is said. Pure."""

from .comparing import (
    NO_SEVERITY,
    Measure,
    Sight,
    Threshold,
    Trait,
    TraitKind,
    measures,
    passes,
    worst,
)
from .words import NODE_LABELS, SEVERITY_LABELS, SIGNAL_LABELS, sentence

__all__ = [
    "NODE_LABELS",
    "NO_SEVERITY",
    "SEVERITY_LABELS",
    "SIGNAL_LABELS",
    "Measure",
    "Sight",
    "Threshold",
    "Trait",
    "TraitKind",
    "measures",
    "passes",
    "sentence",
    "worst",
]
