"""Conversations as screens and other rooms see them: numbers masked, known facts brought along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from yilu.contact.models import Conversation, KnownFact, Turn, Waiting
from yilu.contact.places import ADDRESS, NOTE, TEXT, VALUE
from yilu.contact.refusals import ConversationNotFound
from yilu.contact.rules import knowing, words
from yilu.contact.rules.knowing import LABELS, Known
from yilu.contact.rules.masking import mask_numbers
from yilu.contact.rules.reasons import REASONS, is_statutory
from yilu.kernel import sealing
from yilu.kernel.masks import mask_email, mask_phone
from yilu.people import queries as people
from yilu.people.queries import Access

SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationView:
    """
    A conversation; its address masked. ``waited``: seconds until a person, or until it ended.

    ``tier_why``: why the customer stood where they stood in the queue, in words for them; empty
    where nobody was asked for, or the law's clock ran and no tier counted.
    """

    id: int
    number: str
    channel: str
    channel_label: str
    direction: str
    direction_label: str
    party_id: int | None
    office_id: int
    masked_address: str
    reason: str
    sub_reason: str
    reason_label: str
    sub_reason_label: str
    about: str
    state: str
    state_label: str
    skill: str
    urgency: int
    tier: int
    tier_why: str
    seat_id: int | None
    follows_id: int | None
    opened_at: datetime
    arrived_at: datetime | None
    connected_at: datetime | None
    ended_at: datetime | None
    wrapped_at: datetime | None
    ending: str
    ending_label: str
    resolved: bool | None
    waited: int | None


@dataclass(frozen=True, slots=True)
class TurnView:
    """Something said; numbers in it masked."""

    id: int
    who: str
    who_label: str
    text: str
    said_at: datetime


@dataclass(frozen=True, slots=True)
class KnownView:
    """Something known already, with where it is from."""

    name: str
    label: str
    value: str
    told_at: datetime
    here: bool


def get_conversation(conversation_id: int) -> ConversationView:
    """For rooms above that have checked access. :raises ConversationNotFound: none."""
    row = Conversation.objects.filter(pk=conversation_id).first()
    if row is None:
        raise ConversationNotFound
    return view_of(row)


def get_for_customer(conversation_id: int, party_id: int) -> ConversationView:
    """A customer's own. :raises ConversationNotFound: none, or another customer's."""
    row = Conversation.objects.filter(pk=conversation_id, party_id=party_id).first()
    if row is None:
        raise ConversationNotFound
    return view_of(row)


def get_for_staff(conversation_id: int, access: Access) -> ConversationView:
    """
    One's own at the seat, whatever its branch; otherwise of the offices one may look at.

    :raises ConversationNotFound: none, or not theirs to see. :raises NotAllowed: without contact.view.
    """
    access.require("contact.view")
    row = Conversation.objects.filter(pk=conversation_id).first()
    if row is None or not (
        row.seat_id == access.staff_id
        or row.office_id in access.offices_for("contact.view")
        or _offered_to(conversation_id, access.staff_id)
    ):
        raise ConversationNotFound
    return view_of(row)


def called_by_agent(conversation_id: int) -> bool:
    """Whether it came from a number of one of our agents; who speaks is to be checked all the same."""
    row = Conversation.objects.only("address").filter(pk=conversation_id).first()
    if row is None or not row.address:
        return False
    return people.is_agents_phone(sealing.unseal(row.address, ADDRESS))


def list_for_party(party_id: int, limit: int = SHOWN) -> list[ConversationView]:
    """Of one customer, the latest first; the asker was checked by the door."""
    rows = Conversation.objects.filter(party_id=party_id).order_by("-opened_at", "-pk")[:limit]
    return [view_of(row) for row in rows]


def list_for_staff(
    access: Access, *, state: str = "", reason: str = "", channel: str = "",
    before: datetime | None = None, limit: int = SHOWN,
) -> list[ConversationView]:  # fmt: skip
    """Of the offices one may look at and one's own, the latest first; ``before`` for the next page."""
    rows = Conversation.objects.filter(
        Q(office_id__in=access.offices_for("contact.view")) | Q(seat_id=access.staff_id)
    )
    if state in words.STATES:
        rows = rows.filter(state=state)
    if reason in REASONS:
        rows = rows.filter(reason=reason)
    if channel in words.CHANNELS:
        rows = rows.filter(channel=channel)
    if before is not None:
        rows = rows.filter(opened_at__lt=before)
    return [view_of(row) for row in rows.order_by("-opened_at", "-pk")[:limit]]


