"""What complaints does when a lower room says that something happened. Steps only, in the worker."""

from __future__ import annotations

from yilu.complaints.operations import note_told, pass_on
from yilu.complaints.operations.forgetting import forget
from yilu.complaints.queries.keeping import what_keeps
from yilu.journal import operations as journal
from yilu.journal.operations import Happened
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.letters.events import LetterDelivered
from yilu.messaging.events import MessageDelivered
from yilu.people import queries as people
from yilu.people.events import PartyErased, RoleEnded, StaffLeft

people.keeps(what_keeps)


@journal.on(LetterDelivered)
def count_from_when_it_was_opened(event: Happened) -> None:
    """The decision was opened or signed for."""
    _note(event.facts["subject"], event.facts["kind"] == "COMPLAINT", event)


@journal.on(MessageDelivered)
def count_from_when_it_was_told(event: Happened) -> None:
    """The message that the decision is here arrived on the phone (21: by message is enough)."""
    _note(event.facts["subject"], event.facts["template"] == "complaints.answered", event)


@journal.on(StaffLeft)
@journal.on(RoleEnded)
def pass_on_cases(event: Happened) -> None:
    """Somebody left, or may no longer handle complaints: others answer for their cases."""
    pass_on(people.succession(event.facts), at=event.at)


def _note(subject: str, ours: bool, event: Happened) -> None:
    about = Ref.parse(subject)
    if ours and about.kind == "complaint":
        note_told(complaint_id=about.id, on=day_of(event.at), actor=event.actor, at=event.at)


@journal.on(PartyErased)
def forget_person(event: Happened) -> None:
    """A person was erased: the words of complaints go with them."""
    forget(people.records_of(event.facts["party_id"]))
