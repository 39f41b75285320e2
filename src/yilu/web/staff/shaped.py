"""
A form drawn from a shape: fields and rows, read back as they were typed, rows added, moved and taken away.

Nothing typed is lost by a refusal or by a row more: the page is drawn again from what was sent, and a
number that is none stays as it was written. Without scripts: every change of rows is a request. Of many rows
some are drawn (``ROWS_AT_ONCE``); the others travel along packed in one field, so that a form of three
hundred rows stays one that people can read and a server takes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from django.http import HttpRequest

from yilu.kernel.errors import NotFound, Refusal
from yilu.quality.queries.shapes import (
    CODE,
    LINE,
    LINES,
    NUMBER,
    ONE,
    PLACE,
    SOME,
    TEXT,
    YES,
    BadText,
    Field,
    Group,
    Shape,
)
from yilu.web.common.numbers import whole
from yilu.web.staff.shaped_reading import Told, starts, told_in

_INPUTS: Final[Mapping[str, str]] = {
    LINE: "line", NUMBER: "number", PLACE: "number", TEXT: "area", LINES: "area", ONE: "choice",
    SOME: "choices", YES: "tick", CODE: "hidden",
}  # fmt: skip
_ROWS: Final = {TEXT: 3, LINES: 3}
_LONG: Final = 2_000
ROWS_AT_ONCE: Final = 20
"""So many rows of one group are drawn at a time."""
_PAGE: Final = "page:"


@dataclass(frozen=True, slots=True)
class Cell:
    """One field as it is drawn."""

    field: Field
    name: str
    value: str
    choices: tuple[tuple[str, str, bool], ...] = ()

    @property
    def input(self) -> str:
        """Which kind of input it is."""
        return _INPUTS[self.field.kind]

    @property
    def rows(self) -> int:
        """How high: for what is written in it, and more for long texts."""
        lines = self.value.count("\n") + sum(len(line) // 40 for line in self.value.split("\n")) + 1
        return min(24, max(8 if self.field.most > _LONG else _ROWS.get(self.field.kind, 1), lines))

    @property
    def longest(self) -> int:
        """How much fits; several lines are checked one by one."""
        return self.field.most if self.field.kind in {LINE, TEXT} else 20_000

    @property
    def least(self) -> int:
        return self.field.least + (self.field.kind == PLACE)

    @property
    def most(self) -> int:
        return self.field.most + (self.field.kind == PLACE)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a group: where it is, what it is called, and whether it stands open."""

    name: str
    number: int
    title: str
    cells: tuple[Cell, ...]
    boxes: tuple[Box, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class Box:
    """A group as it is drawn."""

    group: Group
    name: str
    rows: tuple[Row, ...]
    following: int = 0
    """The place a row more would have: how many rows there are, drawn or not."""
    start: int = 0
    rest: str = ""
    """The rows not drawn, packed; "" where all are."""

    @property
    def may_grow(self) -> bool:
        return not self.group.single and self.following < self.group.most

    @property
    def pages(self) -> tuple[tuple[str, int, int, bool], ...]:
        """What to press for other rows: the button's value, first and last number, whether drawn now."""
        if not self.rest:
            return ()
        return tuple(
            (
                f"{_PAGE}{self.name}.{n}",
                n + 1,
                min(n + ROWS_AT_ONCE, self.following),
                n == self.start,
            )
            for n in range(0, self.following, ROWS_AT_ONCE)
        )


@dataclass(frozen=True, slots=True)
class Page:
    """A whole form."""

    cells: tuple[Cell, ...]
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Writing:
    """A form as the reader has it in hand: drawn from what was typed, with what is wrong with it."""

    form: Page
    refusal: Refusal | None

    @property
    def status(self) -> int:
        return self.refusal.status if self.refusal else 200


def write(
    request: HttpRequest, shape: Shape, *, text: str, save: Callable[[str], object]
) -> Writing | None:
    """
    Begin with a text, change rows, or hand the text over to be saved; None: it was.

    :raises NotFound: from ``save``; every other refusal is shown above what was typed.
    """
    if request.method != "POST":
        return Writing(draw(shape, shape.parse(text)), None)
    told, do = told_in(request, shape), request.POST.get("do", "save")
    seen = starts(request.POST)
    if do != "save":
        return Writing(draw(shape, told, place=change_rows(shape, told, do), seen=seen), None)
    try:
        save(shape.write(told))
    except NotFound:
        raise
    except Refusal as refused:
        return Writing(draw(shape, told, place=place_of(refused), seen=seen), refused)
    return None


class Version(Protocol):
    """A version of a text as pages show it."""

    @property
    def state(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def revision(self) -> int: ...


def versions(shape: Shape, rows: Sequence[Version]) -> dict[str, Any]:
    """What the page of a text's versions, the newest first, shows beside the form: the draft and what it changes."""
    draft = next((row for row in rows if row.state == "DRAFT"), None)
    counts = next((row for row in rows if row.state == "APPROVED"), None)
    compared = draft is not None and counts is not None
    changes = shape.differences(counts.text, draft.text) if draft and counts else []
    return {
        "draft": draft, "revision": draft.revision if draft else 0, "compared": compared,
        "changes": changes,
    }  # fmt: skip


def is_there(read: Callable[[], object]) -> bool:
    """Whether something can still be read."""
    try:
        read()
    except NotFound:
        return False
    return True


def draw(
    shape: Shape, told: Told, *, place: str = "", seen: Mapping[str, int] | None = None
) -> Page:
    """
    The form of a text, the rows around ``place`` standing open.

    Of many rows those around ``place`` are drawn, else those from where the reader last was (``seen``).
    """
    return Page(*_drawn(shape.parts, told, "", _Look(place, seen or {})))


def change_rows(shape: Shape, told: Told, what: str) -> str:
    """
    Carry out ``add:chapter``, ``drop:chapter.2``, ``up:chapter.2``, ``page:chapter.20``; the place to show then.

    What means nothing changes nothing.
    """
    act, _colon, place = what.partition(":")
    if f"{act}:" == _PAGE:
        return what
    steps = place.split(".")
    if act == "add":
        rows = _rows_at(shape, told, steps)
        if rows is None:
            return ""
        rows.append({})
        return f"{place}.{len(rows) - 1}"
    rows, n = _rows_at(shape, told, steps[:-1]), whole(steps[-1])
    if rows is None or n is None or not 0 <= n < len(rows):
        return ""
    if act == "drop":
        del rows[n]
        return ".".join(steps[:-1])
    if act == "up" and n > 0:
        rows[n - 1], rows[n] = rows[n], rows[n - 1]
        return f"{'.'.join(steps[:-1])}.{n - 1}"
    return ""


def place_of(refusal: Exception | None) -> str:
    """The group a refusal is about; "" where it names none."""
    return refusal.place if isinstance(refusal, BadText) else ""


@dataclass(frozen=True, slots=True)
class _Look:
    """Where the reader is: the place that stands open, and from which row each long group was drawn."""

    place: str
    seen: Mapping[str, int]

    def start(self, name: str, count: int) -> int:
        """From which of a group's rows on to draw."""
        if count <= ROWS_AT_ONCE:
            return 0
        place = self.place.removeprefix(_PAGE)
        asked = place.removeprefix(f"{name}.").split(".")[0] if place.startswith(f"{name}.") else ""
        n = whole(asked)
        n = self.seen.get(name, 0) if n is None else n
        return min(n, count - 1) // ROWS_AT_ONCE * ROWS_AT_ONCE

    def opens(self, name: str) -> bool:
        """Whether a row holds the place."""
        return f"{self.place}.".startswith(f"{name}.")


def _drawn(
    parts: tuple[Field | Group, ...], told: Told, at: str, look: _Look
) -> tuple[tuple[Cell, ...], tuple[Box, ...]]:
    cells = tuple(_cell(p, told.get(p.name), at) for p in parts if isinstance(p, Field))
    return cells, tuple(_box(p, told, at, look) for p in parts if isinstance(p, Group))


def _box(group: Group, told: Told, at: str, look: _Look) -> Box:
    name = f"{at}{group.name}"
    if group.single:
        cells, boxes = _drawn(group.parts, told.get(group.name) or {}, f"{name}.", look)
        return Box(group, name, (Row(name, 0, "", cells, boxes, open=True),))
    rows = told.get(group.name) or []
    count, start = len(rows), look.start(name, len(rows))
    drawn = range(start, min(start + ROWS_AT_ONCE, count))
    rest = {n: row for n, row in enumerate(rows) if n not in drawn}
    return Box(
        group, name,
        tuple(_row(group, rows[n], f"{name}.{n}", n, count, look) for n in drawn),
        following=count, start=start, rest=json.dumps(rest, ensure_ascii=False, default=str) if rest else "",
    )  # fmt: skip


def _row(group: Group, row: Told, name: str, n: int, count: int, look: _Look) -> Row:
    cells, boxes = _drawn(group.parts, row, f"{name}.", look)
    seen = [cell for cell in cells if cell.input in {"line", "area", "choice"} and cell.value]
    title = _title(seen[0]) if seen else ""
    is_open = not title or count <= 3 or look.opens(name)
    return Row(name, n + 1, title, cells, boxes, is_open)


def _title(cell: Cell) -> str:
    chosen = next((label for _code, label, on in cell.choices if on), "")
    return chosen or cell.value.split("\n")[0][:40]


def _cell(field: Field, value: Any, at: str) -> Cell:
    if field.kind in {LINES, SOME}:
        values = [str(each) for each in value or ()]
        shown = "\n".join(values)
    elif field.kind == PLACE and isinstance(value, int):
        values, shown = [], str(value + 1)
    elif field.kind == YES:
        values, shown = [], "yes" if value else ""
    else:
        shown = "" if value is None else str(value)
        values = [shown]
    choices = tuple((code, label, code in values) for code, label in field.among.items())
    return Cell(field, f"{at}{field.name}", shown, choices)


def _rows_at(shape: Shape, told: Told, steps: list[str]) -> list[Told] | None:
    """The rows at ``chapter.0.check``; None where there are none of that name."""
    parts, here = shape.parts, told
    for n, step in enumerate(steps):
        if n % 2:
            continue
        group = next((p for p in parts if isinstance(p, Group) and p.name == step), None)
        if group is None or group.single:
            return None
        rows: list[Told] = here.setdefault(group.name, [])
        if n == len(steps) - 1:
            return rows
        place = whole(steps[n + 1])
        if place is None or not 0 <= place < len(rows):
            return None
        parts, here = group.parts, rows[place]
    return None
