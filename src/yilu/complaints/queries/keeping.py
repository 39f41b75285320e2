"""Complaints for which somebody's data is needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from yilu.complaints.models import Complaint
from yilu.complaints.rules.handling import CLOSED, WITHDRAWN
from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _
from yilu.people.queries import Keeps, still_open


def what_keeps(party_ids: Sequence[int], on: date) -> Iterator[Keeps]:
    """Complaints under way; how long one that ended is kept, ``retention`` says."""
    living = Complaint.objects.filter(party_id__in=list(party_ids)).exclude(
        state__in=[CLOSED, WITHDRAWN]
    )
    for pk, number in living.values_list("pk", "number"):
        yield still_open(f"complaint:{pk}", Sentence(_("投诉 {number}"), number=number or pk))
