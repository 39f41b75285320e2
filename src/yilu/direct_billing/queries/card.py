"""客户卡: what somebody going into hospital shows at its desk."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from yilu.claims.queries.estimating import estimate
from yilu.kernel.money import ZERO
from yilu.policies import queries as policies


@dataclass(frozen=True, slots=True)
class StayCover:
    """
    A policy that pays a hospital stay; ``left`` None: without a limit.

    ``waiting_until``: illness is covered from that day on.
    """

    policy_number: str
    product: str
    left: Decimal | None
    deductible_left: Decimal
    waiting_until: date | None

    @property
    def desk_text(self) -> str:
        """
        What the hospital's desk reads from the card: the field that its calls do not know from the
        patient's own papers, under the name the calls give it. No name, no identity, no secret.
        """
        return json.dumps({"policy_number": self.policy_number})


def stay_covers(party_id: int, on: date) -> list[StayCover]:
    """The policies in force that pay somebody's own hospital stay, the most that is left first."""
    covers = []
    for policy in policies.for_insured_at_loss(party_id, on, "MEDICAL"):
        found = estimate(policy, kind="INPATIENT", on=on, total=ZERO)
        if not found.covered or found.left == ZERO:
            continue
        waiting = policy.waiting_until("MEDICAL")
        covers.append(
            StayCover(
                policy.number,
                policy.product_name,
                found.left,
                found.deductible_left,
                waiting if waiting is not None and waiting > on else None,
            )
        )
    return sorted(covers, key=lambda c: (c.left is not None, -(c.left or ZERO), c.policy_number))
