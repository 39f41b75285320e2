"""Somebody was treated on our word: their bill is taken, and what speaks against it by now a person judges."""

from __future__ import annotations

from datetime import date, datetime

from yilu.claims.models import Claim
from yilu.kernel import tx

from .assess import BY_MACHINE, CLAIMANT_DIED, assess
from .consent import WITH_PEOPLE, WITHDRAWN
from .holding import hold_itself, write

BILLED_BESIDE = "BILLED_BESIDE"


@tx.step
def against(
    *, policy_id: int, claim_type: str, loss_date: date, died: bool, consents: bool, at: datetime
) -> list[str]:
    """
    What speaks by now against a loss we let the insured in for, as codes of ``REASON_LABELS``; none: nothing does.

    Another claim for the same loss goes to a person with this one: only who sees both can tell what
    is owed to whom.
    """
    found = [CLAIMANT_DIED] if died else []
    found += [] if consents else [WITHDRAWN]
    others = Claim.objects.filter(policy_id=policy_id, claim_type=claim_type, loss_date=loss_date)
    open_states = [state.value for state in (*BY_MACHINE, *WITH_PEOPLE)]
    for claim_id in (
        others.filter(state__in=open_states).order_by("pk").values_list("pk", flat=True)
    ):
        if _give_to_a_person(claim_id, at):
            found.append(BILLED_BESIDE)
    return list(dict.fromkeys(found))


def _give_to_a_person(claim_id: int, at: datetime) -> bool:
    """Whether the other claim is open indeed; it is with people now, and they read why."""
    held = hold_itself(claim_id)
    if held.state in BY_MACHINE:
        assess(held, at=at, by_hand=BILLED_BESIDE)
    elif held.state not in WITH_PEOPLE:
        return False
    elif BILLED_BESIDE not in held.reasons:
        write(held, at=at, reasons=[*held.reasons, BILLED_BESIDE])
    return True
