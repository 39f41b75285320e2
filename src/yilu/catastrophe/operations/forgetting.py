"""A person was erased: the lines of lists on which they stood."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from yilu.catastrophe.models import Affected, Candidate, CasualtyRow
from yilu.kernel import tx
from yilu.people import operations as people


@tx.step
def forget(party_ids: Sequence[int]) -> None:
    """Name, numbers and places of lines found to be theirs go; that somebody was affected stays."""
    lines = Affected.objects.filter(party_id__in=party_ids, row__isnull=False).values("row_id")
    people.empty(Candidate.objects.filter(party_id__in=party_ids), reasons=[])
    people.empty(
        CasualtyRow.objects.filter(Q(pk__in=lines)), "identity", "phone",
        name=people.GONE, sex=None, birth_date=None, age=None, place="", hospital="", remark="", reason="",
    )  # fmt: skip
