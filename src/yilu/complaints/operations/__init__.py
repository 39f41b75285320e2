"""Every change of a complaint: take it, handle it, answer it, review it."""

from .deciding import (
    Answer,
    ask_review,
    close_answered,
    decide,
    decide_review,
    name_cause,
    note_told,
    say_content,
)
from .handling import (
    add_facts,
    ask_outside,
    change_owner,
    end_outside,
    escalate,
    extend,
    find_complex,
    name_concerned,
    note_word,
    withdraw,
)
from .receiving import Received, Told, receive
from .refusals import (
    AboveTier,
    BadComplaint,
    ComplaintNotFound,
    NotNow,
    ReviewTooLate,
    SameEyes,
    StepAside,
    TooManyRepresentatives,
)
from .resealing import reseal_batch

__all__ = [
    "AboveTier",
    "Answer",
    "BadComplaint",
    "ComplaintNotFound",
    "NotNow",
    "Received",
    "ReviewTooLate",
    "SameEyes",
    "StepAside",
    "Told",
    "TooManyRepresentatives",
    "add_facts",
    "ask_outside",
    "ask_review",
    "change_owner",
    "close_answered",
    "decide",
    "decide_review",
    "end_outside",
    "escalate",
    "extend",
    "find_complex",
    "name_cause",
    "name_concerned",
    "note_told",
    "note_word",
    "receive",
    "reseal_batch",
    "say_content",
    "withdraw",
]
