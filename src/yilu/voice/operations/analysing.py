"""An analysis is asked for, goes on in the background, and is answered with topics and drivers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from django.db import connection

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.people.queries import Access
from yilu.voice import catalogues, events
from yilu.voice.models import Analysis, Aspect, Batch, Feedback, Reading, Topic
from yilu.voice.models.reading import UNDER_WAY
from yilu.voice.refusals import AlreadyAnalysing, BatchNotFound, NothingToAnalyse
from yilu.voice.rules import aspects as aspect_rules
from yilu.voice.rules import growth

LEAST = 20
FORGOTTEN_AFTER = timedelta(minutes=30)


@tx.use_case
def ask_analysis(
    *, office_id: int, batch_id: int | None, since: date | None, access: Access, actor: Ref,
    at: datetime,
) -> int:  # fmt: skip
    """
    Have comments read: those of a file, or of our own doors since a day. The analysis' id.

    :raises NotAllowed: without ``voice.manage`` there. :raises BatchNotFound: another office's file.
    :raises NothingToAnalyse: fewer than twenty. :raises AlreadyAnalysing: it is under way.
    """
    access.require("voice.manage", office_id=office_id)
    if batch_id is not None:
        if not Batch.objects.filter(pk=batch_id, office_id=office_id, state="DONE").exists():
            raise BatchNotFound
    if comments_of(office_id, batch_id, since).exclude(text="")[:LEAST].count() < LEAST:
        raise NothingToAnalyse
    same = _of_batch(batch_id).filter(office_id=office_id, state__in=UNDER_WAY)
    if same.exists():
        raise AlreadyAnalysing
    return ask_step(office_id=office_id, batch_id=batch_id, since=since, actor=actor, at=at)


def _of_batch(batch_id: int | None) -> Any:
    found = Analysis.objects.filter(batch=None)
    return found if batch_id is None else Analysis.objects.filter(batch_id=batch_id)


def comments_of(office_id: int, batch_id: int | None, since: date | None) -> Any:
    """The voices an analysis is about."""
    if batch_id is not None:
        return Feedback.objects.filter(batch_id=batch_id)
    ours = Feedback.objects.filter(batch=None, office_id=office_id)
    return ours.filter(said_at__date__gte=since) if since else ours


@tx.step
def ask_step(
    *, office_id: int, batch_id: int | None, since: date | None, actor: Ref, at: datetime
) -> int:
    """The same inside a use case."""
    made = Analysis.objects.create(
        office_id=office_id, batch_id=batch_id, since=since, asked_by=str(actor), asked_at=at,
        changed_at=at,
    )  # fmt: skip
    journal.record(events.AnalysisAsked(analysis_id=made.pk), about=made.ref, actor=actor, at=at)
    journal.defer("voice.analyse", lock="voice.analyse", analysis_id=made.pk)
    return made.pk


@tx.use_case
def begin_analysis(*, analysis_id: int, total: int, at: datetime) -> bool:
    """Whether it is still to be done; what an earlier try read is forgotten."""
    changed = Analysis.objects.filter(pk=analysis_id, state__in=UNDER_WAY).update(
        state="READING", total=total, done=0, phase="COMPARING", changed_at=at
    )
    if changed:
        tx.changed("delete from voice_reading where analysis_id = %s::bigint", [analysis_id])
    return bool(changed)


@tx.use_case
def note_progress(*, analysis_id: int, phase: str, done: int, at: datetime) -> None:
    """Say how far it is."""
    Analysis.objects.filter(pk=analysis_id).update(phase=phase, done=done, changed_at=at)


@tx.use_case
def keep_readings(*, analysis_id: int, readings: Sequence[Any]) -> None:
    """Keep what some comments were read as."""
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "copy voice_reading (analysis_id, feedback_id, topic, content, aspects, same_as) from stdin"
        ) as copy,
    ):
        for r in readings:
            sides = orjson.dumps(r.aspects).decode() if r.aspects else None
            copy.write_row((analysis_id, r.id, r.topic, r.content, sides, r.same_as))


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic as it was found."""

    number: int
    words: list[str]
    count: int
    negative: int
    low: int
    scored: int
    mean_stars: float | None
    earlier: int
    later: int


