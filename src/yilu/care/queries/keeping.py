"""Third parties whom a claim's file names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from yilu.care.models import ThirdParty, Visit
from yilu.claims.queries import FILES_KEPT
from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _
from yilu.people.queries import Keeps, still_open


def what_keeps(party_ids: Sequence[int], on: date) -> Iterator[Keeps]:
    """Whoever was harmed, or was visited, belongs to the claim's file as the insured does; a home visit until it is over."""
    ids = list(party_ids)
    harmed = ThirdParty.objects.filter(party_id__in=ids).values_list("claim_id", "claim__number")
    visits = Visit.objects.filter(party_id__in=ids)
    visited = visits.exclude(claim=None).values_list("claim_id", "claim__number")
    for claim_id, number in sorted(set(harmed.union(visited))):
        what = Sentence(_("赔案 {number} 的照护与调解记录"), number=number)
        yield Keeps(f"claim:{claim_id}:care", what, FILES_KEPT, None)
    coming = visits.filter(claim=None, state__in=["ASKED", "PLANNED", "ON_WAY", "ARRIVED"])
    for pk in coming.values_list("pk", flat=True):
        yield still_open(f"visit:{pk}", Sentence(_("上门办理 {number}"), number=pk))
