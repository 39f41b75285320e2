"""Try a sum before deciding (试算): changed facts beside the kept ones; nothing is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from yilu.claims.models import Calculation
from yilu.claims.operations.case import Chosen, read_case
from yilu.claims.operations.holding import hold
from yilu.claims.rules.loss import Loss
from yilu.claims.rules.result import Calculation as Sum
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.people.queries import Access


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What to try: None keeps what the claim says."""

    loss: Loss | None = None
    chosen: Chosen | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """The sum as it stands and as it would be."""

    now: Sum
    then: Sum


@tx.use_case
def try_calculation(
    *, claim_id: int, changes: Changes, access: Access, actor: Ref, at: datetime
) -> Tried:
    """
    What the claim comes to now, and would with the changes; keeps neither.

    To keep it, establish the facts or calculate with what was chosen.

    :raises BadLoss: facts that cannot be. :raises NotAllowed: without the right.
    """
    held = hold(claim_id)
    access.require("claims.assess", office_id=held.office_id)
    latest = Calculation.objects.filter(claim_id=held.id).order_by("-ordinal").first()
    chosen = Chosen.from_json(latest.chosen) if latest else Chosen()
    case = read_case(held, at=at, chosen=chosen)
    changed = held
    if changes.loss is not None:
        changes.loss.check(held.loss_date, day_of(at))
        loss = replace(changes.loss, premium_share=held.loss.premium_share)
        changed = replace(held, loss=loss)
    other = read_case(
        changed, at=at, chosen=changes.chosen or chosen, policy=case.policy, invoices=case.invoices
    )
    return Tried(case.calculation, other.calculation)
