"""Give paid-up additions back while the contract goes on (交清增额领取)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import Ref
from yilu.policies import events
from yilu.policies.models import AdditionGivenBack
from yilu.policies.operations.guards import ValueChanged, changeable, day_asked
from yilu.policies.operations.ledger import post
from yilu.policies.queries.giving_back import GivingBack, giving_back


@tx.step
def give_additions_back(
    *,
    policy_id: int,
    amount: Decimal | None,
    expected: Decimal,
    about: Ref,
    actor: Ref,
    at: datetime,
    as_of: date | None = None,
) -> GivingBack:
    """
    Give what dividends bought back, in part or (``amount`` None) all; the basic sum and the premium stay.

    ``expected`` is the sum the person saw (``queries.giving_back``) on the day they asked (``as_of``); the
    caller pays it out. Twice about the same is once.

    :raises ValueChanged: it would be another sum now. :raises NothingAdded, AdditionsStay, MoreThanAdded,
        LoanInTheWay: see there. Also as every change.
    """
    policy = changeable(policy_id, at=at)
    given = giving_back(policy_id, amount, day_asked(as_of, at))
    if given.pays != expected:
        raise ValueChanged
    legs = {"customer": given.pays, "refund": -given.pays}
    if not post(
        policy_id=policy_id, entry="ADDED_BACK", legs=legs, about=about, actor=actor, at=at
    ):
        return given
    AdditionGivenBack.objects.create(
        policy=policy, about=str(about), on=day_of(at), sum=given.gives_up, value=given.pays
    )
    fact = events.AdditionsGivenBack(sum=str(given.gives_up), paid=str(given.pays))
    journal.record(fact, about=policy.ref, actor=actor, at=at, party=policy.holder_id)
    return given
