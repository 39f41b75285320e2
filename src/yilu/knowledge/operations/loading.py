"""Take in what a release ships and what products' wordings say: as drafts, for a person to approve."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Max

from yilu.journal import operations as journal
from yilu.kernel import days, tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.knowledge import shipped
from yilu.knowledge.events import AnswerDrafted
from yilu.knowledge.models import AnswerVersion, Question
from yilu.knowledge.rules import entries
from yilu.knowledge.rules.entries import Entry
from yilu.products import queries as products


@tx.use_case
def load_catalogue(at: datetime) -> int:
    """
    Drafts of every shipped answer and of every clause on sale that is new or has changed.

    What is there stays; where staff are at a draft of their own, theirs stays. Returns how many.
    """
    return take([*shipped.entries(), *clauses(at)], at)


@tx.use_case
def load_clauses(*, at: datetime) -> int:
    """The clauses of products on sale only: after a new wording."""
    return take(clauses(at), at)


def clauses(at: datetime) -> list[Entry]:
    """One entry for each clause of each product on sale."""
    return [
        entries.of_clause(
            product=row.code, name=row.name, number=clause.number, title=clause.title,
            text=clause.text, version=row.version,
        )
        for row in products.list_products(days.day_of(at))
        for clause in products.get_terms(row.version_id).clauses
    ]  # fmt: skip


@tx.step
def take(given: Iterable[Entry], at: datetime) -> int:
    """Drafts of the entries that are new or differ from what was taken last."""
    known = {q.code: q for q in Question.objects.select_for_update().order_by("id")}
    drafted = set(
        AnswerVersion.objects.filter(state=AnswerVersion.State.DRAFT).values_list(
            "question_id", flat=True
        )
    )
    wanted = {entry.code: entry for entry in given if _is_wanted(entry, known, drafted)}
    Question.objects.bulk_create(
        Question(code=e.code, topic=e.topic, product=e.product, created_at=at, shipped=e.digest)
        for e in wanted.values()
        if e.code not in known
    )
    questions = Question.objects.filter(code__in=wanted).annotate(last=Max("versions__number"))
    for question in questions.order_by("id"):
        entry = wanted[question.code]
        if question.shipped != entry.digest:
            Question.objects.filter(pk=question.pk).update(shipped=entry.digest)
        tx.gather(_write, (question.pk, (question.last or 0) + 1, entry, at))
    return len(wanted)


def _is_wanted(entry: Entry, known: dict[str, Question], drafted: set[int]) -> bool:
    question = known.get(entry.code)
    return question is None or not (
        question.shipped == entry.digest or question.pk in drafted or question.retired_at
    )


def _write(drafts: Sequence[tuple[int, int, Entry, datetime]]) -> None:
    AnswerVersion.objects.bulk_create(
        AnswerVersion(
            question_id=question_id, number=number, asked=entry.asked,
            phrasings=list(entry.phrasings), answer=entry.answer, source=entry.source,
            quote=entry.quote, note="随版本更新" if number > 1 else "随版本提供",
            author=str(SYSTEM), drafted_at=at,
        )
        for question_id, number, entry, at in drafts
    )  # fmt: skip
    for question_id, number, _entry, at in drafts:
        journal.record(
            AnswerDrafted(version=number, revision=1),
            about=Ref("knowledge", question_id), actor=SYSTEM, at=at,
        )  # fmt: skip
