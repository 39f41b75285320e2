"""What an insured person's contracts add up to: for underwriting, in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from yilu.kernel import tx


@dataclass(frozen=True, slots=True)
class AtRisk:
    """
    A contract on somebody's life or health (已有保障).

    ``claimed_illness``: a benefit for an illness was paid under it, and not taken back.
    """

    policy_id: int
    product_version_id: int
    kind: str
    sum_insured: Decimal
    premium: Decimal
    state: str
    ending: str
    effective_on: date
    claimed_illness: bool = False


_OF_INSURED = """
    select p.id, p.product_version_id, pr.kind, p.sum_insured, p.premium, p.state, p.ending, p.effective_on,
           exists (select 1 from policies_benefituse u
                    where u.policy_id = p.id and (u.level <> '' or u.condition <> '')
                   group by u.claim_ref having sum(u.paid) > 0)
      from policies_policy p
      join products_productversion v on v.id = p.product_version_id
      join products_product pr on pr.id = v.product_id
     where p.insured_id = %s::bigint
     order by p.id
"""
LIVE = frozenset({"IN_FORCE", "GRACE", "SUSPENDED"})


def insured_contracts(insured_id: int) -> tuple[AtRisk, ...]:
    """Every contract ever concluded on somebody, oldest first; ``LIVE`` states can still pay."""
    return tuple(AtRisk(*row) for row in tx.rows(_OF_INSURED, [insured_id]))
