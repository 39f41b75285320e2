"""A file read from its place to its end: one use case after another, each keeping some rows for good."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from yilu.kernel.days import day_of
from yilu.kernel.errors import Refusal
from yilu.voice import files
from yilu.voice.models import Batch
from yilu.voice.rules import columns

from .importing import CHUNK, begin_reading, finish_reading, keep_rows, refuse_file

Clock = Callable[[], datetime]
Say = Callable[[int, int, int], None]


def read_from_place(*, batch_id: int, place: Path, clock: Clock, say: Say | None = None) -> None:
    """
    Read an import's file; may be killed anywhere and goes on from there when called again.

    ``say`` hears rows and problems so far and the bytes read.
    """
    stored = Batch.objects.get(pk=batch_id)
    try:
        opened = files.open_path(
            place, stored.filename, after=stored.read, positive=stored.positive
        )
    except Refusal as refused:
        refuse_file(batch_id=batch_id, problem=refused.message, at=clock())
        return
    if not begin_reading(batch_id=batch_id, told=opened.told, at=clock()):
        return
    today = day_of(clock())
    rows: list[tuple[int, columns.Told]] = []
    problems: list[tuple[int, str]] = []
    line = position = loaded = bad = 0

    def keep() -> bool:
        return keep_rows(
            batch_id=batch_id,
            rows=rows,
            problems=problems,
            read=line,
            position=position,
            at=clock(),
        )

    for line, cells, problem, position in opened.rows:
        if problem:
            problems.append((line, problem))
        else:
            try:
                rows.append((line, columns.read_row(cells, opened.layout, today=today)))
            except columns.BadRow as wrong:
                problems.append((line, wrong.args[0]))
        if len(rows) + len(problems) >= CHUNK:
            if not keep():
                return
            loaded, bad = loaded + len(rows), bad + len(problems)
            rows, problems = [], []
            if say is not None:
                say(loaded, bad, position)
    if (rows or problems) and not keep():
        return
    finish_reading(batch_id=batch_id, at=clock())


def check_place(place: Path) -> None:
    """:raises UnreadableFile, UnknownColumns: where no row of the file could ever be read."""
    files.open_path(place, place.name)
