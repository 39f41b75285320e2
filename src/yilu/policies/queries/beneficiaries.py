"""To whom a benefit belongs."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from yilu.kernel import tx

LIVING = {
    "MEDICAL",
    "ALLOWANCE",
    "ACCIDENT",
    "CRITICAL_ILLNESS",
    "DISABILITY",
    "SURVIVAL",
    "WAIVER",
}
"""What the insured lives to receive: theirs alone (解释三 and the clauses)."""


@dataclass(frozen=True, slots=True)
class BeneficiaryView:
    """Somebody entitled (受益人). LEGAL has no party: the heirs must be established first."""

    kind: str
    party_id: int | None
    name: str
    ordinal: int
    share: Decimal


_ENTITLED = """
    select case when %(living)s::bool then 'INSURED_SELF' else b.kind end,
           case when %(living)s::bool then p.insured_id else b.party_id end,
           case when %(living)s::bool then i.name else coalesce(n.name, '') end,
           b.ordinal, b.share
      from policies_policy p
      join people_party i on i.id = p.insured_id
      join policies_beneficiary b on b.policy_id = p.id
       and (b.kind = 'INSURED_SELF') = %(living)s::bool
      left join people_party n on n.id = b.party_id
     where p.id = %(policy)s::bigint
     order by b.ordinal, b.id
"""


def beneficiaries_for(policy_id: int, claim_type: str) -> tuple[BeneficiaryView, ...]:
    """
    Who is entitled to a claim's benefit, by order and as entered; one SQL statement.

    A living benefit is the insured's; a minor's is received by the guardian, which the claim sees
    to. On death those of the lowest ``ordinal`` share; whoever died before the insured or gave the
    right up is left out by the person deciding (保险法 42, 解释三 12).
    """
    living = claim_type in LIVING
    found = _read(policy_id, living)
    first = min((row[3] for row in found), default=1)
    return tuple(BeneficiaryView(*row) for row in found if row[3] == first)


def all_beneficiaries(policy_id: int) -> tuple[BeneficiaryView, ...]:
    """Everybody named for the death benefit, of every order; one SQL statement."""
    return tuple(BeneficiaryView(*row) for row in _read(policy_id, living=False))


def _read(policy_id: int, living: bool) -> list[tuple[Any, ...]]:
    return tx.rows(_ENTITLED, {"policy": policy_id, "living": living})
