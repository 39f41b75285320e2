"""Every change in the contact centre."""

from yilu.contact.refusals import (
    BadAddress,
    BadAnswers,
    BadConversation,
    BadGreenRoute,
    BadProblem,
    BadSeat,
    BadShift,
    BadTurn,
    CallbackAlreadyAsked,
    ConversationNotFound,
    ConversationOver,
    FollowUpNotFound,
    FollowUpOver,
    GreenRouteNotFound,
    NoOffer,
    NotAtThisHour,
    NotUnderGreenRoute,
    NotYourConversation,
    ProblemNotFound,
    ProblemOver,
    SeatBusy,
    SeatNotSetUp,
    SellerMayNotSolve,
    ShiftNotFound,
)

from .agents_line import raise_problem, report_step
from .answering import accept, decline, take_back_unanswered, take_up
from .chatting import Phrased, Prepared, ask, call_a_person, choose, leave_word, open_chat, rate
from .conversations import add_turn, keep_fact, link, open_conversation, set_reason
from .dispatching import dispatch, route
from .ending import hang_up, transfer, wrap_up
from .following_up import climb_all, complete, complete_electronically, note_attempt, sweep
from .green_routes import close_green_route, open_green_route
from .problems import open_problem
from .queueing import abandon, queue, request_callback
from .resealing import reseal_batch
from .rosters import cancel_shift, plan_shift
from .seats import pause, ready, set_up_seat, sign_off
from .solving import solve_problem, track_problem

__all__ = [
    "BadAddress",
    "BadAnswers",
    "BadConversation",
    "BadGreenRoute",
    "BadProblem",
    "BadSeat",
    "BadShift",
    "BadTurn",
    "CallbackAlreadyAsked",
    "ConversationNotFound",
    "ConversationOver",
    "FollowUpNotFound",
    "FollowUpOver",
    "GreenRouteNotFound",
    "NoOffer",
    "NotAtThisHour",
    "NotUnderGreenRoute",
    "NotYourConversation",
    "Phrased",
    "Prepared",
    "ProblemNotFound",
    "ProblemOver",
    "SeatBusy",
    "SeatNotSetUp",
    "SellerMayNotSolve",
    "ShiftNotFound",
    "abandon",
    "accept",
    "add_turn",
    "ask",
    "call_a_person",
    "cancel_shift",
    "choose",
    "climb_all",
    "close_green_route",
    "complete",
    "complete_electronically",
    "decline",
    "dispatch",
    "hang_up",
    "keep_fact",
    "leave_word",
    "link",
    "note_attempt",
    "open_chat",
    "open_conversation",
    "open_green_route",
    "open_problem",
    "pause",
    "plan_shift",
    "queue",
    "raise_problem",
    "rate",
    "ready",
    "report_step",
    "request_callback",
    "reseal_batch",
    "route",
    "set_reason",
    "set_up_seat",
    "sign_off",
    "solve_problem",
    "sweep",
    "take_back_unanswered",
    "take_up",
    "track_problem",
    "transfer",
    "wrap_up",
]
