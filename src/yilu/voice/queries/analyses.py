"""Analyses with their topics, drivers and the comments behind them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from yilu.kernel import tx
from yilu.kernel.errors import NotFound
from yilu.kernel.words import marked as _
from yilu.people.queries import Access
from yilu.voice import catalogues
from yilu.voice.models import Analysis, Aspect, Topic
from yilu.voice.rules.labels import ANALYSIS_STATES

RIGHT = "voice.view"
PHASES = {
    "COMPARING": _("比对重复的评论"), "TOPICS": _("归纳主题"), "READING": _("判断语气、主题和维度"),
    "DRIVERS": _("计算驱动因素"),
}  # fmt: skip


class AnalysisNotFound(NotFound):
    """None, or another office's."""

    code = "analysis_not_found"
    message = _("没有找到这次分析")


@dataclass(frozen=True, slots=True)
class TopicView:
    """One topic of an analysis."""

    id: int
    number: int
    rank: int
    name: str
    words: list[str]
    count: int
    negative: int
    severity: float
    weight: float
    mean_stars: float | None
    growth: float | None
    p_value: float
    emerging: bool

    @property
    def percent_negative(self) -> float:
        """Share of comments that read discontent."""
        return 100 * self.negative / self.count if self.count else 0.0


@dataclass(frozen=True, slots=True)
class AnalysisView:
    """An analysis as its page shows it."""

    id: int
    office_id: int
    batch_id: int | None
    batch_label: str
    since: date | None
    state: str
    state_label: str
    phase: str
    done: int
    total: int
    problem: str
    result: dict[str, Any]
    asked_by: str
    asked_at: datetime
    finished_at: datetime | None
    topics: tuple[TopicView, ...] = ()

    @property
    def is_moving(self) -> bool:
        """Whether it will go on by itself."""
        return self.state in ("WAITING", "READING")


def get_analysis(analysis_id: int, access: Access) -> AnalysisView:
    """One with its topics, ranked. :raises AnalysisNotFound: none of one's offices."""
    held = _mine(access).filter(pk=analysis_id).first()
    if held is None:
        raise AnalysisNotFound
    return _view(held, with_topics=True)


def newest_analysis(access: Access) -> AnalysisView | None:
    """The newest finished one of one's offices."""
    held = _mine(access).filter(state="DONE").order_by("-pk").first()
    return _view(held, with_topics=True) if held else None


def list_analyses(access: Access, limit: int = 20) -> list[AnalysisView]:
    """Those of one's offices, the newest first."""
    return [_view(held, with_topics=False) for held in _mine(access).order_by("-pk")[:limit]]


def _mine(access: Access) -> Any:
    return Analysis.objects.select_related("batch").filter(office_id__in=access.offices_for(RIGHT))


def _view(held: Analysis, *, with_topics: bool) -> AnalysisView:
    topics = tuple(_topic(t) for t in held.topics.order_by("rank")) if with_topics else ()
    return AnalysisView(
        held.pk, held.office_id, held.batch_id, held.batch.label if held.batch else "", held.since,
        held.state, ANALYSIS_STATES[held.state], PHASES.get(held.phase, ""), held.done, held.total,
        held.problem, held.result, held.asked_by, held.asked_at, held.finished_at, topics,
    )  # fmt: skip


def _topic(t: Topic) -> TopicView:
    return TopicView(
        t.pk, t.number, t.rank, t.name, t.words, t.count, t.negative, t.severity, t.weight,
        t.mean_stars, t.growth, t.p_value, t.emerging,
    )  # fmt: skip


def get_topic(topic_id: int, access: Access) -> tuple[AnalysisView, TopicView]:
    """A topic and its analysis. :raises AnalysisNotFound: none of one's offices."""
    held = Topic.objects.filter(pk=topic_id).first()
    if held is None:
        raise AnalysisNotFound
    return get_analysis(held.analysis_id, access), _topic(held)


@dataclass(frozen=True, slots=True)
class CommentRow:
    """A comment with what it was read as."""

    id: int
    text: str
    stars: int | None
    content: int
    aspects: dict[str, int]
    said_at: datetime
    repeated: bool


def topic_comments(
    analysis_id: int, topic: int, *, after: tuple[int, int] = (-1, 0), limit: int = 20
) -> list[CommentRow]:
    """A topic's comments, the most discontent first, each writing once."""
    rows = tx.rows(
        """
        select f.id, f.text, f.stars, r.content, r.aspects, f.said_at, r.same_as is not null
          from voice_reading r join voice_feedback f on f.id = r.feedback_id
         where r.analysis_id = %s::bigint and r.topic = %s::int and r.same_as is null
           and (r.content, f.id) > (%s::int, %s::bigint)
         order by r.content, f.id limit %s::int
        """,
        [analysis_id, topic, after[0], after[1], limit],
    )
    return [CommentRow(r[0], r[1], r[2], r[3], _loaded(r[4]), r[5], r[6]) for r in rows]


def _loaded(value: Any) -> dict[str, int]:
    if not value:
        return {}
    import orjson

    return orjson.loads(value) if isinstance(value, (str, bytes)) else dict(value)


def count_comments(analysis_id: int) -> int:
    """How many comments an analysis is about."""
    where, values = _scope(analysis_id)
    return int(tx.rows(f"select count(*) from voice_feedback f where {where}", values)[0][0])


def read_comments(analysis_id: int, limit: int) -> Iterator[list[tuple[Any, ...]]]:
    """
    The comments of an analysis by their ids, some at a time: id, text, stars, recommend, label, day,
    attributes.
    """
    where, values = _scope(analysis_id)
    after = 0
    while True:
        rows = tx.rows(
            f"""
            select f.id, f.text, f.stars, f.recommend, f.positive,
                   (f.said_at at time zone 'Asia/Shanghai')::date - date '2000-01-01', f.attributes
              from voice_feedback f
             where {where} and f.id > %s::bigint order by f.id limit %s::int
            """,
            [*values, after, limit],
        )
        if not rows:
            return
        after = rows[-1][0]
        yield [(*row[:6], _loaded(row[6]) or None) for row in rows]


def _scope(analysis_id: int) -> tuple[str, list[Any]]:
    held = Analysis.objects.get(pk=analysis_id)
    if held.batch_id is not None:
        return "f.batch_id = %s::bigint and f.text <> ''", [held.batch_id]
    where = "f.batch_id is null and f.office_id = %s::bigint and f.text <> ''"
    if held.since is None:
        return where, [held.office_id]
    where += " and f.said_at >= (%s::date)::timestamp at time zone 'Asia/Shanghai'"
    return where, [held.office_id, held.since]


@dataclass(frozen=True, slots=True)
class AspectView:
    """An aspect with the words that give it away."""

    code: str
    label: str
    words: list[str]
    changed: bool


def list_aspects() -> list[AspectView]:
    """Every aspect in its order."""
    own = dict(Aspect.objects.values_list("code", "words"))
    return [
        AspectView(code, label, own.get(code, list(words)), code in own)
        for code, label, words in catalogues.aspects()
    ]


def aspect_words() -> dict[str, list[str]]:
    """The words of every aspect, by code."""
    return {a.code: a.words for a in list_aspects()}
