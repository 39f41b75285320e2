"""The sender's side of a collection: take a batch up, hear what became of each. The network is in ``jobs``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from yilu.gateways import collecting as gateway
from yilu.kernel import masks, tx
from yilu.kernel.refs import SYSTEM
from yilu.payments import events, rules
from yilu.payments.models import Collection
from yilu.payments.operations import collecting, hearing
from yilu.people import queries as people
from yilu.work import operations as work


@dataclass(frozen=True, slots=True)
class DueCollection:
    """
    A collection in the sender's hands (在途收款).

    ``ask_first``: it may have left us before. ``order`` is what to hand in; None where its account was
    closed meanwhile.
    """

    id: int
    ask_first: bool
    attempts: int
    bank_key: str
    order: gateway.Order | None


@tx.use_case
def take_due_collections(*, at: datetime, limit: int = 100) -> tuple[DueCollection, ...]:
    """
    Take up the collections that wait longest, for a minute; two senders never hold the same one.

    From here on it counts as sent: a crashed sender's are asked about by key before anything else.
    """
    taken = tx.rows(
        """
        with due as (
            select id, state, attempts from payments_collection
             where state in ('WAITING', 'SENT') and due_at <= %(at)s::timestamptz
               and (leased_until is null or leased_until <= %(at)s::timestamptz)
             order by due_at, id limit %(limit)s::int for update skip locked)
        update payments_collection c
           set state = 'SENT', leased_until = %(until)s::timestamptz, attempts = c.attempts + 1,
               sent_at = coalesce(c.sent_at, %(at)s::timestamptz)
          from due where c.id = due.id
        returning c.id, due.state, c.attempts, c.bank_key, c.payer_id, c.account_id, c.amount,
                  c.method, c.about, c.rehearsal
        """,
        {"at": at, "until": at + rules.LEASE, "limit": limit},
    )
    return tuple(_due(row) for row in sorted(taken, key=lambda row: row[0]))


def _due(row: tuple[Any, ...]) -> DueCollection:
    id, state, attempts, bank_key, payer, account_id, amount, method, about, rehearsal = row
    told: dict[str, Any] = {}
    if account_id is not None:
        try:
            account = people.get_payment_details(payer, account_id)
        except people.AccountNotFound:
            return DueCollection(id, state != "WAITING", attempts, bank_key.hex, None)
        told = {
            "bank_code": account.bank_code, "account_number": account.number,
            "holder_name": account.holder_name,
        }  # fmt: skip
        tx.changed(
            "update payments_collection set masked_number = %s where id = %s::bigint"
            " and masked_number = ''",
            [masks.mask_account(account.number), id],
        )
    order = gateway.Order(
        key=bank_key.hex, amount=amount, method=method, rehearsal=rehearsal,
        remark=f"{settings.INSURER_SHORT_NAME} {about}", **told,
    )  # fmt: skip
    return DueCollection(id, state != "WAITING", attempts, bank_key.hex, order)


@tx.use_case
def put_back_collections(*, due: Sequence[DueCollection], at: datetime) -> None:
    """The bank cannot have had this batch: it is sent a little later; what was out before is asked about."""
    for each in due:
        collection = _in_hand(each)
        if collection is None:
            continue
        if not each.ask_first:
            collection.state, collection.sent_at = Collection.State.WAITING, None
        _later(collection, at)


@tx.use_case
def record_silence(*, due: Sequence[DueCollection], at: datetime) -> None:
    """The bank may have had this batch: each is asked about by key before it is handed in again."""
    for each in due:
        collection = _in_hand(each)
        if collection is not None:
            _later(collection, at)
            if each.attempts == rules.UNCLEAR_AFTER_ATTEMPTS:
                report(collection, "收款结果长时间未答复，请向银行核实", at)


@tx.use_case
def record_collection_answers(*, answers: Sequence[gateway.Answer], at: datetime) -> list[str]:
    """Note what was answered to the sender; same effects as a notice. What happened, in order."""
    happened = []
    for answer in answers:
        collection = locked_by_key(answer.key)
        if collection is not None:
            happened.append(
                apply(
                    collection, said=answer.state, reason=answer.reason,
                    reference=answer.reference, amount=answer.amount, at=at,
                )
            )  # fmt: skip
    return happened


@tx.use_case
def record_account_gone(*, due: DueCollection, at: datetime) -> None:
    """The account was closed before the order left: it fails for that reason."""
    collection = _in_hand(due)
    if collection is not None:
        collecting.fail(collection, "ACCOUNT_CLOSED", SYSTEM, at)


@tx.step
def apply(
    collection: Collection, *, said: str, reason: str, reference: str, amount: Any, at: datetime
) -> str:
    """
    Let the bank's word take effect on a locked collection; return what happened.

    Of each turn there is one end. Money that comes after another end is stray: a person sends it back.
    """
    same_amount = amount is None or amount == collection.amount
    happened = rules.judge_collection(collection.state, said, same_amount=same_amount)
    collection.bank_reference = collection.bank_reference or reference[:64]
    if happened == "COLLECTED":
        _collected(collection, at)
    elif happened == "FAILED":
        collecting.fail(collection, reason or "OTHER", hearing.BANK, at)
    elif happened == "STRAY" and not collection.stray:
        collection.stray = True
        collection.save()
        fact = events.CollectionStray(
            collection_id=collection.pk, key=collection.key, amount=str(collection.amount)
        )
        collecting.say(collection, fact, hearing.BANK, at)
        report(collection, "未成功的收款事后到账，请核实并原路退回", at)
    elif happened == "CONTRADICTION":
        report(collection, "收款结果前后矛盾，请向银行核实", at)
    elif collection.state in {"WAITING", "SENT"}:
        collection.state, collection.leased_until = Collection.State.SENT, None
        collection.due_at = at + rules.ASK_EVERY
        collection.sent_at = collection.sent_at or at
        collection.save()
    return happened


def _collected(collection: Collection, at: datetime) -> None:
    collection.state, collection.ended_at = Collection.State.COLLECTED, at
    collection.due_at, collection.leased_until, collection.problem = None, None, ""
    collection.sent_at = collection.sent_at or at
    collection.save()
    fact = events.CollectionSettled(
        collection_id=collection.pk, key=collection.key, amount=str(collection.amount),
        method=collection.method,
    )  # fmt: skip
    collecting.say(collection, fact, hearing.BANK, at)
    work.close_items(about=collection.ref, queue=hearing.QUEUE, at=at)


def report(collection: Collection, title: str, at: datetime) -> None:
    """Have somebody look at a collection."""
    party = people.get_party(collection.payer_id)
    work.open_item(
        hearing.QUEUE, about=collection.ref, office_id=party.office_id, title=title, at=at,
        priority=30, amount=collection.amount, party_id=collection.payer_id,
    )  # fmt: skip


def locked_by_key(key: str) -> Collection | None:
    """The collection a bank key stands for, locked."""
    if len(key) != 32 or not set(key) <= set("0123456789abcdef"):
        return None
    return Collection.objects.select_for_update(of=("self",)).filter(bank_key=key).first()


def _later(collection: Collection, at: datetime) -> None:
    collection.leased_until = None
    collection.due_at = at + rules.pause_after(collection.attempts)
    collection.save()


def _in_hand(due: DueCollection) -> Collection | None:
    """The locked row, if this try is still the latest and nobody said otherwise meanwhile."""
    return (
        Collection.objects.select_for_update(of=("self",))
        .filter(pk=due.id, attempts=due.attempts, state="SENT")
        .first()
    )
