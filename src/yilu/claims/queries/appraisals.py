"""Appraisals of a disability as the desk and the reviewer see them."""

from __future__ import annotations

from dataclasses import dataclass

from yilu.claims.models import Appraisal
from yilu.claims.operations.hard.appraising import weigh
from yilu.claims.rules.appraisal import Finding
from yilu.claims.rules.appraisal_items import ITEMS, by_class
from yilu.claims.rules.loss import Loss
from yilu.kernel.errors import Sentence

from .views import ClaimCard

APPRAISAL_ITEMS = by_class()
"""The standard's items, class by class."""


@dataclass(frozen=True, slots=True)
class AppraisalView:
    """An appraisal, what each item of it means, and what does not fit the standard or the terms."""

    row: Appraisal
    findings: tuple[tuple[str, str, str, int], ...]  # code, its words, part of the body, grade
    objections: tuple[Sentence, ...]


def appraisals(card: ClaimCard) -> tuple[AppraisalView, ...]:
    """Every appraisal of a claim, the latest first; objections only while one waits to be checked."""
    rows = Appraisal.objects.filter(claim_id=card.id).order_by("-pk")
    return tuple(
        AppraisalView(
            row,
            tuple(
                (code, ITEMS[code].words if code in ITEMS else "", part, grade)
                for code, part, grade in row.findings
            ),
            _objections(row) if row.state == "REPORTED" else (),
        )
        for row in rows.select_related("claim")
    )


def _objections(row: Appraisal) -> tuple[Sentence, ...]:
    assert row.assessed_on is not None  # whatever is reported has its day
    found = weigh(
        [Finding(code=code, part=part, grade=grade) for code, part, grade in row.findings],
        row.assessed_on, policy_id=row.claim.policy_id, loss_date=row.claim.loss_date,
        loss=Loss.from_json(row.claim.loss),
    )  # fmt: skip
    return found.objections
