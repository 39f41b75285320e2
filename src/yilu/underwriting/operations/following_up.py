"""Note that a new policy was followed up (新单回访结果)."""

from __future__ import annotations

from datetime import datetime

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.underwriting import events
from yilu.underwriting.models import Application
from yilu.underwriting.rules.lifecycle import State
from yilu.work import operations as work

from .paying import FOLLOW_UP
from .refusals import ApplicationNotFound, NotPossibleNow


@tx.use_case
def note_follow_up(
    *, application_id: int, reached: bool, access: people.Access, actor: Ref, at: datetime
) -> None:
    """
    The customer of a new policy was spoken with, or could not be reached (then the case stays open).

    :raises ApplicationNotFound: none of this number. :raises NotAllowed: without underwriting.view.
    :raises NotPossibleNow: no policy was issued.
    """
    found = Application.objects.filter(pk=application_id).first()
    if found is None:
        raise ApplicationNotFound
    access.require("underwriting.view", office_id=found.office_id)
    if found.policy_id is None:
        raise NotPossibleNow(State(found.state))
    policy = Ref("policy", found.policy_id)
    if reached:
        work.close_items(about=policy, at=at, queue=FOLLOW_UP)
    fact = (
        events.FollowUpDone(policy_id=found.policy_id)
        if reached
        else events.FollowUpMissed(policy_id=found.policy_id)
    )
    journal.record(fact, about=policy, actor=actor, at=at, party=found.holder_id)
