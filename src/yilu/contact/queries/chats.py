"""A chat as the customer and the seat see it: lines, who speaks, the place in the queue, opening hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min, Q

from yilu.contact.models import ChatReply, Conversation, Seat, Shift, Waiting
from yilu.contact.queries.conversations import (
    ConversationView,
    TurnView,
    get_for_customer,
    turns_of,
    view_of,
)
from yilu.contact.rules.chatting import minutes_to_wait
from yilu.contact.rules.words import STATES
from yilu.kernel.days import CHINA
from yilu.knowledge import queries as answers
from yilu.people import queries as people

ON_DUTY = ("READY", "OFFERED", "BUSY", "WRAPPING")
OVER = ("WRAPPING", "CLOSED")


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether people are there now; if not, from when on the roster has somebody."""

    open: bool
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Adviser:
    """A named person for a complex need."""

    staff_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where one stands in the queue; ``minutes`` is a guess, None while no seat is signed on."""

    number: int
    minutes: int | None


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """A question to choose."""

    question_id: int
    question: str


@dataclass(frozen=True, slots=True)
class LineView:
    """One line of the chat with what the first line gave along with it."""

    turn: TurnView
    kind: str
    source: str
    choices: tuple[ChoiceView, ...]
    rateable: bool
    helpful: bool | None


@dataclass(frozen=True, slots=True)
class ChatView:
    """A chat: its state, its lines, who is there; ``tier_why``: why one waits where one waits."""

    id: int
    number: str
    state: str
    state_label: str
    seat_name: str
    lines: tuple[LineView, ...]
    place: Place | None
    opening: Opening
    tier_why: str

    @property
    def over(self) -> bool:
        """Whether nothing more can be said in it."""
        return self.state in OVER

    @property
    def last(self) -> int:
        """The number of the last line."""
        return self.lines[-1].turn.id if self.lines else 0


def opening(at: datetime) -> Opening:
    """What the roster and the seats say: nobody is promised who is not there."""
    planned = Shift.objects.filter(cancelled_at__isnull=True)
    now = planned.filter(from_at__lte=at, to_at__gt=at).exists()
    if now or Seat.objects.filter(state__in=ON_DUTY).exists():
        return Opening(True, None)
    return Opening(False, planned.filter(from_at__gt=at).aggregate(next=Min("from_at"))["next"])


def chat_of(conversation_id: int, party_id: int, *, at: datetime) -> ChatView:
    """The customer's own chat. :raises ConversationNotFound: not theirs."""
    get_for_customer(conversation_id, party_id)
    return view_chat(conversation_id, at=at)


def view_chat(conversation_id: int, *, at: datetime) -> ChatView:
    """A chat for whoever may see it: the door has made sure."""
    row = Conversation.objects.select_related("seat").get(pk=conversation_id)
    replies = {r.turn_id: r for r in ChatReply.objects.filter(turn__conversation=row)}
    return ChatView(
        row.pk, row.number, row.state, STATES[row.state], row.seat.name if row.seat else "",
        tuple(_line(turn, replies.get(turn.id), at) for turn in turns_of(row.pk)),
        _place(row) if row.state == "QUEUED" else None, opening(at), view_of(row).tier_why,
    )  # fmt: skip


def adviser_of(party_id: int | None, office_id: int) -> Adviser | None:
    """
    Who looks after a customer's complex needs: the adviser on duty who served them last, else one of
    the branch; None where no adviser is signed on.
    """
    on_duty = Seat.objects.filter(
        Q(skills__has_key="adviser"), state__in=ON_DUTY, reserve=False
    ).select_related("staff")  # fmt: skip
    seats = {seat.pk: seat for seat in on_duty}
    if not seats:
        return None
    last = (
        Conversation.objects.filter(party_id=party_id, seat_id__in=seats)
        .order_by("-connected_at")
        .values_list("seat_id", flat=True)
        .first()
        if party_id is not None
        else None
    )
    office = people.get_office(office_id)
    best = seats[last] if last is not None else min(
        seats.values(), key=lambda s: (s.office_id != office.id, s.chats, s.pk)
    )  # fmt: skip
    return Adviser(best.pk, best.staff.name)


def chats_at(staff_id: int) -> list[ConversationView]:
    """The chats a seat has at hand, the longest first."""
    rows = Conversation.objects.filter(
        seat_id=staff_id, channel="CHAT", state__in=["CONNECTED", "WRAPPING"]
    )
    return [view_of(row) for row in rows.order_by("connected_at", "pk")]


def said_moment(at: datetime) -> str:
    """A moment as a chat says it, in the hotline's own time."""
    local = at.astimezone(CHINA)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def _line(turn: TurnView, reply: ChatReply | None, at: datetime) -> LineView:
    if reply is None:
        return LineView(turn, "", "", (), False, None)
    offered = (answers.get_answer(number, at=at) for number in reply.choices)
    return LineView(
        turn, reply.kind, reply.source,
        tuple(ChoiceView(a.question_id, a.question) for a in offered if a is not None),
        reply.kind == "ANSWER" and reply.helpful is None, reply.helpful,
    )  # fmt: skip


def _place(row: Conversation) -> Place | None:
    mine = Waiting.objects.filter(pk=row.pk).first()
    if mine is None:
        return None
    before = Waiting.objects.filter(skill=mine.skill, score__lt=mine.score).count()
    there = Seat.objects.filter(state__in=ON_DUTY, reach__contains=[mine.skill]).count()
    return Place(before + 1, minutes_to_wait(before + 1, there))
