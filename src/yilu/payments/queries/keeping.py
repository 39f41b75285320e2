"""Money under way for which somebody's data is needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _
from yilu.payments.models import Collection, Payout, Receivable
from yilu.people.queries import Keeps, still_open


def what_keeps(party_ids: Sequence[int], on: date) -> Iterator[Keeps]:
    """
    What is not yet paid, collected or repaid. What was, people keeps ten years by ``keep_until``.
    """
    ids = list(party_ids)
    payouts = Payout.objects.filter(to_party_id__in=ids).exclude(state__in=["SETTLED", "CANCELLED"])
    for pk in payouts.filter(replaced_by=None).values_list("pk", flat=True):
        yield still_open(f"payout:{pk}", Sentence(_("第 {id} 笔付款"), id=pk))
    asked = Collection.objects.filter(payer_id__in=ids, state__in=["WAITING", "SENT"])
    for pk in asked.values_list("pk", flat=True):
        yield still_open(f"collection:{pk}", Sentence(_("第 {id} 笔收款"), id=pk))
    owed = Receivable.objects.filter(from_party_id__in=ids, state="OPEN")
    for pk in owed.values_list("pk", flat=True):
        yield still_open(f"receivable:{pk}", Sentence(_("第 {id} 笔待归还的款"), id=pk))
