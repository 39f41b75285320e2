"""Screen guidance: the customer lets the seat see their page, for as long as they like and no longer."""

from __future__ import annotations

from datetime import datetime

from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.people.queries import Access
from yilu.video import events
from yilu.video.models import Session
from yilu.video.refusals import NotAsked
from yilu.video.rules.words import GUIDE

from .holding import of_customer, of_seat, say


@tx.use_case
def answer_guidance(*, token: str, key: str, agreed: bool, at: datetime) -> None:
    """
    The customer agrees that the seat sees their page, or does not. Twice is once.

    The page goes from browser to browser: it never comes here, and nothing of it is kept.

    :raises NotAsked: the seat did not ask.
    """
    session, _invitation = of_customer(token, key)
    if agreed and session.guided_at is not None:
        return
    if session.wants != GUIDE:
        raise NotAsked
    session.wants, session.guided_at = "", at if agreed else None
    session.save(update_fields=["wants", "guided_at"])
    told = events.GuidanceAgreed if agreed else events.GuidanceDeclined
    say(session, told(session_id=session.pk), actor=Ref("party", session.party_id), at=at)


@tx.use_case
def stop_guidance(*, token: str, key: str, at: datetime) -> None:
    """The customer closes their page to the seat. Twice is once."""
    session, _invitation = of_customer(token, key)
    close_page(session, "CUSTOMER", Ref("party", session.party_id), at)


@tx.use_case
def stop_guiding(*, session_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """The seat looks away, or takes back what it asked. Twice is once."""
    session = of_seat(session_id, access)
    if session.wants == GUIDE:
        session.wants = ""
        session.save(update_fields=["wants"])
    close_page(session, "SEAT", actor, at)


@tx.step
def close_page(session: Session, by: str, actor: Ref, at: datetime) -> None:
    """From now on nobody sees the customer's page; a new look needs a new word of theirs."""
    if session.guided_at is None:
        return
    seconds = max(0, int((at - session.guided_at).total_seconds()))
    session.guided_at = None
    session.save(update_fields=["guided_at"])
    told = events.GuidanceStopped(session_id=session.pk, by=by, seconds=seconds)
    say(session, told, actor=actor, at=at)
