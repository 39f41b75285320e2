"""
How well we are reached: answer rate, service level, abandonment with its causes, occupancy, first-contact
resolution; and the board that shows it as it happens.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from yilu.contact.rules.measures import FCR_DAYS, SHORT_ABANDON, WITHIN, Measures, Occupancy
from yilu.contact.rules.skills import SKILLS
from yilu.contact.rules.words import LIVE
from yilu.kernel import tx
from yilu.kernel.days import start_of_day
from yilu.people.queries import Access

# What every measure counts, of conversations that asked for a person; ``Measures`` after its first field.
COUNTED = """
           count(*) filter (where connected_at is not null),
           count(*) filter (where connected_at - arrived_at <= %(within)s::interval),
           count(*) filter (where ending = 'CUSTOMER' and queued_at is not null),
           count(*) filter (where ending = 'LONG_WAIT' and queued_at is not null),
           count(*) filter (where ending = 'SYSTEM' and queued_at is not null),
           count(*) filter (where ending in ('CUSTOMER', 'LONG_WAIT', 'SYSTEM')
                              and connected_at is null and ended_at - queued_at < %(short)s::interval),
           count(*) filter (where ending = 'CALLBACK' and queued_at is not null),
           coalesce(extract(epoch from sum(connected_at - arrived_at)), 0)::float,
           coalesce(extract(epoch from sum(ended_at - connected_at)), 0)::float,
           count(*) filter (where connected_at is not null and ended_at is not null)
"""
_MEASURED = f"""
    select count(*), {COUNTED}
      from contact_conversation
     where direction = 'IN' and queued_at is not null and channel = any(%(channels)s::text[])
       and office_id = any(%(offices)s::bigint[])
       and opened_at >= %(first)s::timestamptz and opened_at < %(last)s::timestamptz
"""
_BUSY = """
    select coalesce(sum(lasted) filter (where state in ('BUSY', 'WRAPPING')), 0)::float,
           coalesce(sum(lasted), 0)::float
      from (select spell.state, extract(epoch from least(coalesce(to_at, %(at)s::timestamptz),
                                                   %(last)s::timestamptz)
                                             - greatest(from_at, %(first)s::timestamptz)) as lasted
              from contact_seatspell spell
              join contact_seat seat on seat.staff_id = spell.staff_id
             where seat.office_id = any(%(offices)s::bigint[])
               and from_at < %(last)s::timestamptz
               and coalesce(to_at, %(at)s::timestamptz) > %(first)s::timestamptz) spells
"""
# First-contact resolution: written up, and nobody came back about the same thing within some days.
_FIRST = """
    select count(*),
           count(*) filter (where resolved and not exists (
               select 1 from contact_conversation again
                where again.party_id = first.party_id and again.id <> first.id
                  and again.direction = 'IN' and again.reason = first.reason
                  and (again.about = first.about or again.about = '' or first.about = '')
                  and again.opened_at > first.opened_at
                  and again.opened_at <= first.opened_at + %(days)s::interval))
      from contact_conversation first
     where direction = 'IN' and wrapped_at is not null and party_id is not null
       and office_id = any(%(offices)s::bigint[])
       and opened_at >= %(first)s::timestamptz and opened_at < %(last)s::timestamptz
