"""How fast and how often: a gateway's tokens, a person's share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.messaging import rules
from yilu.messaging.models import Bucket


@tx.use_case
def take_tokens(*, gateway: str, wanted: int, rate: float, at: datetime) -> int:
    """
    How many messages a gateway that takes ``rate`` a second may be given now, at most ``wanted``.

    All senders share the bucket; it holds one second's worth.
    """
    Bucket.objects.bulk_create(
        [Bucket(gateway=gateway, tokens=rate, filled_at=at)], ignore_conflicts=True
    )
    bucket = Bucket.objects.select_for_update().get(pk=gateway)
    tokens = rules.refill(bucket.tokens, bucket.filled_at, at, rate=rate, burst=max(rate, 1.0))
    granted = min(wanted, int(tokens))
    bucket.tokens, bucket.filled_at = tokens - granted, max(at, bucket.filled_at)
    bucket.save()
    return granted


@tx.use_case
def hold_back(*, who: Sequence[Ref], purpose: str, until: datetime) -> int:
    """Let everything of a purpose that waits for these people wait until then: they have had enough."""
    return tx.changed(
        """
        update messaging_message set not_before = %s::timestamptz,
               problem = 'capped: enough for now'
         where recipient = any(%s::text[]) and purpose = %s and state = 'QUEUED'
           and not_before < %s::timestamptz
        """,
        [until, [str(each) for each in who], purpose, until],
    )
