"""What is asked of payers and what became of it. Accounts are masked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from yilu.kernel.refs import Ref
from yilu.payments.models import Collection, CollectionDay
from yilu.payments.operations.collecting import CollectionNotFound
from yilu.payments.queries.payouts import NoticeView
from yilu.people import queries as people
from yilu.people.queries import Access


@dataclass(frozen=True, slots=True)
class CollectionView:
    """A collection as screens show it (收款): the latest turn of what is to be paid."""

    id: int
    key: str
    turn: int
    about: Ref
    payer_id: int
    method: str
    method_label: str
    account_id: int | None
    account: str
    amount: Decimal
    refunded: Decimal
    state: str
    state_label: str
    reason: str
    reason_label: str
    waits_for_payer: bool
    stray: bool
    requested_at: datetime
    expires_at: datetime
    ended_at: datetime | None

    @property
    def is_under_way(self) -> bool:
        """Whether the bank has it, or gets it without the payer doing anything."""
        return self.state == "SENT" or (self.state == "WAITING" and not self.waits_for_payer)

    def may_pay(self, at: datetime) -> bool:
        """Whether the payer can press "pay" now."""
        waits = self.state == "WAITING" and self.waits_for_payer
        return (waits or (self.state == "FAILED" and not self.stray)) and at < self.expires_at


def get_collection(collection_id: int) -> CollectionView:
    """One collection by id. :raises CollectionNotFound: there is none."""
    found = Collection.objects.filter(pk=collection_id).first()
    if found is None:
        raise CollectionNotFound
    return _view(found)


def find_collection(key: str) -> CollectionView | None:
    """The latest turn of what goes by a key."""
    found = Collection.objects.filter(key=key).order_by("-turn").first()
    return _view(found) if found is not None else None


def see_collection(collection_id: int, payer_id: int) -> CollectionView:
    """
    The payer's own collection, in its latest turn, whichever turn the link names.

    :raises CollectionNotFound: another person's or none, in the same words.
    """
    named = Collection.objects.filter(pk=collection_id, payer_id=payer_id).first()
    found = find_collection(named.key) if named is not None else None
    if found is None:
        raise CollectionNotFound
    return found


def see_collection_as_staff(
    collection_id: int, access: Access
) -> tuple[CollectionView, tuple[NoticeView, ...]]:
    """
    One collection and what was said about it, for whoever reconciles over the payer's office.

    :raises CollectionNotFound: none, or another office's: in the same words.
    """
    access.require("payments.reconcile")
    found = Collection.objects.filter(pk=collection_id).first()
    if found is None or not access.may(
        "payments.reconcile", people.get_party(found.payer_id).office_id
    ):
        raise CollectionNotFound
    notices = tuple(
        NoticeView(n.said, n.reason, n.effect, n.received_at) for n in found.notices.order_by("pk")
    )
    return _view(found), notices


def list_collections(about: Ref) -> tuple[CollectionView, ...]:
    """Every try to collect about a subject, oldest first. The asker's right is the caller's."""
    return tuple(_view(c) for c in Collection.objects.filter(about=str(about)).order_by("id"))


def list_asked_of(payer_id: int, *, limit: int = 20) -> tuple[CollectionView, ...]:
    """What a person was asked to pay, newest first. The asker's right to the person is the caller's."""
    return tuple(
        _view(c) for c in Collection.objects.filter(payer_id=payer_id).order_by("-id")[:limit]
    )


def list_waiting_collections(payer_id: int, at: datetime) -> tuple[CollectionView, ...]:
    """What a person can pay now, soonest to expire first."""
    rows = Collection.objects.filter(payer_id=payer_id, state__in=["WAITING", "FAILED"])
    newest: dict[str, CollectionView] = {}
    for row in rows.order_by("turn")[:200]:
        newest[row.key] = _view(row)
    live = set(
        Collection.objects.filter(
            key__in=list(newest), state__in=["SENT", "COLLECTED", "CANCELLED"]
        ).values_list("key", flat=True)
    )
    open_ones = [v for v in newest.values() if v.key not in live and v.may_pay(at)]
    return tuple(sorted(open_ones, key=lambda v: (v.expires_at, v.id)))


def failures_by_key(keys: list[str]) -> dict[str, int]:
    """How many turns failed, by key."""
    counts: dict[str, int] = {}
    for key in Collection.objects.filter(key__in=keys, state="FAILED").values_list(
        "key", flat=True
    ):
        counts[key] = counts.get(key, 0) + 1
    return counts


def collections_reconciled(day: date) -> bool:
    """Whether the bank's word on a day's collections was held against our books."""
    return CollectionDay.objects.filter(day=day).exists()


def _view(row: Collection) -> CollectionView:
    return CollectionView(
        id=row.pk, key=row.key, turn=row.turn, about=Ref.parse(row.about), payer_id=row.payer_id,
        method=row.method, method_label=row.get_method_display(), account_id=row.account_id,
        account=f"{row.bank_name} {row.masked_number}".strip(), amount=row.amount,
        refunded=row.refunded, state=row.state, state_label=row.get_state_display(),
        reason=row.reason, reason_label=row.get_reason_display() if row.reason else "",
        waits_for_payer=row.due_at is None, stray=row.stray, requested_at=row.requested_at,
        expires_at=row.expires_at, ended_at=row.ended_at,
    )  # fmt: skip


def reason_label(code: str) -> str:
    """Why money did not come, in the payer's words; empty for what is no such reason."""
    known = dict(Collection.Reason.choices)
    return str(known[code]) if code in known else ""
