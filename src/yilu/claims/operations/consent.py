"""The consent to handle health data is taken back (撤回同意): no machine decides on it any more."""

from __future__ import annotations

from datetime import datetime

from yilu.claims.models import Claim, ContactNote
from yilu.claims.rules.lifecycle import State
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM
from yilu.people import queries as people

from .assess import BY_MACHINE, assess
from .holding import Held, hold_itself, write
from .whose_consent import acts_for, claimant_agrees

WITHDRAWN = "CONSENT_WITHDRAWN"
WITH_PEOPLE = (State.REVIEW, State.SUPPLEMENT, State.INVESTIGATING, State.SECOND_REVIEW)
NOTE = (
    "客户撤回了健康信息处理的单独同意：只按已有资料办理，不再向外调取；须新增资料的，先与客户联系"
)


@tx.step
def go_on_by_hand(party_id: int, *, at: datetime) -> int:
    """
    Somebody took their consent to handle health data back: how many of their claims that changes.

    What the machine had in hand goes to a person, with what is there; who has a claim in hand sees
    it on the desk, and a decision on the earlier page is stale. What is decided stays (个保法 15).
    Twice is once.
    """
    if people.has_consent(party_id, "HEALTH_DATA"):
        return 0  # given again before we came to it
    open_states = [state.value for state in (*BY_MACHINE, *WITH_PEOPLE)]
    theirs = Claim.objects.filter(state__in=open_states)
    about, reported = theirs.filter(insured_id=party_id), theirs.filter(claimant_id=party_id)
    ids = about.values_list("pk", flat=True).union(reported.values_list("pk", flat=True))
    held = [hold_itself(claim_id) for claim_id in sorted(ids)]
    concerned = [each for each in held if _rests_on(each, party_id) and _still_open(each)]
    for each in concerned:
        ContactNote.objects.create(
            claim_id=each.id, kind=ContactNote.Kind.NOTE, text=NOTE, written_by=str(SYSTEM),
            written_at=at,
        )  # fmt: skip
        if each.state in BY_MACHINE:
            assess(each, at=at, by_hand=WITHDRAWN)
        else:
            write(each, at=at, reasons=[*each.reasons, WITHDRAWN])
    return len(concerned)


def _still_open(held: Held) -> bool:
    return held.state in (*BY_MACHINE, *WITH_PEOPLE) and WITHDRAWN not in held.reasons


def _rests_on(held: Held, party_id: int) -> bool:
    """Whose consent a claim rests on: the insured's own; for a child, the dead or a ward the claimant's."""
    insured = people.get_party(held.insured_id)
    for_another = claimant_agrees(held.claim_type, insured.birth_date, on=held.loss_date)
    if not for_another and party_id == held.claimant_id != held.insured_id:
        # A guardian's word stands in for that of a grown-up who cannot act, and gave none before.
        return acts_for(party_id, held.insured_id) and not people.has_consent(
            held.insured_id, "HEALTH_DATA"
        )
    return party_id == (held.claimant_id if for_another else held.insured_id)
