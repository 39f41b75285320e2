"""What the desk's forms let a person choose from: codes of the rooms with their Chinese labels."""

from __future__ import annotations

from yilu.claims.queries import choices as claims

DECLINE, APPROVE, PARTIAL = "DECLINE", "APPROVE", "PARTIAL"

INVESTIGATION_REASONS = claims.INVESTIGATION_REASONS
FINDINGS = claims.FINDINGS
HELPERS = claims.HELPERS
NOTE_KINDS = claims.NOTE_KINDS
THIRD_PARTIES = claims.THIRD_PARTIES
REOPENING_CAUSES = claims.REOPENING_CAUSES
AFTER_REVIEW = claims.AFTER_REVIEW
LAW = claims.LAW
