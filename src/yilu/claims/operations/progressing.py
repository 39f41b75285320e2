"""告诉客户进展: how a claim stands in a colleague's own words, with the day by which there will be more."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilu.claims.models import ContactNote
from yilu.claims.rules import promises
from yilu.claims.rules.lifecycle import Action, State, who_may
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotAllowed
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.messaging import operations as messaging
from yilu.people.queries import Access

from .around import Note, write_note_on
from .holding import hold
from .promising import by
from .refusals import need_reason

WORDS_MAX = 120
TAPPED_TWICE = timedelta(minutes=10)
"""The same words so soon are the same message."""


class ProgressTooLong(Invalid):
    """More than a message to a phone holds."""

    code = "progress_too_long"
    message = _("告诉客户的话太长，请控制在120字以内")
    hint = _("说清现在办到哪一步、在等什么就够了；细节请打电话说。")


@tx.use_case
def tell_progress(*, claim_id: int, words: str, access: Access, actor: Ref, at: datetime) -> None:
    """
    Send the customer a sentence about how their claim stands, with the day of the next one.

    It goes out as the progress message, whose arrival keeps the pledge of the next update and starts it
    again, and it stays in the shared log. The same words again within minutes are sent once.

    :raises NotPossibleNow: decided or ended: the decision itself is what they hear.
    :raises NotAllowed: neither assesses, investigates nor registers there.
    :raises ReasonMissing: says nothing. :raises ProgressTooLong: more than a message holds.
    """
    held = hold(claim_id)
    held.require(Action.TELL_PROGRESS)
    rights = who_may(State(held.state), Action.TELL_PROGRESS)
    if not any(access.may(right, office_id=held.office_id) for right in rights):
        raise NotAllowed
    text = need_reason(words, what=_("告诉客户的话")).rstrip("。.；;")
    if len(text) > WORDS_MAX:
        raise ProgressTooLong
    before = ContactNote.objects.filter(
        claim_id=held.id, shown_to_customer=True, text=text, written_at__gt=at - TAPPED_TWICE
    )
    if before.exists():
        return
    note = Note(kind=ContactNote.Kind.NOTE, text=text, shown_to_customer=True)
    note_id = write_note_on(held, note, actor=actor, at=at)
    messaging.queue(
        "claims.progress", to=Ref("party", held.claimant_id), about=held.ref, at=at,
        facts={
            "claim": held.number, "step": text,
            "by": by(promises.NEXT_UPDATE, office_id=held.office_id, at=at),
        },
        once=f"note:{note_id}",
    )  # fmt: skip
