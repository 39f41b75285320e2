"""A month added up for the departments: ratings and answers, follow-ups, questions and complaints (A105)."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any

from yilu.complaints import queries as complaints
from yilu.contact import queries as contact
from yilu.kernel import tx
from yilu.kernel.days import CHINA
from yilu.voice.rules import departments, scores

_SPAN = """
    {on} >= (%(month)s::date)::timestamp at time zone 'Asia/Shanghai'
    and {on} < (%(month)s::date + interval '1 month')::timestamp at time zone 'Asia/Shanghai'
"""


def figures_of(office_id: int, month: date) -> dict[str, Any]:
    """Journeys with NPS and satisfaction, what wanted an answer and how that went."""
    given = {"office": office_id, "month": month}
    journeys = tx.rows(
        f"""
        select journey, count(*) filter (where recommend >= 9),
               count(*) filter (where recommend between 7 and 8),
               count(*) filter (where recommend <= 6), count(*) filter (where stars >= 4),
               count(stars), count(*) filter (where text <> ''), count(*)
          from voice_feedback
         where office_id = %(office)s::bigint and source <> 'IMPORT' and {_SPAN.format(on="said_at")}
         group by journey order by count(*) desc, journey
        """,
        given,
    )
    ((opened, urgent, answered, solved, unsolved, in_time, silent),) = tx.rows(
        f"""
        select count(*), count(*) filter (where urgent), count(replied_at),
               count(*) filter (where state = 'SOLVED'), count(*) filter (where rounds > 1),
               count(*) filter (where replied_at <= opened_at + interval '1 day'),
               count(*) filter (where state = 'SILENT')
          from voice_handling
         where office_id = %(office)s::bigint and {_SPAN.format(on="opened_at")}
        """,
        given,
    )
    reasons = tx.rows(
        f"""
        select why, count(*) from voice_handling
         where office_id = %(office)s::bigint and {_SPAN.format(on="opened_at")}
         group by why order by count(*) desc, why
        """,
        given,
    )
    return {
        "ratings": sum(row[5] for row in journeys), "comments": sum(row[6] for row in journeys),
        "journeys": [_journey(row) for row in journeys],
        "opened": opened, "urgent": urgent, "answered": answered, "in_a_day": in_time,
        "solved": solved, "again": unsolved, "silent": silent,
        "reasons": [[why, n] for why, n in reasons], "departments": _told_to_departments(office_id, month),
    }  # fmt: skip


Line = tuple[str, str, str, str]
"""Department, source, and what of it: a reason and what is below it."""


def _told_to_departments(office_id: int, month: date) -> list[list[Any]]:
    """Line by line: department, source, two codes, how many, how many unsolved or found right, how many the month before."""
    now = _lines(office_id, month)
    before = _lines(office_id, (month - timedelta(days=1)).replace(day=1))
    return [
        [*line, count, wrong, before.get(line, (0, 0))[0]]
        for line, (count, wrong) in sorted(now.items(), key=lambda each: (-each[1][0], each[0]))
    ]


def _lines(office_id: int, month: date) -> dict[Line, tuple[int, int]]:
    """What each department should hear of a month: how many, and of how many we were wrong or left something open."""
    following = (month + timedelta(days=31)).replace(day=1)
    first, last = (datetime.combine(day, time(), CHINA) for day in (month, following))
    counts: Counter[Line] = Counter()
    wrong: Counter[Line] = Counter()
    for reason, sub, count, unsolved in contact.reasons_in([office_id], first, last):
        if department := departments.of_contact(reason, sub):
            counts[department, "CONTACT", reason, sub] += count
            wrong[department, "CONTACT", reason, sub] += unsolved
    for business, reason, count, upheld in complaints.counts_in([office_id], month, following):
        line = (departments.of_complaint(business, reason), "COMPLAINT", business, reason)
        counts[line] += count
        wrong[line] += upheld
    states = contact.states_in([office_id], first, last)
    for state in departments.TROUBLE:
        if states.get(state):
            line = ("SALES", "FOLLOW_UP", state, "")
            counts[line] = wrong[line] = states[state]
    return {line: (count, wrong[line]) for line, count in counts.items()}


def _journey(row: tuple[Any, ...]) -> dict[str, Any]:
    journey, promoters, passives, detractors, good, rated, comments, voices = row
    nps = scores.nps(scores.Tally(promoters, passives, detractors))
    csat = scores.share(good, rated)
    return {
        "journey": journey, "voices": voices, "comments": comments,
        "nps": [round(nps.value, 1), round(nps.low, 1), round(nps.high, 1), nps.n] if nps else None,
        "csat": [round(csat.value, 1), round(csat.low, 1), round(csat.high, 1), csat.n] if csat else None,
    }  # fmt: skip
