"""Take money in: promise a collection, let the payer pay it, take it back before it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson
from django.conf import settings

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotFound, Refusal
from yilu.kernel.money import ZERO, yuan
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.payments import events, rules
from yilu.payments.models import Collection

WALLETS = frozenset({"WECHAT", "ALIPAY"})
"""Ways that need no bank account of ours to know: the wallet knows its owner."""


class NothingToCollect(Invalid):
    """Zero or less is not owed."""

    code = "nothing_to_collect"
    message = _("收款金额必须大于零，且不超过两位小数")
    hint = _("请核对应交金额。")


class NotThePayersAccount(NotFound):
    """No usable account of the payer's own by this number: a stranger's and none look the same."""

    code = "not_the_payers_account"
    message = _("没有找到付款人本人名下可用的账户")
    hint = _("保险费只能从投保人本人的账户交纳，请先登记本人的银行卡，或选用微信、支付宝。")


class CollectionKeyUsed(Refusal):
    """The same key stands for another amount or payer."""

    code = "collection_key_used"
    message = _("这笔收款已经登记，且金额或付款人与本次不同")
    hint = _("请刷新页面核对，不要重复提交。")


class CollectionNotFound(NotFound):
    """There is no such collection, or it is another person's: in the same words."""

    code = "collection_not_found"
    message = _("没有找到这笔待支付款项")
    hint = _("请从“我的缴费”重新进入。")


class CollectionMovedOn(Refusal):
    """It is under way, paid, failed or cancelled: this cannot be done with it any more."""

    code = "collection_moved_on"
    message = _("这笔款项的状态已经变化")
    hint = _("请刷新页面查看最新情况；不会重复扣款。")


# The account belongs to people. Whose it is is checked inside this statement, because between a
# question asked there and a row written here somebody could have closed the account.
_REQUEST = """
    insert into payments_collection (about, key, turn, payer_id, method, account_id, bank_name,
           masked_number, amount, refunded, state, reason, bank_reference, stray, rehearsal, attempts,
           due_at, problem, requested_at, expires_at)
    select %(about)s, %(key)s, %(turn)s::int, %(payer)s::bigint, %(method)s, account.id,
           coalesce(account.bank_name, ''), '', %(amount)s::numeric, 0, 'WAITING', '', '', false, '', 0,
           %(due)s::timestamptz, '', %(at)s::timestamptz, %(expires)s::timestamptz
      from (select 1) as one
      left join people_bankaccount account
        on account.id = %(account)s::bigint and account.party_id = %(payer)s::bigint and account.active
     where account.id is not null or %(account)s::bigint is null
    on conflict do nothing
    returning id
"""


@tx.step
def request_collection(
    *,
    key: str,
    payer_id: int,
    method: str,
    amount: Decimal,
    about: Ref,
    at: datetime,
    account_id: int | None = None,
    actor: Ref = SYSTEM,
    expires_at: datetime | None = None,
) -> int:
    """
    Promise to take an amount in yuan from a person; return the collection's id.

    BANK_DEBIT is sent soon after commit, from an account in the payer's own name. CARD, WECHAT and
    ALIPAY wait until the payer presses "pay" on the pay page (``customer:pay``), where another of these
    ways may be chosen. What came of it is said about ``about``: ``CollectionSettled`` once at most, or
    ``CollectionFailed`` for each try; after a failure the payer may try again until ``expires_at``
    (30 days unless told), under the same key, unless it was cancelled. The same ``key`` again returns
    the first one (its latest turn) and changes nothing.

    :raises NothingToCollect: unless the amount is more than zero (two decimals at most).
    :raises NotThePayersAccount: if the account is not the payer's own, is closed, or unknown; a debit
        needs one. :raises CollectionKeyUsed: if the key stands for another amount, payer or subject.
    """
    amount = _amount(amount)
    if method not in Collection.Method.values:
        raise ValueError(f"no such method: {method}")
    made = _insert(
        about=str(about), key=key, turn=1, payer=payer_id, method=method, account=account_id,
        amount=amount, at=at, expires=expires_at or at + rules.PAY_WITHIN,
    )  # fmt: skip
    if made is not None:
        fact = events.CollectionRequested(
            collection_id=made, key=key, amount=str(amount), method=method
        )
        journal.record(fact, about=about, actor=actor, at=at, party=payer_id)
        return made
    # The turn is taken, or the account is not theirs: which of the two, the key says.
    known = _latest(key)
    if known is None:
        raise NotThePayersAccount
    if (known.amount, known.payer_id, known.about) != (amount, payer_id, str(about)):
        raise CollectionKeyUsed
    return int(known.pk)


