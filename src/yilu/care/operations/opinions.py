"""What whoever went there thinks of the claim (现场意见)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from yilu.claims.operations import steps as claims
from yilu.kernel import tx
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people.queries import Access

from .refusals import NotNow
from .visits import going

ON_THE_SPOT = ("ARRIVED", "DONE", "CONFIRMED")


@tx.use_case
def give_opinion(
    *, visit_id: int, kind: str, amount: Decimal, reason: str, access: Access, actor: Ref,
    at: datetime,
) -> int:  # fmt: skip
    """
    Say on the spot, or right after, whether the claim is to be paid and about how much; its id.

    :raises VisitNotFound: not theirs. :raises NotAllowed: somebody else went. :raises NotNow: nobody
        was there yet. Otherwise as ``claims.give_opinion_on_scene``.
    """
    visit = going(visit_id, access)
    if visit.staff_id != access.staff_id:
        raise NotAllowed(_("现场意见由到现场的同事填写"))
    if visit.state not in ON_THE_SPOT or visit.claim_id is None:
        raise NotNow
    return claims.write_opinion(
        claim_id=visit.claim_id, kind=kind, amount=amount, reason=reason, access=access, actor=actor,
        at=at,
    )  # fmt: skip
