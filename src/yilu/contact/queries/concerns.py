"""Which cases came up in a conversation, and in which conversations a case came up."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from yilu.contact.models import Concern, Conversation
from yilu.kernel.refs import Ref
from yilu.people.queries import Access

from .conversations import ConversationView, view_of

SHOWN = 10


def concerns_of(conversation_id: int) -> tuple[Ref, ...]:
    """What a conversation was about, in the order in which it came up."""
    found = Concern.objects.filter(conversation_id=conversation_id).order_by("pk")
    return tuple(Ref.parse(about) for about in found.values_list("about", flat=True))


def concerned(conversation_ids: Collection[int]) -> list[tuple[int, Ref]]:
    """Everything that each of several conversations was about, as pairs."""
    found = Concern.objects.filter(conversation_id__in=conversation_ids)
    return [
        (talk, Ref.parse(about)) for talk, about in found.values_list("conversation_id", "about")
    ]


def talks_about(about: Ref, access: Access, limit: int = SHOWN) -> tuple[ConversationView, ...]:
    """
    The conversations a case came up in, the latest first: one's own and those of offices one may look at.

    Nothing for whoever may look at none: the case's page is theirs all the same.
    """
    if not access.may("contact.view"):
        return ()
    named = Concern.objects.filter(about=str(about)).values_list("conversation_id", flat=True)
    rows = Conversation.objects.filter(
        Q(office_id__in=access.offices_for("contact.view")) | Q(seat_id=access.staff_id),
        pk__in=named,
    )
    return tuple(view_of(row) for row in rows.order_by("-opened_at", "-pk")[:limit])
