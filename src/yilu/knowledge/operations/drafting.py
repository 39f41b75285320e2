"""Write and change drafts; begin new questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError
from django.db.models import F, Max

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.knowledge.events import AnswerDrafted, DraftDiscarded
from yilu.knowledge.models import AnswerVersion, Question
from yilu.knowledge.operations import refusals
from yilu.knowledge.rules.topics import TOPICS
from yilu.people.queries import Access

QUESTION_MAX, ANSWER_MIN, ANSWER_MAX, PHRASINGS_MAX = 60, 10, 600, 20


@dataclass(frozen=True, slots=True)
class Draft:
    """What an author writes."""

    asked: str
    phrasings: Sequence[str]
    answer: str
    source: str
    quote: str = ""
    note: str = ""

    def checked(self) -> Draft:
        """:raises NoSource: nothing is cited. :raises BadEntry: empty, too long or repeated."""
        made = Draft(
            self.asked.strip(),
            [text.strip() for text in self.phrasings if text.strip()],
            self.answer.strip(),
            self.source.strip(),
            self.quote.strip(),
            self.note.strip(),
        )
        if not made.source:
            raise refusals.NoSource
        every = [made.asked, *made.phrasings]
        if (
            not made.asked
            or any(len(text) > QUESTION_MAX for text in every)
            or len(made.phrasings) > PHRASINGS_MAX
            or len(set(every)) < len(every)
            or not ANSWER_MIN <= len(made.answer) <= ANSWER_MAX
            or max(len(made.source), len(made.note)) > 200
            or len(made.quote) > 2000
        ):
            raise refusals.BadEntry
        return made


@tx.use_case
def begin_question(*, topic: str, draft: Draft, access: Access, actor: Ref, at: datetime) -> int:
    """
    A new question with a draft of its answer; nobody is answered with it before it is approved.

    :raises BadEntry: what is written cannot stay so. :raises NoSource: nothing is cited.
    """
    access.require("knowledge.view")
    if topic not in TOPICS or topic == "PRODUCT":
        raise refusals.BadEntry
    made = draft.checked()
    if AnswerVersion.objects.filter(
        asked=made.asked, valid_to__isnull=True, question__retired_at__isnull=True
    ).exists():
        raise refusals.BadEntry(hint=refusals.ONE_ANSWER)
    question = Question.objects.create(
        code=f"{topic.lower()}.own.{at.timestamp():.6f}", topic=topic, created_at=at
    )
    write_draft(question, made, actor=actor, at=at)
    return question.pk


@tx.use_case
def begin_draft(*, question_id: int, access: Access, actor: Ref, at: datetime) -> int:
    """
    Begin a new version as a copy of the one in force; the one in force stays until approval.

    :raises QuestionNotFound: there is none. :raises DraftExists: there is a draft already.
    """
    access.require("knowledge.view")
    question = Question.objects.select_for_update().filter(
        pk=question_id, retired_at__isnull=True
    ).first()  # fmt: skip
    last = AnswerVersion.objects.filter(question_id=question_id).order_by("-number").first()
    if question is None or last is None:
        raise refusals.QuestionNotFound
    if last.state == AnswerVersion.State.DRAFT:
        raise refusals.DraftExists
    copy = Draft(last.asked, last.phrasings, last.answer, last.source, last.quote)
    return write_draft(question, copy, actor=actor, at=at)


@tx.use_case
def save_draft(
    *, question_id: int, revision: int, draft: Draft, access: Access, actor: Ref, at: datetime
) -> int:
    """
    Change a draft; who changes it is its author from then on. Returns its revision.

    :raises DraftChanged: it is not the draft the person saw (or there is none any more).
    """
    access.require("knowledge.view")
    made = draft.checked()
    changed = AnswerVersion.objects.filter(
        question_id=question_id, state=AnswerVersion.State.DRAFT, revision=revision
    ).update(
        revision=F("revision") + 1, asked=made.asked, phrasings=list(made.phrasings),
        answer=made.answer, source=made.source, quote=made.quote, note=made.note, sent_back="",
        author=str(actor), owner=str(actor), drafted_at=at,
    )  # fmt: skip
    if not changed:
        raise refusals.DraftChanged
    number = AnswerVersion.objects.values_list("number", flat=True).get(
        question_id=question_id, state=AnswerVersion.State.DRAFT
    )
    _record(question_id, number, revision + 1, actor, at)
    return revision + 1


@tx.use_case
def discard_draft(
    *, question_id: int, revision: int, access: Access, actor: Ref, at: datetime
) -> None:
    """Give a draft up. :raises DraftChanged: it is not the draft the person saw."""
    access.require("knowledge.view")
    found = AnswerVersion.objects.select_for_update().filter(
        question_id=question_id, state=AnswerVersion.State.DRAFT, revision=revision
    ).first()  # fmt: skip
    if found is None:
        raise refusals.DraftChanged
    number = found.number
    found.delete()
    if not AnswerVersion.objects.filter(question_id=question_id).exists():
        Question.objects.filter(pk=question_id).update(retired_at=at)
    journal.record(
        DraftDiscarded(version=number), about=Ref("knowledge", question_id), actor=actor, at=at
    )


@tx.step
def write_draft(question: Question, draft: Draft, *, actor: Ref, at: datetime) -> int:
    """A draft as the question's next version. :raises DraftExists: somebody was a moment sooner."""
    last = question.versions.aggregate(last=Max("number"))["last"] or 0
    try:
        with tx.savepoint():
            AnswerVersion.objects.create(
                question=question, number=last + 1, asked=draft.asked,
                phrasings=list(draft.phrasings), answer=draft.answer, source=draft.source,
                quote=draft.quote, note=draft.note, author=str(actor), drafted_at=at,
                owner=str(actor) if actor.kind == "staff" else "",
            )  # fmt: skip
    except IntegrityError:
        raise refusals.DraftExists from None
    _record(question.pk, last + 1, 1, actor, at)
    return last + 1


def _record(question_id: int, number: int, revision: int, actor: Ref, at: datetime) -> None:
    journal.record(
        AnswerDrafted(version=number, revision=revision),
        about=Ref("knowledge", question_id), actor=actor, at=at,
    )  # fmt: skip
