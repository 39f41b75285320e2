"""Notices the law demands: told is who has them, by a channel's receipt or by a person's word."""

from __future__ import annotations

from datetime import datetime

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.messaging import queries as messages
from yilu.renewals import events

NOTICES = frozenset(
    {
        "renewals.lapsed", "renewals.lapsed_by_loan", "renewals.agent_left",
        "renewals.agent_follows",
    }
)  # fmt: skip
LOOKED_AT = 2000


@tx.step
def note_given(*, about: Ref, item_id: int, actor: Ref, at: datetime) -> bool:
    """
    A person finished calling about a message that no channel brought: whether it was such a notice.

    Only where the last of them about this subject rang nowhere; another message that failed says
    nothing about the notice.
    """
    told = [
        each
        for each in messages.messages_about(about, limit=LOOKED_AT)
        if each.template in NOTICES and not each.is_copy
    ]
    if not told or (told[-1].state != "FAILED" and told[-1].channel != "OUTBOX"):
        return False
    fact = events.NoticeGiven(item_id=item_id, template=told[-1].template)
    party_id = Ref.parse(told[-1].recipient).id
    journal.record(fact, about=about, actor=actor, at=at, party=party_id)
    return True
