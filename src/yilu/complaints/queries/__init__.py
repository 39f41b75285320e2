"""What doors and watchers may read of complaints."""

from yilu.complaints.rules.handling import (
    BUSINESSES,
    CAUSES,
    CHANNELS,
    LIMIT_OF_TIER,
    OUTCOMES,
    OUTSIDE,
    REASONS,
    STATES,
    TIERS,
    WORDS,
)

from .against import upheld_against
from .cases import (
    CaseRow,
    CaseView,
    ReviewView,
    ViewView,
    WordView,
    get_for_customer,
    get_for_staff,
    list_for_customer,
    list_for_party,
    list_for_staff,
)
from .figures import Count, Figures, counts_in, figures

__all__ = [
    "BUSINESSES",
    "CAUSES",
    "CHANNELS",
    "LIMIT_OF_TIER",
    "OUTCOMES",
    "OUTSIDE",
    "REASONS",
    "STATES",
    "TIERS",
    "WORDS",
    "CaseRow",
    "CaseView",
    "Count",
    "Figures",
    "ReviewView",
    "ViewView",
    "WordView",
    "counts_in",
    "figures",
    "get_for_customer",
    "get_for_staff",
    "list_for_customer",
    "list_for_party",
    "list_for_staff",
    "upheld_against",
]
