"""Keep what people asked the first line, masked and sealed, and whether the answer helped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.refs import Ref
from yilu.knowledge.events import AnswerRated
from yilu.knowledge.models import AnswerVersion, Asked
from yilu.knowledge.operations import refusals
from yilu.people import operations as people
from yilu.people.queries import Access

TEXT_PLACE = "knowledge_asked.text"
TEXT_MAX = 300


@tx.step
def note_asked(
    *,
    about: Ref,
    text: str,
    verdict: str,
    question_id: int | None,
    version: int | None,
    score: float,
    at: datetime,
) -> int:
    """Keep a question with what came of it. ``text`` is masked by whoever took it."""
    given = (
        AnswerVersion.objects.filter(question_id=question_id, number=version).first()
        if question_id is not None and version is not None
        else None
    )
    asked = Asked.objects.create(
        about=str(about), text=sealing.seal(text[:TEXT_MAX], TEXT_PLACE), verdict=verdict,
        version=given, score=score, asked_at=at,
    )  # fmt: skip
    return asked.pk


@tx.use_case
def rate_answer(*, asked_id: int, about: Ref, helpful: bool, actor: Ref, at: datetime) -> None:
    """
    Say whether that was it; the first word counts.

    :raises QuestionNotFound: nothing of the kind was asked in that conversation.
    """
    found = Asked.objects.filter(pk=asked_id, about=str(about), version__isnull=False).first()
    if found is None:
        raise refusals.QuestionNotFound
    if not Asked.objects.filter(pk=asked_id, helpful__isnull=True).update(helpful=helpful):
        return
    journal.record(
        AnswerRated(version_id=found.version_id or 0, helpful=helpful),
        about=about, actor=actor, at=at,
    )  # fmt: skip


@tx.use_case
def deal_with(*, asked_id: int, access: Access, actor: Ref, at: datetime) -> None:
    """A person has looked at what was not answered. A second time changes nothing."""
    access.require("knowledge.view")
    Asked.objects.filter(pk=asked_id, dealt_with_at__isnull=True).update(dealt_with_at=at)


@tx.step
def forget_asked(about: Sequence[Ref]) -> None:
    """Whoever asked was erased: what they asked in these conversations goes with them."""
    people.empty(Asked.objects.filter(about__in=[str(ref) for ref in about]), "text")
