"""What is suggested unasked (A97): what may follow when a cover ends (保障到期建议), a check-up a year on (复查提醒)."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.messaging import operations as messaging
from yilu.people import queries as people
from yilu.policies import queries as policies
from yilu.renewals import queries as renewals
from yilu.underwriting.queries.found import decided_on_health

AHEAD = timedelta(days=30)
LOOKED_BACK = timedelta(days=3)
"""Days a stopped worker may have missed; nobody is told twice."""
AGREED = "MARKETING"
CHECK_UP_AFTER = timedelta(days=365)
HEALTH = "HEALTH_CARE"


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


@tx.use_case
def tell_of_check_ups(at: datetime) -> int:
    """
    Remind those whose health changed an underwriting verdict a year ago of a check-up, once; of how many it was thought.

    Only who agreed to just that (HEALTH_CARE): what was told for an application is used for nothing else. The
    message says nothing of their health; their own page does.
    """
    last = at - CHECK_UP_AFTER
    found = decided_on_health(last - LOOKED_BACK, last)
    agreed = people.who_agreed({each.party_id for each in found}, HEALTH)
    told = {each.party_id: each for each in found if each.party_id in agreed}
    for each in told.values():
        messaging.queue(
            "insight.check_up", to=Ref("party", each.party_id), about=Ref("party", each.party_id), at=at,
            facts={}, once=f"check-up:{each.application_id}",
        )  # fmt: skip
    return len(told)
