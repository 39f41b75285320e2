"""Whether an actor may administer people: checked here, because a slip would raise rights."""

from __future__ import annotations

from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people import queries


def require(actor: Ref, right: str, office_id: int) -> None:
    """
    Insist that ``actor`` holds a right over an office; the platform itself always does.

    :raises NotAllowed: otherwise, and for actors that are not staff.
    """
    if actor == SYSTEM:
        return
    if actor.kind != "staff":
        raise NotAllowed()
    queries.staff_access(actor.id).require(right, office_id)
