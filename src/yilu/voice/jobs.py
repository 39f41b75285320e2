"""Reading files and comments: what takes long. Everything heavy is loaded here, in the worker only."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yilu.journal import operations as journal
from yilu.kernel.words import marked as _

from . import operations, queries
from .storage import FileMissing, drawer

if TYPE_CHECKING:
    from .language.corpus import Comment, Corpus

COMMENTS_AT_ONCE = 20_000


@journal.job()
def read_file(batch_id: int) -> None:
    """Read a file that was handed in; may be killed anywhere and goes on from there."""
    stored = queries.batch_source(batch_id)
    try:
        content = drawer.get(stored.storage_key)
    except FileMissing:
        operations.refuse_file(batch_id=batch_id, problem=_("文件已丢失，请重新导入"), at=_now())
        return
    with tempfile.TemporaryDirectory(prefix="yilu-voices-") as folder:
        place = Path(folder) / "file"
        place.write_bytes(content)
        del content
        read_from_place(batch_id, place)


def read_from_place(batch_id: int, place: Path) -> None:
    """The same for a file where it lies."""
    operations.read_from_place(batch_id=batch_id, place=place, clock=_now)


@journal.job(attempts=2)
def analyse(analysis_id: int) -> None:
    """Read every comment of an analysis: topics, mood, aspects, repetitions, drivers."""
    try:
        read_comments(analysis_id)
    except Exception:
        operations.give_up_analysis(
            analysis_id=analysis_id, problem=_("分析中断，请重新发起"), at=_now()
        )
        raise


def read_comments(analysis_id: int) -> None:
    """The same for whoever reports trouble otherwise."""
    from .language import corpus

    total = queries.count_comments(analysis_id)
    if not operations.begin_analysis(analysis_id=analysis_id, total=total, at=_now()):
        return

    def source() -> Iterator[Sequence[Comment]]:
        for rows in queries.read_comments(analysis_id, COMMENTS_AT_ONCE):
            yield [corpus.Comment(*row) for row in rows]

    said: list[tuple[str, int]] = []

    def progress(phase: str, done: int) -> None:
        # A row a phase and a row every few percent: pages look every second.
        if not said or said[-1][0] != phase or done - said[-1][1] >= total // 50:
            said.append((phase, done))
            operations.note_progress(analysis_id=analysis_id, phase=phase, done=done, at=_now())

    found = corpus.read(
        source, total, sentiment_reader(), queries.aspect_words(),
        lambda kept: operations.keep_readings(analysis_id=analysis_id, readings=kept), progress,
    )  # fmt: skip
    operations.answer_analysis(
        analysis_id=analysis_id,
        topics=[operations.TopicRow(**_fields(t)) for t in found.topics],
        all_earlier=found.all_earlier, all_later=found.all_later, result=result_of(found), at=_now(),
    )  # fmt: skip


def _fields(topic: Any) -> dict[str, Any]:
    return {name: getattr(topic, name) for name in topic.__slots__}


def result_of(found: Corpus) -> dict[str, Any]:
    """An analysis' figures as they are kept."""
    return {
        "comments": found.comments, "repeated": found.repeated, "content": found.content,
        "discontent": found.discontent, "aspects": {k: list(v) for k, v in found.aspects.items()},
        "driven_by": found.driven_by,
        "drivers": [
            {name: getattr(d, name) for name in d.__slots__} for d in found.drivers.drivers
        ] if found.drivers else [],
        "names": list(found.drivers.names) if found.drivers else [],
        "matrix": [list(row) for row in found.drivers.matrix] if found.drivers else [],
        "explained": round(found.drivers.explained, 4) if found.drivers else None,
        "driven": found.drivers.n if found.drivers else 0,
    }  # fmt: skip


def sentiment_reader() -> Any:
    """The model in use: our own where one was released, else the one that comes with Yilu."""
    from .language import sentiment

    own = queries.released_reader()
    return sentiment.unpacked(own) if own is not None else sentiment.shipped()


@journal.job(attempts=1)
def train_reader(actor: str) -> None:
    """Train on our own labels; the result is used only if it beats the model in use."""
    from .language import learning

    texts, content = queries.labelled()
    tried = learning.tried(texts, content)
    operations.keep_reader(tried=tried, actor=actor, at=_now())


@journal.each_tick(seconds=3600, name="voice.silent")
def close_silent(at: datetime) -> int:
    """Close answers nobody confirmed."""
    return operations.close_silent(at=at)


@journal.each_tick(seconds=6 * 3600, name="voice.monthly")
def make_reports(at: datetime) -> int:
    """Make last month's reports once."""
    return operations.make_reports(at=at)


def _now() -> datetime:
    return datetime.now(UTC)
