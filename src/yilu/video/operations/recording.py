"""The recording comes in pieces, in order, each chained to the one before (录像)."""

from __future__ import annotations

from datetime import datetime

from yilu.kernel import chained_pieces as rules
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.people.queries import Access
from yilu.video import storage
from yilu.video.models import Piece, Session
from yilu.video.refusals import BadPiece, NotNow, OtherPiece, PieceOutOfOrder

from .holding import of_seat

PIECE_MAX = 1_900_000
"""Below what the web process reads of one request."""


@tx.use_case
def record_piece(
    *, session_id: int, number: int, take: int, sha256: str, content: bytes, access: Access,
    actor: Ref, at: datetime,
) -> int:  # fmt: skip
    """
    Keep the next piece of a recording; how many there are now. The same piece again changes nothing.

    :raises PieceOutOfOrder: one is missing before it. :raises OtherPiece: this number is taken by another.
    :raises BadPiece: empty, too large, or not what ``sha256`` says.
    :raises NotNow: the session never was live, or is over.
    """
    session = of_seat(session_id, access)
    if not 0 < len(content) <= PIECE_MAX:
        raise BadPiece
    found = rules.digest_of(content, sha256)
    if found is None:
        raise BadPiece
    if 0 < number <= session.pieces:
        kept = Piece.objects.get(session=session, number=number)
        if kept.sha256 != found:
            raise OtherPiece
        return session.pieces
    if session.live_at is None or session.state == Session.State.ENDED:
        raise NotNow
    if not rules.follows(number, take, pieces=session.pieces, takes=session.takes):
        raise PieceOutOfOrder(session.pieces + 1)
    session.chain = rules.chain(
        session.chain, number=number, take=take, sha256=found, size=len(content)
    )
    Piece.objects.create(
        session=session, number=number, take=take, sha256=found, chained=session.chain,
        size=len(content), at=at,
        file=storage.drawer.keep_of(session.pk, content, found, part=f"/{number:06d}"),
    )  # fmt: skip
    session.pieces, session.takes, session.piece_at = number, take, at
    session.size += len(content)
    session.save(update_fields=["chain", "pieces", "takes", "piece_at", "size"])
    return session.pieces
