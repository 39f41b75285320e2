"""What the contact centre keeps."""

from .calls import Call, CallNotice
from .chat import ChatReply
from .conversations import Concern, Conversation, KnownFact, Problem, ProblemStep, Turn
from .desk_phones import DeskPhone
from .flows import FlowVersion
from .follow_ups import FollowUp, FollowUpAnswer, FollowUpAttempt
from .green_routes import GreenRoute
from .prompts import PromptRecording
from .recordings import CallPiece, CallRecording
from .routing import Offer, Seat, SeatSpell, Waiting
from .staffing import Shift
from .tiers import DisasterTie

__all__ = [
    "Call",
    "CallNotice",
    "CallPiece",
    "CallRecording",
    "ChatReply",
    "Concern",
    "Conversation",
    "DeskPhone",
    "DisasterTie",
    "FlowVersion",
    "FollowUp",
    "FollowUpAnswer",
    "FollowUpAttempt",
    "GreenRoute",
    "KnownFact",
    "Offer",
    "Problem",
    "ProblemStep",
    "PromptRecording",
    "Seat",
    "SeatSpell",
    "Shift",
    "Turn",
    "Waiting",
]
