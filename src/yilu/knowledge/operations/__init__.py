"""What may be done with knowledge."""

from yilu.knowledge.operations.approving import adopt_shipped, approve, retire, review, send_back
from yilu.knowledge.operations.asking import deal_with, forget_asked, note_asked, rate_answer
from yilu.knowledge.operations.drafting import (
    Draft,
    begin_draft,
    begin_question,
    discard_draft,
    save_draft,
)
from yilu.knowledge.operations.loading import load_catalogue, load_clauses
from yilu.knowledge.operations.refusals import (
    BadEntry,
    DraftChanged,
    DraftExists,
    NoSource,
    OwnDraft,
    QuestionNotFound,
)
from yilu.knowledge.operations.resealing import reseal_batch

__all__ = [
    "BadEntry",
    "Draft",
    "DraftChanged",
    "DraftExists",
    "NoSource",
    "OwnDraft",
    "QuestionNotFound",
    "adopt_shipped",
    "approve",
    "begin_draft",
    "begin_question",
    "deal_with",
    "discard_draft",
    "forget_asked",
    "load_catalogue",
    "load_clauses",
    "note_asked",
    "rate_answer",
    "reseal_batch",
    "retire",
    "review",
    "save_draft",
    "send_back",
]
