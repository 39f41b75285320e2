"""Sessions as pages show them: to staff of their offices, and to whoever holds the link."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings

from yilu.documents import queries as documents
from yilu.kernel.refs import Ref
from yilu.people.queries import Access
from yilu.video.models import IdentityCheck, Invitation, Session
from yilu.video.operations.holding import SERVE, digest, secret_of
from yilu.video.refusals import InvitationNotValid, SessionNotFound
from yilu.video.rules import ice
from yilu.video.rules.words import COMPARED, ENDINGS, GUIDE, SIGN

__all__ = ["COMPARED", "GUIDE", "SIGN"]
RIGHT = "video.view"
STATES: dict[str, str] = dict(Session.State.choices)
LIST_MAX = 60


@dataclass(frozen=True, slots=True)
class CheckRow:
    """What a seat compared."""

    compared: tuple[str, ...]
    matched: bool
    by: Ref
    at: datetime


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session as staff see it."""

    id: int
    number: str
    about: Ref
    case_number: str
    party_id: int
    office_id: int
    seat_id: int | None
    state: str
    state_label: str
    ending_label: str
    opened_at: datetime
    agreed_at: datetime | None
    live_at: datetime | None
    ended_at: datetime | None
    connection: int
    pieces: int
    takes: int
    size: int
    wants: str
    keep_until: date | None
    forgotten_at: datetime | None
    invited_at: datetime | None = None
    opened_link_at: datetime | None = None
    checks: tuple[CheckRow, ...] = ()

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.state == Session.State.ENDED


@dataclass(frozen=True, slots=True)
class LinkView:
    """What somebody with a link may learn before they are let in, and after."""

    session_id: int
    number: str
    about: Ref
    party_id: int
    opened: bool
    agreed: bool
    wants: str


def get_for_staff(session_id: int, access: Access) -> SessionView:
    """One session. :raises SessionNotFound: none, or of an office one may not look into."""
    access.require(RIGHT)
    found = Session.objects.filter(
        pk=session_id, office_id__in=list(access.offices_for(RIGHT))
    ).first()
    if found is None:
        raise SessionNotFound
    link = Invitation.objects.filter(session=found).order_by("-pk").first()
    checks = tuple(
        CheckRow(
            tuple(COMPARED[code] for code in row.compared), row.matched, Ref.parse(row.by), row.at
        )
        for row in IdentityCheck.objects.filter(session=found).order_by("pk")
    )
    return _view(
        found, invited_at=link.made_at if link else None,
        opened_link_at=link.opened_at if link else None, checks=checks,
    )  # fmt: skip


def list_for_staff(access: Access, state: str = "") -> tuple[SessionView, ...]:
    """The latest sessions of one's offices, or those in one state."""
    found = Session.objects.filter(office_id__in=list(access.offices_for(RIGHT)))
    found = found.filter(state=state) if state in STATES else found
    return tuple(_view(row) for row in found.order_by("-pk")[:LIST_MAX])


def sessions_about(about: Ref, access: Access) -> tuple[SessionView, ...]:
    """The sessions that continued something, newest first, of one's offices."""
    rows = Session.objects.filter(
        about=str(about), office_id__in=list(access.offices_for(RIGHT))
    ).order_by("-pk")
    return tuple(_view(row) for row in rows[:10])


def open_about(about: Ref) -> int | None:
    """The session about something that is not over."""
    return (
        Session.objects.exclude(state="ENDED")
        .filter(about=str(about))
        .values_list("pk", flat=True)
        .first()
    )


def open_rooms(abouts: Iterable[Ref], access: Access) -> dict[Ref, int]:
    """Sessions that are not over, by what they continue, of the offices one serves; one statement."""
    rows = Session.objects.exclude(state="ENDED").filter(
        about__in=[str(about) for about in abouts], office_id__in=list(access.offices_for(SERVE))
    )
    return {Ref.parse(about): id for about, id in rows.values_list("about", "pk")}


def read_link(token: str, *, key: str, at: datetime) -> LinkView:
    """
    What a link is for, in the browser that asks; ``opened``: this browser is let in.

    :raises InvitationNotValid: in the same words for every cause.
    """
    found = (
        Invitation.objects.select_related("session")
        .filter(secret_index=digest(secret_of(token)), withdrawn_at=None)
        .exclude(session__state="ENDED")
        .first()
    )
    if found is None:
        raise InvitationNotValid
    if found.bound:
        if not hmac.compare_digest(found.bound, digest(key)):
            raise InvitationNotValid
    elif found.expires_at <= at or found.tries >= 5:
        raise InvitationNotValid
    session = found.session
    return LinkView(
        session.pk, session.number, session.subject, session.party_id, bool(found.bound),
        session.agreed_at is not None, session.wants,
    )  # fmt: skip


def customer_view(link: LinkView) -> dict[str, Any]:
    """What the customer's page says of the case: its number, and its kinds of papers."""
    session = Session.objects.get(pk=link.session_id)
    return {"case_number": session.case_number, "kinds": dict(documents.FILE_KINDS)}


def ice_servers(*, whose: str, at: datetime) -> list[dict[str, Any]]:
    """The servers a browser may ask to find the other; none where none are set."""
    return ice.servers(
        settings.VIDEO_STUN, settings.VIDEO_TURN, settings.VIDEO_TURN_SECRET, whose=whose, at=at
    )


def _view(found: Session, **more: Any) -> SessionView:
    return SessionView(
        found.pk, found.number, found.subject, found.case_number, found.party_id, found.office_id,
        found.seat_id, found.state, str(found.get_state_display()), ENDINGS.get(found.ending, ""),
        found.opened_at, found.agreed_at, found.live_at, found.ended_at, found.connection,
        found.pieces, found.takes, found.size, found.wants, found.keep_until, found.forgotten_at,
        **more,
    )  # fmt: skip
