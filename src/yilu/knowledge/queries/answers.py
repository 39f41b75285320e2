"""The approved answers that fit what somebody asks."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime

from yilu.kernel import tx
from yilu.knowledge import shipped
from yilu.knowledge.rules.confidence import Model
from yilu.knowledge.rules.ranking import Index


@dataclass(frozen=True, slots=True)
class Answer:
    """
    An approved answer with what it rests on. ``sure``: it may be given as it is; otherwise it is one
    to choose from. ``score`` is the chance that it is the one asked for.
    """

    question_id: int
    version: int
    question: str
    answer: str
    clause: str
    score: float
    sure: bool
    quote: str = ""


_IN_FORCE = """
    select v.question_id, v.number
      from knowledge_answerversion v
     where v.state = 'APPROVED' and v.valid_from <= %(at)s
       and (v.valid_to is null or v.valid_to > %(at)s)
"""
_TEXTS = """
    select v.question_id, v.number, v.asked, v.phrasings, v.answer, v.source, v.quote
      from knowledge_answerversion v
     where (v.question_id, v.number) in (
            select * from unnest(%(questions)s::bigint[], %(numbers)s::smallint[]))
"""


class _Shelf:
    """
    The index of what is in force, kept in memory.

    Asked again, one look at the numbers of the versions in force tells what has changed; only that
    is read and indexed anew.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.index = Index()
        self._versions: dict[int, int] = {}
        self._answers: dict[int, Answer] = {}

    def current(self, at: datetime) -> tuple[Index, dict[int, Answer]]:
        in_force: dict[int, int] = dict(tx.rows(_IN_FORCE, {"at": at}))
        if in_force == self._versions:
            return self.index, self._answers
        with self._lock:
            self._bring_up_to(in_force)
            return self.index, self._answers

    def _bring_up_to(self, in_force: dict[int, int]) -> None:
        changed = {q: n for q, n in in_force.items() if self._versions.get(q) != n}
        rows = tx.rows(_TEXTS, {"questions": list(changed), "numbers": list(changed.values())})
        for question_id in set(self._versions) - set(in_force):
            self.index.drop(question_id)
            del self._answers[question_id]
        for question_id, number, asked, phrasings, answer, source, quote in rows:
            self.index.put(question_id, (asked, *phrasings), answer)
            self._answers[question_id] = Answer(
                question_id, number, asked, answer, source, 0.0, False, quote
            )
        self._versions = in_force


_shelf = _Shelf()


def find_answers(text: str, *, at: datetime, top: int = 3) -> tuple[Answer, ...]:
    """
    The approved answers in force that may be meant, best first; none where nothing is near enough.

    Only the first can be ``sure``. Every answer has its source: the database keeps no other.
    """
    index, answers = _shelf.current(at)
    hits = index.search(text, top)
    if not hits:
        return ()
    model = shipped.model()
    chance = model.chance(index.evidence(text, hits))
    if chance < model.offer:
        return ()
    best = hits[0].score
    return tuple(
        _scored(answers[hit.key], chance * hit.score / best, place == 0 and chance >= model.sure)
        for place, hit in enumerate(hits)
        if hit.key in answers
    )


def sureness() -> Model:
    """The model that says how sure we may be: its limits and what they keep, with the whole curve."""
    return shipped.model()


def get_answer(question_id: int, *, at: datetime) -> Answer | None:
    """The answer in force to one question, None if there is none."""
    _index, answers = _shelf.current(at)
    found = answers.get(question_id)
    return _scored(found, 1.0, True) if found is not None else None


def _scored(answer: Answer, score: float, sure: bool) -> Answer:
    return Answer(
        answer.question_id, answer.version, answer.question, answer.answer, answer.clause,
        round(score, 4), sure, answer.quote,
    )  # fmt: skip
