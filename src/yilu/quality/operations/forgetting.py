"""A person was erased: what was said of the service they got, and how it was made good."""

from __future__ import annotations

from collections.abc import Sequence

from yilu.kernel import tx
from yilu.people import operations as people
from yilu.quality.models import Recovery, RecoveryTry


@tx.step
def forget(party_ids: Sequence[int]) -> None:
    """Words go; that there was a shortcoming and how it ended stays."""
    recoveries = Recovery.objects.filter(party_id__in=party_ids)
    people.empty(RecoveryTry.objects.filter(recovery__in=recoveries), "words")
    people.empty(recoveries, "wrong", "result")
