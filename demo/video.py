"""A customer who asked for too much to do it alone is to be seen by video: the visitor plays both."""

from __future__ import annotations

from datetime import datetime

from demo.world import World
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.servicing.models import Request
from yilu.video import operations as video

SEAT = "bao.quan"


def tell(made: World, now: datetime) -> dict[str, object] | None:
    """Begin a session for a request that waits for a person; what ``/demo`` says of it."""
    seat = Ref("staff", made.staff[SEAT])
    access = people.staff_access(seat.id)
    offices = access.offices_for("video.serve")
    waiting = Request.objects.filter(
        state__in=["DRAFT", "PREPARED"], office_id__in=list(offices)
    ).order_by("-amount", "pk")  # fmt: skip
    for request in waiting:
        phone = people.get_contact(Ref("party", request.party_id)).phone
        if not phone:
            continue
        session_id = video.ask(
            about=Ref("servicing_request", request.pk), party_id=request.party_id,
            case_number=request.number or "", request=request.kind, access=access, actor=seat, at=now,
        )  # fmt: skip
        return {"session_id": session_id, "digits": phone[-4:], "seat": SEAT}
    return None
