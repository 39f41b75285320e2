"""Who counts as hit by a disaster, for the place in the queue (受灾客户及家属优先)."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilu.contact.models import DisasterTie
from yilu.kernel import tx
from yilu.policies.queries.around import people_around

KEPT_FOR = timedelta(days=366)
"""Ties are forgotten after a year, whatever the decision table still makes of them."""
FAMILY = frozenset({"HOLDER", "BENEFICIARY"})
"""Who insured the person, or inherits: the parents of a child, the family of whoever died."""


@tx.step
def tie(party_id: int, affected_id: int, *, at: datetime) -> None:
    """Somebody is confirmed to be hit: note them and their family by the contracts. Twice is once."""
    family = {p.party_id for p in people_around(party_id) if FAMILY & set(p.is_to_them)}
    DisasterTie.objects.filter(since__lt=at - KEPT_FOR).delete()
    DisasterTie.objects.bulk_create(
        [
            DisasterTie(party_id=each, affected_id=affected_id, since=at)
            for each in sorted({party_id, *family})
        ],
        ignore_conflicts=True,
    )


@tx.step
def untie(affected_id: int) -> None:
    """The confirmation was taken back: nobody is tied by it."""
    DisasterTie.objects.filter(affected_id=affected_id).delete()
