"""A person was erased: what was kept to compare them by."""

from __future__ import annotations

from collections.abc import Sequence

from yilu.kernel import tx
from yilu.people import operations as people
from yilu.risk.models import Declaration, Reported, Trace


@tx.step
def forget(party_ids: Sequence[int]) -> None:
    """Traits and declarations go; findings about claims name nobody."""
    Trace.objects.filter(party_id__in=party_ids).delete()
    Declaration.objects.filter(party_id__in=party_ids).delete()
    people.empty(Reported.objects.filter(party_id__in=party_ids), facts={})
