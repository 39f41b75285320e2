"""The report of an event or drill as a file whose digest stands in the journal (应急报告)."""

from __future__ import annotations

import hashlib
from datetime import datetime

from yilu.catastrophe import events
from yilu.catastrophe.models import Event, EventReport
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.people.queries import Access

from .declaring import hold, may_handle


@tx.use_case
def ask_report(*, event_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """
    Have the report printed as things stand; it is there a moment later, in place of an earlier one.

    :raises EventNotFound: none, or not theirs. :raises NotAllowed: without ``catastrophe.handle``.
    """
    event = hold(event_id)
    may_handle(event.office_id, access)
    EventReport.objects.update_or_create(event=event, defaults={"asked_at": at})
    journal.record(events.ReportAsked(drill=event.drill), about=event.ref, actor=actor, at=at)
    journal.defer("catastrophe.print_report", event_id=event_id)


@tx.use_case
def keep_report(*, event_id: int, content: bytes, at: datetime) -> str:
    """Keep the printed report; its SHA-256, in hex."""
    digest = hashlib.sha256(content).hexdigest()
    event = Event.objects.get(pk=event_id)
    EventReport.objects.filter(pk=event_id).update(printed=content, printed_at=at, sha256=digest)
    journal.record(
        events.ReportPrinted(drill=event.drill, sha256=digest),
        about=event.ref, actor=SYSTEM, at=at,
    )  # fmt: skip
    return digest
