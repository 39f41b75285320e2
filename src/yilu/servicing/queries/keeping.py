"""Requests for which somebody's data is needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from django.db.models import Q

from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _
from yilu.people.queries import Keeps, still_open
from yilu.servicing.models import Request


def what_keeps(party_ids: Sequence[int], on: date) -> Iterator[Keeps]:
    """Requests under way, the person's own and those they were asked to agree to. Done ones their contract keeps."""
    ids = list(party_ids)
    living = Request.objects.filter(
        Q(party_id__in=ids) | Q(agreements__party_id__in=ids, agreements__answer="WAITING")
    ).exclude(state__in=["DRAFT", "DONE", "REFUSED", "WITHDRAWN"])
    for pk, number in living.distinct().values_list("pk", "number"):
        yield still_open(
            f"servicing_request:{pk}", Sentence(_("保全申请 {number}"), number=number or pk)
        )
