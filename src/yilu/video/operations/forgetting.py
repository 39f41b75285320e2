"""A person was erased: how their browser was reached."""

from __future__ import annotations

from collections.abc import Sequence

from yilu.kernel import tx
from yilu.video.models import Session, Signal


@tx.step
def forget(party_ids: Sequence[int]) -> None:
    """What two browsers told each other goes; recordings go on their own day, by their own rule."""
    Signal.objects.filter(session__in=Session.objects.filter(party_id__in=party_ids)).delete()
