"""Begin a session, from the seat or from the customer's own page, and let the customer in once they agreed."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing

from yilu.kernel import chained_pieces as rules
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.messaging import operations as messaging
from yilu.people import operations as consents
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.video import events
from yilu.video.catalogue import lasting
from yilu.video.models import Invitation, Session
from yilu.video.refusals import (
    InvitationNotValid,
    NoPhone,
    NotAgreed,
    NotNow,
    SeatTaken,
    WrongDigits,
)

from .guiding import close_page
from .holding import SALT, SERVE, digest, is_here, of_customer, of_seat, say, secret_of

TRIES = 5
RECORDING = "RECORDING"
"""The purpose of the consent to be recorded."""


@tx.use_case
def ask(
    *, about: Ref, party_id: int, case_number: str, access: Access, actor: Ref, at: datetime,
    request: str = "",
) -> int:  # fmt: skip
    """
    Begin a video session about something; its id. While one is open, that one.

    The caller has made sure that ``about`` is the customer's and may be seen by who asks.

    :raises NotAllowed: without video.serve over the customer's office.
    """
    office_id = people.get_party(party_id).office_id
    access.require(SERVE, office_id=office_id)
    session, new = _begin(about, party_id, office_id, case_number, request, access.staff_id, at)
    if new:
        say(session, events.Asked(session_id=session.pk, office_id=office_id), actor=actor, at=at)
    return session.pk


@tx.use_case
def wait(
    *, about: Ref, party_id: int, case_number: str = "", request: str = "", actor: Ref, at: datetime
) -> str:
    """
    A customer comes to the waiting room (视频等候室) by themselves; their link's token, which is kept nowhere.

    Any seat of their office may take the session. One that is open about the same thing is gone on
    with, by the new link only. The caller has made sure that ``about`` is theirs and they are signed in.

    :raises InvitationNotValid: a session about it is somebody else's.
    """
    office_id = people.get_party(party_id).office_id
    session, new = _begin(about, party_id, office_id, case_number, request, None, at)
    if actor != Ref("party", session.party_id) or session.party_id != party_id:
        raise InvitationNotValid
    if new:
        fact = events.Waiting(session_id=session.pk, office_id=office_id)
        say(session, fact, actor=actor, at=at)
    _invitation_id, token, _until = _link_to(session, actor, at)
    return token


@tx.step
def _begin(
    about: Ref, party_id: int, office_id: int, case_number: str, request: str, seat_id: int | None,
    at: datetime,
) -> tuple[Session, bool]:  # fmt: skip
    """The open session about something, and whether it was begun just now."""
    written = tx.rows(
        """
        insert into video_session (about, case_number, request, party_id, office_id, state, ending,
               opened_at, connection, arrivals, wants, pieces, takes, size, chain, seat_id)
        values (%s, %s, %s, %s::bigint, %s::bigint, 'ASKED', '', %s::timestamptz, 0, 0, '', 0, 0, 0, '',
               %s::bigint)
            on conflict do nothing returning id
        """,
        [str(about), case_number[:40], request[:40], party_id, office_id, at, seat_id],
    )
    if not written:
        return Session.objects.exclude(state="ENDED").get(about=str(about)), False
    session = Session.objects.get(pk=written[0][0])
    session.chain = rules.begin(f"video:{session.pk}")
    session.save(update_fields=["chain"])
    return session, True


@tx.step
def _link_to(session: Session, actor: Ref, at: datetime) -> tuple[int, str, datetime]:
    """A new link into a session, its token and how long it opens; earlier links end."""
    Invitation.objects.filter(session=session, withdrawn_at=None).update(withdrawn_at=at)
    secret = secrets.token_urlsafe(18)
    until = at + timedelta(minutes=lasting().link_minutes)
    made = Invitation.objects.create(
        session=session, secret_index=digest(secret), expires_at=until, made_by=str(actor),
        made_at=at,
    )  # fmt: skip
    return made.pk, signing.Signer(salt=SALT).sign(secret), until


@tx.use_case
def invite(*, session_id: int, access: Access, actor: Ref, at: datetime) -> str:
    """
    Send the customer a link to their phone; its token, which is kept nowhere. Earlier links end.

    :raises NoPhone: none on record. :raises NotNow: the session is over.
    """
    session = of_seat(session_id, access, seated=False)
    if session.state == Session.State.ENDED:
        raise NotNow
    if not people.get_contact(Ref("party", session.party_id)).phone:
        raise NoPhone
    invitation_id, token, until = _link_to(session, actor, at)
    messaging.queue(
        "contact.video_invitation", to=Ref("party", session.party_id), about=session.subject, at=at,
        facts={
            "number": session.case_number or session.number, "until": until.isoformat(),
            "link": f"{settings.PUBLIC_URL}/c/video/{token}",
        },
    )  # fmt: skip
    say(
        session,
        events.Invited(session_id=session.pk, invitation_id=invitation_id),
        actor=actor,
        at=at,
    )
    return token


def open_invitation(*, token: str, digits: str, at: datetime, signed_in: Ref | None = None) -> str:
    """
    Open a link in this browser: what the browser has to show from now on. No other browser gets in.

    Somebody signed in as the customer need not say the digits. A try is counted before it is compared.

    :raises InvitationNotValid: in the same words for every cause. :raises WrongDigits: not those of the phone.
    """
    invitation_id = _count_try(token=token, at=at)
    return _open(invitation_id=invitation_id, digits=digits, at=at, signed_in=signed_in)


@tx.use_case
def _count_try(*, token: str, at: datetime) -> int:
    counted = tx.rows(
        """
        update video_invitation as i set tries = i.tries + 1
          from video_session s
         where i.secret_index = %s and i.withdrawn_at is null and i.bound = ''
           and i.expires_at > %s::timestamptz and i.tries < %s::int
           and s.id = i.session_id and s.state <> 'ENDED'
        returning i.id
        """,
        [digest(secret_of(token)), at, TRIES],
    )
    if not counted:
        raise InvitationNotValid
    return int(counted[0][0])


@tx.use_case
def _open(*, invitation_id: int, digits: str, at: datetime, signed_in: Ref | None) -> str:
    found = Invitation.objects.select_for_update(of=("self",)).select_related("session").get(
        pk=invitation_id
    )  # fmt: skip
    who = Ref("party", found.session.party_id)
    if signed_in != who:
        phone = people.get_contact(who).phone
        if len(phone) < 4 or not hmac.compare_digest(phone[-4:].encode(), digits.strip().encode()):
            raise WrongDigits
    if found.bound:
        raise InvitationNotValid
    key = secrets.token_urlsafe(24)
    found.bound, found.opened_at = digest(key), at
    found.save(update_fields=["bound", "opened_at"])
    return key


@tx.use_case
def agree(*, token: str, key: str, agreed: bool, at: datetime) -> int:
    """
    The customer agrees to be recorded, before anything is; the session's id. Twice is once.

    It is their separate consent to recording (个保法 29) and stands among their others until they take it
    back; each session asks for it anew.

    :raises NotAgreed: without the tick.
    """
    session, _invitation = of_customer(token, key)
    if not agreed:
        raise NotAgreed
    if session.agreed_at is None:
        who = Ref("party", session.party_id)
        session.agreed_at = at
        session.save(update_fields=["agreed_at"])
        consents.take_consent(
            party_id=who.id, purpose=RECORDING, channel="APP", actor=who, at=at,
            text_version=people.consent_text(RECORDING).version,
        )  # fmt: skip
        say(session, events.Agreed(session_id=session.pk), actor=who, at=at)
    return session.pk


@tx.use_case
def arrive(*, token: str, key: str, at: datetime) -> int:
    """
    The customer's page is open and ready; how often that was so. The seat connects anew each time.

    :raises NotAgreed: not before the customer agreed to be recorded.
    """
    session, _invitation = of_customer(token, key)
    if session.agreed_at is None:
        raise NotAgreed
    if session.state == Session.State.ASKED:
        session.state = Session.State.JOINED
    session.arrivals, session.customer_seen_at = session.arrivals + 1, at
    session.save(update_fields=["state", "arrivals", "customer_seen_at"])
    close_page(session, "DROP", Ref("party", session.party_id), at)
    return session.arrivals


@tx.use_case
def sit(*, session_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """
    Take the seat of a session, or come back to it.

    :raises SeatTaken: a colleague's browser is there. :raises NotNow: it is over.
    """
    session = of_seat(session_id, access, seated=False)
    if session.state == Session.State.ENDED:
        raise NotNow
    if session.seat_id != access.staff_id and is_here(session.seat_seen_at, at):
        raise SeatTaken
    session.seat_id, session.seat_seen_at = access.staff_id, at
    session.save(update_fields=["seat_id", "seat_seen_at"])
