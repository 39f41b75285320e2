"""
A plan of the scene in signs that are everywhere the same (现场草图, A67): the signs, where each lies, and the
same in words. Pure. The signs are our own simplification of what 《道路交通事故现场图绘制》 is drawn with.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from yilu.kernel.words import marked as _

WIDE, HIGH = 100, 70
"""The board, in its own units; about one to a third of a metre, and never to scale."""
ITEMS_MAX, NOTE_MAX, WORDS_MAX = 40, 12, 500

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Sign:
    """Lines and rings of a sign that points upwards, around its own middle; ``filled`` rings are solid."""

    label: str
    lines: tuple[tuple[Point, ...], ...] = ()
    rings: tuple[tuple[float, float, float], ...] = ()
    filled: bool = False

    @property
    def reach(self) -> float:
        """How far it goes from its middle, as far as a small picture of it shows."""
        ends = [abs(each) for line in self.lines for point in line for each in point]
        return min(12.0, max(ends + [abs(y) + r for _x, y, r in self.rings]) + 1)


def _box(x: float, y: float) -> tuple[Point, ...]:
    return ((-x, -y), (x, -y), (x, y), (-x, y), (-x, -y))


SIGNS = {
    "CAR": Sign(_("小型汽车"), (_box(2.5, 5), ((-2.5, -2), (0, -4), (2.5, -2)), ((-2, 3), (2, 3)))),
    "TRUCK": Sign(_("货车或客车"), (_box(3, 9), ((-3, -5), (3, -5)), ((-3, -6.5), (0, -8.5), (3, -6.5)))),
    "MOTORCYCLE": Sign(_("摩托车"), (((0, -3), (0, 3)), ((-2, -2), (2, -2)), ((-1, 1), (1, 1)), _box(1, 1.8)), ((0, -4, 1), (0, 4, 1))),
    "EBIKE": Sign(_("电动自行车"), (((0, -3), (0, 3)), ((-1.8, -2), (1.8, -2)), ((1, -1.2), (-1, 0.4), (1, 0.4), (-1, 2))), ((0, -4, 1), (0, 4, 1))),
    "BICYCLE": Sign(_("自行车"), (((0, -3), (0, 3)), ((-1.4, -2), (1.4, -2)), ((-0.8, 1), (0.8, 1))), ((0, -4, 1), (0, 4, 1))),
    "PERSON": Sign(_("行人"), (((0, -1), (0, 2)), ((-2, 0), (2, 0)), ((-1.5, 4.5), (0, 2), (1.5, 4.5))), ((0, -2.2, 1.2),)),
    "FALLEN": Sign(_("倒地位置"), (((0, -2), (0, 3), (-1.5, 6)), ((0, 3), (1.5, 6)), ((-2, 0), (2, 0)), _box(3, 7)), ((0, -3.5, 1.5),)),
    "IMPACT": Sign(_("接触点"), (((-2.5, -2.5), (2.5, 2.5)), ((-2.5, 2.5), (2.5, -2.5))), ((0, 0, 3.5),)),
    "DIRECTION": Sign(_("行驶方向"), (((0, 7), (0, -7)), ((-2, -4), (0, -7), (2, -4)))),
    "SKID": Sign(_("制动痕迹"), tuple(((x, y), (x, y + 2)) for x in (-2.0, 2.0) for y in (-7.0, -3.0, 1.0, 5.0))),
    "ROAD": Sign(_("路边线"), (((0, -35), (0, 35)),)),
    "LANE": Sign(_("车道分界线"), tuple(((0.0, float(y)), (0.0, float(y + 4))) for y in range(-35, 35, 8))),
    "CROSSING": Sign(_("人行横道"), tuple(((float(x), -4.0), (float(x), 4.0)) for x in range(-10, 11, 4))),
    "LIGHT": Sign(_("信号灯"), (((0, 3), (0, 6)), _box(1.5, 3)), ((0, -1.6, 0.8), (0, 0.4, 0.8))),
    "POLE": Sign(_("杆柱或树木"), (), ((0, 0, 1.2),), filled=True),
    "NORTH": Sign(_("指北"), (((0, 6), (0, -6)), ((-1.6, -3), (0, -6), (1.6, -3)), ((-1.2, 10), (-1.2, 7), (1.2, 10), (1.2, 7)))),
}  # fmt: skip
"""Every sign, by its code."""
LOOKS = (_("上"), _("右上"), _("右"), _("右下"), _("下"), _("左下"), _("左"), _("左上"))


class BadItem(ValueError):
    """What of a plan cannot be; says what and where."""

    def __init__(self, said: str, at: int = 0) -> None:
        super().__init__(said)
        self.said, self.at = said, at


@dataclass(frozen=True, slots=True)
class Item:
    """A sign on the board: from the left and from the top, turned clockwise by degrees, with a short note."""

    sign: str
    x: int
    y: int
    turn: int = 0
    note: str = ""

    @property
    def looks(self) -> str:
        """Where its upper side points on the board."""
        return LOOKS[round(self.turn / 45) % 8]

    def as_json(self) -> list[str | int]:
        """As it is kept."""
        return [self.sign, self.x, self.y, self.turn, self.note]

    def drawn(self) -> Iterator[tuple[Point, ...]]:
        """Its lines on the board."""
        for line in SIGNS[self.sign].lines:
            yield tuple(self.moved(point) for point in line)

    def moved(self, point: Point) -> Point:
        """Where a point of the sign lies on the board."""
        turn = math.radians(self.turn)
        x, y = point
        return (
            self.x + x * math.cos(turn) - y * math.sin(turn),
            self.y + x * math.sin(turn) + y * math.cos(turn),
        )


def read_items(rows: Sequence[Sequence[str]]) -> tuple[Item, ...]:
    """
    What a form says, row by row: sign, from the left, from the top, turned, note. Rows without a sign are none.

    :raises BadItem: an unknown sign, a place off the board, a note too long, nothing or too much.
    """
    found = []
    for n, (sign, x, y, turn, note) in enumerate(rows, 1):
        if not sign:
            continue
        if sign not in SIGNS:
            raise BadItem(_("第 {n} 个图标不在统一图标之内"), n)
        if len(note.strip()) > NOTE_MAX:
            raise BadItem(_("第 {n} 个图标的注记太长，最多12个字"), n)
        left, top, turned = (_number(text, n) for text in (x, y, turn or "0"))
        if not (0 <= left <= WIDE and 0 <= top <= HIGH):
            raise BadItem(_("第 {n} 个图标的位置不在图内"), n)
        found.append(Item(sign, left, top, turned % 360, note.strip()))
    if not found or len(found) > ITEMS_MAX:
        raise BadItem(_("请至少放一个图标，最多40个"))
    return tuple(found)


def _number(text: str, n: int) -> int:
    try:
        return round(float(text))
    except (ValueError, OverflowError):
        raise BadItem(_("第 {n} 个图标的位置要填数字"), n) from None


def path_of(sign: Sign) -> str:
    """A sign's lines and rings as one path of SVG."""
    lines = ["M" + " L".join(f"{x:g} {y:g}" for x, y in line) for line in sign.lines]
    rings = [f"M{x - r:g} {y:g} a{r:g} {r:g} 0 1 0 {2 * r:g} 0 a{r:g} {r:g} 0 1 0 {-2 * r:g} 0" for x, y, r in sign.rings]  # fmt: skip
    return " ".join(lines + rings)
