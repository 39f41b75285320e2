"""What doors and watchers may read of complaints."""

from yilu.complaints.limits import limits_of_tiers
from yilu.complaints.rules.handling import (
    BUSINESSES,
    CAUSES,
    CHANNELS,
    NOTED,
    OUTCOMES,
    OUTSIDE,
    REASONS,
    STATES,
    TIERS,
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
from .story import Told, story_for_customer
from .watching import PRESSING, Standing, list_pressing, standing

__all__ = [
    "BUSINESSES",
    "CAUSES",
    "CHANNELS",
    "NOTED",
    "OUTCOMES",
    "OUTSIDE",
    "PRESSING",
    "REASONS",
    "STATES",
    "TIERS",
    "CaseRow",
    "CaseView",
    "Count",
    "Figures",
    "ReviewView",
    "Standing",
    "Told",
    "ViewView",
    "WordView",
    "counts_in",
    "figures",
    "get_for_customer",
    "get_for_staff",
    "limits_of_tiers",
    "list_for_customer",
    "list_for_party",
    "list_for_staff",
    "list_pressing",
    "standing",
    "story_for_customer",
    "upheld_against",
]
