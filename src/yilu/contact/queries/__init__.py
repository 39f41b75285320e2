"""Reads of the contact centre."""

from yilu.contact.intents import recognise
from yilu.contact.rules.chatting import Intent, clean
from yilu.contact.rules.entitlements import Entitlement
from yilu.contact.rules.follow_ups import GIVEN, QUESTIONS, Question
from yilu.contact.rules.knowing import NOTED as NOTED_LABELS
from yilu.contact.rules.measures import Measures, Occupancy
from yilu.contact.rules.pressing import presses
from yilu.contact.rules.reasons import REASONS, Reason
from yilu.contact.rules.rosters import DayCheck
from yilu.contact.rules.seats import CHOSEN as CHOSEN_PAUSES
from yilu.contact.rules.seats import PAUSES
from yilu.contact.rules.skills import SKILLS, Skill
from yilu.contact.rules.tiers import Tier
from yilu.contact.rules.words import ABANDON_CAUSES, CHANNELS, ENDINGS, LETTERS, STATES

from .agents_line import contacts_of_agent
from .calls import CallView, Line, call_of, line_of, may_be
from .chats import Adviser, ChatView, Opening, Place, chat_of, chats_at, opening, view_chat
from .concerns import concerns_of, talks_about
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
from .coverage import Coverage, coverage
from .desk_phones import (
    DeskPhoneView,
    desk_phone_of,
    desk_phone_secret,
    desk_phones,
    seat_to_ring,
    talk_of_seat,
)
from .entitlements import services_of
from .flows import FlowRow, FlowView, flow_on, get_flow, list_flows, text_in_force
from .follow_ups import (
    AnswerView,
    FollowUpView,
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
from .hotlines import HotlineDone, UnknownNumber, by_hotline, hotline_of, unknown_numbers
from .letters import AnswerSent, answers_sent, letters_of
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
from .norms import Norms, ladder_on, last_kept_until, manned_on, norms_on
from .problems import ProblemView, get_problem, list_problems, problems_of_agent, problems_of_party
from .prompts import (
    PromptRecordingView,
    PromptView,
    hotline_prompts,
    is_played,
    list_prompts,
    played_recordings,
    prompt_of,
    prompt_recording,
    prompts_to_speak,
    voice_of,
)
from .recordings import RecordingView, recording_kept, recording_of, sound_of, standing, takes_of
from .rosters import DayPlan, ShiftView, asked_on, check_days, list_shifts, plan_of
from .seats import LINES, Hands, SeatView, candidates, hands_of, list_seats, seat_of
from .tiers import tier_of
from .volumes import YEARS_BACK, Volume, call_volumes, span_of

__all__ = [
    "ABANDON_CAUSES",
    "CHANNELS",
    "CHOSEN_PAUSES",
    "ENDINGS",
    "GIVEN",
    "LETTERS",
    "LINES",
    "NOTED_LABELS",
    "PAUSES",
    "QUESTIONS",
    "REASONS",
    "SKILLS",
    "STATES",
    "YEARS_BACK",
    "Adviser",
    "AnswerSent",
    "AnswerView",
    "Board",
    "CallView",
    "ChatView",
    "ConversationView",
    "Coverage",
    "DayCheck",
    "DayPlan",
    "DeskPhoneView",
    "Entitlement",
    "FlowRow",
    "FlowView",
    "FollowUpView",
    "GreenRouteView",
    "Hands",
    "HotlineDone",
    "Intent",
    "KnownView",
    "Line",
    "Measures",
    "Norms",
    "Occupancy",
    "Opening",
    "Place",
    "ProblemView",
    "PromptRecordingView",
    "PromptView",
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
    "UnknownNumber",
    "Volume",
    "answers_sent",
    "asked_on",
    "board",
    "branch_of",
    "by_hotline",
    "call_of",
    "call_volumes",
    "called_by_agent",
    "candidates",
    "chat_of",
    "chats_at",
    "check_days",
    "clean",
    "concerns_of",
    "contacts_of_agent",
    "coverage",
    "desk_phone_of",
    "desk_phone_secret",
    "desk_phones",
    "first_contact",
    "flow_on",
    "follow_up_for_holder",
    "follow_up_of_policy",
    "follow_ups_of_agent",
    "get_conversation",
    "get_flow",
    "get_follow_up",
    "get_for_customer",
    "get_for_staff",
    "get_problem",
    "green_route_for",
    "green_route_of_office",
    "hands_of",
    "hotline_of",
    "hotline_prompts",
    "is_green",
    "is_played",
    "known_in",
    "ladder_on",
    "last_kept_until",
    "letters_of",
    "line_of",
    "list_flows",
    "list_follow_ups",
    "list_for_party",
    "list_for_staff",
    "list_green_routes",
    "list_problems",
    "list_prompts",
    "list_seats",
    "list_shifts",
    "manned_on",
    "may_be",
    "measure",
    "norms_on",
    "note_of",
    "occupancy",
    "open_for_holder",
    "opening",
    "plan_of",
    "played_recordings",
    "presses",
    "problems_of_agent",
    "problems_of_party",
    "prompt_of",
    "prompt_recording",
    "prompts_to_speak",
    "reasons_in",
    "reasons_of",
    "recognise",
    "recording_kept",
    "recording_of",
    "seat_of",
    "seat_to_ring",
    "services_of",
    "sound_of",
    "span_of",
    "standing",
    "states_in",
    "takes_of",
    "talk_of_seat",
    "talks_about",
    "text_in_force",
    "tier_of",
    "turns_of",
    "unknown_numbers",
    "view_chat",
    "voice_of",
]
