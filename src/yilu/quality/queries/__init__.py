"""Reads of the quality room."""

from yilu.quality.rules.phrases import Hit
from yilu.quality.rules.standards import CLIENTS, TOUCHPOINTS, Standard

from .findings import KINDS, FindingView, better_for, list_findings, my_findings
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
    "KINDS",
    "TOUCHPOINTS",
    "DeviationView",
    "FindingView",
    "Hit",
    "Standard",
    "VersionView",
    "better_for",
    "deviations_of",
    "get_version",
    "list_deviations",
    "list_findings",
    "list_versions",
    "my_findings",
    "standard_for",
    "standards_now",
]
