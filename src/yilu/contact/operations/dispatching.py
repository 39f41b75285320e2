"""
The router (派话): give those who wait to those who are free.

Durable in PostgreSQL, many routers at once: free seats and the first of each queue are read under
``FOR UPDATE SKIP LOCKED``, so that no two routers hold the same; who gets whom is a pure rule; then
one statement a table writes a whole batch of offers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import orjson

from yilu.contact import events
from yilu.contact.rules.routing import RINGS_FOR, Caller, FreeSeat, match, room_for
from yilu.contact.rules.skills import SKILLS
from yilu.contact.rules.words import TALKS
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref

from . import desk_phones

BATCH = 64
"""Seats looked at for each queue in one go."""

# The first three of each queue, by an index that holds nobody else: who is wanted, and since when.
_WANTED = """
    select q.skill, q.load, extract(epoch from %(at)s::timestamptz - min(first.from_at))::int
      from (select skill, load from unnest(%(skills)s::text[]) skill, unnest(%(loads)s::text[]) load) q
     cross join lateral (
           select from_at from contact_waiting w
            where w.skill = q.skill and w.load = q.load and w.seat_id is null
              and w.from_at <= %(at)s::timestamptz
            order by w.score limit 3) first
     group by q.skill, q.load
"""
# Free seats that reach what is wanted by now, the longest idle of each queue; and those preferred.
# Whoever asked to pause or leave, or did not answer, takes nothing new beside what is at hand.
_SEATS = """
    select staff_id, branch_id, reach, reach_after, state, voice, chats, texts, chats_max, texts_max,
           idle_since, line
      from contact_seat
     where (staff_id = %(seat)s::bigint or %(seat)s::bigint is null)
       and voice = 0 and state in ('READY', 'BUSY') and "then" = ''
       and staff_id in (
           select free.staff_id
             from unnest(%(skills)s::text[], %(loads)s::text[], %(waited)s::int[])
                  as wanted(skill, load, waited)
            cross join lateral (
                  select s.staff_id from contact_seat s
                   where s.state in ('READY', 'BUSY') and s."then" = '' and s.voice = 0
                     and (s.staff_id = %(seat)s::bigint or %(seat)s::bigint is null)
                     and wanted.skill = any(s.reach)
                     and s.reach_after[array_position(s.reach, wanted.skill)] <= wanted.waited
                     and case wanted.load when 'VOICE' then s.chats = 0
                              when 'CHAT' then s.chats < s.chats_max
                              else s.texts < s.texts_max end
                   order by s.idle_since limit %(limit)s::int) free
           union
           select preferred_id from contact_waiting
            where seat_id is null and preferred_id is not null
              and preferred_until > %(at)s::timestamptz)
     order by idle_since
       for update skip locked
"""
_CALLERS = """
    select w.conversation_id, w.skill, w.score, w.load, w.from_at, w.branch_id, w.pooled_at,
           w.preferred_id, w.preferred_until, w.passed_by, w.party_id
      from unnest(%(skills)s::text[], %(loads)s::text[], %(counts)s::int[])
           as free(skill, load, seats)
     cross join lateral (
           select c.conversation_id, c.skill, c.score, c.load, c.from_at, c.branch_id, c.pooled_at,
                  c.preferred_id, c.preferred_until, c.passed_by, c.party_id
             from contact_waiting c
            where c.skill = free.skill and c.load = free.load and c.seat_id is null
              and c.from_at <= %(at)s::timestamptz
            order by c.score limit free.seats for update skip locked) w
"""
_PREFERRING = """
    select conversation_id, skill, score, load, from_at, branch_id, pooled_at, preferred_id,
           preferred_until, passed_by, party_id
      from contact_waiting
     where seat_id is null and preferred_id = any(%(seats)s::bigint[])
       and preferred_until > %(at)s::timestamptz and from_at <= %(at)s::timestamptz
     order by score limit 200 for update skip locked
"""
_RESERVE = """
    with given as (
        select * from json_to_recordset(%(given)s::json)
               as g(conversation_id bigint, seat_id bigint, until timestamptz)),
    reserved as (
        update contact_waiting w set seat_id = g.seat_id, offered_until = g.until, offers = offers + 1
          from given g where w.conversation_id = g.conversation_id and w.seat_id is null
        returning w.conversation_id),
    ringing as (
        update contact_seat s set state = 'OFFERED', since = %(at)s::timestamptz
          from given g where s.staff_id = g.seat_id)
    insert into contact_offer (conversation_id, staff_id, offered_at, until, outcome)
    select conversation_id, seat_id, %(at)s::timestamptz, until, '' from given
