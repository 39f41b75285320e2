"""Whose session it is: the customer by link and browser, the staff by right, office and seat."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from django.core import signing

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.people.queries import Access
from yilu.video.catalogue import lasting
from yilu.video.models import Invitation, Session
from yilu.video.refusals import InvitationNotValid, NotTheSeat, SessionNotFound

SALT = "yilu.video.invitation"
SERVE = "video.serve"


def digest(text: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(text.encode()).hexdigest()


def secret_of(token: str) -> str:
    """The secret in a link. :raises InvitationNotValid: unless we signed it."""
    try:
        return signing.Signer(salt=SALT).unsign(token[:200])
    except signing.BadSignature:
        raise InvitationNotValid from None


@tx.step
def of_seat(session_id: int, access: Access, *, seated: bool = True) -> Session:
    """
    Lock a session for staff.

    :raises SessionNotFound: none, or of an office over which the right is not held.
    :raises NotTheSeat: somebody else serves here.
    """
    access.require(SERVE)
    found = Session.objects.select_for_update().filter(pk=session_id).first()
    if found is None or found.office_id not in access.offices_for(SERVE):
        raise SessionNotFound
    if seated and found.seat_id != access.staff_id:
        raise NotTheSeat
    return found


@tx.step
def of_customer(token: str, key: str) -> tuple[Session, Invitation]:
    """
    Lock the session of a link for the browser that opened it.

    :raises InvitationNotValid: in the same words for every cause.
    """
    invitation = Invitation.objects.filter(
        secret_index=digest(secret_of(token)), withdrawn_at=None
    ).first()
    if invitation is None or not invitation.bound:
        raise InvitationNotValid
    if not hmac.compare_digest(invitation.bound, digest(key)):
        raise InvitationNotValid
    session = Session.objects.select_for_update().get(pk=invitation.session_id)
    if session.state == Session.State.ENDED:
        raise InvitationNotValid
    return session, invitation


def is_here(seen: datetime | None, at: datetime) -> bool:
    """Whether a browser was heard lately."""
    return seen is not None and at - seen <= timedelta(seconds=lasting().vanish_seconds)


@tx.step
def say(session: Session, told: object, *, actor: Ref, at: datetime) -> None:
    """Record a fact about the thing the session continues."""
    journal.record(told, about=session.subject, actor=actor, at=at, party=session.party_id)
