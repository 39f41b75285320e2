"""What each entitled person is owed of a death benefit, once two people found out who they are."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from yilu.claims.models import Entitlement
from yilu.claims.rules import entitlement as rules


@dataclass(frozen=True, slots=True)
class Owed:
    """What one entitled person is owed; ``receiver_id`` takes it for them."""

    party_id: int
    receiver_id: int | None
    amount: Decimal
    law: tuple[str, ...]


def owed_to(claim_id: int, amount: Decimal) -> tuple[Owed, ...] | None:
    """An amount dealt out as the confirmed finding says; None: nothing is confirmed."""
    found = Entitlement.objects.filter(claim_id=claim_id, state="STANDS").first()
    if found is None:
        return None
    persons = [p for p in found.persons.order_by("ordinal", "id") if p.part]
    dealt = rules.deal(amount, [(n, Fraction(p.part)) for n, p in enumerate(persons)])
    return tuple(
        Owed(persons[n].party_id, persons[n].receiver_id, part, tuple(persons[n].law))
        for n, part in dealt
    )
