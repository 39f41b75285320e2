"""What breaks by nothing happening: a step beyond its time, a case gone quiet, an offer unanswered."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from yilu.journal import operations as journal
from yilu.journeys import events
from yilu.journeys.book import the_book
from yilu.journeys.models import Breakpoint, Offer
from yilu.journeys.operations import breaking, rows
from yilu.journeys.rules.continuing import Found
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import SYSTEM

BATCH = 500

_LATE = """
    with late as (
        select p.id from journeys_steppassage p
         where p.left_at is null and p.late_found_at is null and p.due_at <= %s::timestamptz
         order by p.due_at limit %s for update skip locked)
    update journeys_steppassage p set late_found_at = %s::timestamptz
      from late, journeys_journeycase c
     where p.id = late.id and c.id = p.case_id
    returning p.id, p.step, p.touchpoint, p.entered_at, p.due_at, c.id, c.family, c.code, c.subject,
              c.version, c.party_id, c.office_id
"""


@tx.use_case
def find_late(at: datetime, limit: int = BATCH) -> int:
    """Find the steps that go on beyond their standard time, each once; how many were looked at."""
    book, found, late = the_book(), [], Counter[rows.DayKey]()
    looked = tx.rows(_LATE, [at, limit, at])
    for (
        id,
        step,
        touchpoint,
        since,
        due,
        _case,
        family,
        code,
        subject,
        version,
        party,
        home,
    ) in looked:
        guide = book.numbered(family, version)
        declared = guide.steps.get(step) if guide else None
        if declared is None:
            continue
        late[day_of(due), code, step, touchpoint, home] += 1
        found.append(
            Found(
                cause=f"late:{id}", kind=declared.late, family=family, code=code, step=step,
                touchpoint=touchpoint, subject=subject, party_id=party, office_id=home,
                severity=declared.severity, live=False,
                evidence={"entered_at": since.isoformat(), "due_at": due.isoformat()},
                happened_at=due,
            )
        )  # fmt: skip
    rows.count_steps(Counter(), Counter(), late)
    breaking.record(found, at=at)
    return len(looked)


_QUIET = """
    with quiet as (
        select c.id, c.quiet_due_at from journeys_journeycase c
         where c.quiet_due_at <= %s::timestamptz
         order by c.quiet_due_at limit %s for update skip locked)
    update journeys_journeycase c set quiet_due_at = null from quiet
     where c.id = quiet.id
    returning c.id, c.family, c.code, c.subject, c.step, c.touchpoint, c.party_id, c.office_id,
              c.last_at, quiet.quiet_due_at
"""


@tx.use_case
def find_quiet(at: datetime, limit: int = BATCH) -> int:
    """Find the cases of which nothing was heard for too long; how many."""
    found = [
        Found(
            cause=f"quiet:{id}:{int(last.timestamp())}", kind="SILENCE", family=family, code=code,
            step=step, touchpoint=touchpoint, subject=subject, party_id=party, office_id=home,
            severity=1, live=False, evidence={"last_at": last.isoformat()}, happened_at=due,
        )
        for id, family, code, subject, step, touchpoint, party, home, last, due in tx.rows(
            _QUIET, [at, limit]
        )
    ]  # fmt: skip
    breaking.record(found, at=at)
    return len(found)


@tx.use_case
def expire_offers(at: datetime, limit: int = BATCH) -> int:
    """Nobody answered on the page: somebody goes to the customer instead (线下主动响应)."""
    open_offers = list(
        Offer.objects.select_for_update(skip_locked=True)
        .filter(state=Offer.State.OPEN, expires_at__lte=at)
        .order_by("pk")[:limit]
    )
    if not open_offers:
        return 0
    Offer.objects.filter(pk__in=[offer.pk for offer in open_offers]).update(state="EXPIRED")
    held = Breakpoint.objects.select_for_update().in_bulk([o.breakpoint_id for o in open_offers])
    for offer in open_offers:
        broken = held[offer.breakpoint_id]
        fact = events.ContinuationExpired(offer_id=offer.pk)
        journal.record(fact, about=broken.ref, actor=SYSTEM, at=at, party=broken.party_id)
        if broken.closed_at is not None:
            continue
        answer = breaking.answer_for(broken, at)
        broken.state = Breakpoint.State.TASKED if broken.task else Breakpoint.State.FOUND
        broken.save(update_fields=["state"])
        if broken.task:
            breaking.give_out(broken.ref, broken, answer, at=at)
    return len(open_offers)
