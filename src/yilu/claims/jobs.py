"""What runs by the clock: following up incomplete files, closing offers that nobody answered."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, time, timedelta
from functools import partial

from yilu.gateways import fact_checks, medical_data
from yilu.journal import operations as journal
from yilu.kernel.days import day_of
from yilu.people import queries as people
from yilu.standards import queries as standards

from . import operations, queries

log = logging.getLogger(__name__)
AFTERNOON = time(13, 0)
"""Until here a follow-up counts for the morning, by the office's own clock."""


@journal.job()
def fetch_records(claim_id: int) -> None:
    """Ask the platform for the bills of a claim's visit, where the consent still stands."""
    asked = queries.visit_to_fetch(claim_id)
    if asked is None:
        return
    person = people.get_identity(asked.insured_id)
    allowed = people.has_consent(asked.insured_id, operations.RECORDS_CONSENT)
    found = medical_data.Visits((), "")
    if person is not None and allowed:
        found = medical_data.get_platform().visits(
            name=person.name, number=person.number, since=asked.since, until=asked.until,
            consent=operations.RECORDS_CONSENT, reference=f"claim:{claim_id}",
        )  # fmt: skip
    operations.record_records(
        claim_id=claim_id, invoices=found.invoices, receipt=found.receipt, at=datetime.now(UTC)
    )


@journal.each_tick(seconds=600, name="claims.chase")
def chase(at: datetime) -> int:
    """Follow up incomplete small files of every office that is open now, once each half-day."""
    slots: dict[tuple[str, str], list[int]] = {}
    for office in people.list_offices():
        working_time = standards.working_time(office.id)
        if not working_time.is_open(at):
            continue
        local = at.astimezone(working_time.zone)
        slot = "AM" if local.time() < AFTERNOON else "PM"
        slots.setdefault((slot, local.date().isoformat()), []).append(office.id)
    done = 0
    for (slot, day), office_ids in slots.items():
        count, _ = operations.chase_incomplete_files(
            slot=slot, on=datetime.fromisoformat(day).date(), office_ids=office_ids, at=at
        )
        done += count
    return done


@journal.each_tick(seconds=3600, name="claims.waiting_reports")
def look_after_waiting_reports(at: datetime) -> int:
    """Remind customers whose consent a report waits for; after the limit a person decides."""
    journal.through(partial(operations.look_after_waiting_reports, at=at))
    return 0


@journal.each_tick(seconds=600, name="claims.identified")
def pay_who_is_known(at: datetime) -> int:
    """Pay those who were identified without an event that says so to their claim."""
    return journal.through(partial(operations.pay_who_is_known, at=at))


@journal.each_tick(seconds=3600, name="claims.offers")
def expire_offers(at: datetime) -> int:
    """Close ready claims whose time has passed."""
    return operations.expire_offers(at=at)


@journal.each_tick(seconds=60, name="claims.third_parties")
def ask_third_parties(at: datetime) -> int:
    """Place the orders that investigations planned with outside firms, and fetch their answers."""
    firm = fact_checks.get_firm()
    done = 0
    for step in queries.steps_with_third_parties():
        try:
            if step.receipt:
                answer = firm.answer(step.receipt)
                if answer is not None:
                    done += operations.record_third_party_answer(
                        step_id=step.id, found=answer.found.value, words=answer.words, at=at
                    )
            else:
                order = fact_checks.Order(f"{step.number}-{step.id}", step.reason, step.consent)
                receipt = firm.ask(order)
                done += operations.record_order_placed(step_id=step.id, receipt=receipt, at=at)
        except OSError as failed:
            log.warning("the verifying firm could not be reached: %s", type(failed).__name__)
            break
    return done


@journal.each_tick(seconds=3600, name="claims.days_of_the_law")
def keep_days_of_the_law(at: datetime) -> int:
    """Rights of rescission that lapse, and what can be determined asked for and paid by day sixty."""
    today = day_of(at)

    def pay(after: int) -> journal.Page:
        due = queries.due_instalments(today, after=after)
        paid = sum(operations.pay_instalment(claim_id=each, at=at) is not None for each in due)
        return journal.Page(paid, due[-1] if due else 0)

    journal.through(pay)
    journal.through(partial(operations.ask_what_is_determined, today=today, at=at))
    return operations.let_rights_lapse(today=today, at=at)


@journal.each_tick(seconds=3600, name="claims.quality")
def draw_quality(at: datetime) -> int:
    """Draw from the last day's decisions for a second look; forget old exports."""
    operations.forget_exports(before=at - timedelta(hours=24))
    since = at - timedelta(days=1)
    journal.through(partial(operations.draw_quality_checks, since=since, at=at))
    return 0


@journal.each_tick(seconds=3600, name="claims.outcomes")
def tell_outcomes(at: datetime) -> int:
    """Tell risk what people established lately; the tick has no second helping."""
    operations.tell_outcomes(at=at)
    return 0


@journal.job(attempts=2)
def write_export(export_id: int) -> None:
    """Write a large export; killed anywhere, it is written again."""
    at = datetime.now(UTC)
    asked = queries.asked_export(export_id)
    if asked is None:
        return

    def say(done: int) -> None:
        operations.note_export_progress(export_id=export_id, done=done)

    try:
        rows = queries.board.every(asked.offices, asked.filters, asked.at)
        content = operations.workbook(rows, say)
    except Exception:
        operations.fail_export(export_id=export_id)
        raise
    operations.keep_export(export_id=export_id, content=content, rows=asked.total, at=at)
