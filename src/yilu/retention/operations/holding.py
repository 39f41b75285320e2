"""Somebody says that nothing of a contract may be deleted, somebody else that it may again (留存指令)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import IntegrityError

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.people.queries import Access
from yilu.retention import events
from yilu.retention.models import Hold, Matter
from yilu.retention.queries.holds import MANAGES
from yilu.retention.refusals import AlreadyHeld, BadHold, HoldNotFound, OwnHold

WORDS_MIN: Final = 5
WORDS_MAX: Final = 300
NUMBER_MAX: Final = 60
TO_COURT: Final = _("人伤调解未达成，案件进入诉讼")


@tx.use_case
def place_hold(
    *, policy_id: int, party_id: int, office_id: int, cause: str, case_number: str, words: str,
    access: Access, actor: Ref, at: datetime,
) -> int:  # fmt: skip
    """
    Keep everything recorded of a contract until this is lifted; its id. The door has looked up the contract.

    :raises BadHold: no such cause, or nothing said. :raises AlreadyHeld: the same stands already.
    :raises NotAllowed: without retention.hold over the contract's office.
    """
    access.require(MANAGES, office_id=office_id)
    case_number, words = case_number.strip(), words.strip()
    if cause not in Hold.Cause or not WORDS_MIN <= len(words) <= WORDS_MAX:
        raise BadHold
    if len(case_number) > NUMBER_MAX:
        raise BadHold
    row = Hold(
        about=str(Ref("policy", policy_id)), policy_id=policy_id, party_id=party_id, office_id=office_id,
        cause=cause, case_number=case_number, words=words, placed_by=str(actor), placed_at=at,
    )  # fmt: skip
    try:
        with tx.savepoint():
            row.save()
    except IntegrityError:
        raise AlreadyHeld from None
    _say_placed(row, actor, at)
    return row.pk


@tx.step
def place_hold_of_court(
    *, about: Ref, policy_id: int | None, party_id: int | None, office_id: int, at: datetime
) -> None:
    """A claim went to court: the same, by itself. Twice is once."""
    told = {"about": str(about), "cause": Hold.Cause.LAWSUIT.value, "case_number": ""}
    if Hold.objects.filter(**told, lifted_at=None).exists():
        return
    row = Hold.objects.create(
        **told, policy_id=policy_id, party_id=party_id, office_id=office_id,
        words=TO_COURT, placed_by=str(SYSTEM), placed_at=at,
    )  # fmt: skip
    _say_placed(row, SYSTEM, at)


@tx.use_case
def lift_hold(*, hold_id: int, words: str, access: Access, actor: Ref, at: datetime) -> None:
    """
    What it was for is over: the law's time after a dispute runs from here. Twice is once.

    :raises HoldNotFound: none, or of an office one does not serve. :raises OwnHold: whoever placed it.
    :raises BadHold: nothing said.
    """
    access.require(MANAGES)
    row = Hold.objects.select_for_update().filter(pk=hold_id).first()
    if row is None or not access.may(MANAGES, office_id=row.office_id or None):
        raise HoldNotFound
    if row.lifted_at is not None:
        return
    if row.placed_by == str(actor):
        raise OwnHold
    if not WORDS_MIN <= len(words.strip()) <= WORDS_MAX:
        raise BadHold
    row.lifted_by, row.lifted_at, row.lift_words = str(actor), at, words.strip()
    row.save(update_fields=["lifted_by", "lifted_at", "lift_words"])
    journal.record(
        events.HoldLifted(cause=row.cause), about=row.ref, actor=actor, at=at, party=row.party_id
    )


@tx.step
def _say_placed(row: Hold, actor: Ref, at: datetime) -> None:
    """It counts from this moment, not only from when the reader of the journal comes to it."""
    Matter.objects.create(
        kind="hold", ref=str(row.ref), party_id=row.party_id, policy_id=row.policy_id, opened_at=at
    )
    fact = events.HoldPlaced(policy_id=row.policy_id, office_id=row.office_id, cause=row.cause)
    journal.record(fact, about=row.ref, actor=actor, at=at, party=row.party_id)
