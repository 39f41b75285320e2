"""A customer is called or written to where our service was not good, and what came of it is kept (A150)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count

from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import SYSTEM, Ref
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
from yilu.quality.models import Recovery, RecoveryTry
from yilu.quality.origins import Origin, origin_of, seen_customer
from yilu.quality.places import RESULT, TRIED, WRONG
from yilu.quality.rules import recovering as rules
from yilu.standards import queries as standards
from yilu.work import operations as work

QUEUE, SOON = "quality.recover", 20
LONGEST = 2000


@tx.use_case
def open_recovery(
    *, origin: Ref, wrong: str, owner_id: int, access: Access, actor: Ref, at: datetime,
    party_id: int | None = None,
) -> int:  # fmt: skip
    """
    Have a customer whom we served badly called by a colleague; the recovery's id. Twice is once.

    It comes from an inspection, a finding, a promise missed, a failed line of an audit (``party_id``
    says whom it concerned) or a case handled wrongly. Its owner is somebody else than who served.

    :raises NoCustomer: nobody knows whom to call. :raises BadRecovery: no words, or no such owner.
    :raises InspectionNotFound: no such origin.
    """
    about = origin_of(origin, party_id=seen_customer(party_id, access))
    access.require("quality.inspect", office_id=about.office_id)
    if about.party_id is None:
        raise NoCustomer
    may = {staff_id for staff_id, _name in people.list_colleagues(about.office_id, rules.HANDLE)}
    if owner_id not in may - about.servers or not _long_enough(wrong):
        raise BadRecovery
    return _open_one(origin, about, wrong.strip(), owner_id, actor, at).pk


@tx.step
def recover_at_once(
    *, cause: str, code: str, origin: Ref, wrong: str, at: datetime
) -> Recovery | None:
    """
    Open a recovery where the table ``quality.recovery`` says that nobody has to ask for it first.

    Nothing where the case or its customer is unknown, the same case is being put right already, or
    nobody may. Its owner is who has the fewest, at the office or else the head office, and did nothing
    in the case.
    """
    if not standards.decide(rules.TABLE, {"cause": cause, "code": code}, at).outputs["at_once"]:
        return None
    try:
        about = origin_of(origin)
    except InspectionNotFound:
        return None
    if about.party_id is None:
        return None
    if Recovery.objects.filter(subject=str(about.subject), state=Recovery.State.OPEN).exists():
        return None
    owner_id = _least_burdened(about)
    if owner_id is None:
        return None
    return _open_one(origin, about, wrong, owner_id, SYSTEM, at)


def _open_one(
    origin: Ref, about: Origin, wrong: str, owner_id: int, actor: Ref, at: datetime
) -> Recovery:
    assert about.party_id is not None
    row, made = Recovery.objects.get_or_create(
        origin=str(origin),
        defaults={
            "subject": str(about.subject), "party_id": about.party_id, "office_id": about.office_id,
            "owner_id": owner_id, "servers": sorted(about.servers),
            "wrong": sealing.seal(wrong, WRONG), "opened_by": str(actor), "opened_at": at,
        },
    )  # fmt: skip
    if made:
        fact = events.RecoveryOpened(
            origin=origin.kind, office_id=about.office_id, owner_id=owner_id
        )
        journal.record(fact, about=row.ref, actor=actor, at=at, party=about.party_id)
        give(row, at)
    return row


def _least_burdened(about: Origin) -> int | None:
    for office_id in (about.office_id, people.head_office_id()):
        colleagues = people.list_colleagues(office_id, rules.HANDLE)
        may = [each for each, _name in colleagues if each not in about.servers]
        if may:
            held = _held(may)
            return min(may, key=lambda each: (held.get(each, 0), each))
    return None


def _held(staff_ids: list[int]) -> dict[int, int]:
    held = Recovery.objects.filter(owner_id__in=staff_ids, state=Recovery.State.OPEN)
    return dict(held.values_list("owner_id").annotate(n=Count("id")))


@tx.step
def give(row: Recovery, at: datetime) -> None:
    """Have its owner call or write to the customer."""
    work.open_item(
        QUEUE, about=row.ref, office_id=row.office_id, at=at, party_id=row.party_id,
        title="服务补救：联系客户", staff_id=row.owner_id, priority=SOON,
    )  # fmt: skip


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


def _long_enough(text: str) -> bool:
    return 4 <= len(text.strip()) <= LONGEST
