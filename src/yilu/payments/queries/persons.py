"""What was paid to a person and asked of one. Accounts are masked; the asker's right is the caller's."""

from __future__ import annotations

from yilu.payments.models import Collection, Payout
from yilu.payments.queries.collections import CollectionView, view_of
from yilu.payments.queries.payouts import PayoutView, payout_view


def list_paid_to(party_id: int, *, limit: int = 20) -> tuple[PayoutView, ...]:
    """Payments to a person, newest first."""
    found = Payout.objects.filter(to_party_id=party_id).order_by("-id")[:limit]
    return tuple(payout_view(each) for each in found)


def list_asked_of(payer_id: int, *, limit: int = 20) -> tuple[CollectionView, ...]:
    """What a person was asked to pay, newest first."""
    found = Collection.objects.filter(payer_id=payer_id).order_by("-id")[:limit]
    return tuple(view_of(each) for each in found)
