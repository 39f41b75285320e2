"""Which hotline a number is, how the hotlines do, and which numbers nobody has written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yilu.contact.models import Call
from yilu.contact.rules import hotlines
from yilu.contact.rules.hotlines import Hotline
from yilu.contact.rules.measures import Measures
from yilu.kernel import tx
from yilu.kernel.cells import ANYTHING
from yilu.people.queries import Access
from yilu.standards import queries as standards

from .chats import Opening, opening
from .measures import COUNTED, counted_with

_BY_HOTLINE = f"""
    select hotline, count(*), count(*) filter (where queued_at is not null),
           (select count(*) from contact_waiting w join contact_call c on c.conversation_id = w.conversation_id
             where c.hotline = found.hotline), {COUNTED}
      from (select call.hotline, talk.*
              from contact_conversation talk
              join contact_call call on call.conversation_id = talk.id
             where talk.channel = 'PHONE' and talk.direction = 'IN'
               and talk.office_id = any(%(offices)s::bigint[])
               and talk.opened_at >= %(first)s::timestamptz
               and talk.opened_at < %(last)s::timestamptz) found
     group by hotline order by 2 desc, 1
"""


@dataclass(frozen=True, slots=True)
class HotlineDone:
    """How a hotline did: all its calls, who waits on it now, and what was measured of who asked for a person."""

    name: str
    calls: int
    waiting: int
    measures: Measures


@dataclass(frozen=True, slots=True)
class UnknownNumber:
    """A number that was dialled though no row of the table names it."""

    number: str
    calls: int
    last_at: datetime


def hotline_of(number: str, *, at: datetime) -> Hotline:
    """
    The hotline that a number is, by the table in force ``at``; a number no row names is the last row's.

    Without the table every number is one hotline without a name, so that no call is lost.
    """
    try:
        table = standards.compiled_at(hotlines.TABLE, at)
    except standards.UnknownTable:
        return Hotline()
    said = table.decide({"called": number})
    told, [row] = said.outputs, said.rows
    greeting, skill = told["greeting"].strip(), told["skill"]
    return Hotline(
        name=told["name"].strip()[: hotlines.NAME_MAX], entrance=told["entrance"],
        greeting="" if greeting == hotlines.NOTHING else greeting,
        skill="" if skill == "ANY" else skill, language=told["language"],
        workdays=told["hours"] == hotlines.WORKDAYS,
        listed=not number or table.conditions[row - 1][0] != ANYTHING,
    )  # fmt: skip


def opening_of(hotline: Hotline, at: datetime) -> Opening:
    """Whether people take this hotline's calls now; if not, from when on."""
    found = opening(at)
    if not hotline.workdays:
        return found
    working = standards.working_time(0)
    if working.is_open(at):
        return found
    begins = working.next_opening(at)
    return Opening(False, max(begins, found.next_at) if found.next_at else begins)


def by_hotline(access: Access, first: datetime, last: datetime) -> list[HotlineDone]:
    """Each hotline's calls that began from ``first`` to before ``last``, the busiest first."""
    access.require("contact.view")
    rows = tx.rows(_BY_HOTLINE, counted_with(access, first, last))
    return [
        HotlineDone(name, calls, waiting, Measures(asked, *counted))
        for name, calls, asked, waiting, *counted in rows
    ]


def unknown_numbers(access: Access, first: datetime, *, at: datetime) -> list[UnknownNumber]:
    """Numbers dialled since ``first`` that no row of the table names to this moment; the latest ten."""
    access.require("contact.view")
    rows = tx.rows(
        """
        select called, count(*), max(seen_at) from contact_call
         where not listed and seen_at >= %s::timestamptz
         group by called order by 3 desc limit 10
        """,
        [first],
    )
    return [
        UnknownNumber(number, calls, last_at)
        for number, calls, last_at in rows
        if not hotline_of(number, at=at).listed
    ]


def is_new_number(number: str) -> bool:
    """Whether no call of this number nobody wrote down came before."""
    return not Call.objects.filter(listed=False, called=number).exists()
