"""The promises that are broken and still open, office by office: what people have to talk about."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.obligations.operations.rows import load


@dataclass(frozen=True, slots=True)
class Broken:
    """A promise of an office: how many are broken since a moment, how many in all, and the longest broken."""

    office_id: int
    code: str
    lately: int
    every: int
    longest: tuple[Ref, ...]


def broken_by_code(office_ids: Collection[int], since: datetime) -> list[Broken]:
    """The broken and open promises of some offices by code, the newest 1,000 of each office; indexes only."""
    rows = tx.rows(
        """
        select o.id, found.code, found.lately, found.every, found.longest
          from unnest(%s::bigint[]) as o(id) cross join lateral (
               select code, count(*) filter (where breached_at >= %s::timestamptz) as lately,
                      count(*) as every,
                      (array_agg(subject order by breached_at, id))[1:5] as longest
                 from (select id, code, subject, breached_at from obligations_clock
                        where state = 'BREACHED' and office_id = o.id
                        order by breached_at desc limit 1000) as b
                group by code) as found
         order by o.id, found.every desc, found.code
        """,
        [sorted(office_ids), since],
    )
    return [
        Broken(office, code, lately, every, tuple(Ref.parse(subject) for subject in longest))
        for office, code, lately, every, longest in rows
    ]


@dataclass(frozen=True, slots=True)
class Missed:
    """A promise that was not kept in time, whether it was kept since or not."""

    about: Ref
    code: str
    title: str
    office_id: int
    party_id: int | None
    due_at: datetime


def missed(clock_id: int) -> Missed | None:
    """What one clock promised to whom, if it was not kept in time; for rooms that put it right."""
    found = load("where c.id = %s and c.breached_at is not null", [clock_id])
    if not found:
        return None
    (clock,) = found
    about, version = Ref.parse(clock.subject), clock.version
    return Missed(about, version.code, version.title, clock.office_id, clock.party_id, clock.due_at)
