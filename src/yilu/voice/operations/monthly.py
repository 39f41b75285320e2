"""A month of voices added up for the departments: what was rated, said and answered (回访、咨询、投诉汇总)."""

from __future__ import annotations

from datetime import date
from typing import Any

from yilu.kernel import tx
from yilu.voice.rules import scores

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
        "reasons": [[why, n] for why, n in reasons],
    }  # fmt: skip


def _journey(row: tuple[Any, ...]) -> dict[str, Any]:
    journey, promoters, passives, detractors, good, rated, comments, voices = row
    nps = scores.nps(scores.Tally(promoters, passives, detractors))
    csat = scores.share(good, rated)
    return {
        "journey": journey, "voices": voices, "comments": comments,
        "nps": [round(nps.value, 1), round(nps.low, 1), round(nps.high, 1), nps.n] if nps else None,
        "csat": [round(csat.value, 1), round(csat.low, 1), round(csat.high, 1), csat.n] if csat else None,
    }  # fmt: skip
