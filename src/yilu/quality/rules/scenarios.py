"""What a situation to practise holds: the customer, what they must be told, their lines, what it is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _
from yilu.quality.rules.shapes import CODE, LINES, NUMBER, ONE, TEXT, BadText, Field, Group, Shape
from yilu.quality.rules.standards import TOUCHPOINTS

FULL: Final = 100
MOODS: Final[Mapping[str, str]] = {
    "calm": _("平静"), "irritable": _("急躁"), "angry": _("激动"),
}  # fmt: skip
PARTS: Final[Mapping[str, tuple[int, str]]] = {
    "opening": (15, _("开场：公司、本人、来意")),
    "empathy": (15, _("理解与安抚")),
    "clean": (20, _("没有服务禁语")),
    "plain": (10, _("不用客户听不懂的词，不重复问")),
    "facts": (20, _("该说清的都说清")),
    "next": (12, _("说明下一步和时间")),
    "closing": (8, _("确认与道别")),
}
"""What is looked at, of how many points where a situation does not say otherwise: a hundred in all."""


class BadScenario(BadText):
    """The text is no situation to practise; the hint says where."""

    code = "bad_scenario"
    message = _("情景的内容有误")


@dataclass(frozen=True, slots=True)
class Told:
    """
    Something the customer must be told, and by which words one sees that it was.

    Until then they ask for it, in the ``lines`` of each mood.
    """

    code: str
    label: str
    any: tuple[str, ...]
    lines: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One situation to practise; ``code`` is "" in a text that was not filed yet."""

    code: str = ""
    title: str
    title_en: str
    touchpoint: str
    customer: str
    brief: tuple[str, ...]
    patience: int
    minutes: int
    turns: int
    pass_mark: int
    opening: tuple[str, ...]
    facts: tuple[Told, ...]
    settled: tuple[str, ...]
    jargon: tuple[str, ...]
    never: tuple[str, ...]
    points: Mapping[str, int]


SHAPE: Final = Shape(
    BadScenario,
    (
        Field("title", _("情景名称"), most=60),
        Field("title_en", _("英文名称"), most=100),
        Field("touchpoint", _("按哪个服务标准"), ONE, among=TOUCHPOINTS),
        Field("customer", _("客户是谁，出了什么事"), TEXT, most=300),
        Field("brief", _("学员手里的情况（一行一条）"), LINES, _("学员开始前看到的，等于系统里查得到的。"), most=300),
        Field("patience", _("客户来时的耐心"), NUMBER, _("60 以上平静，30 到 59 急躁，30 以下激动。"), least=5, most=95),
        Field("minutes", _("限时（分钟）"), NUMBER, least=3, most=60),
        Field("turns", _("最多说几句"), NUMBER, least=4, most=40),
        Field("pass_mark", _("达标分"), NUMBER, most=FULL),
        Field("opening", _("客户的第一句（一行一种说法）"), LINES, most=300),
        Group(
            "fact", _("要说清的事"),
            (
                Field("code", "", CODE),
                Field("label", _("是什么事"), most=60),
                Field("any", _("说到其中一个词就算说了（一行一个）"), LINES, _("只认这里写的词，多写几种说法。"), most=40),
                *(
                    Field(mood, Sentence(_("客户{mood}时怎样问（一行一种说法）"), mood=label), LINES, most=300)
                    for mood, label in MOODS.items()
                ),
            ),
            hint=_("客户按这个顺序问，说清一件才问下一件。"), most=8,
        ),
        Field("settled", _("客户接受时说（一行一种说法）"), LINES, most=300),
        Field("jargon", _("这位客户听不懂的词（一行一个）"), LINES, _("学员说了又没有解释，扣分。"), most=20, optional=True),
        Field("never", _("这里绝不能说的（一行一句）"), LINES, _("公司的服务禁语不用再写。"), least=2, most=40, optional=True),
        Group(
            "points", _("各部分的分值"),
            tuple(
                Field(code, label, NUMBER, least=0, most=FULL, optional=True)
                for code, (_points, label) in PARTS.items()
            ),
            hint=_("合计 100；全部留空就用通常的分值。"), single=True,
        ),
    ),
)  # fmt: skip
"""What a situation is made of."""


@cache
def read(text: str, code: str = "") -> Scenario:
    """A situation from its text. :raises BadScenario: it is none; the hint says what to mend."""
    told = SHAPE.read(text)
    usual = {part: points for part, (points, _label) in PARTS.items()}
    points = told["points"] if any(told["points"].values()) else usual
    if (whole := sum(points.values())) != FULL:
        hint = Sentence(_("各部分的分值合计要等于 100，现在是 {n}。"), n=whole)
        raise BadScenario(hint=hint).at("points")
    facts = tuple(
        Told(row["code"], row["label"], row["any"], {mood: row[mood] for mood in MOODS})
        for row in told.pop("fact")
    )
    return Scenario(**told | {"points": points}, code=code, facts=facts)
