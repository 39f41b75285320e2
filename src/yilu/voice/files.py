"""Files of voices as rows of cells, from any row on: delimited text, plain lines, Parquet."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _

from . import records as lines
from .refusals import UnreadableFile
from .rules import columns

HEAD_BYTES = 64 * 1024
PARQUET_ROWS = 5_000


class Row(NamedTuple):
    """One row: its line as an editor counts, its cells or why there are none, bytes read so far."""

    line: int
    cells: list[object]
    problem: str
    position: int


class Opened(NamedTuple):
    """A file ready to be read: what its columns are, and its rows after a line."""

    layout: columns.Layout
    told: list[tuple[str, str]]
    rows: Iterator[Row]


def open_path(path: Path, filename: str, *, after: int = 0, positive: bool | None = None) -> Opened:
    """
    A file's rows from beyond a line. :raises UnreadableFile: nothing in it can be read.

    :raises UnknownColumns: its heading names nothing we know.
    """
    with path.open("rb") as file:
        beginning = file.read(HEAD_BYTES)
    if beginning[:4] == b"PAR1":
        return _parquet(path, after)
    return _text(path.open("rb"), beginning, filename, after, positive)


def look(content: bytes, filename: str) -> columns.Layout:
    """What the columns of a file's content are; refuses what could never be read, at once."""
    if content[:4] == b"PAR1":
        if content[-4:] != b"PAR1":
            raise UnreadableFile(_("Parquet 文件不完整，可能没有传完"))
        return columns.Layout({}, (), 0)
    return _text(io.BytesIO(content), content[:HEAD_BYTES], filename, 0, None).layout


def _text(
    file: IO[bytes], beginning: bytes, filename: str, after: int, positive: bool | None
) -> Opened:
    if not beginning.strip(b"\x00 \r\n\t"):
        raise UnreadableFile(_("文件是空的"))
    if beginning[:4] == b"PK\x03\x04" or b"\x00\x00\x00" in beginning[:1000]:
        raise UnreadableFile(_("这不是文本文件；Excel 请另存为 CSV"))
    encoding = lines.encoding_of(beginning)
    counting = _Counting(file)
    if filename.lower().endswith(".txt"):
        layout = columns.read_heading((), plain=True, positive=positive)
        return Opened(layout, [], _plain(counting, encoding, after))
    heading_line = beginning.partition(b"\n")[0].decode(encoding, "replace").rstrip("\r")
    delimiter = lines.delimiter_of(heading_line)
    records = lines.records(counting, encoding, delimiter)
    heading = next(records, None)
    if heading is None or heading.problem:
        raise UnreadableFile
    layout = columns.read_heading(heading.cells)
    return Opened(layout, layout.told(heading.cells), _records(records, counting, after))


class _Counting:
    """The lines of a file, counting bytes; closes it at the end."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.position = file, 0

    def __iter__(self) -> Iterator[bytes]:
        with self._file as file:
            for line in file:
                self.position += len(line)
                yield line


def _records(records: Iterator[lines.Record], counting: _Counting, after: int) -> Iterator[Row]:
    for record in records:
        if record.line > after:
            yield Row(record.line, list(record.cells), record.problem, counting.position)


def _plain(counting: _Counting, encoding: str, after: int) -> Iterator[Row]:
    for number, raw in enumerate(counting, start=1):
        if number <= after:
            continue
        try:
            text = raw.decode(encoding).strip().replace("\x00", "")
        except UnicodeDecodeError:
            yield Row(number, [], lines.UNREADABLE, counting.position)
            continue
        if text:
            yield Row(number, [text], "", counting.position)


def _parquet(path: Path, after: int) -> Opened:
    import duckdb

    place = str(path).replace("'", "''")
    connection = duckdb.connect(":memory:", config={"threads": 1, "memory_limit": "512MB"})
    try:
        found = connection.execute(f"select * from read_parquet('{place}') offset {int(after)}")
    except duckdb.Error as problem:
        reason = str(problem).partition("\n")[0][:80].replace(str(path), "")
        raise UnreadableFile(Sentence(_("Parquet 文件无法读取：{reason}"), reason=reason)) from None
    names = [column[0] for column in found.description or ()]
    layout = columns.read_heading(names)

    def rows() -> Iterator[Row]:
        number = after
        with connection:
            while some := found.fetchmany(PARQUET_ROWS):
                for cells in some:
                    number += 1
                    yield Row(number, list(cells), "", 0)

    return Opened(layout, layout.told(names), rows())
