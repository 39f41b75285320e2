"""What a letter says of a wrong age that was found on its claim."""

from __future__ import annotations

from yilu.claims.models import MisstatedAge
from yilu.claims.rules import misstated as rules


def words_of(claim_id: int) -> str:
    """What a letter says of a wrong age that was found on the claim: the reason and the arithmetic."""
    found = MisstatedAge.objects.filter(claim_id=claim_id, state="STANDS").first()
    if found is None:
        return ""
    return rules.in_words(
        found.way, reason=found.reason, rated_age=found.rated_age, paid=found.premium_paid,
        due=found.premium_due, overpaid=found.overpaid,
    )  # fmt: skip
