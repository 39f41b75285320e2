"""How far the journal has been counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yilu.scorecards.models import Reader


@dataclass(frozen=True, slots=True)
class ReadSoFar:
    """How many events were counted, and when last; ``at`` is None before the first."""

    events: int
    at: datetime | None


def read_so_far() -> ReadSoFar:
    """How far the reader has come."""
    found = Reader.objects.filter(pk=1).values_list("events", "read_at").first()
    return ReadSoFar(*(found or (0, None)))
