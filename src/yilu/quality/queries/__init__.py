"""Reads of the quality room."""

from yilu.quality.books.phrases import Hit
from yilu.quality.rules.standards import CLIENTS, TOUCHPOINTS, Standard

from .against import findings_against
from .clients import ClientCount, ClientView, client_counts, client_of
from .exams import ExamView, SheetView, exams_for, results, sheet_of
from .findings import KINDS, FindingView, better_for, get_finding, list_findings, my_findings
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
    "ClientCount",
    "ClientView",
    "DeviationView",
    "ExamView",
    "FindingView",
    "Hit",
    "SheetView",
    "Standard",
    "VersionView",
    "better_for",
    "client_counts",
    "client_of",
    "deviations_of",
    "exams_for",
    "findings_against",
    "get_finding",
    "get_version",
    "list_deviations",
    "list_findings",
    "list_versions",
    "my_findings",
    "results",
    "sheet_of",
    "standard_for",
    "standards_now",
]
