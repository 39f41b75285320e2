"""A person was erased: what they filled in and asked for."""

from __future__ import annotations

from collections.abc import Sequence

from yilu.kernel import sealing, tx
from yilu.people import operations as people
from yilu.servicing.models import Request
from yilu.servicing.operations.holding import FORM_PLACE


@tx.step
def forget(party_ids: Sequence[int]) -> None:
    """Forms, quotes and words go; which kind of request, when and how it ended stays."""
    people.empty(
        Request.objects.filter(party_id__in=party_ids),
        form=sealing.seal("{}", FORM_PLACE), quote=None, refer="", blocked="", wish="", instead="",
        delay="", reasons=[], effect=[], received_why="",
    )  # fmt: skip
