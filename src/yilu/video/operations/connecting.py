"""Two browsers find each other: signals through a table, presence, and what a silence means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people.queries import Access
from yilu.video import events
from yilu.video.catalogue import lasting
from yilu.video.models import Session, Signal
from yilu.video.refusals import BadSignal, NotAgreed, NotNow

from .guiding import close_page
from .holding import is_here, of_customer, of_seat, say

SIGNAL_MAX = 32_000
SIGNALS_MAX = 40
SIGNALS_OF_A_CONNECTION = 300
RECORDED_WITHIN = timedelta(seconds=10)
State = Session.State


@dataclass(frozen=True, slots=True)
class News:
    """What a browser learns each time it says that it is there."""

    state: str
    connection: int
    arrivals: int
    customer_here: bool
    seat_here: bool
    wants: str
    guided: bool
    recording: bool
    pieces: int
    takes: int
    signals: tuple[tuple[int, str], ...]


@tx.use_case
def connect(*, session_id: int, access: Access, actor: Ref, at: datetime) -> int:
    """
    The seat begins a new connection of the same session; its number. What was told before is deleted.

    :raises NotNow: over. :raises NotAgreed: the customer has not agreed to be recorded.
    """
    session = of_seat(session_id, access)
    if session.state == State.ENDED:
        raise NotNow
    if session.agreed_at is None:
        raise NotAgreed
    Signal.objects.filter(session=session).delete()
    session.connection += 1
    session.seat_seen_at = at
    session.save(update_fields=["connection", "seat_seen_at"])
    return session.connection


@tx.use_case
def exchange_as_seat(
    *, session_id: int, access: Access, connection: int, after: int, send: Sequence[str],
    connected: bool, actor: Ref, at: datetime,
) -> News:  # fmt: skip
    """
    Say that the seat is here, tell the other browser something, hear what it told.

    The first time that ``connected`` is so, the session is live; after a drop it is resumed.
    """
    session = of_seat(session_id, access)
    if session.state != State.ENDED:
        session.seat_seen_at = at
        if connected and connection == session.connection and is_here(session.customer_seen_at, at):
            _go_live(session, actor, at)
        session.save(update_fields=["seat_seen_at", "state", "live_at", "dropped_at"])
    return _exchange(session, "SEAT", connection, after, send, at)


@tx.use_case
def exchange_as_customer(
    *, token: str, key: str, connection: int, after: int, send: Sequence[str], at: datetime
) -> News:
    """Say that the customer is here, tell the seat's browser something, hear what it told."""
    session, _invitation = of_customer(token, key)
    if session.agreed_at is None:
        raise NotAgreed
    session.customer_seen_at = at
    session.save(update_fields=["customer_seen_at"])
    return _exchange(session, "CUSTOMER", connection, after, send, at)


@tx.step
def _exchange(
    session: Session, side: str, connection: int, after: int, send: Sequence[str], at: datetime
) -> News:
    if len(send) > SIGNALS_MAX or any(len(body) > SIGNAL_MAX for body in send):
        raise BadSignal
    if send and session.state != State.ENDED and connection == session.connection:
        told = Signal.objects.filter(session=session, side=side).count()
        if told + len(send) > SIGNALS_OF_A_CONNECTION:
            raise BadSignal
        Signal.objects.bulk_create(
            Signal(session=session, connection=connection, side=side, body=body, at=at)
            for body in send
        )
    heard = (
        Signal.objects.filter(session=session, connection=session.connection, pk__gt=after)
        .exclude(side=side)
        .order_by("pk")
        .values_list("pk", "body")
    )
    return News(
        session.state, session.connection, session.arrivals,
        is_here(session.customer_seen_at, at), is_here(session.seat_seen_at, at), session.wants,
        session.guided_at is not None,
        session.piece_at is not None and at - session.piece_at <= RECORDED_WITHIN,
        session.pieces, session.takes, tuple(heard),
    )  # fmt: skip


@tx.step
def _go_live(session: Session, actor: Ref, at: datetime) -> None:
    if session.state == State.LIVE:
        return
    if session.live_at is None:
        session.live_at = at
        told: object = events.Connected(session_id=session.pk, staff_id=session.seat_id or 0)
    else:
        told = events.Resumed(session_id=session.pk, connection=session.connection)
    session.state, session.dropped_at = State.LIVE, None
    say(session, told, actor=actor, at=at)


@tx.use_case
def leave(*, token: str, key: str, at: datetime) -> None:
    """The customer leaves for now, by their own button; they may come back. Twice is once."""
    session, _invitation = of_customer(token, key)
    session.customer_seen_at = None
    session.save(update_fields=["customer_seen_at"])
    if session.state == State.LIVE:
        _drop(session, "CUSTOMER", "LEFT", Ref("party", session.party_id), at)


@tx.use_case
def drop_silent(*, at: datetime, limit: int = 50) -> int:
    """Live sessions of which a browser has been silent too long are dropped; how many."""
    since = at - timedelta(seconds=lasting().vanish_seconds)
    silent = tx.rows(
        """
        select id from video_session
         where state = 'LIVE' and (customer_seen_at is null or customer_seen_at < %(since)s::timestamptz
                                   or seat_seen_at is null or seat_seen_at < %(since)s::timestamptz)
         order by id limit %(limit)s::int for update skip locked
        """,
        {"since": since, "limit": limit},
    )
    for session in Session.objects.filter(pk__in=[row[0] for row in silent]).order_by("pk"):
        gone = [
            side
            for side, seen in (
                ("CUSTOMER", session.customer_seen_at),
                ("SEAT", session.seat_seen_at),
            )
            if seen is None or seen < since
        ]
        _drop(session, "+".join(gone), "VANISHED", SYSTEM, at)
    return len(silent)


@tx.step
def _drop(session: Session, missing: str, cause: str, actor: Ref, at: datetime) -> None:
    session.state, session.dropped_at = State.DROPPED, at
    session.save(update_fields=["state", "dropped_at"])
    Signal.objects.filter(session=session).delete()
    close_page(session, "DROP", actor, at)
    say(
        session,
        events.Dropped(
            session_id=session.pk, office_id=session.office_id, request=session.request,
            missing=missing, cause=cause, pieces=session.pieces,
        ),
        actor=actor, at=at,
    )  # fmt: skip
