"""What banks and wallets say about collections: their notices, and their word on a whole day."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import orjson

from yilu.gateways.bank import Booking
from yilu.kernel import tx
from yilu.kernel.errors import Refusal
from yilu.kernel.money import ZERO, yuan
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.payments import rules
from yilu.payments.models import Collection, CollectionDay, CollectionNotice
from yilu.payments.operations import hearing, taking
from yilu.work import operations as work


class CollectionsReconciled(Refusal):
    """The day's collections were held against our books before, with other lines."""

    code = "collections_reconciled"
    message = _("这一天的收款已经对过账，且银行明细与当时不同")
    hint = _("请先核对两份明细的差别，再联系银行。")


@dataclass(frozen=True, slots=True)
class _Said:
    message_id: str
    key: str
    said: str
    reason: str
    reference: str
    amount: Decimal | None


@tx.use_case
def receive_collection_notice(*, body: bytes, signature: str, timestamp: str, at: datetime) -> str:
    """
    Take what a bank or wallet tells us of a collection; return what it changed.

    COLLECTED or FAILED if it ended by it, STRAY for money that came after another end, CONTRADICTION,
    NONE if it said what we knew, UNKNOWN if it is not ours. Signed like the bank's notices.

    :raises BadSignature: if the signature is wrong. :raises StaleNotice: signed more than five minutes
        from ``at``. :raises ReplayedNotice: for the very same request again, or another content under a
        known message id. :raises UnreadableNotice: if the form is wrong.
    """
    hearing.check_signed(body, signature, timestamp, at)
    notice = _read(body)
    digest = hashlib.sha256(body).hexdigest()
    first = tx.rows(
        """
        insert into payments_collectionnotice
               (message_id, signature, digest, said, reason, amount, effect, received_at)
        values (%s, %s, %s, %s, %s, %s::numeric, '', %s::timestamptz)
        on conflict do nothing returning id
        """,
        [notice.message_id, signature, digest, notice.said, notice.reason, notice.amount, at],
    )
    if not first:
        known = CollectionNotice.objects.filter(message_id=notice.message_id).first()
        if known is None or known.signature == signature or known.digest != digest:
            raise hearing.ReplayedNotice
        return "NONE"
    collection = taking.locked_by_key(notice.key)
    effect = "UNKNOWN"
    if collection is not None:
        effect = taking.apply(
            collection, said=notice.said, reason=notice.reason, reference=notice.reference,
            amount=notice.amount, at=at,
        )  # fmt: skip
    else:
        work.open_item(
            hearing.QUEUE, about=Ref("collection_notice", int(first[0][0])), priority=30, at=at,
            office_id=hearing.head_office_id(), title="银行通知了一笔我方没有的收款",
            amount=notice.amount,
        )  # fmt: skip
    CollectionNotice.objects.filter(pk=first[0][0]).update(collection=collection, effect=effect)
    return effect


@tx.use_case
def reconcile_collections(*, day: date, lines: Sequence[Booking], at: datetime) -> int:
    """
    Hold what the bank says it collected on a day against our books; how many differences there are.

    A collection whose end we had not heard is collected by it. Money for one that had ended otherwise is
    stray; a key that is not ours, another amount, one taken twice, or money of ours that is not on the
    list wants a person. The same lines again change nothing.

    :raises CollectionsReconciled: the day was done with other lines.
    """
    digest = _digest(lines)
    done = CollectionDay.objects.select_for_update().filter(day=day).first()
    if done is not None:
        if done.digest != digest:
            raise CollectionsReconciled
        return 0
    times = Counter(line.key for line in lines)
    differences = sum(_hold_against(line, times[line.key], at) for line in lines)
    differences += _missing(day, set(times), at)
    total = sum((line.amount for line in lines), ZERO)
    CollectionDay.objects.create(
        day=day, digest=digest, lines_count=len(lines), total=total, differences=differences,
        reconciled_at=at,
    )  # fmt: skip
    return differences


def _hold_against(line: Booking, times: int, at: datetime) -> int:
    collection = taking.locked_by_key(line.key)
    if collection is None:
        title = f"银行对账单有一笔我方没有的收款 {line.reference[:40]}"
        work.open_item(
            hearing.QUEUE, about=Ref("collection_line", _number(line)), priority=30, at=at,
            office_id=hearing.head_office_id(), title=title, amount=line.amount,
        )  # fmt: skip
        return 1
    if times > 1:
        taking.report(collection, "同一笔收款在对账单上出现多次，请核实是否重复扣款", at)
        return 1
    happened = taking.apply(
        collection, said="COLLECTED", reason="", reference=line.reference, amount=line.amount, at=at
    )
    return int(happened in {"STRAY", "CONTRADICTION"})


def _missing(day: date, keys: set[str], at: datetime) -> int:
    """What we count as collected that day and the bank does not."""
    start, end = rules.bounds(day)
    ours = Collection.objects.filter(state="COLLECTED", ended_at__gte=start, ended_at__lt=end)
    missing = [c for c in ours.iterator(chunk_size=1000) if c.bank_key.hex not in keys]
    for collection in missing:
        taking.report(collection, "我方已记收款，银行对账单上没有，请核实", at)
    return len(missing)


def _number(line: Booking) -> int:
    """A number for a line that is nobody's: the same line gives the same one."""
    return int(hashlib.sha256(line.reference.encode()).hexdigest()[:12], 16)


def _digest(lines: Sequence[Booking]) -> str:
    given = [
        [line.reference, line.key, str(line.amount)]
        for line in sorted(lines, key=lambda line: line.reference)
    ]
    return hashlib.sha256(orjson.dumps(given)).hexdigest()


def _read(body: bytes) -> _Said:
    try:
        said = json.loads(body)
        amount = said.get("amount")
        notice = _Said(
            said["id"], said["key"], said["state"], said.get("reason") or "",
            said.get("reference") or "", None if amount is None else yuan(str(amount)),
        )  # fmt: skip
        texts = (notice.message_id, notice.key, notice.said, notice.reason, notice.reference)
        if not all(isinstance(t, str) and len(t) <= 64 and t.isprintable() for t in texts):
            raise ValueError
        if not notice.message_id or notice.said not in {"ACCEPTED", "COLLECTED", "FAILED"}:
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise hearing.UnreadableNotice from None
    if notice.said == "FAILED" and notice.reason not in Collection.Reason.values:
        return _Said(
            notice.message_id, notice.key, notice.said, "OTHER", notice.reference, notice.amount
        )
    return notice
