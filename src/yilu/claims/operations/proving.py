"""A refusal that calls somebody a deceiver, a criminal or a suicide rests on proof, and the proof is ours."""

from __future__ import annotations

from collections.abc import Sequence

from yilu.claims.models import Decision, Investigation
from yilu.claims.rules import proofs
from yilu.kernel import tx
from yilu.kernel.errors import Refusal, Sentence
from yilu.kernel.words import marked as _

from .case import Case


class GroundUnproved(Refusal):
    """No investigation has found the facts this article needs."""

    code = "ground_unproved"
    message = _("依据的事实还没有查实，不能据此不赔或少赔")


@tx.step
def keep_to_proof(case: Case, *, kind: str, clauses: Sequence[str], agreed: bool) -> None:
    """
    Let a refusal, whole or in part, rest on fraud, intent, suicide or crime only where that was found.

    ``agreed``: both sides signed the sum. No statement where nothing rests on such a ground.

    :raises GroundUnproved: no concluded investigation of the claim bears it out.
    """
    if agreed or kind not in (Decision.Kind.DECLINE, Decision.Kind.PARTIAL):
        return
    articles = proofs.to_prove(
        clauses, case.chosen.upheld, exclusions=case.policy.terms.exclusions,
        circumstances=case.held.loss.circumstances,
    )  # fmt: skip
    if not articles:
        return
    concluded = Investigation.objects.filter(claim_id=case.held.id, closed_at__isnull=False)
    findings = set(concluded.values_list("finding", flat=True))
    for article in articles:
        if not proofs.is_proved(
            article, findings=findings, doubts=case.doubts, in_part=kind == Decision.Kind.PARTIAL
        ):
            words = _("“{article}”所说的事实还没有查实，不能据此不赔或少赔")
            raise GroundUnproved(Sentence(words, article=article), hint=proofs.PROOFS[article])
