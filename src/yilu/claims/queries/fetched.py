"""What was fetched for a claim from the medical platform, and what still is to be (就诊记录调取)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from yilu.claims.models import RecordsAsked
from yilu.claims.operations.records import asked_days

SOON = timedelta(hours=1)
"""After that nobody should wait for it any more."""


@dataclass(frozen=True, slots=True)
class ToFetch:
    """Whose visits are asked for, of which days."""

    insured_id: int
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Fetched:
    """``state`` ASKED, FOUND or NOTHING, and how many bills came."""

    state: str
    bills: int


def visit_to_fetch(claim_id: int) -> ToFetch | None:
    """What the platform is to be asked; None where it has answered, or was never to be asked."""
    kept = RecordsAsked.objects.select_related("claim").filter(claim_id=claim_id).first()
    if kept is None or kept.state != RecordsAsked.State.ASKED:
        return None
    return ToFetch(kept.claim.insured_id, *asked_days(kept.claim))


def fetched_for(claim_id: int, at: datetime) -> Fetched | None:
    """As the customer is told; an answer that is not there within the hour is none."""
    kept = RecordsAsked.objects.filter(claim_id=claim_id).first()
    if kept is None or kept.state == RecordsAsked.State.NOT_NEEDED:
        return None
    late = kept.state == RecordsAsked.State.ASKED and at - kept.asked_at > SOON
    return Fetched("NOTHING" if late else kept.state, kept.bills)
