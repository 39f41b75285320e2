"""Reads of the contact centre."""

from yilu.contact.intents import recognise
from yilu.contact.rules.chatting import Intent, clean
from yilu.contact.rules.follow_ups import ANSWERS, QUESTIONS, Question
from yilu.contact.rules.knowing import LABELS as KNOWN_LABELS
from yilu.contact.rules.measures import Measures, Occupancy
from yilu.contact.rules.reasons import REASONS, Reason
from yilu.contact.rules.rosters import DayCheck
from yilu.contact.rules.seats import CHOSEN as CHOSEN_PAUSES
from yilu.contact.rules.seats import PAUSES
from yilu.contact.rules.skills import SKILLS, Skill
from yilu.contact.rules.tiers import Tier
from yilu.contact.rules.words import ABANDON_CAUSES, CHANNELS, ENDINGS, STATES

from .agents_line import contacts_of_agent
from .calls import CallView, Line, call_of, fixed_prompts, flow, line_of, may_be
from .chats import Adviser, ChatView, Opening, Place, chat_of, chats_at, opening, view_chat
from .conversations import (
    ConversationView,
    KnownView,
    TurnView,
    called_by_agent,
    get_conversation,
    get_for_customer,
    get_for_staff,
    known_in,
    list_for_party,
    list_for_staff,
    note_of,
    turns_of,
)
from .follow_ups import (
    AnswerView,
    Coverage,
    FollowUpView,
    coverage,
    follow_up_for_holder,
    follow_up_of_policy,
    follow_ups_of_agent,
    get_follow_up,
    list_follow_ups,
    open_for_holder,
    states_in,
)
from .green_routes import (
    GreenRouteView,
    branch_of,
    green_route_for,
    green_route_of_office,
    is_green,
    list_green_routes,
)
from .measures import (
    Board,
    QueueNow,
    SeatsNow,
    board,
    first_contact,
    measure,
    occupancy,
    reasons_in,
    reasons_of,
)
from .problems import ProblemView, get_problem, list_problems, problems_of_agent, problems_of_party
from .recordings import RecordingView, recording_of, sound_of, standing, takes_of
from .rosters import DayPlan, ShiftView, asked_on, check_days, list_shifts, plan_of
from .seats import Hands, SeatView, candidates, hands_of, list_seats, seat_of
from .tiers import tier_of

__all__ = [
    "ABANDON_CAUSES",
    "ANSWERS",
    "CHANNELS",
    "CHOSEN_PAUSES",
    "ENDINGS",
    "KNOWN_LABELS",
    "PAUSES",
    "QUESTIONS",
    "REASONS",
    "SKILLS",
    "STATES",
    "Adviser",
    "AnswerView",
    "Board",
    "CallView",
    "ChatView",
    "ConversationView",
    "Coverage",
    "DayCheck",
    "DayPlan",
    "FollowUpView",
    "GreenRouteView",
    "Hands",
    "Intent",
    "KnownView",
    "Line",
    "Measures",
    "Occupancy",
    "Opening",
    "Place",
    "ProblemView",
    "Question",
    "QueueNow",
    "Reason",
    "RecordingView",
    "SeatView",
    "SeatsNow",
    "ShiftView",
    "Skill",
    "Tier",
    "TurnView",
    "asked_on",
    "board",
    "branch_of",
    "call_of",
    "called_by_agent",
    "candidates",
    "chat_of",
    "chats_at",
    "check_days",
    "clean",
    "contacts_of_agent",
    "coverage",
    "first_contact",
    "fixed_prompts",
    "flow",
    "follow_up_for_holder",
    "follow_up_of_policy",
    "follow_ups_of_agent",
    "get_conversation",
    "get_follow_up",
    "get_for_customer",
    "get_for_staff",
    "get_problem",
    "green_route_for",
    "green_route_of_office",
    "hands_of",
    "is_green",
    "known_in",
    "line_of",
    "list_follow_ups",
    "list_for_party",
    "list_for_staff",
    "list_green_routes",
    "list_problems",
    "list_seats",
    "list_shifts",
    "may_be",
    "measure",
    "note_of",
    "occupancy",
    "open_for_holder",
    "opening",
    "plan_of",
    "problems_of_agent",
    "problems_of_party",
    "reasons_in",
    "reasons_of",
    "recognise",
    "recording_of",
    "seat_of",
    "sound_of",
    "standing",
    "states_in",
    "takes_of",
    "tier_of",
    "turns_of",
    "view_chat",
]
