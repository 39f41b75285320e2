"""What callers hear in a person's voice: handed in, approved by somebody else, taken back (播报录音)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db.models import Max

from yilu.contact import events, storage
from yilu.contact.models import PromptRecording
from yilu.contact.queries.prompts import hotline_prompts
from yilu.contact.refusals import (
    BadPromptSound,
    OwnPromptRecording,
    PromptNotFound,
    PromptRecordingOver,
    PromptSoundLong,
    PromptSoundLoud,
    PromptSoundQuiet,
    PromptSoundShort,
    PromptSoundStill,
    PromptWordsChanged,
)
from yilu.contact.rules.prompts import NotPlayable, check_sound
from yilu.contact.wav import BYTES_MAX, read_samples
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.people.queries import Access

PROMPT_BYTES_MAX: Final = BYTES_MAX
HANDS_IN, APPROVES = "contact.supervise", "knowledge.approve"
_FAULTS: Final[Mapping[str, type[BadPromptSound]]] = {
    "format": BadPromptSound, "short": PromptSoundShort, "long": PromptSoundLong,
    "quiet": PromptSoundQuiet, "loud": PromptSoundLoud, "edges": PromptSoundStill,
}  # fmt: skip
_State = PromptRecording.State


@tx.use_case
def hand_in_prompt(*, prompt: str, content: bytes, access: Access, actor: Ref, at: datetime) -> int:
    """
    A text of the hotline, read out: kept as the next version, to be approved; its id.

    A draft that waited gives way to it; the same sound while it waits is the same draft.

    :raises PromptNotFound: the hotline says nothing of that name.
    :raises BadPromptSound: no WAV of 16 bit, one channel, 8 or 16 kHz; too short, long, quiet, loud, or
        silent at an end. :raises NotAllowed: without contact.supervise.
    """
    access.require(HANDS_IN)
    said = hotline_prompts(day_of(at)).get(prompt)
    if said is None:
        raise PromptNotFound
    try:
        sound = check_sound(*read_samples(content))
    except NotPlayable as fault:
        raise _FAULTS[fault.args[0]] from None
    _alone(prompt)
    sha256 = hashlib.sha256(content).hexdigest()
    waiting = PromptRecording.objects.filter(prompt=prompt, state=_State.DRAFT).first()
    if waiting is not None:
        if waiting.sha256 == sha256 and waiting.words == said.words:
            return waiting.pk
        _end(waiting, _State.WITHDRAWN, actor, at)
    last = PromptRecording.objects.filter(prompt=prompt).aggregate(last=Max("number"))["last"] or 0
    row = PromptRecording.objects.create(
        prompt=prompt, number=last + 1, words=said.words, milliseconds=sound.milliseconds,
        decibels=sound.decibels, sha256=sha256, file=storage.prompts.keep(content, sha256),
        author=str(actor), handed_in_at=at,
    )  # fmt: skip
    fact = events.PromptHandedIn(prompt=prompt, number=row.number, sha256=sha256)
    journal.record(fact, about=row.ref, actor=actor, at=at)
    return row.pk


@tx.use_case
def approve_prompt(*, recording_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """
    Callers hear it from now on, instead of the version before. Twice is once.

    :raises PromptNotFound: none. :raises PromptRecordingOver: withdrawn, or given way to another.
    :raises OwnPromptRecording: the approver handed it in. :raises PromptWordsChanged: the hotline says
        something else by now. :raises NotAllowed: without knowledge.approve.
    """
    access.require(APPROVES)
    row = _held(recording_id)
    if row.state == _State.APPROVED and row.approver == str(actor):
        return
    if row.state != _State.DRAFT:
        raise PromptRecordingOver
    if row.author == str(actor):
        raise OwnPromptRecording
    said = hotline_prompts(day_of(at)).get(row.prompt)
    if said is None or said.words != row.words:
        raise PromptWordsChanged
    before = PromptRecording.objects.filter(prompt=row.prompt, state=_State.APPROVED).first()
    if before is not None:
        _end(before, _State.REPLACED, actor, at)
    row.state, row.approver, row.approved_at = _State.APPROVED, str(actor), at
    row.save(update_fields=["state", "approver", "approved_at"])
    fact = events.PromptApproved(
        prompt=row.prompt, number=row.number, replaced=before.number if before else None
    )
    journal.record(fact, about=row.ref, actor=actor, at=at)


@tx.use_case
def withdraw_prompt(*, recording_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """
    A draft is given up, or what is played is played no more: the machine's voice speaks again. Twice is once.

    :raises PromptNotFound: none. :raises PromptRecordingOver: another has replaced it.
    :raises NotAllowed: without contact.supervise.
    """
    access.require(HANDS_IN)
    row = _held(recording_id)
    if row.state == _State.WITHDRAWN:
        return
    if row.state == _State.REPLACED:
        raise PromptRecordingOver
    _end(row, _State.WITHDRAWN, actor, at)
    fact = events.PromptWithdrawn(prompt=row.prompt, number=row.number)
    journal.record(fact, about=row.ref, actor=actor, at=at)


@tx.step
def _held(recording_id: int) -> PromptRecording:
    """The recording, with nobody else at the same text."""
    found = PromptRecording.objects.filter(pk=recording_id).values_list("prompt", flat=True).first()
    if found is None:
        raise PromptNotFound
    _alone(found)
    return PromptRecording.objects.select_for_update().get(pk=recording_id)


def _alone(prompt: str) -> None:
    tx.rows(
        "select pg_advisory_xact_lock(hashtextextended(%s, 0))::text", [f"contact.prompt:{prompt}"]
    )


def _end(row: PromptRecording, state: str, actor: Ref, at: datetime) -> None:
    row.state, row.ended_at, row.ended_by = state, at, str(actor)
    row.save(update_fields=["state", "ended_at", "ended_by"])
