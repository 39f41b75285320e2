"""Every change in the contact centre."""

from .answering import accept, decline, take_back_unanswered, take_up
from .conversations import add_turn, keep_fact, link, open_conversation, set_reason
from .dispatching import dispatch, route
from .ending import hang_up, transfer, wrap_up
from .problems import open_problem, solve_problem, track_problem
from .queueing import abandon, queue, request_callback
from .refusals import (
    BadAddress,
    BadConversation,
    BadProblem,
    BadSeat,
    BadTurn,
    CallbackAlreadyAsked,
    ConversationNotFound,
    ConversationOver,
    NoOffer,
    NotUnderGreenRoute,
    NotYourConversation,
    ProblemNotFound,
    ProblemOver,
    SeatBusy,
    SeatNotSetUp,
    SellerMayNotSolve,
)
from .seats import pause, ready, set_up_seat, sign_off

__all__ = [
    "BadAddress",
    "BadConversation",
    "BadProblem",
    "BadSeat",
    "BadTurn",
    "CallbackAlreadyAsked",
    "ConversationNotFound",
    "ConversationOver",
    "NoOffer",
    "NotUnderGreenRoute",
    "NotYourConversation",
    "ProblemNotFound",
    "ProblemOver",
    "SeatBusy",
    "SeatNotSetUp",
    "SellerMayNotSolve",
    "abandon",
    "accept",
    "add_turn",
    "decline",
    "dispatch",
    "hang_up",
    "keep_fact",
    "link",
    "open_conversation",
    "open_problem",
    "pause",
    "queue",
    "ready",
    "request_callback",
    "route",
    "set_reason",
    "set_up_seat",
    "sign_off",
    "solve_problem",
    "take_back_unanswered",
    "take_up",
    "track_problem",
    "transfer",
    "wrap_up",
]
