"""Read sessions and their recordings."""

from yilu.video.catalogue import lasting
from yilu.video.queries.recordings import FAULTS, Recording, recording, recording_kept, take_of
from yilu.video.queries.sessions import (
    COMPARED,
    GUIDE,
    SIGN,
    STATES,
    CheckRow,
    LinkView,
    SessionView,
    customer_view,
    get_for_staff,
    ice_servers,
    list_for_staff,
    open_about,
    open_rooms,
    read_link,
    sessions_about,
)

__all__ = [
    "COMPARED",
    "FAULTS",
    "GUIDE",
    "SIGN",
    "STATES",
    "CheckRow",
    "LinkView",
    "Recording",
    "SessionView",
    "customer_view",
    "get_for_staff",
    "ice_servers",
    "lasting",
    "list_for_staff",
    "open_about",
    "open_rooms",
    "read_link",
    "recording",
    "recording_kept",
    "sessions_about",
    "take_of",
]