"""


@dataclass(frozen=True, slots=True)
class QueueNow:
    """Who waits for one skill."""

    skill: str
    label: str
    waiting: int
    longest: int


@dataclass(frozen=True, slots=True)
class SeatsNow:
    """How many seats are in a state."""

    state: str
    count: int


@dataclass(frozen=True, slots=True)
class Board:
    """What a supervisor sees of this moment."""

    at: datetime
    waiting: int
    longest: int
    queues: tuple[QueueNow, ...]
    seats: tuple[SeatsNow, ...]
    talking: int
    today: Measures
    occupancy: Occupancy


def measure(
    access: Access, first: datetime, last: datetime, *, channels: tuple[str, ...] = ()
) -> Measures:
    """What was measured of contacts that began from ``first`` to before ``last``."""
    access.require("contact.view")
    told = {**counted_with(access, first, last), "channels": list(channels or LIVE)}
    [row] = tx.rows(_MEASURED, told)
    return Measures(*row)


def counted_with(access: Access, first: datetime, last: datetime) -> dict[str, Any]:
    """What a statement with ``COUNTED`` is told, for whoever may look at some offices."""
    return {
        "within": timedelta(seconds=WITHIN), "short": timedelta(seconds=SHORT_ABANDON),
        "offices": _offices(access), "first": first, "last": last,
    }  # fmt: skip


def occupancy(access: Access, first: datetime, last: datetime, *, at: datetime) -> Occupancy:
    """Talk and wrap-up as a share of the time signed on."""
    access.require("contact.view")
    [(busy, staffed)] = tx.rows(
        _BUSY, {"first": first, "last": last, "at": at, "offices": _offices(access)}
    )
    return Occupancy(busy, staffed)


def first_contact(access: Access, first: datetime, last: datetime) -> tuple[int, int]:
    """How many contacts were written up, and how many of them were solved at the first (当次解决)."""
    access.require("contact.view")
    [(written, solved)] = tx.rows(
        _FIRST,
        {
            "first": first, "last": last, "days": timedelta(days=FCR_DAYS),
            "offices": _offices(access),
        },
    )  # fmt: skip
    return int(written), int(solved)


def board(access: Access, *, at: datetime) -> Board:
    """
    As it is now: who waits and how long, seats by state, today's measures.

    Queues are the country's: contacts are pooled; measures are of the offices one may look at.
    """
    access.require("contact.view")
    queues = tuple(
        QueueNow(skill, SKILLS[skill].label if skill in SKILLS else skill, waiting, max(longest, 0))
        for skill, waiting, longest in tx.rows(
            """
            select skill, count(*), extract(epoch from %s::timestamptz - min(arrived_at))::int
              from contact_waiting where from_at <= %s::timestamptz
             group by skill order by 3 desc
            """,
            [at, at],
        )
    )
    seats = tuple(
        SeatsNow(state, count)
        for state, count in tx.rows(
            "select state, count(*) from contact_seat where state <> 'OFFLINE' group by state"
        )
    )
    talking = tx.rows("select count(*) from contact_conversation where state = 'CONNECTED'")
    today = start_of_day(at)
    return Board(
        at=at, waiting=sum(q.waiting for q in queues), longest=max((q.longest for q in queues), default=0),
        queues=queues, seats=seats, talking=int(talking[0][0]),
        today=measure(access, today, at + timedelta(seconds=1)),
        occupancy=occupancy(access, today, at, at=at),
    )  # fmt: skip


def reasons_of(access: Access, first: datetime, last: datetime) -> list[tuple[str, str, int, int]]:
    """What people turned to us for: (reason, sub-reason, contacts, of them not solved at once)."""
    access.require("contact.view")
    return reasons_in(_offices(access), first, last)


def reasons_in(
    office_ids: Collection[int], first: datetime, last: datetime
) -> list[tuple[str, str, int, int]]:
    """The same of some offices, for rooms above that have checked access."""
    rows: list[tuple[Any, ...]] = tx.rows(
        """
        select reason, sub_reason, count(*), count(*) filter (where resolved is false)
          from contact_conversation
         where reason <> '' and direction = 'IN' and office_id = any(%s::bigint[])
           and opened_at >= %s::timestamptz and opened_at < %s::timestamptz
         group by reason, sub_reason order by 3 desc, 1, 2
        """,
        [sorted(office_ids), first, last],
    )
    return [(str(a), str(b), int(c), int(d)) for a, b, c, d in rows]


def _offices(access: Access) -> list[int]:
    return sorted(access.offices_for("contact.view"))
