"""Every file of every recording that is to be there, of a span of days: read from the first to the last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

import orjson

from yilu.audit.books.recorded_files import Fault, first_fault
from yilu.kernel import tx
from yilu.kernel.days import CHINA

# What each room has recorded, and when it began; only what nothing deletes today.
_HELD: Final[Mapping[str, str]] = {
    "CALL": """
        select r.id, 'conversation:' || r.conversation_id as about, r.pieces
          from contact_callrecording r
         where r.closed_at is not null and r.forgotten_at is null and r.pieces > 0
           and coalesce(r.keep_until, %(day)s::date) >= %(day)s::date
           and r.began_at >= %(first)s::timestamptz and r.began_at < %(last)s::timestamptz
    """,
    "VIDEO": """
        select r.id, 'video:' || r.id as about, r.pieces
          from video_session r
         where r.ended_at is not null and r.forgotten_at is null and r.pieces > 0
           and coalesce(r.keep_until, %(day)s::date) >= %(day)s::date
           and r.opened_at >= %(first)s::timestamptz and r.opened_at < %(last)s::timestamptz
    """,
    "SALE": """
        select r.application_id as id, 'application:' || r.application_id as about,
               jsonb_array_length(r.steps) as pieces
          from underwriting_recording r
         where r.finished_at is not null and r.forgotten_at is null
           and coalesce(r.keep_until, %(day)s::date) >= %(day)s::date
           and r.finished_at >= %(first)s::timestamptz and r.finished_at < %(last)s::timestamptz
    """,
}
_FILES: Final[Mapping[str, str]] = {
    "CALL": "select p.number, p.sha256, p.file from contact_callpiece p where p.recording_id = h.id",
    "VIDEO": "select p.number, p.sha256, p.file from video_piece p where p.session_id = h.id",
    "SALE": """
        select s.number, s.step ->> 'sha256' as sha256, s.step ->> 'file' as file
          from underwriting_recording r
         cross join lateral jsonb_array_elements(r.steps) with ordinality as s(step, number)
         where r.application_id = h.id and coalesce(s.step ->> 'file', '') <> ''
    """,
}
ROOMS: Final = tuple(_HELD)
"""The rooms that record, in the order in which they are read."""


@dataclass(frozen=True, slots=True)
class Days:
    """The days whose recordings are read, both ends included; None: from the first, to the latest."""

    first: date | None
    last: date | None

    def given(self, day: date) -> dict[str, object]:
        """The parameters of a statement over them, judged on a day."""
        ends = self.last + timedelta(days=1) if self.last else None
        return {
            "first": _begins(self.first) or "-infinity",
            "last": _begins(ends) or "infinity",
            "day": day,
        }


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recording: what it is called, and the digest and place of each file by its number."""

    room: str
    id: int
    about: str
    pieces: int
    files: Mapping[int, tuple[str, str]]

    def fault(self) -> Fault | None:
        """The first file that is gone, does not open, or is not what was kept."""
        return first_fault(self.room, self.pieces, self.files, range(1, self.pieces + 1))


def how_many(days: Days, day: date) -> int:
    """How many recordings there are to read."""
    return sum(
        int(tx.rows(f"select count(*) from ({held}) h", days.given(day))[0][0])
        for held in _HELD.values()
    )


def next_recordings(
    room: str, after: int, limit: int, *, days: Days, day: date
) -> tuple[Recorded, ...]:
    """The next recordings of a room by id, at most ``limit``; none where there are no more."""
    rows = tx.rows(
        f"""
        select h.id, h.about, h.pieces,
               (select coalesce(json_agg(json_build_array(f.number, f.sha256, f.file)), '[]')::text
                  from ({_FILES[room]}) f)
          from (select * from ({_HELD[room]}) held
                 where held.id > %(after)s::bigint order by held.id limit %(limit)s::int) h
         order by h.id
        """,
        days.given(day) | {"after": after, "limit": limit},
    )
    return tuple(
        Recorded(
            room, id, about, pieces,
            {number: (sha256, file) for number, sha256, file in orjson.loads(files)},
        )
        for id, about, pieces, files in rows
    )  # fmt: skip


# As ``recorded_files`` finds the recordings of a policy, from the other end.
_POLICIES = """
    with named as (
        select 'conversation:' || n.conversation_id as about, split_part(n.about, ':', 1) as kind,
               split_part(n.about, ':', 2)::bigint as id
          from contact_concern n where n.conversation_id = any(%(calls)s::bigint[])
         union
        select 'video:' || v.id, split_part(v.about, ':', 1), split_part(v.about, ':', 2)::bigint
          from video_session v where v.id = any(%(videos)s::bigint[])
         union
        select 'application:' || each, 'application', each from unnest(%(sales)s::bigint[]) each
    )
    select about, id from named where kind = 'policy'
     union
    select about, c.policy_id from named join claims_claim c on named.kind = 'claim' and c.id = named.id
     union
    select about, a.policy_id from named
      join underwriting_application a on named.kind = 'application' and a.id = named.id
     where a.policy_id is not null
     union
    select 'conversation:' || v.id, min(p.id)
      from contact_conversation v join policies_policy p on p.holder_id = v.party_id
     where v.id = any(%(calls)s::bigint[])
       and not exists (select from contact_concern n where n.conversation_id = v.id)
     group by v.id
"""


def policies_of(recordings: Sequence[Recorded]) -> dict[str, list[int]]:
    """The policies that each recording belongs to, by what it is called; empty where to none."""
    ids: dict[str, list[int]] = {room: [] for room in ROOMS}
    for each in recordings:
        ids[each.room].append(int(each.about.partition(":")[2]))
    given = {"calls": ids["CALL"], "videos": ids["VIDEO"], "sales": ids["SALE"]}
    found: dict[str, list[int]] = {each.about: [] for each in recordings}
    for about, policy_id in sorted(tx.rows(_POLICIES, given)):
        found[about].append(int(policy_id))
    return found


def _begins(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), CHINA) if day else None
