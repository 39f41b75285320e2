"""A person was erased: what was said and written in their conversations."""

from __future__ import annotations

from collections.abc import Sequence

from yilu.contact.models import (
    Call,
    Conversation,
    FollowUpAnswer,
    KnownFact,
    Problem,
    ProblemStep,
    Turn,
)
from yilu.contact.operations.conversing import ADDRESS_DOMAIN
from yilu.contact.places import CALL
from yilu.contact.rules.words import LETTER_KEY
from yilu.kernel import sealing, tx
from yilu.kernel.refs import Ref
from yilu.knowledge import operations as knowledge
from yilu.messaging import operations as messaging
from yilu.people import operations as people


@tx.step
def attribute(party_id: int, addresses: tuple[str, ...]) -> None:
    """What came from somebody's own addresses and was put to nobody is theirs: it goes with them."""
    indexes = [index for each in addresses for index in sealing.blind_indexes(each, ADDRESS_DOMAIN)]
    Conversation.objects.filter(party=None, address_index__in=indexes).update(party_id=party_id)


@tx.step
def forget(party_ids: Sequence[int]) -> None:
    """Numbers, words and notes go; that somebody called, when, why and who served them stays."""
    talks = Conversation.objects.filter(party_id__in=party_ids)
    ids = list(talks.values_list("pk", flat=True))
    letters = Turn.objects.filter(conversation_id__in=ids, request_key__startswith=LETTER_KEY)
    keys = letters.values_list("request_key", flat=True)
    messaging.forget_replies([int(key.removeprefix(LETTER_KEY)) for key in keys if key])
    people.empty(Turn.objects.filter(conversation_id__in=ids), "text")
    KnownFact.objects.filter(conversation_id__in=ids).delete()
    state = sealing.seal('{"verbs": []}', CALL)
    people.empty(Call.objects.filter(conversation_id__in=ids), state=state)
    problems = Problem.objects.filter(party_id__in=party_ids)
    people.empty(ProblemStep.objects.filter(problem__in=problems), "note")
    people.empty(problems, "what", "answer")
    people.empty(FollowUpAnswer.objects.filter(follow_up__party_id__in=party_ids), "said")
    people.empty(talks, "address", "note", address_index="", tier_why="")
    knowledge.forget_asked([Ref("conversation", pk) for pk in ids])
