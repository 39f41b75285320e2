"""What was answered to the seven checks of a version (七必查)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yilu.kernel.refs import SYSTEM, Ref
from yilu.standards.models import PrelaunchAnswer
from yilu.standards.terms import CHECKS


@dataclass(frozen=True, slots=True)
class CheckAnswer:
    """
    One of the seven checks of a version, and its answer.

    ``automatic``: the machine gave it; where it says no, only another text helps.
    """

    code: str
    automatic: bool
    answered: bool
    passed: bool
    evidence: str
    by: Ref | None
    at: datetime | None


def checks_of(subject: Ref) -> tuple[CheckAnswer, ...]:
    """All seven in their order, answered or not; one statement."""
    kept = {row.check_code: row for row in PrelaunchAnswer.objects.filter(subject=str(subject))}
    return tuple(_answer(code, kept.get(code)) for code in CHECKS)


def _answer(code: str, row: PrelaunchAnswer | None) -> CheckAnswer:
    if row is None:
        return CheckAnswer(code, False, False, False, "", None, None)
    by = Ref.parse(row.by)
    return CheckAnswer(code, by == SYSTEM, True, row.passed, row.evidence, by, row.at)
