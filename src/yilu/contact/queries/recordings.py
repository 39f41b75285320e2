"""A call's recording: where it stands, whether it is whole, and its sound."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from yilu.contact import storage
from yilu.contact.models import (
    Call,
    CallPiece,
    CallRecording,
    Conversation,
    FollowUp,
    FollowUpAttempt,
    Seat,
)
from yilu.contact.queries.concerns import concerned
from yilu.contact.refusals import RecordingNotFound
from yilu.journal import queries as journal
from yilu.kernel import chained_pieces
from yilu.kernel.chained_pieces import FAULTS, Link, Verdict
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.kernel.years import add_months
from yilu.people.queries import Access
from yilu.retention import queries as retention
from yilu.standards import queries as standards

LISTEN: Final = "contact.supervise"
LOOKED_BACK: Final = 2_000
BYTES_A_SECOND: Final = 16_000
"""Two channels of μ-law."""


@dataclass(frozen=True, slots=True)
class RecordingView:
    """
    A recording as staff see it; ``verdict`` is None while it is open or nobody asked.

    ``conversation_id`` is that of the call, also where a voicemail is looked at.
    """

    id: int
    conversation_id: int
    pieces: int
    seconds: int
    began_at: datetime
    closed: bool
    keep_until: date | None
    forgotten_at: datetime | None
    transcribed: bool
    may_hear: bool
    head: str
    verdict: Verdict | None = None
    fault_label: str = ""


def standing(driver: str, key: str) -> tuple[int, int]:
    """How many pieces and takes of a call are kept."""
    call = Call.objects.filter(driver=driver, key=key).only("conversation_id").first()
    found = (
        CallRecording.objects.filter(conversation_id=call.conversation_id).first() if call else None
    )
    return (found.pieces, found.takes) if found else (0, 0)


def may_hear(row: CallRecording, access: Access) -> bool:
    """Who may listen: the seat that talked, and who supervises its office's or the customer's."""
    talk = row.conversation
    if talk.seat_id == access.staff_id or access.may(LISTEN, office_id=talk.office_id):
        return True
    seat = Seat.objects.filter(pk=talk.seat_id).first()
    return seat is not None and access.may(LISTEN, office_id=seat.office_id)


def recording_of(
    conversation_id: int, access: Access, *, verify: bool = True
) -> RecordingView | None:
    """The recording of a call, or of the call a voicemail was left in; None where there is none."""
    row = _row(conversation_id)
    if row is None or not row.pieces:
        return None
    verdict = None
    if verify and row.closed_at is not None and row.forgotten_at is None:
        verdict = _verdict(row)
    return RecordingView(
        row.pk, row.conversation_id, row.pieces, row.size // BYTES_A_SECOND, row.began_at,
        row.closed_at is not None, row.keep_until, row.forgotten_at, row.transcribed_at is not None,
        may_hear(row, access), row.chain, verdict,
        FAULTS.get(verdict.fault, "") if verdict else "",
    )  # fmt: skip


def recording_kept(conversation_id: int, at: datetime) -> retention.Kept | None:
    """Until when the recording of a call is kept, and why; None while it is open, or where none is kept."""
    row = _row(conversation_id)
    if row is None or row.closed_at is None or row.forgotten_at is not None:
        return None
    return kept([row], at)[0]


def kept(rows: Sequence[CallRecording], at: datetime) -> list[retention.Kept]:
    """The same of several closed recordings, in their order."""
    about: dict[int, set[Ref]] = {row.conversation_id: set() for row in rows}
    for row in rows:
        talk = row.conversation
        about[talk.pk] |= {talk.ref, *([Ref.parse(talk.about)] if talk.about else [])}
    for conversation_id, concern in concerned(about):
        about[conversation_id].add(concern)
    for conversation_id, policy_id in _visited(about):
        about[conversation_id].add(Ref("policy", policy_id))
    return retention.kept(
        [
            retention.Recorded(
                frozenset(about[row.conversation_id]), row.conversation.party_id, general_until(row)
            )
            for row in rows
        ],
        at,
    )


def general_until(row: CallRecording) -> date:
    """How long a closed recording is kept where no contract asks for more, by the figure of that day."""
    assert row.closed_at is not None
    on = day_of(row.closed_at)
    return add_months(on, standards.whole_figure("contact.recordings_kept_months", on))


def _visited(conversation_ids: Collection[int]) -> list[tuple[int, int]]:
    """Calls that were tries of a follow-up visit, and the policies they were about; a family's all."""
    tries = FollowUpAttempt.objects.filter(conversation_id__in=conversation_ids)
    called = list(tries.values_list("conversation_id", "follow_up_id", "follow_up__policy_id"))
    heads = {follow_up_id for _talk, follow_up_id, _policy in called}
    beside = FollowUp.objects.filter(beside_id__in=heads).values_list("beside_id", "policy_id")
    others = [(head, policy) for head, policy in beside if head is not None]
    return [(talk, policy) for talk, _head, policy in called if talk is not None] + [
        (talk, policy) for talk, head, _policy in called if talk is not None
        for its, policy in others if its == head
    ]  # fmt: skip


