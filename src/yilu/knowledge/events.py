"""What the knowledge room says happened: numbers only, no words of anybody."""

from __future__ import annotations

from yilu.kernel.facts import fact


@fact("knowledge.answer_drafted", "起草答案")
class AnswerDrafted:
    """A draft was begun or changed."""

    version: int
    revision: int


@fact("knowledge.answer_approved", "批准答案")
class AnswerApproved:
    """A second person approved it; it is given from then on."""

    version: int
    valid_from: str
    review_by: str


@fact("knowledge.answer_sent_back", "退回答案")
class AnswerSentBack:
    """A second person wants it changed."""

    version: int
    revision: int


@fact("knowledge.draft_discarded", "放弃答案草稿")
class DraftDiscarded:
    """A draft was given up."""

    version: int


@fact("knowledge.question_retired", "停用问题")
class QuestionRetired:
    """Nobody is answered this any more."""

    version: int


@fact("knowledge.answer_reviewed", "复审答案")
class AnswerReviewed:
    """Its owner looked at it again and it stands."""

    version: int
    review_by: str


@fact("knowledge.answer_rated", "客户评价答案")
class AnswerRated:
    """A customer said whether that was it."""

    version_id: int
    helpful: bool
