"""A person says who is meant: the machine never contacts anybody on its own (核对名单)."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError

from yilu.catastrophe import events
from yilu.catastrophe.models import Affected, CasualtyRow, Event
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.work import operations as work

from .declaring import may_handle
from .refusals import (
    CustomerTaken,
    DecidedAlready,
    EventNotFound,
    EventOver,
    NotACandidate,
    ReasonForDoubt,
    RowNotFound,
)

UNDECIDED = (CasualtyRow.State.TO_CONFIRM, CasualtyRow.State.NOBODY)


@tx.use_case
def see_row(*, row_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """
    Say that a person opens a line beside its candidates: names and dates of customers are shown.

    :raises RowNotFound: no such line, or another office's event.
    """
    row = _hold(row_id, access, for_update=False)
    journal.record(
        events.RowSeen(row_id=row_id, candidates=row.candidates.count()),
        about=row.sheet.event.ref, actor=actor, at=at,
    )  # fmt: skip


@tx.use_case
def confirm_row(
    *, row_id: int, party_id: int, reason: str = "", access: Access, actor: Ref, at: datetime
) -> int:
    """
    Confirm that a line means this customer; somebody is asked to reach them. The affected's id.

    Twice is once. Where the match is not certain (高度一致), the person says what convinced them.

    :raises RowNotFound: none, or not theirs. :raises DecidedAlready: a colleague decided otherwise.
    :raises NotACandidate: not found for this line. :raises ReasonForDoubt: without a reason.
    :raises CustomerTaken: another line means this customer. :raises EventOver: ended.
    """
    row = _hold(row_id, access)
    event = row.sheet.event
    if row.state == CasualtyRow.State.CONFIRMED and row.affected.party_id == party_id:
        return row.affected.pk
    if row.state not in UNDECIDED:
        raise DecidedAlready
    if event.state == Event.State.CLOSED:
        raise EventOver
    candidate = row.candidates.filter(party_id=party_id).first()
    if candidate is None:
        raise NotACandidate
    if not candidate.certain and len(reason.strip()) < 4:
        raise ReasonForDoubt
    party = people.get_party(party_id)
    try:
        with tx.savepoint():
            affected = Affected.objects.create(
                event=event, party_id=party.id, row=row, source=Affected.Source.LIST,
                condition=row.condition, office_id=party.office_id, confirmed_at=at,
                confirmed_by=str(actor),
            )  # fmt: skip
    except IntegrityError:
        # They may have reported themselves meanwhile: then the line simply joins.
        own = Affected.objects.filter(event=event, party_id=party.id, row=None).first()
        if own is None:
            raise CustomerTaken from None
        own.row, own.condition = row, row.condition
        own.save(update_fields=["row", "condition"])
        affected = own
    _decide(row, CasualtyRow.State.CONFIRMED, reason, actor, at)
    say_confirmed(affected, event, actor, at)
    return affected.pk


@tx.use_case
def reject_row(*, row_id: int, reason: str = "", access: Access, actor: Ref, at: datetime) -> None:
    """
    Say that none of the candidates is meant. Twice is once.

    :raises RowNotFound: none, or not theirs. :raises DecidedAlready: it was confirmed.
    """
    row = _hold(row_id, access)
    if row.state == CasualtyRow.State.REJECTED:
        return
    if row.state not in UNDECIDED:
        raise DecidedAlready
    _decide(row, CasualtyRow.State.REJECTED, reason, actor, at)
    journal.record(events.RowRejected(row_id=row_id), about=row.sheet.event.ref, actor=actor, at=at)


@tx.step
def say_confirmed(affected: Affected, event: Event, actor: Ref, at: datetime) -> None:
    """What follows from a confirmation: the fact, and somebody who makes contact."""
    journal.record(
        events.CustomerConfirmed(
            affected_id=affected.pk, party_id=affected.party_id, source=affected.source,
            condition=affected.condition, office_id=event.office_id, drill=event.drill,
        ),
        about=affected.ref, actor=actor, at=at, party=None if event.drill else affected.party_id,
    )  # fmt: skip
    if affected.contacted_at is None:
        work.open_item(
            "catastrophe.contact", about=affected.ref, office_id=event.office_id, at=at, priority=10,
            title=f"{'演练·' if event.drill else ''}{event.name}：联系{affected.get_condition_display()}客户或家属",
            party_id=affected.party_id,
        )  # fmt: skip


def _decide(row: CasualtyRow, state: str, reason: str, actor: Ref, at: datetime) -> None:
    row.state, row.reason = state, reason.strip()[:200]
    row.decided_by, row.decided_at = str(actor), at
    row.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    event = row.sheet.event
    if not CasualtyRow.objects.filter(sheet__event=event, state="TO_CONFIRM").exists():
        work.close_items(about=event.ref, at=at, queue="catastrophe.match")


def _hold(row_id: int, access: Access, *, for_update: bool = True) -> CasualtyRow:
    rows = CasualtyRow.objects.select_related("sheet__event")
    if for_update:
        rows = rows.select_for_update(of=("self",))
    row = rows.filter(pk=row_id).first()
    if row is None:
        access.require("catastrophe.handle")
        raise RowNotFound
    try:
        may_handle(row.sheet.event.office_id, access)
    except EventNotFound:
        raise RowNotFound from None
    return row
