"""Sign somebody in without going through the sign-in pages (test_access tests those)."""

from datetime import datetime

from django.test import Client
from django.utils import timezone

from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.web.common import access


def epoch_of(who: Ref) -> int:
    """The number a session of this person must carry."""
    if who.kind == "staff":
        return people.staff_access(who.id).session_epoch
    if who.kind == "agent":
        return people.agent_access(who.id).session_epoch
    return people.find_signed_in(who).session_epoch


def signed_in(who: Ref, at: datetime | None = None) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    session = client.session
    seconds = int((at or timezone.now()).timestamp())
    session[access.WHO] = str(who)
    session[access.EPOCH] = epoch_of(who)
    session[access.SINCE] = session[access.SEEN] = seconds
    session.save()
    client.cookies["yilu_session"] = session.session_key
    return client
