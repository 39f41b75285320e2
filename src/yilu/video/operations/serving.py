"""What is done while they see each other: who it is, a picture of a paper, a signature."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from yilu.documents import operations as documents
from yilu.documents import queries as document_queries
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.people.queries import Access
from yilu.video import events
from yilu.video.models import IdentityCheck, Session
from yilu.video.refusals import BadCheck, NotAsked, NotLive
from yilu.video.rules.words import COMPARED, GUIDE, SIGN

from .holding import of_customer, of_seat, say


@tx.use_case
def compare_identity(
    *,
    session_id: int,
    compared: Sequence[str],
    matched: bool,
    access: Access,
    actor: Ref,
    at: datetime,
) -> None:
    """
    The seat compared the person in the picture with their papers; what, by whom and with which result.

    :raises BadCheck: nothing compared, or no face. :raises NotLive: they do not see each other.
    """
    session = of_seat(session_id, access)
    if session.state != Session.State.LIVE:
        raise NotLive
    what = tuple(code for code in COMPARED if code in compared)
    if len(what) != len(set(compared)) or not {"FACE", "ID_CARD"} <= set(what):
        raise BadCheck
    IdentityCheck.objects.create(
        session=session, compared=list(what), matched=matched, by=str(actor), at=at
    )
    say(
        session,
        events.IdentityCompared(session_id=session.pk, compared=what, matched=matched),
        actor=actor, at=at,
    )  # fmt: skip


@tx.use_case
def ask_customer(*, session_id: int, what: str, access: Access, actor: Ref, at: datetime) -> None:
    """
    Ask the customer to take a picture of a paper (a kind of document), to sign, to let their page be seen, or ("") nothing more.

    :raises NotAsked: no such thing. :raises NotLive: they do not see each other.
    """
    session = of_seat(session_id, access)
    if session.state != Session.State.LIVE:
        raise NotLive
    if what and what not in {SIGN, GUIDE} and what not in dict(document_queries.FILE_KINDS):
        raise NotAsked
    if session.wants == what or (what == GUIDE and session.guided_at):
        return
    session.wants = what
    session.save(update_fields=["wants"])
    if what:
        say(session, events.CustomerAskedTo(session_id=session.pk, what=what), actor=actor, at=at)


@tx.use_case
def hand_in_picture(*, token: str, key: str, content: bytes, at: datetime) -> int:
    """
    A still from the customer's camera, as a document of what the session is about; the upload's id.

    :raises NotAsked: the seat asked for none; and every refusal of documents for a bad file.
    """
    session, _invitation = of_customer(token, key)
    kind = session.wants
    if kind in {"", SIGN, GUIDE}:
        raise NotAsked
    who = Ref("party", session.party_id)
    upload_id = documents.take_in(
        about=session.subject, party_id=session.party_id, kind=kind,
        filename=f"{session.number}.jpg", content=content, actor=who, at=at,
    )  # fmt: skip
    session.wants = ""
    session.save(update_fields=["wants"])
    say(
        session,
        events.PaperTaken(session_id=session.pk, upload_id=upload_id, kind=kind),
        actor=who,
        at=at,
    )
    return upload_id


@tx.use_case
def note_signed(*, about: Ref, party_id: int, at: datetime) -> bool:
    """
    The customer signed, on their own page, what a live session asked them to; whether one did.

    The caller has just seen the signature: the room that keeps it is another.
    """
    session = (
        Session.objects.select_for_update()
        .filter(about=str(about), party_id=party_id, state=Session.State.LIVE, wants=SIGN)
        .first()
    )
    if session is None:
        return False
    session.wants = ""
    session.save(update_fields=["wants"])
    told = events.CustomerSigned(session_id=session.pk)
    say(session, told, actor=Ref("party", party_id), at=at)
    return True
