"""What a form at the desk offers: codes with their Chinese labels."""

from __future__ import annotations

from yilu.claims.models import AfterReview, ContactNote, Decision, Investigation, Reopening
from yilu.claims.operations.investigate import HELPERS as _HELPERS
from yilu.claims.rules import authority, case, lifecycle, proofs, third_parties

STATES = tuple((state.value, label) for state, label in lifecycle.STATE_LABELS.items())
INVESTIGATION_REASONS = tuple(case.INVESTIGATION_REASONS.items())
COMPLEXITY_REASONS = tuple(case.COMPLEXITY_REASONS.items())
HELPERS = tuple(_HELPERS.items())
FINDINGS = tuple(Investigation.Finding.choices)
NOTE_KINDS = tuple(ContactNote.Kind.choices)
THIRDS = tuple(third_parties.THIRDS.items())
WHY_NO_PHONE = tuple(third_parties.WHY_NO_PHONE.items())
REOPENING_CAUSES = tuple(Reopening.Cause.choices)
AFTER_REVIEW = tuple(AfterReview.Verdict.choices)
LAW = tuple((code, text, proofs.PROOFS.get(code, "")) for code, text in authority.LAW.items())
FRAUD_ARTICLE = proofs.FRAUD
FRAUDS = tuple(
    (code, label, "PARTIAL" if proofs.suits(code, "PARTIAL") else "DECLINE")
    for code, label in Decision.Fraud.choices
)
"""Kinds of fraud with the kind of decision each may bring."""
CAN_TAKE_PAPERS = frozenset(state.value for state in lifecycle.sources(lifecycle.Action.HAND_IN))
"""States in which files may still be handed in."""
