"""A second opinion on money: slow, obvious, sharing nothing with the rules it checks."""

from yilu.audit.rules.benefit import SORTS, fen, recompute
from yilu.audit.rules.checks import (
    KINDS,
    Calculated,
    Decided,
    Difference,
    Dossier,
    Late,
    Paid,
    differences,
    yuan_text,
)
from yilu.audit.rules.facts import (
    Answer,
    Bill,
    BillLine,
    Case,
    Contract,
    Entry,
    Past,
    Stay,
    figure,
    to_the_fen,
)
from yilu.audit.rules.policy_kinds import POLICY_KINDS

__all__ = [
    "KINDS",
    "POLICY_KINDS",
    "SORTS",
    "Answer",
    "Bill",
    "BillLine",
    "Calculated",
    "Case",
    "Contract",
    "Decided",
    "Difference",
    "Dossier",
    "Entry",
    "Late",
    "Paid",
    "Past",
    "Stay",
    "differences",
    "fen",
    "figure",
    "recompute",
    "to_the_fen",
    "yuan_text",
]
