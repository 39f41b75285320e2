"""A session ends: one fact with the chain's head; later its recording is forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.retention import queries as retention
from yilu.retention.operations import sweep
from yilu.video import events, storage
from yilu.video.catalogue import lasting
from yilu.video.keeping import general_until, kept
from yilu.video.models import Invitation, Piece, Session, Signal
from yilu.video.refusals import SessionNotFound

from .guiding import close_page
from .holding import is_here, of_seat, say

State = Session.State


@tx.use_case
def end(*, session_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """The seat ends the session for good; the recording is closed. Twice is once."""
    session = of_seat(session_id, access)
    if session.state != State.ENDED:
        _end(session, "DONE" if session.live_at else "NOT_JOINED", actor, at)


@tx.use_case
def end_forgotten(*, at: datetime, limit: int = 50) -> int:
    """Sessions nobody joined or came back to are ended; how many."""
    over = list(
        Session.objects.select_for_update(skip_locked=True)
        .exclude(state=State.ENDED)
        .filter(
            Q(state=State.DROPPED, dropped_at__lt=at - timedelta(minutes=lasting().resume_minutes))
            | Q(
                state__in=[State.ASKED, State.JOINED],
                opened_at__lt=at - timedelta(hours=lasting().ask_hours),
            )
        )
        .order_by("pk")[:limit]
    )
    ended = 0
    for session in over:
        if is_here(session.customer_seen_at, at) and is_here(session.seat_seen_at, at):
            continue  # they are just finding each other
        ended += 1
        _end(session, "NOT_RESUMED" if session.live_at else "NOT_JOINED", SYSTEM, at)
    return ended


@tx.step
def end_unrecorded(party_id: int, *, at: datetime) -> int:
    """Somebody took their consent to be recorded back: their open sessions end; how many. Twice is once."""
    if people.has_consent(party_id, "RECORDING"):
        return 0  # given again before we came to it
    theirs = Session.objects.select_for_update().filter(party_id=party_id, agreed_at__isnull=False)
    over = list(theirs.exclude(state=State.ENDED).order_by("pk"))
    for session in over:
        _end(session, "NOT_AGREED", Ref("party", party_id), at)
    return len(over)


@tx.step
def _end(session: Session, ending: str, actor: Ref, at: datetime) -> None:
    Signal.objects.filter(session=session).delete()
    Invitation.objects.filter(session=session, withdrawn_at=None).update(withdrawn_at=at)
    close_page(session, "END", actor, at)
    session.state, session.ending, session.ended_at, session.wants = State.ENDED, ending, at, ""
    session.keep_until = general_until(session)
    session.save(update_fields=["state", "ending", "ended_at", "wants", "keep_until"])
    say(
        session,
        events.Ended(
            session_id=session.pk, ending=ending, pieces=session.pieces, size=session.size,
            head=session.chain, keep_until=str(session.keep_until),
        ),
        actor=actor, at=at,
    )  # fmt: skip


@tx.use_case
def watch(*, session_id: int, take: int, access: Access, actor: Ref, at: datetime) -> None:
    """
    Record that somebody plays a part of the recording: whoever looks leaves a trace.

    :raises SessionNotFound: none, or of an office over which video.view is not held.
    """
    access.require("video.view")
    session = Session.objects.filter(pk=session_id).first()
    if session is None or session.office_id not in access.offices_for("video.view"):
        raise SessionNotFound
    if not Piece.objects.filter(session=session, take=take).exists():
        raise SessionNotFound
    told = events.RecordingWatched(session_id=session.pk, take=take)
    say(session, told, actor=actor, at=at)


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
        Session.objects.select_for_update(skip_locked=True)
        .filter(pk__gt=after, keep_until__lt=day_of(at), forgotten_at=None)
        .order_by("pk")[:limit]
    )
    return sweep(due, kept(due, at), _forget, at=at, limit=limit)


@tx.step
def _forget(session: Session, found: retention.Kept, at: datetime) -> None:
    for key in Piece.objects.filter(session=session).values_list("file", flat=True):
        storage.drawer.remove(key)
    session.forgotten_at, session.keep_until = at, found.until
    session.save(update_fields=["forgotten_at", "keep_until"])
    told = events.RecordingForgotten(
        session_id=session.pk, pieces=session.pieces, kept_until=str(found.until), why=found.why
    )
    say(session, told, actor=SYSTEM, at=at)
