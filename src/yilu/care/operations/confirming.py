"""What was agreed in talks, in writing: the same letter to everybody who agreed (A79)."""

from __future__ import annotations

from datetime import datetime

from yilu.care.models import Mediation
from yilu.care.plan_book import plan_book
from yilu.claims import queries as claims
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.letters import operations as letters
from yilu.messaging import operations as messaging

KIND = "MEDIATION"
"""The kind of letter in which an agreement is confirmed."""
FREELY = "按损失逐项测算"


@tx.step
def confirm_agreed(
    mediation: Mediation, claim: claims.ClaimCard, *, actor: Ref, at: datetime
) -> None:
    """
    A letter to whoever claims and, where the plan is for somebody else who was harmed, to them as well:
    the sum, what it was worked out from, how it goes on. Each is told where their own one lies.
    """
    hurt = mediation.third_party
    facts = {
        "claim": claim.number, "insured_id": claim.insured_id, "kind": _kind_of(mediation),
        "agreed_on": day_of(at).isoformat(), "plan": str(mediation.plan_amount),
        "amount": str(mediation.agreed_amount), "words": mediation.words,
        "lines": [
            {"label": name, "amount": amount, "explanation": ground}
            for name, amount, ground in mediation.basis
        ],
    }  # fmt: skip
    parties = {claim.claimant_id: "care.mediation_agreed"}
    if hurt is not None:
        facts["hurt_id"] = hurt.party_id
        parties.setdefault(hurt.party_id, "care.mediation_agreed_with_you")
    for party_id, words in parties.items():
        letters.issue(
            kind=KIND, about=claim.ref, party_id=party_id, facts=facts, actor=actor, at=at
        )
        messaging.queue(
            words, to=Ref("party", party_id), about=claim.ref, at=at,
            facts={"claim": claim.number, "amount": str(mediation.agreed_amount)},
            once=f"mediation:{mediation.pk}",
        )  # fmt: skip


def _kind_of(mediation: Mediation) -> str:
    kind = plan_book().kinds.get(mediation.kind)
    return kind.name if kind else FREELY
