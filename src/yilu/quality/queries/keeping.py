"""What is being made good to somebody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _
from yilu.people.queries import Keeps, still_open
from yilu.quality.models import Recovery


def what_keeps(party_ids: Sequence[int], on: date) -> Iterator[Keeps]:
    """Recoveries under way."""
    owed = Recovery.objects.filter(party_id__in=list(party_ids), state="OPEN")
    for pk in owed.values_list("pk", flat=True):
        yield still_open(f"recovery:{pk}", Sentence(_("第 {id} 项服务补救"), id=pk))
