"""Conversations and problem cases for which somebody's data is needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from yilu.contact.models import CallRecording, Conversation, Problem
from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _
from yilu.people.queries import Keeps, still_open

RECORDINGS = _("可回溯管理办法第十三条：录音录像按保存期限保存，到期由系统删除")


def what_keeps(party_ids: Sequence[int], on: date) -> Iterator[Keeps]:
    """What somebody of ours is still busy with."""
    ids = list(party_ids)
    kept = CallRecording.objects.filter(
        conversation__party_id__in=ids, forgotten_at=None, keep_until__gte=on
    )
    for pk, number, until in kept.values_list("pk", "conversation__number", "keep_until"):
        what = Sentence(_("会话 {number} 的录音"), number=number)
        yield Keeps(f"recording:{pk}", what, RECORDINGS, until, alone=True)
    talks = Conversation.objects.filter(party_id__in=ids).exclude(state="CLOSED")
    for pk, number in talks.values_list("pk", "number"):
        yield still_open(f"conversation:{pk}", Sentence(_("会话 {number}"), number=number))
    for pk, number in Problem.objects.filter(party_id__in=ids, state="OPEN").values_list(
        "pk", "number"
    ):
        yield still_open(f"problem:{pk}", Sentence(_("问题件 {number}"), number=number))
