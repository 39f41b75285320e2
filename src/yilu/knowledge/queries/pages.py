"""What the knowledge pages show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from yilu.kernel import sealing
from yilu.knowledge.models import AnswerVersion, Asked, Question
from yilu.knowledge.rules.topics import TOPICS

PAGE = 50
_DRAFT, _APPROVED = AnswerVersion.State.DRAFT, AnswerVersion.State.APPROVED


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question in the list."""

    id: int
    code: str
    topic: str
    topic_label: str
    asked: str
    source: str
    version: int | None
    draft: bool
    sent_back: bool
    review_by: date | None
    overdue: bool
    retired: bool


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version as its page shows it."""

    number: int
    state: str
    revision: int
    asked: str
    phrasings: tuple[str, ...]
    answer: str
    source: str
    quote: str
    note: str
    sent_back: str
    author: str
    owner: str
    approver: str
    drafted_at: datetime
    approved_at: datetime | None
    review_by: date | None
    valid_from: datetime | None
    valid_to: datetime | None


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question with all its versions, newest first."""

    id: int
    code: str
    topic: str
    topic_label: str
    retired_at: datetime | None
    versions: tuple[VersionView, ...]
    helpful: int
    not_helpful: int

    @property
    def in_force(self) -> VersionView | None:
        """The answer given now."""
        return next((v for v in self.versions if v.state == _APPROVED and v.valid_to is None), None)

    @property
    def draft(self) -> VersionView | None:
        """The draft, if somebody is at one."""
        return next((v for v in self.versions if v.state == _DRAFT), None)


@dataclass(frozen=True, slots=True)
class AskedRow:
    """Something that was not answered, or wrongly; the text as it was kept, masked."""

    id: int
    about: str
    text: str
    verdict: str
    verdict_label: str
    question_id: int | None
    given: str
    at: datetime


def list_questions(
    *, on: date, text: str = "", topic: str = "", show: str = "", after: int = 0
) -> list[QuestionRow]:
    """
    Questions by topic, at most a page and one more.

    :param show: ``draft`` what waits for approval, ``review`` what is to be looked at again,
        ``retired`` what is answered no more; otherwise all that is not retired.
    """
    versions = AnswerVersion.objects.filter(question=OuterRef("pk")).order_by("-number")
    in_force = versions.filter(state=_APPROVED, valid_to__isnull=True)
    found = Question.objects.annotate(
        asked=Subquery(versions.values("asked")[:1]),
        source=Subquery(versions.values("source")[:1]),
        version=Subquery(in_force.values("number")[:1]),
        review_by=Subquery(in_force.values("review_by")[:1]),
        drafts=Count("versions", filter=Q(versions__state=_DRAFT)),
        returned=Count("versions", filter=Q(versions__state=_DRAFT) & ~Q(versions__sent_back="")),
    ).filter(retired_at__isnull=show != "retired")
    if topic in TOPICS:
        found = found.filter(topic=topic)
    if show == "draft":
        found = found.filter(drafts__gt=0)
    if show == "review":
        found = found.filter(review_by__lte=on)
    if text.strip():
        wanted = text.strip()[:60]
        found = found.filter(
            Q(asked__icontains=wanted)
            | Q(pk__in=AnswerVersion.objects.filter(answer__icontains=wanted).values("question_id"))
        )
    return [
        QuestionRow(
            q.pk, q.code, q.topic, TOPICS.get(q.topic, q.topic), q.asked or "", q.source or "",
            q.version, q.drafts > 0, q.returned > 0, q.review_by,
            q.review_by is not None and q.review_by <= on, q.retired_at is not None,
        )
        for q in found.filter(pk__gt=after).order_by("pk")[: PAGE + 1]
    ]  # fmt: skip


def counts(*, on: date) -> dict[str, int]:
    """How many are in force, wait for approval, came with the release, are to be reviewed, were not answered."""
    found = AnswerVersion.objects.aggregate(
        in_force=Count("id", filter=Q(state=_APPROVED, valid_to__isnull=True)),
        draft=Count("id", filter=Q(state=_DRAFT)),
        shipped=Count("id", filter=Q(state=_DRAFT, author__startswith="system", sent_back="")),
        review=Count("id", filter=Q(state=_APPROVED, valid_to__isnull=True, review_by__lte=on)),
    )
    return {**found, "not_answered": _not_answered().count()}


def get_question(question_id: int) -> QuestionView | None:
    """One question with its versions, newest first."""
    question = Question.objects.filter(pk=question_id).first()
    if question is None:
        return None
    ratings = Asked.objects.filter(version__question_id=question_id).aggregate(
        good=Count("id", filter=Q(helpful=True)), bad=Count("id", filter=Q(helpful=False))
    )
    versions = tuple(
        VersionView(
            v.number, v.state, v.revision, v.asked, tuple(v.phrasings), v.answer, v.source, v.quote,
            v.note, v.sent_back, v.author, v.owner, v.approver, v.drafted_at, v.approved_at,
            v.review_by, v.valid_from, v.valid_to,
        )
        for v in question.versions.order_by("-number")
    )  # fmt: skip
    return QuestionView(
        question.pk, question.code, question.topic, TOPICS.get(question.topic, question.topic),
        question.retired_at, versions, ratings["good"], ratings["bad"],
    )  # fmt: skip


def list_not_answered(limit: int = PAGE) -> list[AskedRow]:
    """What people asked and had no answer to, newest first."""
    return [
        AskedRow(
            a.pk, a.about, sealing.unseal(a.text, "knowledge_asked.text"), a.verdict,
            a.get_verdict_display(), a.version.question_id if a.version else None,
            a.version.asked if a.version else "", a.asked_at,
        )
        for a in _not_answered().select_related("version").order_by("-id")[:limit]
    ]  # fmt: skip


def _not_answered() -> QuerySet[Asked]:
    return Asked.objects.filter(Q(verdict="NONE") | Q(helpful=False), dealt_with_at__isnull=True)
