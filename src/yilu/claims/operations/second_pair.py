"""A second person answers what somebody found on a claim: it stands, or goes back with words."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from django.db.models import Model, QuerySet

from yilu.kernel import tx
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.work import operations as work

from .holding import Held
from .refusals import NotForOneself, need_reason

QUEUE = "claims.second_review"
"""Where a finding waits for its second person."""

Found = TypeVar("Found", bound=Model)


@tx.step
def waiting_for_another(
    proposed: QuerySet[Found], *, finding_id: int, finder: str, none: type[Refusal], actor: Ref
) -> Found:
    """
    Lock a finding that waits; ``proposed`` are those of the claim, ``finder`` names who found it.

    :raises NotForOneself: whoever found it. What ``none`` says: there is none, or it is answered.
    """
    held = proposed.select_for_update(of=("self",)).filter(pk=finding_id, state="PROPOSED")
    found = held.first()
    if found is None:
        raise none
    if getattr(found, finder) == str(actor):
        raise NotForOneself
    return found


@tx.step
def answer_finding(
    held: Held, proposed: QuerySet[Found], *, finding_id: int, finder: str, none: type[Refusal],
    agrees: bool, answer: str, actor: Ref, at: datetime,
) -> Found:  # fmt: skip
    """
    Let a finding stand, or send it back with words, and close its work; the caller says it in its own event.

    :raises ReasonMissing: sent back without words. As ``waiting_for_another``.
    """
    found = waiting_for_another(
        proposed, finding_id=finding_id, finder=finder, none=none, actor=actor
    )
    answered = {
        "state": "STANDS" if agrees else "SENT_BACK",
        "answer": answer.strip()[:300] if agrees else need_reason(answer)[:300],
        "confirmed_by": str(actor),
        "confirmed_at": at,
    }
    for column, value in answered.items():
        setattr(found, column, value)
    found.save(update_fields=list(answered))
    work.close_items(about=held.ref, at=at, queue=QUEUE)
    return found
