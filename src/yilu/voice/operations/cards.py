"""The feedback card: a QR picture that staff show, and that only the customer's own telephone answers."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from yilu.claims import queries as claims
from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people.queries import Access
from yilu.voice import events
from yilu.voice.models import Card, Feedback
from yilu.voice.refusals import CardEnded, RatedAlready, StaffNeverRate

from .handling import digest_of
from .taking import Said, Where, keep

PLACE = "voice_card.code"
A_DAY = 60
"""So many answers a day a card takes: more is not a day's customers."""


@tx.use_case
def make_card(*, claim_id: int | None, access: Access, actor: Ref, at: datetime) -> str:
    """
    One's own card, for a claim or for everybody one serves; the code in its picture. Again the same.

    :raises ClaimNotFound: a claim of no office of one's own.
    """
    about, journey, office_id = "", "visit", access.office_id
    if claim_id is not None:
        claim = claims.get_for_staff(claim_id, access)
        about, journey, office_id = f"claim:{claim.id}", "claim", claim.office_id
    held = Card.objects.filter(staff_id=access.staff_id, about=about, ended_at=None).first()
    if held is not None:
        return sealing.unseal(held.code, PLACE)
    code = secrets.token_urlsafe(9)
    Card.objects.create(
        code_digest=digest_of(code), code=sealing.seal(code, PLACE), staff_id=access.staff_id,
        office_id=office_id, about=about, journey=journey, made_at=at,
    )  # fmt: skip
    journal.record(events.CardMade(staff_id=access.staff_id), about=actor, actor=actor, at=at)
    return code


@tx.use_case
def end_card(*, claim_id: int | None, access: Access, actor: Ref, at: datetime) -> None:
    """Stop one's card from being answered; a new one has another code."""
    about = f"claim:{claim_id}" if claim_id is not None else ""
    Card.objects.filter(staff_id=access.staff_id, about=about, ended_at=None).update(ended_at=at)


@tx.use_case
def answer_card(
    *, code: str, said: Said, third_party: bool, device: str, actor: Ref | None, at: datetime
) -> int:  # fmt: skip
    """
    Rate whoever showed the card: once a telephone for a claim, once a month for a person.

    :raises CardEnded: ended or guessed. :raises StaffNeverRate: on a telephone where somebody of ours
        is signed in. :raises RatedAlready: again. :raises OutOfScale, NothingSaid, CommentTooLong.
    """
    card = Card.objects.select_for_update(of=("self",)).filter(
        code_digest=digest_of(code), ended_at=None
    ).first()  # fmt: skip
    if card is None:
        raise CardEnded
    if actor is not None and actor.kind in ("staff", "agent"):
        raise StaffNeverRate
    party_id = actor.id if actor is not None and actor.kind == "party" else None
    from .taking import refuse_own

    refuse_own(card.staff_id, party_id)
    when = f"{day_of(at):%Y-%m}" if not card.about else "once"
    key = f"card:{card.pk}:{device[:64]}:{when}"
    lately = Feedback.objects.filter(
        request_key__startswith=f"card:{card.pk}:", said_at__gt=at - timedelta(days=1)
    ).count()
    if lately >= A_DAY or Feedback.objects.filter(request_key=key).exists():
        raise RatedAlready
    who = "THIRD_PARTY" if third_party else "CUSTOMER"
    where = Where(
        "CARD", "survey_card" if card.about else "staff_card", card.journey, card.office_id, who=who,
        party_id=None if third_party else party_id, staff_id=card.staff_id, about=card.about,
    )  # fmt: skip
    return keep(said, where, request_key=key, actor=actor or SYSTEM, at=at)
