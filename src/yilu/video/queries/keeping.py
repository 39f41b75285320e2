"""Video sessions and their recordings, as far as they keep somebody's data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _
from yilu.people.queries import Keeps, still_open
from yilu.video.models import Session

RECORDINGS = _("可回溯管理办法第十三条：录音录像按保存期限保存，到期由系统删除")


def what_keeps(party_ids: Sequence[int], on: date) -> Iterator[Keeps]:
    """Sessions not yet over; a recording is kept by itself until its own day."""
    own = Session.objects.filter(party_id__in=list(party_ids))
    for pk in own.exclude(state="ENDED").values_list("pk", flat=True):
        yield still_open(f"video:{pk}", Sentence(_("第 {id} 次视频服务"), id=pk))
    kept = own.filter(forgotten_at=None, keep_until__gte=on)
    for pk, until in kept.values_list("pk", "keep_until"):
        what = Sentence(_("第 {id} 次视频服务的录像"), id=pk)
        yield Keeps(f"video:{pk}:recording", what, RECORDINGS, until, alone=True)
