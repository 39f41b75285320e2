"""What was said on a call is kept, closed, listened to and forgotten (通话录音)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from yilu.contact import events, storage
from yilu.contact.models import Call, CallPiece, CallRecording, Conversation
from yilu.contact.queries.recordings import general_until, kept, may_hear
from yilu.contact.refusals import (
    BadRecordingPiece,
    CallNotFound,
    OtherRecordingPiece,
    RecordingClosed,
    RecordingNotFound,
    RecordingPieceOutOfOrder,
)
from yilu.journal import operations as journal
from yilu.kernel import chained_pieces, tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people.queries import Access
from yilu.retention import queries as retention
from yilu.retention.operations import sweep

from . import conversing

PIECE_MAX: Final = 1_000_000
CLOSED_AFTER: Final = timedelta(seconds=20)
"""The last piece comes some seconds after the call; nothing comes later than that."""


@tx.use_case
def record_piece(
    *, driver: str, key: str, number: int, take: int, sha256: str, content: bytes, at: datetime
) -> int:
    """
    Keep the next piece of a call's sound; how many there are now. The same piece again changes nothing.

    :raises CallNotFound: no such call. :raises RecordingClosed: it is over for good.
    :raises BadRecordingPiece: empty, too large, not two channels, or not what ``sha256`` says.
    :raises RecordingPieceOutOfOrder: one is missing. :raises OtherRecordingPiece: the number is taken.
    """
    found = chained_pieces.digest_of(content, sha256)
    if found is None or not 0 < len(content) <= PIECE_MAX or len(content) % 2:
        raise BadRecordingPiece
    row = _recording(driver, key, at)
    if 0 < number <= row.pieces:
        if CallPiece.objects.get(recording=row, number=number).sha256 != found:
            raise OtherRecordingPiece
        return row.pieces
    if row.closed_at is not None:
        raise RecordingClosed
    if not chained_pieces.follows(number, take, pieces=row.pieces, takes=row.takes):
        raise RecordingPieceOutOfOrder
    row.chain = chained_pieces.chain(
        row.chain, number=number, take=take, sha256=found, size=len(content)
    )
    CallPiece.objects.create(
        recording=row, number=number, take=take, sha256=found, chained=row.chain,
        size=len(content), at=at,
        file=storage.drawer.keep_of(row.pk, content, found, part=f"/{number:06d}"),
    )  # fmt: skip
    row.pieces, row.takes, row.piece_at = number, take, at
    row.size += len(content)
    row.save(update_fields=["chain", "pieces", "takes", "piece_at", "size"])
    return number


@tx.step
def _recording(driver: str, key: str, at: datetime) -> CallRecording:
    call = Call.objects.filter(driver=driver, key=key).first()
    if call is None:
        raise CallNotFound
    tx.rows(
        """
        insert into contact_callrecording (conversation_id, pieces, takes, size, chain, began_at, piece_at)
        values (%s::bigint, 0, 0, 0, %s, %s::timestamptz, %s::timestamptz)
            on conflict do nothing returning id
        """,
        [call.conversation_id, chained_pieces.begin(f"call:{call.conversation_id}"), at, at],
    )
    return CallRecording.objects.select_for_update(of=("self",)).get(
        conversation_id=call.conversation_id
    )


@tx.use_case
def close_recordings(*, at: datetime, limit: int = 50, transcribe: bool = False) -> list[int]:
    """
    Recordings of calls that are over get their end in the evidence; their numbers.

    :param transcribe: somebody can write down what was said.
    """
    done = (
        CallRecording.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("conversation")
        .filter(
            Q(conversation__ended_at__lt=at - CLOSED_AFTER),
            closed_at=None,
            piece_at__lt=at - CLOSED_AFTER,
        )
        .order_by("pk")[:limit]
    )
    closed = []
    for row in done:
        row.closed_at = at
        row.keep_until = general_until(row)
        row.save(update_fields=["closed_at", "keep_until"])
        fact = events.RecordingClosed(
            recording_id=row.pk, pieces=row.pieces, size=row.size, head=row.chain,
            keep_until=str(row.keep_until),
        )  # fmt: skip
        _say(row.conversation, fact, SYSTEM, at)
        if transcribe:
            journal.defer("contact.transcribe", lock=f"recording:{row.pk}", recording_id=row.pk)
        closed.append(row.pk)
    return closed


@tx.use_case
def hear_recording(*, conversation_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """
    Whoever listens leaves a trace.

    :raises RecordingNotFound: none, or not theirs to hear: the same words.
    """
    row = CallRecording.objects.filter(conversation_id=conversation_id).first()
    if row is None or not row.pieces or row.forgotten_at or not may_hear(row, access):
        raise RecordingNotFound
    _say(row.conversation, events.RecordingHeard(recording_id=row.pk), actor, at)


@tx.use_case
def keep_transcript(
    *, recording_id: int, said: Sequence[tuple[str, float, str]], at: datetime
) -> int:
    """
    What a machine understood becomes turns of the conversation, marked as such; how many. Twice is once.

    :param said: who (CUSTOMER, SEAT), so many seconds after the beginning, what.
    :raises RecordingNotFound: none, or not closed.
    """
    row = CallRecording.objects.select_for_update(of=("self",)).filter(pk=recording_id).first()
    if row is None or row.closed_at is None:
        raise RecordingNotFound
    if row.transcribed_at is not None:
        return 0
    talk = conversing.held(row.conversation_id)
    words = [(who, seconds, text.strip()) for who, seconds, text in said if text.strip()]
    for n, (who, seconds, text) in enumerate(words):
        conversing.say(
            talk, who=who, text=text[: conversing.TURN_LENGTH], actor=SYSTEM,
            at=row.began_at + timedelta(seconds=seconds), request_key=f"heard:{n}",
        )  # fmt: skip
    row.transcribed_at = at
    row.save(update_fields=["transcribed_at"])
    fact = events.RecordingTranscribed(recording_id=row.pk, turns=len(words))
    _say(talk, fact, SYSTEM, at)
    return len(words)


@tx.use_case
def forget_recordings(*, at: datetime, after: int = 0, limit: int = 20) -> journal.Page:
    """
    Delete the files of recordings that nothing keeps any longer; digests and events stay. A page by id.

    Each is held against the law before it goes: one that a contract, an open case or a dispute still
    keeps is looked at again when that can have changed.
    """
    if not retention.may_delete(at):
        return journal.Page(0, 0)
    due = list(
        CallRecording.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("conversation")
        .filter(pk__gt=after, keep_until__lt=day_of(at), forgotten_at=None)
        .order_by("pk")[:limit]
    )
    return sweep(due, kept(due, at), _forget, at=at, limit=limit)


@tx.step
def _forget(row: CallRecording, found: retention.Kept, at: datetime) -> None:
    for file in CallPiece.objects.filter(recording=row).values_list("file", flat=True):
        storage.drawer.remove(file)
    row.forgotten_at, row.keep_until = at, found.until
    row.save(update_fields=["forgotten_at", "keep_until"])
    fact = events.RecordingForgotten(
        recording_id=row.pk, pieces=row.pieces, kept_until=str(found.until), why=found.why
    )
    _say(row.conversation, fact, SYSTEM, at)


@tx.step
def _say(row: Conversation, fact: object, actor: Ref, at: datetime) -> None:
    journal.record(fact, about=row.ref, actor=actor, at=at, party=row.party_id)
