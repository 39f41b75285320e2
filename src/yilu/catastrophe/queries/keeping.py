"""Emergencies under way in which somebody is looked after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from yilu.catastrophe.models import Affected
from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _
from yilu.people.queries import Keeps, still_open


def what_keeps(party_ids: Sequence[int], on: date) -> Iterator[Keeps]:
    """While the emergency is not closed."""
    hit = Affected.objects.filter(party_id__in=list(party_ids), event__closed_at=None)
    for pk, name in hit.values_list("pk", "event__name"):
        yield still_open(f"affected:{pk}", Sentence(_("应急事件“{name}”"), name=name))
