"""What voice takes over from elsewhere, and what it asks after others' work: steps for reactions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from yilu.claims import queries as claims
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.people import operations as people_operations
from yilu.people import queries as people
from yilu.voice.models import Feedback, Handling

from .surveys import invite
from .taking import Said, Where, keep


@tx.step
def take_over_claim_rating(*, claim_id: int, party_id: int, at: datetime) -> int | None:
    """Keep the rating a customer gave a claim on its own page, once; None where it is gone."""
    given = next((r for r in claims.ratings_of(party_id, limit=50) if r.claim_id == claim_id), None)
    if given is None:
        return None
    where = Where(
        "CLAIM", "claim_closed", "claim", people.get_party(party_id).office_id, party_id=party_id,
        about=f"claim:{claim_id}",
    )  # fmt: skip
    said = Said(given.stars, given.recommend, given.comment)
    return keep(
        said, where, request_key=f"claim_rating:{claim_id}", actor=Ref("party", party_id), at=at
    )


@tx.step
def ask_after(*, touchpoint: str, party_id: int | None, about: Ref, at: datetime) -> str | None:
    """Ask the customer whose thing was done how it went; nobody where no customer is known."""
    if party_id is None:
        return "NOT_DRAWN"
    return invite(touchpoint=touchpoint, party_id=party_id, about=about, at=at)


@tx.step
def forget(party_ids: Sequence[int]) -> None:
    """Erase what a person wrote, masked or not: a mask finds numbers, not every name. Figures stay."""
    people_operations.empty(
        Handling.objects.filter(feedback__party_id__in=party_ids),
        customer_said="", reply="", link_digest="",
    )  # fmt: skip
    people_operations.empty(
        Feedback.objects.filter(party_id__in=party_ids), text="", original=b"", party=None
    )
