"""Desk telephones, as their supervisor, their seat and the switch see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yilu.contact.models import Conversation, DeskPhone, Waiting
from yilu.contact.places import DESK_PHONE
from yilu.gateways.calls.builtin.digest import Secret
from yilu.kernel import sealing
from yilu.kernel.refs import Ref


@dataclass(frozen=True, slots=True)
class DeskPhoneView:
    """A telephone that may register."""

    staff_id: int
    algorithm: str
    given_at: datetime
    given_by: Ref


def desk_phone_of(staff_id: int) -> DeskPhoneView | None:
    """The telephone of a seat; None where it has none."""
    row = DeskPhone.objects.filter(pk=staff_id).first()
    return _view(row) if row else None


def desk_phones() -> dict[int, DeskPhoneView]:
    """All of them by seat."""
    return {row.pk: _view(row) for row in DeskPhone.objects.all()}


def desk_phone_secret(staff_id: int) -> Secret | None:
    """What the switch holds a telephone's proof against; None where it has none, or its owner left."""
    row = DeskPhone.objects.filter(pk=staff_id, seat__staff__active=True).first()
    return Secret(row.algorithm, sealing.unseal(row.secret, DESK_PHONE)) if row else None


def seat_to_ring(conversation_id: int, staff_id: int) -> bool:
    """Whether a telephone should ring for this call: it is offered to the seat, or the seat has taken it."""
    talk = Conversation.objects.filter(pk=conversation_id, channel="PHONE")
    return (
        talk.filter(state="CONNECTED", seat_id=staff_id).exists()
        or Waiting.objects.filter(
            pk=conversation_id, seat_id=staff_id, conversation__channel="PHONE"
        ).exists()
    )


def talk_of_seat(staff_id: int) -> int | None:
    """The call a seat talks in now."""
    talk = Conversation.objects.filter(seat_id=staff_id, state="CONNECTED", channel="PHONE").first()
    return talk.pk if talk else None


def _view(row: DeskPhone) -> DeskPhoneView:
    return DeskPhoneView(row.pk, row.algorithm, row.given_at, Ref.parse(row.given_by))
