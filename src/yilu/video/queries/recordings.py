"""A recording, checked piece by piece against its chain and against the evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from yilu.journal import queries as journal
from yilu.kernel import chained_pieces as rules
from yilu.kernel.chained_pieces import FAULTS, Link, Verdict
from yilu.people.queries import Access
from yilu.retention import queries as retention
from yilu.video import storage
from yilu.video.keeping import kept
from yilu.video.models import Piece, Session

from .sessions import SessionView, get_for_staff

__all__ = ["FAULTS"]
LOOKED_BACK = 5_000
"""How many events of a thing are looked through for the end of a session."""


@dataclass(frozen=True, slots=True)
class Take:
    """A part of the recording that plays by itself."""

    number: int
    pieces: int
    size: int
    began_at: datetime


@dataclass(frozen=True, slots=True)
class Recording:
    """An ended session's recording; ``verdict`` says whether it is whole and if not, where."""

    session: SessionView
    takes: tuple[Take, ...]
    verdict: Verdict
    fault_label: str
    event_id: int | None
    head: str


def recording(session_id: int, access: Access) -> Recording | None:
    """
    The recording of an ended session, every file read and every digest computed again; None before.

    :raises SessionNotFound: none, or not theirs to see.
    """
    session = get_for_staff(session_id, access)
    if not session.over:
        return None
    event_id, pieces, head = _evidence(session)
    rows = list(Piece.objects.filter(session_id=session.id).order_by("number"))
    files = {row.number: row.file for row in rows}

    links = (Link(row.number, row.take, row.sha256, row.size, row.chained) for row in rows)
    if event_id is None:
        verdict = Verdict(False, 0, "", None, "NO_EVIDENCE")
    else:
        verdict = rules.verify(
            f"video:{session.id}",
            links,
            lambda link: storage.drawer.find(files[link.number]),
            pieces=pieces,
            head=head,
        )
    return Recording(
        session, tuple(_takes(rows)), verdict, FAULTS.get(verdict.fault, ""), event_id, head
    )


def recording_kept(session_id: int, at: datetime) -> retention.Kept | None:
    """Until when an ended session's recording is kept, and why; None before its end and once it is gone."""
    row = Session.objects.filter(pk=session_id, forgotten_at=None).exclude(ended_at=None).first()
    return kept([row], at)[0] if row is not None else None


def take_of(session_id: int, take: int, access: Access) -> Iterator[bytes]:
    """
    One part's pieces in order, to be played: as far as they are there.

    :raises SessionNotFound: not theirs to see.
    """
    get_for_staff(session_id, access)
    keys = list(
        Piece.objects.filter(session_id=session_id, take=take)
        .order_by("number")
        .values_list("file", flat=True)
    )
    return takewhile(bool, (storage.drawer.find(key) or b"" for key in keys))


def _evidence(session: SessionView) -> tuple[int | None, int, str]:
    """What the journal kept of the end: the event's number, how many pieces, the chain's head."""
    for event in journal.timeline(session.about, LOOKED_BACK):
        if event.kind == "video.ended" and event.facts.get("session_id") == session.id:
            return event.id, int(event.facts["pieces"]), str(event.facts["head"])
    return None, 0, ""


def _takes(rows: list[Piece]) -> Iterator[Take]:
    for number in dict.fromkeys(row.take for row in rows):
        mine = [row for row in rows if row.take == number]
        yield Take(number, len(mine), sum(row.size for row in mine), mine[0].at)
