"""The bank of exam questions: one writes or imports, another approves; what exams drew stays as it was."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.people.queries import Access
from yilu.quality import events, question_files
from yilu.quality.books import exams as shipped_questions
from yilu.quality.models import Exam, QuestionVersion
from yilu.quality.operations import drafting
from yilu.quality.rules import questioning
from yilu.quality.rules.questioning import BadQuestion, Question
from yilu.quality.training_refusals import (
    BadQuestionFile,
    OwnTrainingDraft,
    QuestionNotFound,
    QuestionNotInForce,
    TooFewQuestions,
    TrainingDraftChanged,
)

__all__ = [
    "Imported",
    "Problem",
    "Question",
    "approve_questions",
    "discard_question",
    "import_questions",
    "load_questions",
    "retire_question",
    "write_question",
]
_State = QuestionVersion.State


@dataclass(frozen=True, slots=True)
class Problem:
    """A line of a file that is no question: which, and why."""

    row: int
    code: str
    why: str
    hint: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a file: drafts made, lines that say what the bank says already, lines refused."""

    drafts: int
    same: int
    problems: tuple[Problem, ...]


@tx.use_case
def load_questions(at: datetime) -> int:
    """The shipped questions that are not there yet; how many."""
    _lock()
    return _load(at)


@tx.use_case
def write_question(
    *, draft: Question, revision: int, access: Access, actor: Ref, at: datetime
) -> int:
    """
    Write a question's next version, or rewrite its draft as it was seen (``revision`` 0: none yet); its id.

    :raises BadQuestion: it is none. :raises TrainingDraftChanged: somebody else wrote meanwhile.
    """
    access.require("quality.manage")
    checked = questioning.check(draft)
    _lock()
    _load(at)
    return _write(checked, revision, actor, at).pk


@tx.use_case
def import_questions(
    *, content: bytes, name: str, access: Access, actor: Ref, at: datetime
) -> Imported:
    """
    Drafts from a file, line by line: good lines become drafts, bad ones are told with line and reason.

    A draft somebody else is writing is not overwritten. The same file twice makes nothing new.

    :raises BadQuestionFile: it is no file of questions.
    """
    access.require("quality.manage")
    try:
        rows = question_files.read(content, name)
    except ValueError:
        raise BadQuestionFile from None
    _lock()
    _load(at)
    newest = {row.code: row for row in QuestionVersion.objects.order_by("number")}
    problems: list[Problem] = []
    seen: set[str] = set()
    drafts = same = 0
    for number, cells in rows:
        code = cells.get("编号", "").strip()[:24]
        try:
            wanted = questioning.read_row(cells)
            if wanted.code in seen:
                raise BadQuestion(hint=_("文件里前面已有同一编号。"))
            seen.add(wanted.code)
            last = newest.get(wanted.code)
            if last is not None and last.state != _State.RETIRED and _of(last) == wanted:
                same += 1
                continue
            if last is not None and last.state == _State.DRAFT and last.author != str(actor):
                raise TrainingDraftChanged
            revision = last.revision if last is not None and last.state == _State.DRAFT else 0
            _write(wanted, revision, actor, at)
            drafts += 1
        except Refusal as wrong:
            problems.append(Problem(number, code, str(wrong.message), str(wrong.hint)))
    return Imported(drafts, same, tuple(problems))


@tx.use_case
def approve_questions(
    *, drafts: Collection[tuple[int, int]], access: Access, actor: Ref, at: datetime
) -> int:
    """
    Approve drafts (id and revision) as they were seen, all or none; how many.

    The version before is retired; sheets that drew it keep it. :raises OwnTrainingDraft: written by oneself.
    :raises TrainingDraftChanged: not what was seen.
    """
    access.require("quality.manage")
    _lock()
    wanted = dict(drafts)
    rows = list(
        QuestionVersion.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    )  # fmt: skip
    if not rows or len(rows) != len(wanted):
        raise QuestionNotFound
    for row in rows:
        drafting.refuse_unseen_or_own(
            row, revision=wanted[row.pk], actor=actor, changed=TrainingDraftChanged,
            own=OwnTrainingDraft,
        )  # fmt: skip
    codes = [row.code for row in rows]
    QuestionVersion.objects.filter(code__in=codes, state=_State.APPROVED).update(
        state=_State.RETIRED, retired_by=str(actor), retired_at=at
    )
    for row in rows:
        row.state, row.approver, row.approved_at = _State.APPROVED, str(actor), at
        fact = events.QuestionApproved(code=row.code, version=row.number)
        journal.record(fact, about=Ref("question", row.pk), actor=actor, at=at)
    QuestionVersion.objects.bulk_update(rows, ["state", "approver", "approved_at"])
    return len(rows)


@tx.use_case
def discard_question(*, version_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """Give a draft up. :raises QuestionNotFound: it is no draft."""
    access.require("quality.manage")
    row = QuestionVersion.objects.select_for_update().filter(pk=version_id).first()
    if row is None or row.state != _State.DRAFT:
        raise QuestionNotFound
    fact = events.QuestionDiscarded(code=row.code, version=row.number)
    journal.record(fact, about=Ref("question", row.pk), actor=actor, at=at)
    row.delete()


@tx.use_case
def retire_question(*, code: str, access: Access, actor: Ref, at: datetime) -> None:
    """
    Let no exam draw it any more; sheets that did keep it.

    :raises QuestionNotInForce: none draws it. :raises TooFewQuestions: an exam that is open needs it.
    """
    access.require("quality.manage")
    _lock()
    _load(at)
    row = QuestionVersion.objects.filter(code=code, state=_State.APPROVED).first()
    if row is None:
        raise QuestionNotInForce
    left = (
        QuestionVersion.objects.filter(state=_State.APPROVED, dimension=row.dimension).count() - 1
    )
    needed = Exam.objects.filter(closes_at__gt=at).values_list(row.dimension, flat=True)
    if left < max(needed, default=0):
        raise TooFewQuestions
    row.state, row.retired_by, row.retired_at = _State.RETIRED, str(actor), at
    row.save()
    fact = events.QuestionRetired(code=row.code, version=row.number)
    journal.record(fact, about=Ref("question", row.pk), actor=actor, at=at)


def _lock() -> None:
    drafting.one_writer("questions")


def _load(at: datetime) -> int:
    texts = shipped_questions.bank()
    made = QuestionVersion.objects.bulk_create(
        QuestionVersion(state=_State.APPROVED, **_columns(texts[code]), **drafting.shipped(at))
        for code in drafting.missing(texts, QuestionVersion.objects.values_list("code", flat=True))
    )
    for row in made:
        fact = events.QuestionApproved(code=row.code, version=row.number)
        journal.record(fact, about=Ref("question", row.pk), actor=SYSTEM, at=at)
    return len(made)


def _of(row: QuestionVersion) -> Question:
    return Question(row.code, row.dimension, row.ask, tuple(row.options), row.right, row.source)


def _columns(question: Question) -> dict[str, Any]:
    return dataclasses.asdict(question) | {"options": list(question.options)}


def _write(question: Question, revision: int, actor: Ref, at: datetime) -> QuestionVersion:
    row = drafting.next_draft(
        QuestionVersion.objects.filter(code=question.code), QuestionVersion(code=question.code),
        revision=revision, changed=TrainingDraftChanged,
    )  # fmt: skip
    for column, value in _columns(question).items():
        setattr(row, column, value)
    drafting.sign(row, actor=actor, at=at)
    fact = events.QuestionDrafted(code=row.code, version=row.number)
    journal.record(fact, about=Ref("question", row.pk), actor=actor, at=at)
    return row
