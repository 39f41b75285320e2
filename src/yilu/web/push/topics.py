"""Which topics an event belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yilu.journal.queries import EventRow

_FACTS: Mapping[str, str] = {
    "conversation_id": "conversation",
    "seat_id": "seat",
    "session_id": "video",
    "staff_id": "seat",
    "party_id": "party",
}
"""Facts that name somebody else who is to hear of it."""
_BOARDS = {"contact": "board:contact", "journeys": "board:journeys"}


def topics_of(event: EventRow) -> frozenset[str]:
    """Everybody who waits for news of this kind: customer, thing, seat, board."""
    room = event.kind.partition(".")[0]
    found = {str(event.about)}
    if event.party_id is not None:
        found.add(f"party:{event.party_id}")
        if room == "journeys":
            found.add(f"offer:{event.party_id}")
    for fact, kind in _FACTS.items():
        if _is_number(number := event.facts.get(fact)):
            found.add(f"{kind}:{number}")
    if room in _BOARDS:
        found.add(_BOARDS[room])
        if event.actor.kind == "staff":
            found.add(f"seat:{event.actor.id}")
    return frozenset(found)


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