"""


@tx.use_case
def route(*, at: datetime, limit: int = 500) -> int:
    """Give out what can be given out now, up to ``limit`` offers; how many were made."""
    return dispatch(at=at, limit=limit)


@tx.step
def dispatch(
    *, at: datetime, skills: Sequence[str] = (), seat_id: int | None = None, limit: int = BATCH
) -> int:
    """
    Make the offers that can be made now; how many.

    ``skills``: only these queues (somebody just came); ``seat_id``: only this seat (it just became
    free). Whoever another router holds at this moment is left to it.
    """
    wanted = tx.rows(_WANTED, {"at": at, "skills": list(skills or SKILLS), "loads": list(TALKS)})
    if not wanted:
        return 0
    seats = _free_seats(wanted, seat_id, at, limit)
    if not seats:
        return 0
    parties: dict[int, int | None] = {}
    callers = _callers(seats, at, parties)
    given = match(callers, seats, at)[:limit]
    if given:
        _reserve(given, parties, at)
    return len(given)


def _free_seats(
    wanted: Sequence[tuple[str, str, int]], seat_id: int | None, at: datetime, limit: int
) -> list[FreeSeat]:
    rows = tx.rows(
        _SEATS,
        {
            "skills": [skill for skill, _l, _w in wanted], "loads": [load for _s, load, _w in wanted],
            "waited": [waited for _s, _l, waited in wanted], "seat": seat_id, "limit": limit, "at": at,
        },
    )  # fmt: skip
    return [
        FreeSeat(
            id=staff_id, branch_id=branch_id, reach=dict(zip(reach, after, strict=True)),
            loads=room_for(
                state, voice=voice, chats=chats, texts=texts, chats_max=chats_max,
                texts_max=texts_max,
            ),
            idle_since=idle_since, desk=line == "DESK",
        )
        for staff_id, branch_id, reach, after, state, voice, chats, texts, chats_max, texts_max,
            idle_since, line in rows
    ]  # fmt: skip


def _callers(
    seats: Sequence[FreeSeat], at: datetime, parties: dict[int, int | None]
) -> list[Caller]:
    """The first of each queue that a free seat reaches, a few more than there are seats for it."""
    room: dict[tuple[str, str], int] = {}
    for seat in seats:
        for skill in seat.reach:
            for load in seat.loads:
                room[skill, load] = room.get((skill, load), 3) + 1
    rows = tx.rows(
        _CALLERS,
        {
            "skills": [skill for skill, _l in room], "loads": [load for _s, load in room],
            "counts": list(room.values()), "at": at,
        },
    )  # fmt: skip
    rows += tx.rows(_PREFERRING, {"seats": [seat.id for seat in seats], "at": at})
    callers: dict[int, Caller] = {}
    for row in rows:
        *plain, passed_by, party_id = row
        callers[row[0]] = Caller(*plain, frozenset(passed_by))  # type: ignore[call-arg]
        parties[row[0]] = party_id
    return list(callers.values())


def _reserve(
    given: Sequence[tuple[Caller, FreeSeat]], parties: dict[int, int | None], at: datetime
) -> None:
    ringing = [
        (caller.id, seat.id, (at + timedelta(seconds=RINGS_FOR[caller.load])).isoformat())
        for caller, seat in given
    ]
    rows = [dict(zip(("conversation_id", "seat_id", "until"), row, strict=True)) for row in ringing]
    tx.changed(_RESERVE, {"given": orjson.dumps(rows).decode(), "at": at})
    desks = {caller.id for caller, seat in given if seat.desk and caller.load == "VOICE"}
    for conversation_id, seat_id, until in ringing:
        fact = events.Offered(staff_id=seat_id, until=until)
        about = Ref("conversation", conversation_id)
        journal.record(fact, about=about, actor=SYSTEM, at=at, party=parties[conversation_id])
        if conversation_id in desks:
            desk_phones.ring(conversation_id, seat_id, until=until)
