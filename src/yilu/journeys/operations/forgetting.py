"""A person was erased: what was kept of forms they did not finish, and notes about them."""

from __future__ import annotations

from collections.abc import Sequence

from yilu.journeys.models import Breakpoint, KeptForm
from yilu.kernel import tx
from yilu.people import operations as people


@tx.step
def forget(party_ids: Sequence[int]) -> None:
    """Half-filled forms go, and what colleagues noted; which step it was and how it ended stays."""
    KeptForm.objects.filter(party_id__in=party_ids).delete()
    people.empty(Breakpoint.objects.filter(party_id__in=party_ids), note="")
