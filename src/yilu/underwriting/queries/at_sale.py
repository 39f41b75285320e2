"""What was said and decided when a policy was sold, for whoever looks at its claims (投保时的告知与核保)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.policies.queries.issued import main_of
from yilu.underwriting.models import Application

from .desk import AnswerRow, DecisionRow, answers_in, decision_row, holders_answers_in


@dataclass(frozen=True, slots=True)
class AtSale:
    """
    The application behind a policy.

    ``answers`` are the questions as they were shown, to the insured or, where the policy is a waiver
    on the holder's life (``by_holder``), to the holder; ``text_version`` is the digest of the
    questionnaire. ``exclusions`` and ``extra_premium`` are what the contract was made with.
    """

    application_id: int
    number: str
    submitted_at: datetime | None
    text_version: str
    by_holder: bool
    answers: tuple[AnswerRow, ...]
    verdict: DecisionRow | None
    exclusions: tuple[dict[str, Any], ...]
    extra_premium: Decimal

    @property
    def told(self) -> tuple[AnswerRow, ...]:
        """The answers that declare something."""
        return tuple(row for row in self.answers if row.told)

    @property
    def asked(self) -> tuple[AnswerRow, ...]:
        """The other answers."""
        return tuple(row for row in self.answers if not row.told)


def at_sale(policy_id: int) -> AtSale | None:
    """
    What was declared and decided for a policy or for the main contract of a rider; the right to look
    is the caller's. None where the policy was not sold here.
    """
    main_id = main_of(policy_id)
    application = Application.objects.select_related("decision").filter(policy_id=main_id).first()
    if application is None:
        return None
    rider = _rider(application, policy_id)
    by_holder = rider.get("life") == "HOLDER"
    decided = application.decision
    names = people.names_of([Ref.parse(decided.decided_by)]) if decided else {}
    own = rider or {
        "exclusions": application.exclusions,
        "extra_premium": application.extra_premium,
    }
    return AtSale(
        application_id=application.pk,
        number=application.number,
        submitted_at=application.submitted_at,
        text_version=application.questionnaire,
        by_holder=by_holder,
        answers=holders_answers_in(application) if by_holder else answers_in(application),
        verdict=decision_row(decided, names) if decided else None,
        exclusions=tuple(own["exclusions"]),
        extra_premium=Decimal(own["extra_premium"]),
    )


def _rider(application: Application, policy_id: int) -> dict[str, Any]:
    """What was kept of the rider that became this policy; nothing for the main contract."""
    return next((r for r in application.riders if r.get("policy_id") == policy_id), {})