def turns_of(conversation_id: int, *, after: int = 0, limit: int = 500) -> list[TurnView]:
    """What was said, in order; ``after`` a turn's id for what is new."""
    rows = Turn.objects.filter(conversation_id=conversation_id, pk__gt=after).order_by("pk")[:limit]
    return [
        TurnView(
            row.pk, row.who, words.SPEAKERS[row.who], mask_numbers(sealing.unseal(row.text, TEXT)),
            row.said_at,
        )
        for row in rows
    ]  # fmt: skip


def known_in(conversation_id: int, *, at: datetime) -> list[KnownView]:
    """
    Everything known that nobody need ask again: told here, in what it goes on with, or lately.

    :raises ConversationNotFound: none.
    """
    row = Conversation.objects.filter(pk=conversation_id).first()
    if row is None:
        raise ConversationNotFound
    chain = frozenset(_chain(row))
    where = Q(conversation_id__in=chain)
    if row.party_id is not None:
        since = at - knowing.KNOWN_FOR
        where |= Q(
            conversation__party_id=row.party_id, conversation__opened_at__gte=since - timedelta(1)
        )
    facts = [
        Known(fact.name, sealing.unseal(fact.value, VALUE), fact.told_at, fact.conversation_id)
        for fact in KnownFact.objects.filter(where)
    ]
    return [
        KnownView(
            f.name, LABELS.get(f.name, f.name), f.value, f.told_at, f.conversation_id == row.pk
        )
        for f in knowing.newest(facts, own=row.pk, chain=chain, at=at)
    ]


def note_of(conversation_id: int) -> str:
    """What the seat wrote at the end, numbers masked."""
    row = Conversation.objects.only("note").filter(pk=conversation_id).first()
    return mask_numbers(sealing.unseal(row.note, NOTE)) if row is not None and row.note else ""


def view_of(row: Conversation) -> ConversationView:
    """A row as screens see it."""
    reason = REASONS.get(row.reason)
    until = row.connected_at or row.ended_at
    waited = int((until - row.arrived_at).total_seconds()) if until and row.arrived_at else None
    return ConversationView(
        id=row.pk, number=row.number, channel=row.channel, channel_label=words.CHANNELS[row.channel],
        direction=row.direction, direction_label=words.DIRECTIONS[row.direction], party_id=row.party_id,
        office_id=row.office_id, masked_address=_masked(row), reason=row.reason,
        sub_reason=row.sub_reason, reason_label=reason.label if reason else "",
        sub_reason_label=reason.subs.get(row.sub_reason, "") if reason else "", about=row.about,
        state=row.state, state_label=words.state_word(row.state, row.channel), skill=row.skill, urgency=row.urgency, tier=row.tier,
        tier_why=row.tier_why if not is_statutory(row.reason) else "",
        seat_id=row.seat_id, follows_id=row.follows_id, opened_at=row.opened_at,
        arrived_at=row.arrived_at, connected_at=row.connected_at, ended_at=row.ended_at,
        wrapped_at=row.wrapped_at, ending=row.ending, ending_label=words.ENDINGS.get(row.ending, ""),
        resolved=row.resolved, waited=max(waited, 0) if waited is not None else None,
    )  # fmt: skip


def _masked(row: Conversation) -> str:
    if not row.address:
        return ""
    address = sealing.unseal(row.address, ADDRESS)
    return mask_email(address) if "@" in address else mask_phone(address)


def _chain(row: Conversation) -> Sequence[int]:
    """The conversation itself and those it goes on with, at most ten back."""
    ids = [row.pk]
    while row.follows_id is not None and len(ids) < 10:
        ids.append(row.follows_id)
        row = Conversation.objects.only("follows_id").get(pk=row.follows_id)
    return ids


def _offered_to(conversation_id: int, staff_id: int) -> bool:
    return Waiting.objects.filter(pk=conversation_id, seat_id=staff_id).exists()
