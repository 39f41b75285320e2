"""Reads of the quality room."""

from yilu.quality.rules.standards import CLIENTS, TOUCHPOINTS, Standard

from .standards import (
    DeviationView,
    VersionView,
    deviations_of,
    get_version,
    list_deviations,
    list_versions,
    standard_for,
    standards_now,
)

__all__ = [
    "CLIENTS",
    "TOUCHPOINTS",
    "DeviationView",
    "Standard",
    "VersionView",
    "deviations_of",
    "get_version",
    "list_deviations",
    "list_versions",
    "standard_for",
    "standards_now",
]
