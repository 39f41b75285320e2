"""Reading files and asking registries: what takes long or goes outside."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from yilu.documents import operations, queries
from yilu.gateways import invoice_registry
from yilu.journal import operations as journal
from yilu.kernel.days import day_of

log = logging.getLogger(__name__)


@journal.job(queue="recognition", attempts=operations.ATTEMPTS_MAX + 1)
def recognise(upload_id: int) -> None:
    """
    Read one upload and record what was found.

    May be killed anywhere: nothing was written, and it is tried again; after the last attempt the
    document goes to a person unread. Run again after it was recorded, it does nothing.
    """
    from yilu.documents.recognition import reading

    if not operations.start_reading(upload_id=upload_id, at=_now()):
        return
    upload = queries.get_upload(upload_id)
    content, media_type = queries.open_file(upload_id)
    read = reading.read_file(upload.kind, media_type, content, day_of(_now()))
    # Asked before it is recorded, the claim that hears of the document knows the answer with it.
    elements = operations.elements_to_verify(upload.kind, read)
    answer = _ask(elements) if elements else None
    operations.record_reading(upload_id=upload_id, read=read, answer=answer, at=_now())


@journal.each_tick(seconds=5)
def verify_due(at: datetime) -> int:
    """Ask the registry about the invoices whose turn it is; returns how many."""
    leased = operations.lease_for_verification(at=at)
    for invoice in leased:
        answer = _ask(invoice)
        operations.record_registry_answer(
            upload_id=invoice.upload_id,
            status=answer.status,
            registry=answer.registry,
            receipt=answer.receipt,
            at=at,
        )
    return len(leased)


def _ask(invoice: operations.ToVerify) -> operations.Answered:
    """One question to the registry; anything that goes wrong there is UNAVAILABLE."""
    registry = invoice_registry.get_registry()
    try:
        answer = registry.verify(
            invoice_registry.FiveElements(
                invoice.kind,
                invoice.code,
                invoice.number,
                invoice.check_code,
                invoice.issued_on,
                invoice.total,
            )
        )
    except OSError as failed:
        log.warning("the invoice registry could not be reached: %s", type(failed).__name__)
        return operations.Answered("UNAVAILABLE", registry.name)
    return operations.Answered(answer.status.value, answer.registry, answer.receipt)


@journal.each_tick(seconds=300)
def read_forgotten(at: datetime) -> int:
    """Have uploads read that nobody took for a quarter of an hour (a lost job); returns how many."""
    return operations.defer_forgotten(before=at - timedelta(minutes=15))


@journal.each_tick(seconds=600)
def sum_settled(at: datetime) -> int:
    """Add the readings that are settled to the figures of accuracy, a batch a time; returns how many."""
    return operations.sum_readings(at=at)


def _now() -> datetime:
    return datetime.now(UTC)