def sound_of(conversation_id: int, access: Access) -> bytes:
    """
    The sound so far, two channels of μ-law, as far as its pieces are there.

    :raises RecordingNotFound: none, or not theirs to hear.
    """
    row = _row(conversation_id)
    if row is None or not may_hear(row, access):
        raise RecordingNotFound
    return b"".join(content for content, _take in _contents(row))


def takes_of(recording_id: int) -> list[tuple[float, bytes]]:
    """
    For the machine that writes down what was said: each take, and its seconds after the first.

    Nothing once it is written down.
    """
    row = CallRecording.objects.get(pk=recording_id)
    if row.transcribed_at is not None:
        return []
    found: dict[int, bytearray] = {}
    begins: dict[int, float] = {}
    for piece in CallPiece.objects.filter(recording=row).order_by("number"):
        content = storage.drawer.find(piece.file)
        if content is None:
            break
        if piece.take not in found:
            took = timedelta(seconds=len(content) / BYTES_A_SECOND)
            begins[piece.take] = max(0.0, (piece.at - took - row.began_at).total_seconds())
        found.setdefault(piece.take, bytearray()).extend(content)
    return [(begins[take], bytes(content)) for take, content in found.items()]


def _row(conversation_id: int) -> CallRecording | None:
    found = CallRecording.objects.select_related("conversation")
    row = found.filter(conversation_id=conversation_id).first()
    if row is None:
        left = Conversation.objects.filter(pk=conversation_id, channel="VOICEMAIL").first()
        if left is not None and left.follows_id is not None:
            row = found.filter(conversation_id=left.follows_id).first()
    return row


def _contents(row: CallRecording) -> Iterator[tuple[bytes, int]]:
    for piece in CallPiece.objects.filter(recording=row).order_by("number"):
        content = storage.drawer.find(piece.file)
        if content is None:
            return
        yield content, piece.take


def _verdict(row: CallRecording) -> Verdict:
    about = row.conversation.ref
    for event in journal.timeline(about, LOOKED_BACK):
        if event.kind == "contact.recording_closed" and event.facts.get("recording_id") == row.pk:
            pieces, head = int(event.facts["pieces"]), str(event.facts["head"])
            break
    else:
        return Verdict(False, 0, "", None, "NO_EVIDENCE")
    rows = list(CallPiece.objects.filter(recording=row).order_by("number"))
    files = {each.number: each.file for each in rows}
    return chained_pieces.verify(
        f"call:{row.conversation_id}",
        (Link(e.number, e.take, e.sha256, e.size, e.chained) for e in rows),
        lambda link: storage.drawer.find(files[link.number]), pieces=pieces, head=head,
    )  # fmt: skip
