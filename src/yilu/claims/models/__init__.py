"""What claims keeps: the claim, what was calculated, decided, asked for and said about it."""

from .claim import Band, Channel, Claim, ClaimType, Lane, Offer, Programme
from .handling import Chase, ContactNote, Investigation, KnowledgeEvent, Rating, SupplementNotice
from .verdicts import AfterReview, Calculation, Decision, Payee, Reopening, Settlement

__all__ = [
    "AfterReview",
    "Band",
    "Calculation",
    "Channel",
    "Chase",
    "Claim",
    "ClaimType",
    "ContactNote",
    "Decision",
    "Investigation",
    "KnowledgeEvent",
    "Lane",
    "Offer",
    "Payee",
    "Programme",
    "Rating",
    "Reopening",
    "Settlement",
    "SupplementNotice",
]
