"""A person was erased: what work about them was called."""

from __future__ import annotations

from collections.abc import Sequence

from yilu.kernel import tx
from yilu.people import operations as people
from yilu.work.models import Item


@tx.step
def forget(party_ids: Sequence[int]) -> None:
    """The titles of items go; that there was work and who did it stays."""
    people.empty(Item.objects.filter(party_id__in=party_ids), title=people.GONE)
