"""What happens when nobody did anything: warnings, breaches, escalation."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import orjson

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging import operations as messaging
from yilu.obligations import events
from yilu.obligations.operations.rows import load
from yilu.obligations.rules.clocks import BREACHED, Clock
from yilu.obligations.rules.reckoning import WORKING
from yilu.work import operations as work
from yilu.work import queries as waiting

BREACH_QUEUE = "obligations.breach"
LAW = "LAW"
SOON = 30
_TITLE_MAX = 120

# As an array: what is sought among rows may be read again for each, and lock more than its limit.
_DUE = """
 where c.id = any(array(select id from obligations_clock
                         where next_check_at <= %s::timestamptz
                         order by next_check_at, id limit %s::int for update skip locked))
 order by c.next_check_at, c.id
"""
_LEVELS = "select id, escalated from obligations_clock where id = any(%s::bigint[])"
_UPDATE = """
    update obligations_clock c
       set state = row.state, warned = row.warned, escalated = row.escalated,
           breached_at = row.breached_at, next_check_at = row.next_check_at
      from json_to_recordset(%s::json) as row(
           id bigint, state text, warned int, escalated int, breached_at timestamptz,
           next_check_at timestamptz)
     where c.id = row.id
"""


@tx.use_case
def tick(at: datetime, limit: int = 200) -> int:
    """
    Say which deadlines come near or have passed; return how many clocks were looked at.

    Each warning point, the breach and each escalation step happens exactly once, however many
    workers call this: rows are taken with SKIP LOCKED and change in the same transaction as the
    events, work items and messages they cause. Clocks of one subject's owner notify that person.
    Where a broken promise was kept after all, or fell away, nobody has to look into it any more.
    """
    clocks = load(_DUE, [at, limit])
    if not clocks:
        return 0
    levels: dict[int, int] = dict(tx.rows(_LEVELS, [[c.id for c in clocks]]))
    round_ = _Round(at)
    rows = [round_.look_at(clock, levels[clock.id or 0]) for clock in clocks]
    _close_what_is_kept({c.subject for c in clocks if not c.is_open}, at)
    tx.changed(_UPDATE, [orjson.dumps(rows).decode()])
    return len(clocks)


def _close_what_is_kept(subjects: set[str], at: datetime) -> None:
    """Close the breach items of subjects none of whose promises is broken any more."""
    if not subjects:
        return
    still = tx.rows(
        "select distinct subject from obligations_clock where subject = any(%s) and state = 'BREACHED'",
        [sorted(subjects)],
    )
    for subject in sorted(subjects.difference(s for (s,) in still)):
        work.close_items(about=Ref.parse(subject), at=at, queue=BREACH_QUEUE, outcome="KEPT_LATE")


class _Round:
    """One round over the clocks that want looking at."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self._queues: frozenset[str] | None = None

    def look_at(self, clock: Clock, escalated: int) -> dict[str, Any]:
        """Do what is due for one clock; return the row as it becomes."""
        if not clock.is_open:
            clock.next_check_at = None
        elif clock.state != BREACHED:
            self._warn(clock)
            clock.look_again()
            if clock.due_at < self.at:
                self._breach(clock)
        next_check_at = clock.next_check_at
        if clock.state == BREACHED:
            escalated, next_check_at = self._escalate(clock, escalated)
        return {
            "id": clock.id,
            "state": clock.state,
            "warned": clock.warned,
            "escalated": escalated,
            "breached_at": clock.breached_at,
            "next_check_at": next_check_at,
        }

    def _warn(self, clock: Clock) -> None:
        warnings = clock.warnings()
        passed = sum(instant <= self.at for instant, _ in warnings)
        if passed <= clock.warned:
            return
        for point in range(clock.warned + 1, passed + 1):
            self._record(
                clock,
                events.ClockWarned(
                    clock_id=clock.id or 0,
                    code=clock.version.code,
                    due_at=clock.due_at.isoformat(),
                    point=point,
                ),
            )
        _, latest = warnings[passed - 1]
        clock.warned = passed
        if latest.queue in waiting.BY_HAND:
            self._open(clock, latest.queue, "时限将至", SOON)
        elif latest.queue:
            # What the work itself opens and closes is brought forward, never opened by a clock: the
            # claim may have left that desk already, and nobody there could ever close it.
            work.press_item(
                latest.queue, about=Ref.parse(clock.subject), at=self.at, priority=SOON,
                due_at=clock.due_at,
            )  # fmt: skip
        if latest.notify and self.at <= clock.due_at:
            self._notify(clock)

    def _breach(self, clock: Clock) -> None:
        clock.state, clock.breached_at = BREACHED, clock.due_at
        self._record(
            clock,
            events.ClockBreached(
                clock_id=clock.id or 0, code=clock.version.code, due_at=clock.due_at.isoformat()
            ),
        )
        if clock.version.grade == LAW:
            # Wherever the case lies now, it lies first: nothing in time goes before what is late by law.
            work.press_item(
                None, about=Ref.parse(clock.subject), at=self.at, priority=waiting.LATE_BY_LAW,
                due_at=clock.due_at,
            )  # fmt: skip

    def _escalate(self, clock: Clock, escalated: int) -> tuple[int, datetime | None]:
        """Take every step that is due; return how many were taken and when the next one is."""
        steps = clock.version.rule.escalations
        while escalated < len(steps):
            step = steps[escalated]
            when = self._minutes_after_breach(clock, step.after_minutes)
            if when > self.at:
                return escalated, when
            escalated += 1
            by_law = clock.version.grade == LAW
            first = waiting.LATE_BY_LAW if by_law else step.priority
            self._open(clock, step.queue, "已超时", first)
            self._record(
                clock,
                events.ClockEscalated(
                    clock_id=clock.id or 0,
                    code=clock.version.code,
                    level=escalated,
                    queue=step.queue,
                ),
            )
        return escalated, None

    @staticmethod
    def _minutes_after_breach(clock: Clock, minutes: int) -> datetime:
        """In working time where the limit itself counts working time."""
        breached_at = clock.breached_at or clock.due_at
        if clock.limit.unit in WORKING:
            return clock.time.add(breached_at, minutes)
        return breached_at + timedelta(minutes=minutes)

    def _record(self, clock: Clock, fact: Any) -> None:
        about = Ref.parse(clock.subject)
        journal.record(fact, about=about, actor=SYSTEM, at=self.at, party=clock.party_id)

    def _open(self, clock: Clock, queue: str, prefix: str, priority: int) -> None:
        if self._queues is None:
            shipped = {str(row["code"]) for row in work.CATALOGUE if isinstance(row, dict)}
            self._queues = frozenset(shipped | {q.code for q in waiting.list_queues()})
        if queue not in self._queues:
            # A definition may name a queue this insurer has not set up: the breach must be seen.
            queue = BREACH_QUEUE
        if queue in self._queues:
            work.open_item(
                queue,
                about=Ref.parse(clock.subject),
                office_id=clock.office_id,
                title=f"{prefix}：{clock.version.title}"[:_TITLE_MAX],
                at=self.at,
                priority=priority,
                due_at=clock.due_at,
                party_id=clock.party_id,
            )

    def _notify(self, clock: Clock) -> None:
        about = Ref.parse(clock.subject)
        holders = {item.staff_id for item in waiting.open_items(about, at=self.at) if item.staff_id}
        for staff_id in sorted(holders):
            messaging.queue(
                "obligations.staff_warning",
                to=Ref("staff", staff_id),
                about=about,
                at=self.at,
                facts={
                    "promise": clock.version.title,
                    "subject": clock.subject,
                    "by": clock.due_at.isoformat(),
                },
                once=f"{clock.id}.{clock.warned}",
            )
