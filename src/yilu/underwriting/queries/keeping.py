"""Applications for which somebody's data is needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from django.db.models import Q

from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _
from yilu.people.queries import Keeps, still_open
from yilu.underwriting.models import Application, Recording
from yilu.underwriting.rules.lifecycle import OPEN

RECORDINGS = _("可回溯管理办法第十三条：录音录像按保存期限保存，到期由系统删除")


def what_keeps(party_ids: Sequence[int], on: date) -> Iterator[Keeps]:
    """Applications under way. What was issued its contract keeps; what came to nothing keeps nothing."""
    ids = list(party_ids)
    kept = Recording.objects.filter(
        Q(application__holder_id__in=ids) | Q(application__insured_id__in=ids),
        forgotten_at=None, keep_until__gte=on,
    )  # fmt: skip
    for pk, number, until in kept.values_list(
        "application_id", "application__number", "keep_until"
    ):
        what = Sentence(_("投保单 {number} 的双录"), number=number)
        yield Keeps(f"application:{pk}:recording", what, RECORDINGS, until, alone=True)
    living = Application.objects.filter(
        Q(holder_id__in=ids) | Q(insured_id__in=ids), state__in=OPEN
    )
    for pk, number in living.values_list("pk", "number"):
        yield still_open(f"application:{pk}", Sentence(_("投保单 {number}"), number=number))
