"""Who accompanies the customer of a claim (专属理赔顾问)."""

from __future__ import annotations

from yilu.claims.models import Claim
from yilu.claims.operations.consultants import OVER
from yilu.people import queries as people


def consultant_of(claim: Claim) -> people.StaffContact | None:
    """The person of the customer's own, while the claim lives and they work for us."""
    if claim.consultant_id is None or claim.state in OVER:
        return None
    return people.staff_contact(claim.consultant_id)
