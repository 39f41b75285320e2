"""What was recorded about a policy and is to be there: every file where its row says, and what it was."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import orjson

from yilu.audit.books.span import Found, Span
from yilu.kernel import tx
from yilu.kernel.sealed_files import Drawer

KIND: Final = "RECORDING_FILE"
DRAWERS: Final = {
    "CALL": Drawer("calls", place="contact_callpiece.file"),
    "VIDEO": Drawer("video", place="video_piece.file"),
    "SALE": Drawer("recordings", place="underwriting_recording.file"),
}
"""Where each room keeps its files; named here anew, as everything audit holds against the rooms."""
NIGHTS: Final = 30
"""In so many nights every file is read once; each night the first and the last of every recording."""

# A recording belongs to a policy by what it is about, as in ``recordings``; a call about nothing of the kind to
# its caller's oldest policy. Only what nothing deletes today: a file that goes by the sweep is no loss.
_KEPT = """
    with span as (
        select p.id, p.holder_id from policies_policy p
         where p.id > %(after)s::bigint and p.id <= %(last)s::bigint
    ), subject as (
        select id as policy_id, 'policy:' || id as about from span
         union all
        select c.policy_id, 'claim:' || c.id from claims_claim c
         where c.policy_id > %(after)s::bigint and c.policy_id <= %(last)s::bigint
         union all
        select a.policy_id, 'application:' || a.id from underwriting_application a
         where a.policy_id > %(after)s::bigint and a.policy_id <= %(last)s::bigint
    ), talk as (
        select s.policy_id, n.conversation_id from subject s join contact_concern n on n.about = s.about
         union
        select p.id, v.id from span p
          join contact_conversation v on v.party_id = p.holder_id
         where not exists (select from contact_concern n where n.conversation_id = v.id)
           and not exists (select from policies_policy older
                            where older.holder_id = p.holder_id and older.id < p.id)
    ), held as (
        select t.policy_id, 'CALL' as room, r.id, 'conversation:' || r.conversation_id as about, r.pieces
          from talk t join contact_callrecording r on r.conversation_id = t.conversation_id
         where r.closed_at is not null and r.forgotten_at is null and r.pieces > 0
           and coalesce(r.keep_until, %(day)s::date) >= %(day)s::date
         union
        select s.policy_id, 'VIDEO', v.id, 'video:' || v.id, v.pieces
          from subject s join video_session v on v.about = s.about
         where v.ended_at is not null and v.forgotten_at is null and v.pieces > 0
           and coalesce(v.keep_until, %(day)s::date) >= %(day)s::date
         union
        select a.policy_id, 'SALE', a.id, 'application:' || a.id, jsonb_array_length(r.steps)
          from underwriting_application a join underwriting_recording r on r.application_id = a.id
         where a.policy_id > %(after)s::bigint and a.policy_id <= %(last)s::bigint
           and r.finished_at is not null and r.forgotten_at is null
           and coalesce(r.keep_until, %(day)s::date) >= %(day)s::date
    ), turn as (
        select h.*, h.id %% %(nights)s::int = %(tonight)s::int or exists (
                   select from audit_moneydifference d
                    where d.policy_id = h.policy_id and d.kind = %(kind)s and d.about = h.about
                      and d.state <> 'GONE') as whole
          from held h
    ), piece as (
        select t.policy_id, t.about, p.number, p.sha256, p.file
          from turn t join contact_callpiece p on t.room = 'CALL' and p.recording_id = t.id
         where t.whole or p.number in (1, t.pieces)
         union all
        select t.policy_id, t.about, p.number, p.sha256, p.file
          from turn t join video_piece p on t.room = 'VIDEO' and p.session_id = t.id
         where t.whole or p.number in (1, t.pieces)
         union all
        select t.policy_id, t.about, s.number, s.step ->> 'sha256', s.step ->> 'file'
          from turn t join underwriting_recording r on t.room = 'SALE' and r.application_id = t.id
         cross join lateral jsonb_array_elements(r.steps) with ordinality as s(step, number)
         where coalesce(s.step ->> 'file', '') <> '' and (t.whole or s.number in (1, t.pieces))
    )
    select t.policy_id, t.about, t.room, t.pieces, t.whole,
           coalesce(json_agg(json_build_array(p.number, p.sha256, p.file) order by p.number)
                    filter (where p.number is not null), '[]')::text
      from turn t left join piece p on p.policy_id = t.policy_id and p.about = t.about
     group by t.policy_id, t.about, t.room, t.pieces, t.whole
     order by t.policy_id, t.about
"""


def lost(span: Span) -> Iterator[Found]:
    """
    Recordings whose file is gone, does not open, or is not what was kept; the first such piece of each.

    The first and the last file of every recording are read every night, all files of a thirtieth of the
    recordings, and all of those found wanting before: a loss stands until the file is back.
    """
    given = span.given(kind=KIND, nights=NIGHTS, tonight=span.day.toordinal() % NIGHTS)
    for policy_id, about, room, pieces, whole, files in tx.rows(_KEPT, given):
        known = {number: (sha256, file) for number, sha256, file in orjson.loads(files)}
        wanted = range(1, pieces + 1) if whole else sorted({1, pieces})
        if fault := first_fault(room, pieces, known, wanted):
            yield Found(policy_id, KIND, about, fault.place, fault.expected, fault.actual)


@dataclass(frozen=True, slots=True)
class Fault:
    """Which file of a recording is not there or not what was kept: which of how many, what should be, what is."""

    place: str
    expected: str
    actual: str


def first_fault(
    room: str, pieces: int, known: Mapping[int, tuple[str, str]], wanted: Iterable[int]
) -> Fault | None:
    """The first of the ``wanted`` files of a recording that is not as kept; ``known``: digest and file of each."""
    for number in wanted:
        if room == "SALE" and number not in known:
            continue  # kept by a recording system of the insurer's own
        sha256, file = known.get(number, ("", ""))
        if fault := _fault(DRAWERS[room], sha256, file):
            return Fault(f"{number}/{pieces}", sha256[:16] or "PIECE", fault)
    return None


def _fault(drawer: Drawer, sha256: str, file: str) -> str:
    if not file:
        return "NO_PIECE"
    content = drawer.find(file)
    if content is None:
        return "NO_FILE"
    return "" if hashlib.sha256(content).hexdigest() == sha256 else "OTHER_FILE"
