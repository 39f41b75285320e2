"""What third parties get of a claim directly, and how far their money is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from yilu.claims.models import DirectShare
from yilu.claims.operations.sharing import benefit_payouts
from yilu.kernel.money import ZERO
from yilu.kernel.refs import Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectPart:
    """One third party's part: at most ``ceiling``; ``promised`` so far; ``returned`` by the bank."""

    party_id: int
    ceiling: Decimal
    promised: Decimal
    settled: Decimal
    returned: bool
    agreed_at: datetime


def direct_parts_of(claim_id: int) -> tuple[DirectPart, ...]:
    """Every third party's part of a claim, in the order in which the insured agreed."""
    agreed = list(DirectShare.objects.filter(claim_id=claim_id).order_by("pk"))
    if not agreed:
        return ()
    known = benefit_payouts(Ref("claim", claim_id))
    replaced = {p.replaces_id for p in known}
    living = [p for p in known if p.state != "CANCELLED" and p.id not in replaced]
    return tuple(
        DirectPart(
            party_id=each.party_id, ceiling=each.ceiling, agreed_at=each.agreed_at,
            promised=sum((p.amount for p in living if p.to_party == each.party_id), ZERO),
            settled=sum(
                (p.amount for p in living if p.to_party == each.party_id and p.state == "SETTLED"), ZERO
            ),
            returned=any(p.to_party == each.party_id and p.state == "REJECTED" for p in living),
        )
        for each in agreed
    )  # fmt: skip
