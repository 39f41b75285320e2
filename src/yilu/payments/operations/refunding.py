"""Give money back the way it came: to the very account, or through the very wallet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from yilu.kernel import tx
from yilu.kernel.errors import Invalid, Refusal
from yilu.kernel.money import ZERO, yuan
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.payments import events, rules
from yilu.payments.models import Collection, Refund
from yilu.payments.operations import collecting, hearing, requesting, taking
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.work import operations as work


class NothingCollected(Refusal):
    """No money came in by it: there is nothing to give back."""

    code = "nothing_collected"
    message = _("这笔款项没有收到钱，不能退款")
    hint = _("请先在对账中核实是否到账。")


class MoreThanCollected(Invalid):
    """More would go back than came."""

    code = "more_than_collected"
    message = _("退款合计不能超过已收金额")
    hint = _("请核对此前已退的金额。")


@dataclass(frozen=True, slots=True)
class DueRefund:
    """A refund in the sender's hands (在途退款)."""

    id: int
    attempts: int
    bank_key: str
    collection_key: str
    amount: Decimal


@tx.step
def refund_collection(
    *, collection_id: int, amount: Decimal, key: str, actor: Ref, at: datetime
) -> int:
    """
    Give back a part or all of what was collected, the way it came (E40); return the refund's id.

    To the account it came from, as a payout; through a wallet, by the sender. The same ``key`` again
    returns the first one. What is given back is said about what it was collected for: ``RefundRequested``,
    ``RefundDone``.

    :raises NothingCollected: no money came in by it. :raises MoreThanCollected: with what went back before,
        it would be more than came.
    """
    collection = Collection.objects.select_for_update(of=("self",)).get(pk=collection_id)
    known = Refund.objects.filter(collection=collection, key=key).first()
    if known is not None:
        return int(known.pk)
    if collection.state != Collection.State.COLLECTED and not collection.stray:
        raise NothingCollected
    try:
        amount = yuan(amount)
    except ValueError:
        raise MoreThanCollected from None
    if amount <= ZERO or collection.refunded + amount > collection.amount:
        raise MoreThanCollected
    collection.refunded += amount
    collection.save(update_fields=["refunded"])
    refund = Refund.objects.create(
        collection=collection, key=key, amount=amount, requested_at=at,
        due_at=at if collection.method in collecting.WALLETS else None,
    )  # fmt: skip
    if collection.account_id is not None:
        _back_to_the_account(refund, collection, actor, at)
    fact = events.RefundRequested(collection_id=collection.pk, key=key, amount=str(amount))
    collecting.say(collection, fact, actor, at)
    return int(refund.pk)


def _back_to_the_account(refund: Refund, collection: Collection, actor: Ref, at: datetime) -> None:
    assert collection.account_id is not None
    try:
        payout_id = requesting.request_payout(
            about=Ref.parse(collection.about), to_party=collection.payer_id,
            account_id=collection.account_id, amount=refund.amount, purpose="REFUND",
            key=f"refund:{refund.pk}", at=at, actor=actor,
        )  # fmt: skip
    except requesting.NotTheirAccount:  # closed since: a person finds another of the payer's own
        _failed(refund, collection, at)
        return
    refund.payout_id = payout_id
    refund.save(update_fields=["payout"])


@tx.use_case
def return_stray(*, collection_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """
    A person found that money came after all for a collection that had failed: it goes back.

    :raises NotAllowed: without payments.reconcile over the payer's office. :raises NothingCollected:
        nothing came, or it went back before.
    """
    collection = Collection.objects.filter(pk=collection_id).first()
    if collection is None:
        raise collecting.CollectionNotFound
    access.require("payments.reconcile", people.get_party(collection.payer_id).office_id)
    if not collection.stray or collection.refunded:
        raise NothingCollected
    refund_collection(
        collection_id=collection.pk, amount=collection.amount, key="stray", actor=actor, at=at
    )
    work.close_items(about=collection.ref, queue=hearing.QUEUE, at=at)


@tx.use_case
def take_due_refund(*, at: datetime) -> DueRefund | None:
    """Take up the wallet refund that waits longest, for a minute; None if none is due."""
    taken = tx.rows(
        """
        with due as (
            select id from payments_refund
             where state = 'WAITING' and due_at <= %(at)s::timestamptz
               and (leased_until is null or leased_until <= %(at)s::timestamptz)
             order by due_at, id limit 1 for update skip locked)
        update payments_refund r
           set leased_until = %(until)s::timestamptz, attempts = r.attempts + 1
          from due, payments_collection c where r.id = due.id and c.id = r.collection_id
        returning r.id, r.attempts, r.bank_key, c.bank_key, r.amount
        """,
        {"at": at, "until": at + rules.LEASE},
    )
    if not taken:
        return None
    refund_id, attempts, bank_key, collection_key, amount = taken[0]
    return DueRefund(refund_id, attempts, _hex(bank_key), _hex(collection_key), amount)


@tx.use_case
def record_refund(*, due: DueRefund, state: str, at: datetime) -> None:
    """Note the wallet's word (DONE or FAILED), or that there was none (empty): it is asked again."""
    refund = (
        Refund.objects.select_for_update(of=("self",))
        .select_related("collection")
        .filter(pk=due.id, attempts=due.attempts, state="WAITING")
        .first()
    )
    if refund is None:
        return
    refund.leased_until = None
    if state == "DONE":
        refund.state, refund.ended_at, refund.due_at = Refund.State.DONE, at, None
        refund.save()
        fact = events.RefundDone(
            collection_id=refund.collection_id, key=refund.key, amount=str(refund.amount)
        )
        collecting.say(refund.collection, fact, hearing.BANK, at)
    elif state == "FAILED":
        _failed(refund, refund.collection, at)
    else:
        refund.due_at = at + rules.pause_after(due.attempts)
        refund.save()


def _failed(refund: Refund, collection: Collection, at: datetime) -> None:
    refund.state, refund.ended_at, refund.due_at = Refund.State.FAILED, at, None
    refund.save()
    fact = events.RefundFailed(
        collection_id=collection.pk, key=refund.key, amount=str(refund.amount)
    )
    collecting.say(collection, fact, SYSTEM, at)
    taking.report(collection, "原路退回未成功，请联系付款人登记本人其他账户", at)


def _hex(key: UUID) -> str:
    return key.hex
