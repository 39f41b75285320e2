"""The policies that one part of a run is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Span:
    """Policies from one id up to (not including) another, on a day, at a moment (日批分段)."""

    first: int
    end: int
    day: date
    at: datetime

    def given(self, **more: Any) -> dict[str, Any]:
        """The parameters of a statement over it."""
        return {"first": self.first, "end": self.end, "day": self.day, **more}


NOT_HELD = """
    not exists (select from policies_premiumhold h where h.policy_id = p.id and h.released_at is null)
"""
"""No question is open that stops collection (解释二 7): neither debit nor order nor reminder to pay."""

AGREED = """
    exists (select from policies_renewalconsent c where c.policy_id = coalesce(p.lineage_id, p.id)
               and c.withdrawn_at is null and c.holder_id = p.holder_id)
"""
"""The present holder lets us renew a one-year contract by ourselves (互联网办法 21)."""