@tx.use_case
def pay(
    *,
    collection_id: int,
    payer_id: int,
    method: str,
    at: datetime,
    account_id: int | None = None,
    rehearse: str = "",
) -> int:
    """
    The payer presses "pay", in a way of their choice; the id of the turn that is sent now.

    After a failure this is the next turn. Pressing twice pays once. ``rehearse`` names the failure the
    sandbox shall play, in the demo only.

    :raises CollectionNotFound: another person's or none. :raises CollectionMovedOn: paid, under way,
        cancelled or expired. :raises NotThePayersAccount: not the payer's own account.
    """
    if method not in WALLETS and method != Collection.Method.CARD:
        raise Invalid(
            _("请选择支付方式")
        )  # a debit needs an agreement, which this page does not make
    if rehearse and not settings.DEMO:
        raise Invalid(_("只有演示环境可以模拟支付结果"))
    collection = _of(collection_id, payer_id)
    if collection.state not in {"WAITING", "FAILED"} or collection.expires_at <= at:
        raise CollectionMovedOn
    if collection.state == Collection.State.WAITING and collection.due_at is not None:
        raise CollectionMovedOn
    if collection.state == Collection.State.FAILED:
        collection = _next_turn(collection, method, account_id, at)
    elif (method, account_id) != (collection.method, collection.account_id):
        _choose(collection, method, account_id)
    collection.due_at, collection.rehearsal = at, rehearse
    collection.save(update_fields=["due_at", "rehearsal"])
    return int(collection.pk)


@tx.step
def retry_collection(
    *, key: str, method: str, at: datetime, account_id: int | None = None, actor: Ref = SYSTEM
) -> int | None:
    """
    Send the next turn of a failed collection by ourselves (a debit again); its id.

    None where the latest turn did not fail, its time is over, or no usable account is left.
    """
    collection = _latest(key, locked=True)
    if (
        collection is None
        or collection.state != Collection.State.FAILED
        or collection.stray
        or collection.expires_at <= at
    ):
        return None
    try:
        again = _next_turn(collection, method, account_id, at)
    except NotThePayersAccount:
        return None
    fact = events.CollectionRequested(
        collection_id=again.pk, key=key, amount=str(again.amount), method=method
    )
    about = Ref.parse(again.about)
    journal.record(fact, about=about, actor=actor, at=at, party=again.payer_id)
    return int(again.pk)


@tx.step
def cancel_collection(*, key: str, actor: Ref, at: datetime) -> bool:
    """
    Take back what has not left yet, or close a failed one against another try; whether it was.

    False where it is under way or collected: then its end will be heard, and money is refunded.
    """
    collection = _latest(key, locked=True)
    if collection is None or collection.state not in {"WAITING", "FAILED"}:
        return False
    collection.state, collection.ended_at = Collection.State.CANCELLED, at
    collection.due_at = collection.leased_until = None
    collection.save()
    say(
        collection,
        events.CollectionCancelled(collection_id=collection.pk, key=collection.key),
        actor,
        at,
    )
    return True


@tx.use_case
def expire_collections(*, at: datetime, limit: int = 100) -> int:
    """End what the payer never paid in time; how many. What is under way ends by the bank's word."""
    over = list(
        Collection.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(state="WAITING", expires_at__lte=at)
        .order_by("pk")[:limit]
    )
    for collection in over:
        fail(collection, "EXPIRED", SYSTEM, at)
    return len(over)


@tx.step
def fail(collection: Collection, reason: str, actor: Ref, at: datetime) -> None:
    """Bring a locked collection to an unpaid end, and say so."""
    if reason not in Collection.Reason.values:
        reason = "OTHER"
    collection.state, collection.reason, collection.ended_at = Collection.State.FAILED, reason, at
    collection.leased_until, collection.due_at, collection.problem = None, None, ""
    collection.save()
    fact = events.CollectionFailed(
        collection_id=collection.pk, key=collection.key, amount=str(collection.amount),
        method=collection.method, reason=reason, turn=collection.turn,
    )  # fmt: skip
    say(collection, fact, actor, at)


def _amount(amount: Decimal) -> Decimal:
    try:
        amount = yuan(amount)
    except ValueError:
        raise NothingToCollect from None
    if amount <= ZERO:
        raise NothingToCollect
    return amount


def _insert(
    *,
    about: str,
    key: str,
    turn: int,
    payer: int,
    method: str,
    account: int | None,
    amount: Decimal,
    at: datetime,
    expires: datetime,
) -> int | None:
    """Write the row in one statement; None if the key is taken or the account is not theirs."""
    if method == "BANK_DEBIT" and account is None:
        raise NotThePayersAccount
    made = tx.rows(
        _REQUEST,
        {
            "about": about, "key": key, "turn": turn, "payer": payer, "method": method,
            "account": None if method in WALLETS else account, "amount": amount, "at": at,
            "due": at if method == "BANK_DEBIT" else None, "expires": expires,
        },
    )  # fmt: skip
    return int(made[0][0]) if made else None


