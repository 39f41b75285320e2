"""A person was erased: where they live and what was said at their door."""

from __future__ import annotations

from collections.abc import Sequence

from yilu.care.models import Sketch, Talk, Visit
from yilu.kernel import tx
from yilu.people import operations as people


@tx.step
def forget(party_ids: Sequence[int]) -> None:
    """Addresses, locations, links and words of their visits go; that somebody came, when and how it ended stays."""
    visits = Visit.objects.filter(party_id__in=party_ids)
    people.empty(Talk.objects.filter(visit__in=visits), "third_phone", text="")
    people.empty(Sketch.objects.filter(visit__in=visits), items=[], words="")
    people.empty(
        visits, "place", "location", "arrival", "secret", secret_index="", wish="", report=""
    )
