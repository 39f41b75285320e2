"""What doors may read of claims."""

from yilu.claims import open_work as board
from yilu.claims.models import Channel, ClaimType, Lane, Programme

from . import quality
from .agreements import agreements, agreements_waiting, get_agreement, owed_back, settled
from .appraisals import APPRAISAL_ITEMS, appraisals
from .bills import bills_of_others
from .cards import (
    ClaimPage,
    find_id,
    get_for_agent,
    get_for_customer,
    get_for_provider,
    get_for_staff,
    get_offer,
    list_by_ids,
    list_for_agent,
    list_for_party,
    list_for_policy,
    list_for_staff,
    list_offers,
    list_related,
    numbers_of,
    search,
)
from .desk import actions_for, desk
from .direct import DirectPart, direct_parts_of
from .entitled import entitlement
from .established import Established, established
from .fetched import visit_to_fetch
from .hard import (
    asked_export,
    colleagues_of,
    coordination,
    declared_death,
    due_instalments,
    investigation,
    late_payments,
    misstated_ages,
    money_back,
    rescission,
    steps_with_third_parties,
    team,
)
from .limits import fast_limit, opinion_limit
from .parts import IN_A_CASE, claim_of
from .progress import get_progress, progress, status_api
from .ratings import GivenRating, ratings_of
from .speed import DayCount, Speed, speed
from .views import (
    CalculationLine,
    CalculationView,
    ChecklistRow,
    ClaimCard,
    ClaimDesk,
    ClaimProgress,
    DecisionView,
    DeskAction,
    GroundRow,
    OfferView,
    PayeeRow,
    ProgressStep,
    TimelineRow,
)

__all__ = [
    "APPRAISAL_ITEMS",
    "IN_A_CASE",
    "CalculationLine",
    "CalculationView",
    "Channel",
    "ChecklistRow",
    "ClaimCard",
    "ClaimDesk",
    "ClaimPage",
    "ClaimProgress",
    "ClaimType",
    "DayCount",
    "DecisionView",
    "DeskAction",
    "DirectPart",
    "Established",
    "GivenRating",
    "GroundRow",
    "Lane",
    "OfferView",
    "PayeeRow",
    "Programme",
    "ProgressStep",
    "Speed",
    "TimelineRow",
    "actions_for",
    "agreements",
    "agreements_waiting",
    "appraisals",
    "asked_export",
    "bills_of_others",
    "board",
    "claim_of",
    "colleagues_of",
    "coordination",
    "declared_death",
    "desk",
    "direct_parts_of",
    "due_instalments",
    "entitlement",
    "established",
    "fast_limit",
    "find_id",
    "get_agreement",
    "get_for_agent",
    "get_for_customer",
    "get_for_provider",
    "get_for_staff",
    "get_offer",
    "get_progress",
    "investigation",
    "late_payments",
    "list_by_ids",
    "list_for_agent",
    "list_for_party",
    "list_for_policy",
    "list_for_staff",
    "list_offers",
    "list_related",
    "misstated_ages",
    "money_back",
    "numbers_of",
    "opinion_limit",
    "owed_back",
    "progress",
    "quality",
    "ratings_of",
    "rescission",
    "search",
    "settled",
    "speed",
    "status_api",
    "steps_with_third_parties",
    "team",
    "visit_to_fetch",
]