def _latest(key: str, *, locked: bool = False) -> Collection | None:
    rows = Collection.objects.filter(key=key).order_by("-turn")
    if locked:
        rows = rows.select_for_update(of=("self",))
    return rows.first()


def _of(collection_id: int, payer_id: int) -> Collection:
    """The payer's own collection in its latest turn, locked."""
    named = Collection.objects.filter(pk=collection_id, payer_id=payer_id).first()
    found = _latest(named.key, locked=True) if named is not None else None
    if found is None:
        raise CollectionNotFound
    return found


def _next_turn(failed: Collection, method: str, account_id: int | None, at: datetime) -> Collection:
    _need_account(method, account_id)
    made = _insert(
        about=failed.about, key=failed.key, turn=failed.turn + 1, payer=failed.payer_id,
        method=method, account=account_id, amount=failed.amount, at=at, expires=failed.expires_at,
    )  # fmt: skip
    if made is None:
        if Collection.objects.filter(key=failed.key, turn=failed.turn + 1).exists():
            raise CollectionMovedOn  # somebody was faster
        raise NotThePayersAccount
    return Collection.objects.select_for_update(of=("self",)).get(pk=made)


def _choose(collection: Collection, method: str, account_id: int | None) -> None:
    _need_account(method, account_id)
    account_id = None if method in WALLETS else account_id
    changed = tx.changed(
        """
        update payments_collection c
           set method = %(method)s, account_id = account.id, bank_name = coalesce(account.bank_name, '')
          from (select 1) as one
          left join people_bankaccount account
            on account.id = %(account)s::bigint and account.party_id = %(payer)s::bigint
               and account.active
         where c.id = %(id)s::bigint and (account.id is not null or %(account)s::bigint is null)
        """,
        {
            "method": method,
            "account": account_id,
            "payer": collection.payer_id,
            "id": collection.pk,
        },
    )
    if not changed:
        raise NotThePayersAccount
    collection.refresh_from_db()


def _need_account(method: str, account_id: int | None) -> None:
    if method not in WALLETS and account_id is None:
        raise NotThePayersAccount


def say(collection: Collection, fact: Any, actor: Ref, at: datetime) -> None:
    """Record what happened, about what it was for, on the payer's timeline."""
    about = Ref.parse(collection.about)
    journal.record(fact, about=about, actor=actor, at=at, party=collection.payer_id)


@dataclass(frozen=True, slots=True)
class WantedCollection:
    """One of many collections: as the arguments of ``request_collection``."""

    key: str
    payer_id: int
    method: str
    account_id: int | None
    amount: Decimal
    about: Ref


_REQUEST_MANY = """
    insert into payments_collection (about, key, turn, payer_id, method, account_id, bank_name,
           masked_number, amount, refunded, state, reason, bank_reference, stray, rehearsal, attempts,
           due_at, problem, requested_at, expires_at)
    select row.about, row.key, 1, row.payer, row.method, account.id, account.bank_name, '', row.amount, 0,
           'WAITING', '', '', false, '', 0, %(at)s::timestamptz, '', %(at)s::timestamptz,
           %(expires)s::timestamptz
      from json_to_recordset(%(wanted)s::json) as row(n int, about text, key text, payer bigint,
           method text, account bigint, amount numeric)
      join people_bankaccount account
        on account.id = row.account and account.party_id = row.payer and account.active
     order by row.n
    on conflict do nothing
    returning key, id
"""


@tx.step
def request_collections(
    *, wanted: Sequence[WantedCollection], actor: Ref, at: datetime
) -> dict[str, int]:
    """
    ``request_collection`` for many debits in one statement; the ids by key.

    One that was asked for before, or whose account is not the payer's own, is not in the answer.
    """
    given = [
        {
            "n": n, "about": str(w.about), "key": w.key, "payer": w.payer_id, "method": w.method,
            "account": w.account_id, "amount": str(_amount(w.amount)),
        }
        for n, w in enumerate(wanted)
    ]  # fmt: skip
    made = tx.rows(
        _REQUEST_MANY,
        {"at": at, "expires": at + rules.PAY_WITHIN, "wanted": orjson.dumps(given).decode()},
    )
    found = {str(key): int(collection_id) for key, collection_id in made}
    for each in wanted:
        if each.key in found:
            fact = events.CollectionRequested(
                collection_id=found[each.key], key=each.key, amount=str(each.amount),
                method=each.method,
            )  # fmt: skip
            journal.record(fact, about=each.about, actor=actor, at=at, party=each.payer_id)
    return found
