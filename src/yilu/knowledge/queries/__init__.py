"""Read answers, and what is to be done about them."""

from yilu.knowledge.queries.answers import Answer, find_answers, get_answer
from yilu.knowledge.queries.pages import (
    AskedRow,
    QuestionRow,
    QuestionView,
    VersionView,
    counts,
    get_question,
    list_not_answered,
    list_questions,
)

__all__ = [
    "Answer",
    "AskedRow",
    "QuestionRow",
    "QuestionView",
    "VersionView",
    "counts",
    "find_answers",
    "get_answer",
    "get_question",
    "list_not_answered",
    "list_questions",
]