@tx.use_case
def answer_analysis(
    *, analysis_id: int, topics: Sequence[TopicRow], all_earlier: int, all_later: int,
    result: Mapping[str, Any], at: datetime,
) -> None:  # fmt: skip
    """Rank the topics by frequency times severity, say which grow, and finish."""
    held = Analysis.objects.select_for_update(of=("self",)).get(pk=analysis_id)
    if held.state not in UNDER_WAY:
        return
    held.topics.all().delete()
    chances = [growth.p_growth(t.earlier, t.later, all_earlier, all_later) for t in topics]
    grown = growth.discoveries(chances)
    made = []
    for found, p, grows in zip(topics, chances, grown, strict=True):
        severity = _severity(found)
        made.append(
            Topic(
                analysis=held, number=found.number, rank=0, name="·".join(found.words[:3])[:80] or "其他",
                words=found.words, count=found.count, negative=found.negative, severity=severity,
                weight=found.count * severity, mean_stars=found.mean_stars, earlier=found.earlier,
                later=found.later, p_value=p,
                growth=growth.factor(found.earlier, found.later, all_earlier, all_later),
                emerging=grows and found.later >= growth.LEAST,
            )
        )  # fmt: skip
    made.sort(key=lambda t: (-t.weight, t.number))
    for rank, topic in enumerate(made, start=1):
        topic.rank = rank
    Topic.objects.bulk_create(made)
    held.state, held.finished_at, held.changed_at = "DONE", at, at
    held.result, held.done, held.phase = dict(result), held.total, ""
    held.save()
    # Readings of earlier analyses of the same comments say nothing any more.
    older = (
        _of_batch(held.batch_id)
        .filter(office_id=held.office_id, pk__lt=held.pk, state="DONE")
        .values_list("pk", flat=True)
    )
    Reading.objects.filter(analysis_id__in=list(older)).delete()
    journal.record(
        events.AnalysisFinished(
            analysis_id=held.pk, comments=int(result.get("comments", 0)), topics=len(made),
            emerging=sum(t.emerging for t in made),
        ),
        about=held.ref, actor=Ref.parse(held.asked_by), at=at,
    )  # fmt: skip


def _severity(found: TopicRow) -> float:
    """From 0 to 1: how discontent a topic's comments read, and how low they score where they do."""
    read = found.negative / found.count
    return round(0.5 * read + 0.5 * found.low / found.scored if found.scored else read, 4)


@tx.use_case
def give_up_analysis(*, analysis_id: int, problem: str, at: datetime) -> None:
    """Say that it cannot be done, and why."""
    held = Analysis.objects.select_for_update(of=("self",)).get(pk=analysis_id)
    if held.state not in UNDER_WAY:
        return
    held.state, held.problem, held.changed_at = "FAILED", str(problem)[:300], at
    held.save(update_fields=["state", "problem", "changed_at"])
    journal.record(
        events.AnalysisFailed(analysis_id=held.pk), about=held.ref,
        actor=Ref.parse(held.asked_by), at=at,
    )  # fmt: skip


@tx.use_case
def change_aspect(*, code: str, words: str, access: Access, actor: Ref, at: datetime) -> None:
    """Change the words that give an aspect away. :raises BadAspect: none, or too many."""
    access.require("voice.manage")
    chosen = aspect_rules.read_words(words)
    if code not in {known for known, _label, _words in catalogues.aspects()}:
        raise aspect_rules.BadAspect
    Aspect.objects.update_or_create(
        code=code, defaults={"words": list(chosen), "changed_by": str(actor)}
    )
    journal.record(
        events.AspectsChanged(aspect=code), about=Ref("staff", access.staff_id), actor=actor, at=at
    )
