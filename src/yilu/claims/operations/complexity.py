"""State why a claim is complex (情形复杂): only then do thirty days take the place of five working days."""

from __future__ import annotations

from datetime import datetime

from yilu.claims import events
from yilu.claims.models import ContactNote
from yilu.claims.rules import promises
from yilu.claims.rules.case import COMPLEXITY_REASONS
from yilu.claims.rules.lifecycle import Action
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.messaging import operations as messaging
from yilu.people.queries import Access

from .around import Note, write_note_on
from .holding import hold, move
from .investigate import UnknownReason
from .promising import by
from .refusals import need_reason


class ComplexAlready(Refusal):
    """Somebody stated it before: the thirty days run already."""

    code = "complex_already"
    message = "这件赔案已经认定为情形复杂"
    hint = "三十日自首次收到请求和资料起算，请在期限内核定。"


@tx.use_case
def state_complexity(
    *, claim_id: int, reason: str, words: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Write down why a claim in review is complex; the five working days end, the thirty days from its
    first papers stay, and the customer is told by when.

    :raises NotPossibleNow: not in review. :raises ComplexAlready: stated before.
    :raises UnknownReason: none of the reasons there are. :raises ReasonMissing: without words.
    """
    held = hold(claim_id)
    access.require("claims.assess", office_id=held.office_id)
    if reason not in COMPLEXITY_REASONS:
        raise UnknownReason
    held.require(Action.STATE_COMPLEX)
    if held.programme == "COMPLEX":
        raise ComplexAlready
    note = Note(kind=ContactNote.Kind.NOTE, text=need_reason(words))
    note_id = write_note_on(held, note, actor=actor, at=at)
    move(held, Action.STATE_COMPLEX, at=at, programme="COMPLEX")
    journal.record(
        events.ComplexityStated(reason=reason, note_id=note_id),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
    since = held.documents_at or held.registered_at or at
    messaging.queue(
        "claims.progress", to=Ref("party", held.claimant_id), about=held.ref, at=at,
        facts={
            "claim": held.number, "step": f"情形复杂，需要更多时间核定：{COMPLEXITY_REASONS[reason]}",
            "by": by(promises.DECIDED["COMPLEX"], office_id=held.office_id, at=since),
        },
    )  # fmt: skip
