"""The daily run over all policies: in parts, each one transaction with everything it causes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.renewals import events
from yilu.renewals.models import DailyRun, RunPart
from yilu.renewals.operations import (
    advising,
    ahead,
    allotting,
    announcing,
    closing,
    debiting,
    ending,
    lapsing,
    listing,
    observing,
    offering,
    reminding,
)
from yilu.renewals.operations.span import Span

PART_SIZE = 5_000
"""How many policy numbers one part covers."""
CATCH_UP_DAYS = 30
"""Days without a run are made up for one by one, this many at most."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a day's run has come (日批进度)."""

    day: date
    parts: int
    done: int

    @property
    def finished(self) -> bool:
        return self.done >= self.parts


@tx.use_case
def start_run(*, day: date, at: datetime, part_size: int = PART_SIZE) -> int:
    """
    Cut the policies there are into parts; the run's id. Starting a day twice is starting it once.
    """
    made = tx.rows(
        """
        with span as (select coalesce(max(id), 0) as last from policies_policy),
        run as (
            insert into renewals_dailyrun (day, parts_count, started_at, counts)
            select %(day)s::date, (last + %(size)s::bigint - 1) / %(size)s::bigint, %(at)s::timestamptz, '{}'
              from span
            on conflict (day) do nothing returning id)
        insert into renewals_runpart (run_id, from_id, to_id, counts)
        select run.id, first, first + %(size)s::bigint, '{}'
          from run, span, generate_series(1, span.last, %(size)s::bigint) as first
        returning run_id
        """,
        {"day": day, "at": at, "size": part_size},
    )
    if made:
        return int(made[0][0])
    return int(DailyRun.objects.values_list("id", flat=True).get(day=day))


@tx.use_case
def work_part(*, run_id: int, at: datetime) -> int | None:
    """
    Do one part of a run that nobody else has in hand; how much was done, None where no part is free.

    The part is ticked off in the same transaction as its effects: killed before commit, neither is
    there, and the next worker does it again from the start.
    """
    part = (
        RunPart.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("run")
        .filter(run_id=run_id, done_at=None)
        .order_by("from_id")
        .first()
    )
    if part is None:
        return None
    counts = _work(Span(part.from_id, part.to_id, part.run.day, at))
    part.done_at, part.counts = at, dict(counts)
    part.save(update_fields=["done_at", "counts"])
    return sum(counts.values())


@tx.use_case
def finish_run(*, run_id: int, at: datetime) -> bool:
    """Close a run whose parts are all done and add up what they did; False while some are not."""
    run = DailyRun.objects.select_for_update().get(pk=run_id)
    if run.ended_at is not None:
        return True
    if run.parts.filter(done_at=None).exists():
        return False
    total: Counter[str] = Counter()
    for counts in run.parts.values_list("counts", flat=True):
        total.update(counts)
    run.ended_at, run.counts = at, dict(total)
    run.save(update_fields=["ended_at", "counts"])
    fact = events.RunFinished(day=run.day.isoformat(), parts=run.parts_count)
    journal.record(fact, about=Ref("daily_run", run.pk), actor=SYSTEM, at=at)
    return True


def run_day(*, day: date, at: datetime, part_size: int = PART_SIZE) -> Progress:
    """
    Do a whole day's run, or the rest of one that was interrupted; several callers share its parts.

    ``day`` is the insurer's local date. Running it again changes nothing.
    """
    run_id = start_run(day=day, at=at, part_size=part_size)
    while work_part(run_id=run_id, at=at) is not None:
        pass
    finish_run(run_id=run_id, at=at)
    return progress(day)


def progress(day: date) -> Progress:
    """How far a day's run has come; nothing done where it was not started."""
    run = DailyRun.objects.filter(day=day).first()
    if run is None:
        return Progress(day, 0, 0)
    return Progress(day, run.parts_count, run.parts.filter(done_at__isnull=False).count())


def day_to_run(today: date) -> date | None:
    """The earliest day whose run is not finished, today's at the latest; None: all is done."""
    unfinished = DailyRun.objects.filter(ended_at=None, day__lte=today).order_by("day").first()
    if unfinished is not None:
        return unfinished.day
    last = DailyRun.objects.order_by("-day").values_list("day", flat=True).first()
    if last is None:
        return today
    following = max(last + timedelta(days=1), today - timedelta(days=CATCH_UP_DAYS))
    return following if following <= today else None


def _work(span: Span) -> Counter[str]:
    """Everything that is done for the policies of a part, in the order in which it matters."""
    counts: Counter[str] = Counter()
    counts["dividends"] = allotting.allot(span)
    counts["listed"] = listing.list_dues(span)
    counts["settled"] = listing.settle_elsewhere(span)
    counts["new_years"] = offering.offer_new_years(span)
    counts["new_years_over"] = closing.close_new_years(span)
    counts["own_money"] = lapsing.pay_from_own_money(span)
    counts["advanced"] = lapsing.advance(span)
    counts["moved"] = lapsing.move(span)
    counts["suspensions_over"] = lapsing.settle_suspensions(span)
    counts["lapsed"] = lapsing.tell_of_suspensions(span)
    counts["window_told"] = lapsing.warn_of_windows(span)
    counts["window_over"] = ending.prepare_ends(span)
    counts["debits"] = debiting.debit(span)
    counts["reminded"] = reminding.remind(span)
    counts["benefits"] = announcing.announce_benefits(span)
    counts["benefits_ahead"] = ahead.tell_of_benefits(span)
    counts["ends"] = ahead.tell_of_ends(span)
    counts["unclaimed"] = announcing.sweep_unclaimed(span)
    counts["anniversaries"] = announcing.tell_of_anniversaries(span)
    counts["loans"] = announcing.tell_of_loans(span)
    counts["observed"] = observing.observe(span)
    counts["advised"] = advising.find_doubtful(span)
    return Counter({name: count for name, count in counts.items() if count})
