"""What claims keeps: the claim, what was calculated, decided, asked for and said about it."""

from .agreements import Agreement
from .claim import Band, Channel, Claim, ClaimType, Lane, Offer, Programme
from .desks import CareOrder, CasePart, Mention, QualityCheck, RowExport
from .handling import (
    Chase,
    ContactNote,
    Investigation,
    KnowledgeEvent,
    Rating,
    RecordsAsked,
    SupplementNotice,
)
from .hard import (
    Appraisal,
    DeclaredDeath,
    EntitledPerson,
    Entitlement,
    Instalment,
    InvestigationStep,
    Merger,
    MisstatedAge,
    MistakenLapse,
    PaidElsewhere,
    PolicyOrder,
    Recovery,
)
from .late import LateInterest
from .named import NamedGroup, NamedPerson
from .payee_identity import IdentityWait
from .verdicts import AfterReview, Calculation, Decision, DirectShare, Payee, Reopening, Settlement
from .waiting import WaitingReport

__all__ = [
    "AfterReview",
    "Agreement",
    "Appraisal",
    "Band",
    "Calculation",
    "CareOrder",
    "CasePart",
    "Channel",
    "Chase",
    "Claim",
    "ClaimType",
    "ContactNote",
    "Decision",
    "DeclaredDeath",
    "DirectShare",
    "EntitledPerson",
    "Entitlement",
    "IdentityWait",
    "Instalment",
    "Investigation",
    "InvestigationStep",
    "KnowledgeEvent",
    "Lane",
    "LateInterest",
    "Mention",
    "Merger",
    "MisstatedAge",
    "MistakenLapse",
    "NamedGroup",
    "NamedPerson",
    "Offer",
    "PaidElsewhere",
    "Payee",
    "PolicyOrder",
    "Programme",
    "QualityCheck",
    "Rating",
    "RecordsAsked",
    "Recovery",
    "Reopening",
    "RowExport",
    "Settlement",
    "SupplementNotice",
    "WaitingReport",
]
