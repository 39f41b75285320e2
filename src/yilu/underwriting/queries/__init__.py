"""What doors may know of needs and applications; one file a subject."""

from yilu.underwriting.models import Application
from yilu.underwriting.queries.families import (
    FamilyView,
    UnknownFamily,
    get_family_for_agent,
    get_family_for_party,
    get_family_for_staff,
)
from yilu.underwriting.queries.needs import (
    NEEDS,
    NeedsNotFound,
    NeedsView,
    PlanView,
    book,
    get_needs,
    latest_needs,
    may_be_offered,
    said_before,
)
from yilu.underwriting.queries.papers import Need
from yilu.underwriting.queries.riders import RiderLine, notices_of, rider_lines, riders_offered
from yilu.underwriting.queries.views import (
    ApplicationView,
    Row,
    UnknownApplication,
    get_for_agent,
    get_for_party,
    get_for_staff,
    list_around,
    list_for_agent,
    list_for_party,
    list_for_staff,
)
from yilu.underwriting.queries.waived_life import holders_questions
from yilu.underwriting.rules import needs_book
from yilu.underwriting.rules.conditions import shown as shown_questions
from yilu.underwriting.rules.lifecycle import LABELS as STATE_LABELS
from yilu.underwriting.rules.needs import DEBTS, Book
from yilu.underwriting.rules.occupations import BY_CODE as OCCUPATIONS
from yilu.underwriting.rules.shown import text_digest
from yilu.underwriting.rules.suitability import Assessment, Finances, assess

RELATIONS = tuple(Application.Relation.values)
"""What the insured may be to the holder, by code."""

__all__ = [
    "DEBTS",
    "NEEDS",
    "OCCUPATIONS",
    "RELATIONS",
    "STATE_LABELS",
    "ApplicationView",
    "Assessment",
    "Book",
    "FamilyView",
    "Finances",
    "Need",
    "NeedsNotFound",
    "NeedsView",
    "PlanView",
    "RiderLine",
    "Row",
    "UnknownApplication",
    "UnknownFamily",
    "assess",
    "book",
    "get_family_for_agent",
    "get_family_for_party",
    "get_family_for_staff",
    "get_for_agent",
    "get_for_party",
    "get_for_staff",
    "get_needs",
    "holders_questions",
    "latest_needs",
    "list_around",
    "list_for_agent",
    "list_for_party",
    "list_for_staff",
    "may_be_offered",
    "needs_book",
    "notices_of",
    "rider_lines",
    "riders_offered",
    "said_before",
    "shown_questions",
    "text_digest",
]
