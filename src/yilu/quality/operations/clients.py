"""What sort of client somebody was in a talk: kept once, put right by the seat, counted."""

from __future__ import annotations

from datetime import datetime

from yilu.contact import queries as contact
from yilu.contact.queries import ConversationView
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.people.queries import Access
from yilu.quality import events
from yilu.quality.models import ClientJudgement
from yilu.quality.queries.recognising import recognised_in
from yilu.quality.refusals import NoSuchClient, NotYourTalk


@tx.use_case
def judge_client(
    *, conversation_id: int, sort: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Say what sort of client somebody is in one's own talk, or that the rules are right. The same twice is once.

    It holds for this talk alone: nothing is written down about the person.

    :raises NotYourTalk: another seat's, or it is written up. :raises NoSuchClient: the rules know no such sort.
    """
    talk = contact.get_for_staff(conversation_id, access)
    if talk.seat_id != access.staff_id or talk.state not in ("CONNECTED", "WRAPPING"):
        raise NotYourTalk
    guide, found = recognised_in(talk, at)
    if guide.sort(sort) is None:
        raise NoSuchClient
    row, made = ClientJudgement.objects.select_for_update().get_or_create(
        pk=talk.id,
        defaults={
            "office_id": talk.office_id, "seat_id": talk.seat_id, "told": found[0].sort.code,
            "signs": [code for code, _seen in found[0].why], "judged": sort, "at": at,
        },
    )  # fmt: skip
    if not made:
        if row.judged == sort:
            return
        row.judged, row.at = sort, at
        row.save(update_fields=["judged", "at"])
    fact = events.ClientCorrected(told=row.told, judged=sort, staff_id=talk.seat_id)
    journal.record(fact, about=Ref("conversation", talk.id), actor=actor, at=at)


@tx.step
def keep_client(talk: ConversationView, *, at: datetime) -> None:
    """What the rules said of a talk that is written up, unless the seat has judged it; once for ever."""
    if talk.seat_id is None:
        return
    _guide, found = recognised_in(talk, at)
    ClientJudgement.objects.bulk_create(
        [
            ClientJudgement(
                conversation_id=talk.id, office_id=talk.office_id, seat_id=talk.seat_id,
                told=found[0].sort.code, signs=[code for code, _seen in found[0].why], at=at,
            )
        ],
        ignore_conflicts=True,
    )  # fmt: skip
