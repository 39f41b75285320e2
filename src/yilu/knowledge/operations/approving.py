"""A second person approves, sends back, reviews, retires."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q

from yilu.journal import operations as journal
from yilu.kernel import days, tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.knowledge.events import AnswerApproved, AnswerReviewed, AnswerSentBack, QuestionRetired
from yilu.knowledge.models import AnswerVersion, Question
from yilu.knowledge.operations import refusals
from yilu.knowledge.rules.entries import REVIEW_MONTHS
from yilu.people.queries import Access

_DRAFT = AnswerVersion.State.DRAFT
_APPROVED = AnswerVersion.State.APPROVED


@tx.use_case
def approve(
    *,
    question_id: int,
    revision: int,
    access: Access,
    actor: Ref,
    at: datetime,
    review_by: date | None = None,
) -> None:
    """
    Approve the draft as it was seen: it is the answer from now on, the one before ends.

    :raises OwnDraft: the approver wrote it. :raises DraftChanged: it is not what the person saw.
    """
    access.require("knowledge.approve")
    draft = AnswerVersion.objects.select_for_update().filter(
        question_id=question_id, state=_DRAFT, revision=revision
    ).first()  # fmt: skip
    if draft is None:
        raise refusals.DraftChanged
    if draft.author == str(actor):
        raise refusals.OwnDraft
    _take_into_force([draft], actor, at, review_by)


@tx.use_case
def adopt_shipped(*, access: Access, actor: Ref, at: datetime) -> int:
    """
    Approve every draft that came with the release or from a product's wording, as a second person.

    What staff have written is not touched. Returns how many; a second time none.
    """
    access.require("knowledge.approve")
    drafts = list(
        AnswerVersion.objects.select_for_update()
        .filter(state=_DRAFT, author=str(SYSTEM), sent_back="")
        .order_by("id")
    )
    _take_into_force(drafts, actor, at, None)
    return len(drafts)


@tx.use_case
def send_back(
    *, question_id: int, revision: int, why: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Ask for a change, saying which.

    :raises BadEntry: nothing is said. :raises DraftChanged: it is not what the person saw.
    """
    access.require("knowledge.approve")
    if not 0 < len(why.strip()) <= 200:
        raise refusals.BadEntry(hint=refusals.SAY_WHAT)
    found = AnswerVersion.objects.filter(question_id=question_id, state=_DRAFT, revision=revision)
    if not found.update(sent_back=why.strip()):
        raise refusals.DraftChanged
    number = AnswerVersion.objects.get(question_id=question_id, state=_DRAFT).number
    journal.record(
        AnswerSentBack(version=number, revision=revision),
        about=Ref("knowledge", question_id), actor=actor, at=at,
    )  # fmt: skip


@tx.use_case
def review(*, question_id: int, number: int, access: Access, actor: Ref, at: datetime) -> None:
    """Say that the answer in force still stands, for another year. :raises QuestionNotFound: …"""
    access.require("knowledge.approve")
    until = _review_day(at)
    if not AnswerVersion.objects.filter(
        question_id=question_id, number=number, state=_APPROVED, valid_to__isnull=True
    ).update(review_by=until):
        raise refusals.QuestionNotFound
    journal.record(
        AnswerReviewed(version=number, review_by=until.isoformat()),
        about=Ref("knowledge", question_id), actor=actor, at=at,
    )  # fmt: skip


@tx.use_case
def retire(*, question_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """Answer this no more; its versions stay. A second time changes nothing."""
    access.require("knowledge.approve")
    question = Question.objects.select_for_update().filter(pk=question_id).first()
    if question is None:
        raise refusals.QuestionNotFound
    if question.retired_at is not None:
        return
    Question.objects.filter(pk=question_id).update(retired_at=at)
    last = AnswerVersion.objects.filter(
        question_id=question_id, state=_APPROVED, valid_to__isnull=True
    ).first()
    if last is not None:
        AnswerVersion.objects.filter(pk=last.pk).update(valid_to=at)
    journal.record(
        QuestionRetired(version=last.number if last else 0),
        about=Ref("knowledge", question_id), actor=actor, at=at,
    )  # fmt: skip


def _take_into_force(
    drafts: list[AnswerVersion], actor: Ref, at: datetime, review_by: date | None
) -> None:
    until = review_by or _review_day(at)
    ids = [draft.pk for draft in drafts]
    AnswerVersion.objects.filter(
        Q(valid_to__isnull=True), state=_APPROVED, question_id__in=[d.question_id for d in drafts]
    ).update(valid_to=at)
    AnswerVersion.objects.filter(pk__in=ids, state=_DRAFT).update(
        state=_APPROVED, approver=str(actor), approved_at=at, valid_from=at, review_by=until
    )
    AnswerVersion.objects.filter(pk__in=ids, owner="").update(owner=str(actor))
    for draft in drafts:
        journal.record(
            AnswerApproved(
                version=draft.number, valid_from=at.isoformat(), review_by=until.isoformat()
            ),
            about=Ref("knowledge", draft.question_id), actor=actor, at=at,
        )  # fmt: skip


def _review_day(at: datetime) -> date:
    day = days.day_of(at)
    years, months = divmod(day.month - 1 + REVIEW_MONTHS, 12)
    return date(day.year + years, months + 1, min(day.day, 28))
