"""What stands beside an inspection: the conversation, the claim, the request; with the rights and masks of its own room."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from yilu.care import queries as care
from yilu.claims import queries as claims
from yilu.contact import queries as contact
from yilu.kernel.errors import NotAllowed, NotFound
from yilu.kernel.refs import Ref
from yilu.people.queries import Access
from yilu.servicing import queries as servicing
from yilu.video import queries as video


def seen(about: Ref, access: Access, at: datetime) -> dict[str, Any]:
    """Everything the page shows of a service; ``hidden`` where this person may not see it."""
    look = _LOOKS.get(about.kind)
    if look is None:
        return {"kind": about.kind, "hidden": True}
    try:
        return {"kind": about.kind, **look(about.id, access, at)}
    except (NotAllowed, NotFound):
        return {"kind": about.kind, "hidden": True}


def _conversation(number: int, access: Access, at: datetime) -> dict[str, Any]:
    talk = contact.get_for_staff(number, access)
    turns = contact.turns_of(number)
    return {"talk": talk, "turns": turns, "note": contact.note_of(number)}


def _claim(number: int, access: Access, at: datetime) -> dict[str, Any]:
    return {"desk": claims.desk(number, access, at)}


def _request(number: int, access: Access, at: datetime) -> dict[str, Any]:
    return {"request": servicing.get_for_staff(number, access, at)}


def _video(number: int, access: Access, at: datetime) -> dict[str, Any]:
    return {"session": video.get_for_staff(number, access)}


def _visit(number: int, access: Access, at: datetime) -> dict[str, Any]:
    return {"visit": care.get_visit(number, access)}


_LOOKS: Mapping[str, Callable[[int, Access, datetime], dict[str, Any]]] = {
    "conversation": _conversation, "claim": _claim, "servicing_request": _request,
    "video": _video, "visit": _visit,
}  # fmt: skip
