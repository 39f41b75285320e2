"""A voice comes in: ratings and comments from every touchpoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError

from yilu.contact import queries as contact
from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.voice import events
from yilu.voice.models import Feedback
from yilu.voice.refusals import CommentTooLong, NothingSaid, StaffNeverRate
from yilu.voice.rules import masking, scores, urgency
from yilu.voice.rules.labels import JOURNEYS

from .handling import open_handling

COMMENT_MAX = 2_000
ORIGINAL = "voice_feedback.original"


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says: figures on their scales, words, or both."""

    stars: int | None = None
    recommend: int | None = None
    comment: str = ""
    attributes: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Where:
    """By which way and about what it came."""

    source: str
    touchpoint: str
    journey: str
    office_id: int
    who: str = "CUSTOMER"
    party_id: int | None = None
    staff_id: int | None = None
    about: str = ""


@tx.use_case
def take_rating(
    *, said: Said, touchpoint: str, journey: str, actor: Ref, at: datetime, about: Ref | None = None,
    staff_id: int | None = None, request_key: str | None = None,
) -> int:  # fmt: skip
    """
    Take a signed-in customer's rating of a page or step. The same request twice is one.

    :raises StaffNeverRate: anybody but a customer, or a colleague by their own telephone.
    :raises OutOfScale, NothingSaid, CommentTooLong: as they say.
    """
    if actor.kind != "party":
        raise StaffNeverRate
    refuse_own(staff_id, actor.id)
    where = Where(
        "PAGE", touchpoint[:40], journey if journey in JOURNEYS else "other",
        people.get_party(actor.id).office_id, party_id=actor.id, staff_id=staff_id,
        about=str(about or ""),
    )  # fmt: skip
    return keep(said, where, request_key=request_key, actor=actor, at=at)


@tx.use_case
def take_comment(
    *, comment: str, actor: Ref, at: datetime, topic: str = "other", request_key: str | None = None
) -> int:
    """Take what a signed-in customer writes to us; somebody answers. :raises StaffNeverRate: as above."""
    if actor.kind != "party":
        raise StaffNeverRate
    if not comment.strip():
        raise NothingSaid
    where = Where(
        "PAGE", "feedback", topic if topic in JOURNEYS else "other",
        people.get_party(actor.id).office_id, party_id=actor.id,
    )  # fmt: skip
    said = Said(comment=comment)
    return keep(said, where, request_key=request_key, actor=actor, at=at, answer=True)


@tx.step
def hear_wechat(*, reply_id: int, text: str, party_id: int | None, at: datetime) -> int | None:
    """
    Keep what somebody wrote in the feedback window of our public account, once.

    Who answers is the seat of the conversation that the same words opened (contact): one owner, one
    answer. Here they are kept to be counted and read together.

    ``party_id``: whose account it is, where messaging knows. Nothing of the WeChat id comes here.
    """
    if not masking.clean(text):
        return None
    who = "CUSTOMER" if party_id else "UNKNOWN"
    office_id = people.get_party(party_id).office_id if party_id else head_office()
    where = Where(
        "WECHAT",
        "wechat",
        "other",
        office_id,
        who=who,
        party_id=party_id,
        about=str(Ref("reply", reply_id)),
    )
    actor = Ref("party", party_id) if party_id else SYSTEM
    said = Said(comment=text[:COMMENT_MAX])
    return keep(said, where, request_key=f"reply:{reply_id}", actor=actor, at=at)


@tx.use_case
def type_in_opinion(
    *, comment: str, who: str, journey: str, office_id: int, found_on: str, access: Access,
    actor: Ref, at: datetime,
) -> int:  # fmt: skip
    """
    Type in a paper of the opinion box or what somebody said aloud: words only, never a rating.

    :raises NotAllowed: without ``voice.handle`` there. :raises NothingSaid: an empty paper.
    """
    access.require("voice.handle", office_id=office_id)
    if not comment.strip():
        raise NothingSaid
    where = Where(
        "BOX", f"box {found_on.strip()}"[:40], journey if journey in JOURNEYS else "other", office_id,
        who=who if who in ("CUSTOMER", "THIRD_PARTY") else "UNKNOWN",
    )  # fmt: skip
    return keep(Said(comment=comment), where, actor=actor, at=at)


@tx.step
def keep(
    said: Said, where: Where, *, actor: Ref, at: datetime, request_key: str | None = None,
    answer: bool = False,
) -> int:  # fmt: skip
    """Keep one voice, masked; say that it came; have it answered where it asks for that."""
    scores.check(said.stars, said.recommend)
    comment = masking.clean(said.comment)
    if len(comment) > COMMENT_MAX:
        raise CommentTooLong
    if not comment and said.stars is None and said.recommend is None:
        raise NothingSaid
    if request_key is not None:
        known = (
            Feedback.objects.filter(request_key=request_key).values_list("pk", flat=True).first()
        )
        if known is not None:
            return known
    masked = masking.mask(comment)
    try:
        with tx.savepoint():
            made = Feedback.objects.create(
                source=where.source, touchpoint=where.touchpoint, journey=where.journey, who=where.who,
                party_id=where.party_id, office_id=where.office_id, staff_id=where.staff_id,
                about=where.about, stars=said.stars, recommend=said.recommend, text=masked.text,
                original=sealing.seal(comment, ORIGINAL) if masked.count else b"",
                attributes=dict(said.attributes) or None, request_key=request_key, said_at=at,
                taken_by=str(actor),
            )  # fmt: skip
    except IntegrityError:
        if request_key is None:
            raise
        return Feedback.objects.get(request_key=request_key).pk
    _say(made, actor, at)
    need = urgency.need(
        where.source, said.stars, said.recommend, masked.text, presses=contact.presses(masked.text)
    )
    if need is None and answer:
        need = urgency.Need(False, "从意见窗口来，等专人答复")
    if need is not None:
        open_handling(made, need, actor=actor, at=at)
    return made.pk


def _say(made: Feedback, actor: Ref, at: datetime) -> None:
    common: dict[str, Any] = {
        "source": made.source, "touchpoint": made.touchpoint, "journey": made.journey,
        "office_id": made.office_id, "third_party": made.who == "THIRD_PARTY",
    }  # fmt: skip
    if made.stars is not None or made.recommend is not None:
        rating = events.RatingTaken(
            stars=made.stars, recommend=made.recommend, rated=made.about, **common
        )
        journal.record(rating, about=made.ref, actor=actor, at=at, party=made.party_id)
    if made.text:
        comment = events.CommentTaken(**common)
        journal.record(comment, about=made.ref, actor=actor, at=at, party=made.party_id)


def refuse_own(staff_id: int | None, party_id: int | None) -> None:
    """:raises StaffNeverRate: if a customer record is the rated colleague's, by telephone."""
    if staff_id is None or party_id is None:
        return
    theirs = people.get_contact(Ref("staff", staff_id)).phone
    if theirs and theirs == people.get_contact(Ref("party", party_id)).phone:
        raise StaffNeverRate


def head_office() -> int:
    """Where voices without an office go."""
    return people.list_offices()[0].id
