"""Text where it stands on a page: what every reader of pictures, PDF and OFD delivers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

UNKNOWN_LETTER = "\ufffd"
"""A letter that stands on the page and whose file does not say which it is."""
Box = tuple[float, float, float, float]
"""Left, top, right, bottom as shares of the page's width and height."""


@dataclass(frozen=True, slots=True)
class Segment:
    """
    A piece of text on one line; ``confidence`` is 1 where the text is certain (PDF, OFD).

    ``tilt`` is how much lower it stands than its line would at the middle of a page photographed
    at an angle: rows are told by ``top`` and ``bottom``, which take it off; ``box`` is as shown.
    """

    text: str
    box: Box
    page: int = 1
    confidence: float = 1.0
    tilt: float = 0.0

    @property
    def left(self) -> float:
        return self.box[0]

    @property
    def top(self) -> float:
        return self.box[1] - self.tilt

    @property
    def right(self) -> float:
        return self.box[2]

    @property
    def bottom(self) -> float:
        return self.box[3] - self.tilt

    @property
    def height(self) -> float:
        return self.box[3] - self.box[1]

    @property
    def width(self) -> float:
        return self.box[2] - self.box[0]

    @property
    def middle(self) -> float:
        return (self.box[1] + self.box[3]) / 2 - self.tilt

    def part(self, start: int, end: int | None = None) -> Segment:
        """A slice of the text with its share of the box: a Chinese character is two letters wide."""
        widths = [2 if ord(char) > 0x2E7F else 1 for char in self.text]
        stop = len(widths) if end is None else end
        unit = self.width / max(sum(widths), 1)
        left = self.left + unit * sum(widths[:start])
        right = self.left + unit * sum(widths[:stop])
        box = (left, self.box[1], right, self.box[3])
        return replace(self, text=self.text[start:stop], box=box)


def share_a_row(one: Segment, other: Segment) -> bool:
    """
    Whether two segments stand beside each other: half of the lower one's height overlaps.

    A text that runs down the page (a caption beside a table) shares no row.
    """
    if one.page != other.page or max(one.height, other.height) > 2.2 * min(
        one.height, other.height
    ):
        return False
    overlap = min(one.bottom, other.bottom) - max(one.top, other.top)
    return overlap >= 0.5 * min(one.height, other.height)


def in_rows(segments: Iterable[Segment]) -> list[list[Segment]]:
    """Segments as rows from top to bottom, each from left to right."""
    rows: list[list[Segment]] = []
    for segment in sorted(segments, key=lambda s: (s.page, s.middle)):
        near = [
            (abs(segment.middle - _middle(row)), row) for row in rows[-4:] if _fits(row, segment)
        ]
        if near:
            min(near, key=lambda n: n[0])[1].append(segment)
        else:
            rows.append([segment])
    for row in rows:
        row.sort(key=lambda s: s.left)
    return rows


def _middle(row: list[Segment]) -> float:
    return sum(s.middle for s in row) / len(row)


def _fits(row: list[Segment], segment: Segment) -> bool:
    """By the middle of the whole row: each next neighbour would lead a tilted row astray."""
    if row[0].page != segment.page:
        return False
    height = sorted(s.height for s in row)[len(row) // 2]
    lower, higher = sorted((height, segment.height))
    return higher <= 2.2 * lower and abs(segment.middle - _middle(row)) <= 0.55 * lower


def as_text(segments: Iterable[Segment]) -> str:
    """The text in reading order, one line a row."""
    return "\n".join("  ".join(s.text for s in row) for row in in_rows(segments))


def around(segments: Sequence[Segment]) -> Box | None:
    """The smallest box around segments of one page."""
    if not segments:
        return None
    return (
        min(s.left for s in segments),
        min(s.top for s in segments),
        max(s.right for s in segments),
        max(s.bottom for s in segments),
    )
