"""What doors may read of journeys."""

from yilu.journeys.queries.breaks import BreakRow, BreakView, OfferRow, get_break, list_breaks
from yilu.journeys.queries.cases import CaseRow, CaseView, find_case, get_case, list_cases
from yilu.journeys.queries.offers import OfferView, kept_form, kept_form_of, open_offers
from yilu.journeys.queries.panorama import Cell, Line, Link, Panorama, links, panorama
from yilu.journeys.queries.problems import ProblemRow, ProblemView, get_problem, list_problems
from yilu.journeys.queries.process import Edge, Process, Stage, Variant, edges, process
from yilu.journeys.queries.versions import (
    CheckRow,
    JourneyCard,
    StandardRow,
    VersionRow,
    VersionView,
    get_version,
    list_journeys,
    list_standards,
    list_versions,
)
from yilu.journeys.rules.names import BREAKS, SEVERITIES, TOUCHPOINTS, WAYS

__all__ = [
    "BREAKS",
    "SEVERITIES",
    "TOUCHPOINTS",
    "WAYS",
    "BreakRow",
    "BreakView",
    "CaseRow",
    "CaseView",
    "Cell",
    "CheckRow",
    "Edge",
    "JourneyCard",
    "Line",
    "Link",
    "OfferRow",
    "OfferView",
    "Panorama",
    "ProblemRow",
    "ProblemView",
    "Process",
    "Stage",
    "StandardRow",
    "Variant",
    "VersionRow",
    "VersionView",
    "edges",
    "find_case",
    "get_break",
    "get_case",
    "get_problem",
    "get_version",
    "kept_form",
    "kept_form_of",
    "links",
    "list_breaks",
    "list_cases",
    "list_journeys",
    "list_problems",
    "list_standards",
    "list_versions",
    "open_offers",
    "panorama",
    "process",
]
