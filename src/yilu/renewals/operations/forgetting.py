"""A person was erased: the calendar they took away, and notes about their premiums."""

from __future__ import annotations

from collections.abc import Sequence

from yilu.kernel import tx
from yilu.people import operations as people
from yilu.renewals.models import CalendarFeed, NewYear


@tx.step
def forget(party_ids: Sequence[int]) -> None:
    """The calendar's link goes, and the words about a new year; amounts and dates stay with the contract."""
    CalendarFeed.objects.filter(party_id__in=party_ids).delete()
    people.empty(NewYear.objects.filter(holder_id__in=party_ids), reason="")
