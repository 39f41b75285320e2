"""To whom a benefit belongs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from yilu.journal import queries as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref

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


_BEFORE = """
    select b.kind, b.party_id, coalesce(n.name, ''), b.ordinal, b.share
      from policies_beneficiaryevent b
      left join people_party n on n.id = b.party_id
     where b.policy_id = %(policy)s::bigint and b.kind <> 'INSURED_SELF'
       and b.pgh_label = 'before_delete'
       and b.pgh_created_at = (select distinct pgh_created_at from policies_beneficiaryevent
                                where policy_id = %(policy)s::bigint and pgh_label = 'before_delete'
                                order by pgh_created_at desc offset %(changes)s::int - 1 limit 1)
     order by b.ordinal, b.id
"""


def beneficiaries_for(
    policy_id: int, claim_type: str, *, died_on: date | None = None
) -> tuple[BeneficiaryView, ...]:
    """
    Who is entitled to a claim's benefit, by order and as entered; one SQL statement.

    ``died_on``: on a death, who stood there by the last change expressed until that day is entitled: it
    counts from its expression, whenever we came to it (解释三 10), and what was expressed later is void
    (解释三 11).

    A living benefit is the insured's; a minor's is received by the guardian, which the claim sees
    to. On death those of the lowest ``ordinal`` share; whoever died before the insured or gave the
    right up is left out by the person deciding (保险法 42, 解释三 12).
    """
    living = claim_type in LIVING
    changes = 0 if living or died_on is None else _changes_to_undo(policy_id, died_on)
    if changes:
        found = tx.rows(_BEFORE, {"policy": policy_id, "changes": changes})
    else:
        found = _read(policy_id, living)
    first = min((row[3] for row in found), default=1)
    return tuple(BeneficiaryView(*row) for row in found if row[3] == first)


def _changes_to_undo(policy_id: int, day: date) -> int:
    """How many of the latest changes, as they were written, came after the one that counts on a day."""
    # The journal knows when somebody expressed it; the history only when the row was written.
    told = journal.list_told("policies.beneficiaries_changed", [str(Ref("policy", policy_id))])
    changes = [(_expressed(event.facts, event.at), nth) for nth, event in enumerate(told, 1)]
    _day, counts = max((each for each in changes if each[0] <= day), default=(day, 0))
    return len(changes) - counts


def _expressed(facts: Mapping[str, Any], at: datetime) -> date:
    told = facts.get("expressed_on")
    return date.fromisoformat(told) if told else day_of(at)


def all_beneficiaries(policy_id: int) -> tuple[BeneficiaryView, ...]:
    """Everybody named for the death benefit, of every order; one SQL statement."""
    return tuple(BeneficiaryView(*row) for row in _read(policy_id, living=False))


def _read(policy_id: int, living: bool) -> list[tuple[Any, ...]]:
    return tx.rows(_ENTITLED, {"policy": policy_id, "living": living})
