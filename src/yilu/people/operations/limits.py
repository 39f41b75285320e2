"""Rate limits: counted in the database, so that every web process counts together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import orjson

from yilu.kernel import tx
from yilu.kernel.errors import Refusal
from yilu.people.rules.sign_in import Limit, window_start


class TooOften(Refusal):
    """The same was asked too often within a window of time."""

    code = "too_often"
    message = "操作过于频繁"
    hint = "请稍后再试。"
    status = 429


@tx.step
def spend(allowances: Sequence[tuple[str, Sequence[Limit]]], *, at: datetime) -> None:
    """
    Count one use against every limit of every subject: all of them, or none.

    One statement; counters are locked in one order, so that two requests never wait in a circle.

    :raises TooOften: if any window is used up.
    """
    wanted = sorted(
        (f"{subject}/{limit.seconds}", window_start(at, limit.seconds), limit.times)
        for subject, limits in allowances
        for limit in limits
    )
    if not wanted:
        return
    payload = [{"subject": s, "start": w, "times": t} for s, w, t in wanted]
    spent = tx.rows(
        """
        insert into people_allowance as kept (subject, "window", used)
        select subject, start, 1
          from json_to_recordset(%s::json) as row(subject text, start timestamptz)
         order by subject
            on conflict (subject, "window") do update set used = kept.used + 1
        returning subject, used
        """,
        [orjson.dumps(payload).decode()],
    )
    allowed = {subject: times for subject, _, times in wanted}
    if any(used > allowed[subject] for subject, used in spent):
        raise TooOften()


@tx.use_case
def forget_old_counters(*, at: datetime) -> int:
    """Delete counters, codes and failed attempts that no longer matter; returns how many."""
    return (
        tx.changed(
            'delete from people_allowance where "window" < %s::timestamptz',
            [at - timedelta(days=2)],
        )
        + tx.changed(
            "delete from people_onetimecode where expires_at < %s::timestamptz",
            [at - timedelta(days=1)],
        )
        + tx.changed(
            """
            delete from people_signinattempt
             where latest_at < %s::timestamptz and (locked_until is null or locked_until < %s::timestamptz)
            """,
            [at - timedelta(days=2), at],
        )
    )
