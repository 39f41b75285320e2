"""Tell those who agreed to hear of products what may follow when their cover ends (保障到期建议, A97)."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.messaging import operations as messaging
from yilu.people import queries as people
from yilu.policies import queries as policies
from yilu.renewals import queries as renewals

AHEAD = timedelta(days=30)
LOOKED_BACK = timedelta(days=3)
"""Days a stopped worker may have missed; nobody is told twice."""
AGREED = "MARKETING"


@tx.use_case
def tell_of_ends(at: datetime) -> int:
    """
    Tell holders whose policies end in thirty days, once a policy; of how many it was thought.

    Not where the next year is offered, worked out or concluded: cover does not end there unless they say so,
    and renewals tells them. Only who agreed to hear of products (MARKETING); whether they still do, and did not opt out by that
    channel, is asked again when the message leaves.
    """
    last = day_of(at) + AHEAD
    ending = policies.expiring(last - LOOKED_BACK, last)
    agreed = people.who_agreed({each.holder_id for each in ending}, AGREED)
    follows = renewals.what_follows([each.policy_id for each in ending])
    goes_on = {id for id, next_year in follows.items() if next_year.goes_on}
    told = [e for e in ending if e.holder_id in agreed and e.policy_id not in goes_on]
    for each in told:
        messaging.queue(
            "insight.cover_ends", to=Ref("party", each.holder_id),
            about=Ref("policy", each.policy_id), at=at, once=each.ends_on.isoformat(),
            facts={"policy": each.product, "on": each.ends_on.isoformat()},
        )  # fmt: skip
    return len(told)
