"""A customer is called or written to where our service was not good, and what came of it is kept (A150)."""

from __future__ import annotations

from datetime import datetime

from yilu.contact import queries as contact
from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.quality import inspection_events as events
from yilu.quality.inspection_refusals import (
    BadRecovery,
    InspectionNotFound,
    NoCustomer,
    RecoveryClosedAlready,
    RecoveryNotFound,
)
from yilu.quality.models import Finding, Inspection, Recovery, RecoveryTry
from yilu.quality.places import RESULT, TRIED, WRONG
from yilu.quality.rules import recovering as rules
from yilu.work import operations as work

QUEUE, HANDLE, SOON = "quality.recover", "complaints.handle", 20
LONGEST = 2000


@tx.use_case
def open_recovery(
    *, origin: Ref, wrong: str, owner_id: int, access: Access, actor: Ref, at: datetime
) -> int:
    """
    Have the customer of an inspection or a finding called by a colleague; its id. Twice is once.

    The owner is somebody else than whoever served the customer.

    :raises NoCustomer: nobody knows whom to call. :raises BadRecovery: no words, or no such owner.
    :raises InspectionNotFound: no such inspection or finding.
    """
    subject, party_id, office_id, server = _what_it_is_about(origin)
    access.require("quality.inspect", office_id=office_id)
    if party_id is None:
        raise NoCustomer
    may = {staff_id for staff_id, _name in people.list_colleagues(office_id, HANDLE)}
    if owner_id not in may or owner_id == server or not _long_enough(wrong):
        raise BadRecovery
    row, made = Recovery.objects.get_or_create(
        origin=str(origin),
        defaults={
            "subject": str(subject), "party_id": party_id, "office_id": office_id,
            "owner_id": owner_id, "wrong": sealing.seal(wrong.strip(), WRONG),
            "opened_by": str(actor), "opened_at": at,
        },
    )  # fmt: skip
    if made:
        fact = events.RecoveryOpened(origin=origin.kind, office_id=office_id, owner_id=owner_id)
        journal.record(fact, about=row.ref, actor=actor, at=at, party=party_id)
        give(row, at)
    return row.pk


@tx.step
def give(row: Recovery, at: datetime) -> None:
    """Have its owner call or write to the customer."""
    work.open_item(
        QUEUE, about=row.ref, office_id=row.office_id, at=at, party_id=row.party_id,
        title="服务补救：联系客户", staff_id=row.owner_id, priority=SOON,
    )  # fmt: skip


def served_by(origin: Ref) -> int:
    """Who served the customer of an inspection or a finding. :raises InspectionNotFound: no such one."""
    return _what_it_is_about(origin)[3]


@tx.use_case
def note_try(
    *, recovery_id: int, channel: str, reached: bool, words: str, access: Access, actor: Ref,
    at: datetime,
) -> None:  # fmt: skip
    """
    Write down a call or a letter to the customer.

    :raises BadRecovery: no channel or no words. :raises RecoveryClosedAlready: it is over.
    """
    row = _open(recovery_id, access)
    if channel not in rules.CHANNELS or not _long_enough(words):
        raise BadRecovery
    RecoveryTry.objects.create(
        recovery=row, channel=channel, reached=reached, words=sealing.seal(words.strip(), TRIED),
        made_by=str(actor), made_at=at,
    )  # fmt: skip
    fact = events.RecoveryTried(channel=channel, reached=reached)
    journal.record(fact, about=row.ref, actor=actor, at=at, party=row.party_id)


@tx.use_case
def close_recovery(
    *, recovery_id: int, outcome: str, result: str, complaint_id: int = 0, access: Access,
    actor: Ref, at: datetime,
) -> None:  # fmt: skip
    """
    Close the loop: what came of it, in words; never empty, never without having reached or written.

    :raises BadRecovery: saying what is missing. :raises RecoveryClosedAlready: it is over.
    """
    row = _open(recovery_id, access)
    tries = [(t.channel, t.reached, day_of(t.made_at)) for t in row.tries.all()]
    if why := rules.lacks(outcome, tries):
        raise BadRecovery(hint=why)
    if not _long_enough(result) or (outcome == "COMPLAINT") != bool(complaint_id):
        raise BadRecovery
    row.state, row.outcome, row.closed_at = "CLOSED", outcome, at
    row.result, row.complaint_id = sealing.seal(result.strip(), RESULT), complaint_id or None
    row.save()
    fact = events.RecoveryClosed(
        outcome=outcome, office_id=row.office_id, complaint_id=complaint_id
    )
    journal.record(fact, about=row.ref, actor=actor, at=at, party=row.party_id)
    work.close_items(about=row.ref, at=at, queue=QUEUE)


def _open(recovery_id: int, access: Access) -> Recovery:
    """The owner's, or any inspector's of the office, under a lock."""
    row = Recovery.objects.select_for_update(of=("self",)).filter(pk=recovery_id).first()
    if row is None or not (
        row.owner_id == access.staff_id or access.may("quality.inspect", row.office_id)
    ):
        raise RecoveryNotFound
    if row.state != "OPEN":
        raise RecoveryClosedAlready
    return row


def _what_it_is_about(origin: Ref) -> tuple[Ref, int | None, int, int]:
    """The service, its customer, its office, and who served."""
    if origin.kind == "inspection":
        seen = Inspection.objects.filter(pk=origin.id).exclude(state="WAITING").first()
        if seen is not None:
            subject = Ref.parse(seen.subject)
            party_id = seen.party_id
            if party_id is None and subject.kind == "conversation":
                party_id = contact.get_conversation(subject.id).party_id
            return subject, party_id, seen.office_id, seen.staff_id
    if origin.kind == "finding":
        found = Finding.objects.filter(pk=origin.id).first()
        if found is not None:
            talk = contact.get_conversation(found.conversation_id)
            subject = Ref("conversation", talk.id)
            return subject, talk.party_id, found.office_id, found.seat_id
    raise InspectionNotFound


def _long_enough(text: str) -> bool:
    return 4 <= len(text.strip()) <= LONGEST
