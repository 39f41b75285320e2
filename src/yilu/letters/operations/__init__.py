"""Every change to a letter: ordered, issued, failed, delivered."""

from yilu.letters.operations.issuing import Ordered, WrongFacts, issue, issue_many
from yilu.letters.operations.making import (
    Due,
    LetterNotFailed,
    LetterNotFound,
    LetterNotReady,
    make_again,
    mark_delivered,
    may_make_again,
    record_failed,
    record_issued,
    take_due,
)
from yilu.letters.operations.reporting import typeset
from yilu.letters.operations.resealing import reseal_batch

__all__ = [
    "Due",
    "LetterNotFailed",
    "LetterNotFound",
    "LetterNotReady",
    "Ordered",
    "WrongFacts",
    "issue",
    "issue_many",
    "make_again",
    "mark_delivered",
    "may_make_again",
    "record_failed",
    "record_issued",
    "reseal_batch",
    "take_due",
    "typeset",
]
