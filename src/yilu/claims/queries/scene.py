"""The opinion of whoever saw the case on the spot, and whether it binds (现场意见锁定)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count

from yilu.claims.models import Claim, Decision
from yilu.claims.operations.scene import RIGHTS
from yilu.claims.queries.limits import opinion_limit
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.standards import queries as standards

from .views import ClaimCard


@dataclass(frozen=True, slots=True)
class FirstOpinion:
    """
    ``binds``: only a lead may decide otherwise, for it is about less than ``limit``. ``lead``: the reader
    is one.
    """

    kind_label: str
    amount: Decimal
    declines: bool
    reason: str
    by: str
    at: datetime
    binds: bool
    limit: Decimal
    lead: bool


def first_opinion(card: ClaimCard, access: Access, at: datetime) -> FirstOpinion | None:
    """The opinion given on the spot on a claim the reader may view; None where there is none."""
    row = Decision.objects.filter(claim_id=card.id, state=Decision.State.OPINION).first()
    if row is None:
        return None
    limit = opinion_limit(at)
    asked = standards.decide(
        "claims.authority", {"claim_type": card.claim_type, "amount": row.amount}, at
    ).outputs
    by = Ref.parse(row.decided_by)
    return FirstOpinion(
        kind_label=row.get_kind_display(), amount=row.amount, declines=row.kind == "DECLINE",
        reason=row.reason, by=people.names_of([by]).get(by, ""), at=row.decided_at,
        binds=bool(asked["first_opinion_stands"]) and row.amount < limit, limit=limit,
        lead=access.may("work.lead", card.office_id),
    )  # fmt: skip


def hurt_together(claim_id: int) -> int:
    """How many people insured by one holder are reported hurt by accident on the day of this claim, its own among them."""
    claim = Claim.objects.values("policy__holder_id", "loss_date").get(pk=claim_id)
    together = Claim.objects.filter(
        policy__holder_id=claim["policy__holder_id"], loss_date=claim["loss_date"],
        loss__cause="ACCIDENT",
    )  # fmt: skip
    return int(together.aggregate(n=Count("insured", distinct=True))["n"])


def may_give(claim_id: int, access: Access) -> bool:
    """Whether this person may still say what they saw: their right, and no opinion yet."""
    office = Claim.objects.filter(pk=claim_id).values_list("office_id", flat=True).first()
    if office is None or not any(access.may(right, office) for right in RIGHTS):
        return False
    return not Decision.objects.filter(claim_id=claim_id, state=Decision.State.OPINION).exists()
