"""An approved answer in other words, where a service for that is set up: outside every transaction."""

from __future__ import annotations

from datetime import datetime

from yilu.contact.operations import Phrased
from yilu.contact.queries import clean, recognise
from yilu.gateways import phraser
from yilu.knowledge import queries as knowledge


def phrased(text: str, *, at: datetime) -> Phrased | None:
    """
    The sure answer to a question in other words that say the same; None wherever anything is in doubt.

    The service sees the approved answer and the question with its numbers masked.
    """
    service = phraser.phraser()
    if service is None or recognise(text) is not None:
        return None
    asked = clean(text)
    found = knowledge.find_answers(asked, at=at)
    if not found or not found[0].sure:
        return None
    said = service.phrase(question=asked, answer=found[0].answer)
    if said is None or not knowledge.says_the_same(found[0].answer, said):
        return None
    return Phrased(found[0].question_id, found[0].version, said)
