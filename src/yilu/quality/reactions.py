"""What the quality room does when something happened elsewhere. Steps only, in the worker."""

from __future__ import annotations

from yilu.contact.events import RecordingTranscribed, WrappedUp
from yilu.journal import operations as journal
from yilu.journal.operations import Happened
from yilu.people.events import RoleEnded, RoleGranted, StaffHired, StaffLeft
from yilu.quality.operations import coursing, reading


@journal.on(WrappedUp)
def read_conversation(event: Happened) -> None:
    """A seat has written a conversation up: it is read, and held against what was recorded."""
    reading.read(event.about.id, at=event.at)


@journal.on(RecordingTranscribed)
def read_what_was_heard(event: Happened) -> None:
    """A machine wrote down a call that was read before there were words: its words are read as well."""
    reading.read_heard(event.about.id, at=event.at)


@journal.on(StaffHired)
@journal.on(StaffLeft)
@journal.on(RoleGranted)
@journal.on(RoleEnded)
def give_courses(event: Happened) -> None:
    """Somebody came, left, or has other roles: the courses these ask for are theirs."""
    coursing.settle(event.about.id, at=event.at)
