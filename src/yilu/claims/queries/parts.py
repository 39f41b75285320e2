"""Which claim a part of a case belongs to, and on which page it is done."""

from __future__ import annotations

from yilu.claims.models import CareOrder, CasePart, InvestigationStep, Mention, QualityCheck
from yilu.claims.operations.refusals import ClaimNotFound

IN_A_CASE = {
    "investigation_step": "investigation",
    "case_part": "team",
    "mention": "team",
    "care": "team",
    "quality_check": "quality",
}
"""Subjects of work that belong to a claim, and the page of the case on which they are done."""


def claim_of(kind: str, number: int) -> int:
    """The claim that a part of a case belongs to. :raises ClaimNotFound: if there is none."""
    found: int | None = None
    if kind == "investigation_step":
        steps = InvestigationStep.objects.filter(pk=number)
        found = steps.values_list("investigation__claim_id", flat=True).first()
    elif kind == "mention":
        mentions = Mention.objects.filter(pk=number)
        found = mentions.values_list("note__claim_id", flat=True).first()
    elif kind == "case_part":
        found = CasePart.objects.filter(pk=number).values_list("claim_id", flat=True).first()
    elif kind == "care":
        found = CareOrder.objects.filter(pk=number).values_list("claim_id", flat=True).first()
    elif kind == "quality_check":
        found = QualityCheck.objects.filter(pk=number).values_list("claim_id", flat=True).first()
    if found is None:
        raise ClaimNotFound
    return found
