"""What is known of somebody who is being served, and what sort of client that makes them."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilu.complaints import queries as complaints
from yilu.contact import queries as contact
from yilu.contact.queries import ConversationView
from yilu.kernel.days import day_of
from yilu.kernel.years import full_years
from yilu.people import queries as people
from yilu.quality.books import versions
from yilu.quality.rules.clients import Guide, Known, Recognised, recognise

LATELY = timedelta(days=7)
OPEN_COMPLAINTS = ("OPEN", "DECIDED", "REVIEWING")
LINES_READ = 40
"""So many of a talk's newest lines say how somebody speaks."""


def recognised_in(talk: ConversationView, at: datetime) -> tuple[Guide, tuple[Recognised, ...]]:
    """The rules of the day, and the sorts of client that somebody is in a talk, the first to go by first."""
    guide = versions.clients_on(day_of(at))
    return guide, recognise(known_of(talk, at), guide)


def known_of(talk: ConversationView, at: datetime) -> Known:
    """Their words of this talk, and how they dealt with us before; of a stranger the words alone."""
    said = [turn.text for turn in contact.turns_of(talk.id) if turn.who == "CUSTOMER"]
    agent = contact.called_by_agent(talk.id)
    if talk.party_id is None:
        return Known(said=tuple(said[-LINES_READ:]), agent=agent)
    party = people.list_parties([talk.party_id]).get(talk.party_id)
    before = [
        each for each in contact.list_for_party(talk.party_id)
        if each.direction == "IN" and each.opened_at <= talk.opened_at
    ]  # fmt: skip
    open_ones = complaints.list_for_party(talk.party_id)
    return Known(
        said=tuple(said[-LINES_READ:]), agent=agent, identified=True,
        age=full_years(party.birth_date, day_of(at)) if party and party.birth_date else None,
        assisted=people.service_wishes(talk.party_id).assisted,
        earlier=any(each.id != talk.id for each in before),
        contacts=max(1, sum(each.opened_at > at - LATELY for each in before)),
        complains=any(row.state in OPEN_COMPLAINTS for row in open_ones),
    )  # fmt: skip
