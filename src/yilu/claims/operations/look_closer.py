"""What risk is told beside the path of a claim: diagnoses before a person reviews, outcomes afterwards."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from yilu.claims.models import Claim
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.policies import queries as policies
from yilu.risk import operations as risk

from .diagnosed import said_in

TOLD_AGAIN_DAYS = 3
"""Outcomes are told more than once: whatever a stopped worker missed comes with a later tick."""


@tx.step
def compare_diagnoses(claim_id: int, *, at: datetime) -> tuple[str, ...]:
    """
    Hold the diagnoses of the papers against sex, age, waiting period and health declaration.

    Beside the path: a person reviews this claim in any case, and sees what was found on the desk.
    """
    claim = Claim.objects.filter(pk=claim_id).first()
    if claim is None:
        return ()
    papers = _papers(claim.ref)
    if not papers:
        return ()
    policy = policies.get_policy(claim.policy_id, claim.loss_date, without_cover=True)
    raised = risk.compare_diagnoses(
        about=claim.ref, policy=Ref("policy", claim.policy_id), party_id=claim.insured_id,
        papers=papers, sex=policy.insured_sex, birth_date=policy.insured_birth_date,
        waiting_until=policy.waiting_until(claim.claim_type), loss_date=claim.loss_date,
        reported_on=day_of(claim.reported_at), at=at,
    )  # fmt: skip
    return tuple(r.signal for r in raised)


def _papers(about: Ref) -> list[risk.Paper]:
    return [risk.Paper(said.text, _day(said.on), said.source) for said in said_in(about)]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


_ESTABLISHED = """
    select claim_id, 'INVESTIGATION', finding in ('NOT_CONFIRMED', 'NON_DISCLOSURE'), closed_at
      from claims_investigation
     where closed_at > %(since)s::timestamptz and finding in ('CONFIRMED', 'NOT_CONFIRMED', 'NON_DISCLOSURE')
    union all
    select claim_id, 'DECISION', false, decided_at
      from claims_decision
     where decided_at > %(since)s::timestamptz and decided_by like 'staff:%%' and state = 'STANDS'
       and kind in ('APPROVE', 'PARTIAL')
"""


def tell_outcomes(*, at: datetime, since: datetime | None = None) -> int:
    """
    Tell risk what people established: the labels a model may be trained on.

    An investigation says whether there was something in it; a person who paid after looking says no.
    A decline alone says nothing: most are clauses, not deceit.
    """
    since = since or at - timedelta(days=TOLD_AGAIN_DAYS)
    established = [
        risk.Established(Ref("claim", claim_id), source, holds, known_at)
        for claim_id, source, holds, known_at in tx.rows(_ESTABLISHED, {"since": since})
    ]
    return risk.note_outcomes(established=established)
