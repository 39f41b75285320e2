"""Read answers, and what is to be done about them."""

from yilu.knowledge.queries.answers import Answer, find_answers, get_answer, sureness
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
from yilu.knowledge.rules.phrasing import says_the_same
from yilu.knowledge.rules.topics import TOPICS

__all__ = [
    "TOPICS",
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
    "says_the_same",
    "sureness",
]
