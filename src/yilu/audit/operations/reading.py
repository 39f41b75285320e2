"""Read every file of the recordings of a span of days, because somebody asks for it (录音录像全量读取)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Final

from yilu.audit import events
from yilu.audit.books import whole_files
from yilu.audit.books.recorded_files import KIND
from yilu.audit.books.whole_files import Days
from yilu.audit.models import MoneyRun
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, Stale
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _

from .auditing import Noticed, forget_what_is_gone, keep

FILES: Final = "FILES"
RECORDINGS_AT_ONCE: Final = 20
"""How many recordings are read in one transaction."""
UNPLACED_KEPT: Final = 200


class BadSpan(Invalid):
    """The last day is before the first."""

    code = "bad_span"
    message = _("截止日早于起始日")
    hint = _("请把截止日改为起始日当天或以后；两个都不填，就读取全部。")


class AlreadyReading(Stale):
    """A reading is under way."""

    code = "already_reading"
    message = _("已有一次录音录像读取正在进行")
    hint = _("请等它完成，或先停止它，再开始新的读取。")


@tx.use_case
def start_reading(*, first: date | None, last: date | None, actor: Ref, at: datetime) -> int:
    """
    Begin to read all recordings that began on these days, both included; open ends mean all. The run's id.

    :raises BadSpan: it ends before it begins. :raises AlreadyReading: one is under way.
    """
    if first and last and last < first:
        raise BadSpan
    total = whole_files.how_many(Days(first, last), day_of(at))
    made = tx.rows(
        """
        insert into audit_moneyrun (scope, state, reached, looked_at, amount, differences, first_on, last_on,
                                    room, total, files, unplaced, started_by, started_at)
        values ('FILES', 'RUNNING', 0, 0, 0, 0, %s::date, %s::date, %s, %s::int, 0, '[]', %s, %s::timestamptz)
        on conflict do nothing returning id
        """,
        [first, last, whole_files.ROOMS[0], total, str(actor), at],
    )
    if not made:
        raise AlreadyReading
    return int(made[0][0])


@tx.use_case
def read_batch(*, run_id: int, at: datetime, limit: int = RECORDINGS_AT_ONCE) -> bool:
    """
    Read the next recordings of a run whole and keep what is not as it was kept; whether it goes on.

    What is wrong is a difference of each policy the recording belongs to, as the nights find it; of what
    belongs to none it is told with the run. A file that is back ends its difference.
    """
    run = MoneyRun.objects.select_for_update().get(pk=run_id)
    if run.state != MoneyRun.State.RUNNING:
        return False
    batch = whole_files.next_recordings(
        run.room, run.reached, limit, days=Days(run.first_on, run.last_on), day=day_of(at)
    )
    if not batch:
        _next_room(run, at)
        return run.state == MoneyRun.State.RUNNING
    faults = {each.about: fault for each in batch if (fault := each.fault()) is not None}
    policies = whole_files.policies_of([each for each in batch if each.about in faults])
    noticed = [
        Noticed(Ref("policy", policy_id), KIND, fault.expected, fault.actual, fault.place, about)
        for about, fault in faults.items()
        for policy_id in policies[about]
    ]
    forget_what_is_gone({"kind": KIND, "about__in": [each.about for each in batch]}, noticed, at)
    keep(run, noticed, at)
    lone = [{"about": about, **asdict(faults[about])} for about in faults if not policies[about]]
    run.unplaced = [*run.unplaced, *lone][:UNPLACED_KEPT]
    run.reached = batch[-1].id
    run.looked_at += len(batch)
    run.files += sum(len(each.files) for each in batch)
    run.differences += len(faults)
    run.save()
    return True


@tx.use_case
def stop_reading(*, run_id: int, actor: Ref, at: datetime) -> None:
    """End a reading before its end; what it found stands. Of one that is over nothing changes."""
    run = MoneyRun.objects.select_for_update().filter(pk=run_id, scope=FILES).first()
    if run is not None and run.state == MoneyRun.State.RUNNING:
        _end(run, MoneyRun.State.STOPPED, actor, at)


def _next_room(run: MoneyRun, at: datetime) -> None:
    """Where one room is read, the next begins; after the last the run is over."""
    after = whole_files.ROOMS.index(run.room) + 1
    if after == len(whole_files.ROOMS):
        _end(run, MoneyRun.State.FINISHED, SYSTEM, at)
        return
    run.room, run.reached = whole_files.ROOMS[after], 0
    run.save()


def _end(run: MoneyRun, state: MoneyRun.State, actor: Ref, at: datetime) -> None:
    run.state, run.finished_at = state, at
    run.save()
    fact = events.RecordingsRead(
        recordings=run.looked_at, files=run.files, differences=run.differences,
        whole=state == MoneyRun.State.FINISHED,
    )  # fmt: skip
    journal.record(fact, about=run.ref, actor=actor, at=at)
