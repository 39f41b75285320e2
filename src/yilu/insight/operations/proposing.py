"""Tell those who agreed to hear of products what may follow when their cover ends (保障到期建议, A97)."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.messaging import operations as messaging
from yilu.people import queries as people
from yilu.policies import queries as policies

AHEAD = timedelta(days=30)
LOOKED_BACK = timedelta(days=3)
"""Days a stopped worker may have missed; nobody is told twice."""
AGREED = "MARKETING"


@tx.use_case
def tell_of_ends(at: datetime) -> int:
    """
    Tell holders whose policies end in thirty days, once a policy; of how many it was thought.

    Only who agreed to hear of products (MARKETING); whether they still do, and did not opt out by that
    channel, is asked again when the message leaves.
    """
    last = day_of(at) + AHEAD
    ending = policies.expiring(last - LOOKED_BACK, last)
    agreed = people.who_agreed({each.holder_id for each in ending}, AGREED)
    told = [each for each in ending if each.holder_id in agreed]
    for each in told:
        messaging.queue(
            "insight.cover_ends", to=Ref("party", each.holder_id),
            about=Ref("policy", each.policy_id), at=at, once=each.ends_on.isoformat(),
            facts={"policy": each.product, "on": each.ends_on.isoformat()},
        )  # fmt: skip
    return len(told)
