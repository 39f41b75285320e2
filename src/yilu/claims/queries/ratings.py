"""What customers thought of the service, by customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yilu.claims.models import Rating


@dataclass(frozen=True, slots=True)
class GivenRating:
    """One rating and the claim it is about."""

    claim_id: int
    claim_number: str
    stars: int
    recommend: int
    comment: str
    rated_at: datetime


def ratings_of(party_id: int, *, limit: int = 20) -> tuple[GivenRating, ...]:
    """A customer's ratings, newest first. The asker's right to the customer is the caller's."""
    found = Rating.objects.filter(party_id=party_id).select_related("claim").order_by("-rated_at")
    return tuple(
        GivenRating(r.claim_id, r.claim.number, r.stars, r.recommend, r.comment, r.rated_at)
        for r in found[:limit]
    )
