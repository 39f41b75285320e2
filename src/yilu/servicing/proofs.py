"""How long a proof of identity serves: as managers set it for the day (figures in standards)."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilu.servicing.rules.standing import is_fresh
from yilu.standards import queries as standards

SEEN = ("FACE", "VIDEO")
"""Proofs for which a colleague compared the person with the original of their document."""


def still_serves(verified_at: datetime | None, at: datetime, *, attended: bool) -> bool:
    """Whether a proof still serves; one made by a member of staff serves longer."""
    if verified_at is None:
        return False
    if attended:
        serves_for = timedelta(hours=standards.whole_figure("servicing.attended_hours", at))
    else:
        serves_for = timedelta(minutes=standards.whole_figure("servicing.verified_minutes", at))
    return is_fresh(verified_at, at, serves_for)
