"""What all customers of drills have in common, read from TOML and checked."""

from __future__ import annotations

import string
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _
from yilu.quality.rules.drilling import MOST_DOWN, MOST_UP, SIGNS, Manner
from yilu.quality.rules.shapes import LINES, NUMBER, BadText, Field, Group, Shape

QUOTES: Final = ("forbidden", "jargon")
"""The lines in which the customer repeats what was said to them: ``{words}`` stands for it."""
_LOWERS: Final = (
    "forbidden", "jargon", "repeated", "same", "short", "no_empathy", "no_next",
)  # fmt: skip
_RAISES: Final = ("empathy", "next", "fact", "company", "self", "purpose")
_LINES: Final[Mapping[str, str]] = {
    "forbidden": _("听到服务禁语时（可用 {words}）"),
    "jargon": _("听不懂时（可用 {words}）"),
    "repeated": _("听到重复的话时"),
    "when": _("没听到下一步和时间时"),
    "not_yet": _("气还没消时"),
    "escalated": _("要求找领导时"),
    "time_over": _("时间用完时"),
    "goodbye": _("满意结束时"),
}


class BadManner(BadText):
    """The text says nothing about how customers are; the hint says where."""

    code = "bad_manner"
    message = _("演练客户共同表现的内容有误")


SHAPE: Final = Shape(
    BadManner,
    (
        Field("empathy", _("算安抚的话（一行一个）"), LINES, most=30),
        Field("closing", _("算礼貌结束的话（一行一个）"), LINES, most=30),
        Field("jargon", _("客户听不懂的词（一行一个）"), LINES, most=30),
        Field("calm_from", _("耐心从多少起是平静"), NUMBER, most=100),
        Field("irritable_from", _("耐心从多少起是急躁，以下是激动"), NUMBER, most=100),
        Group(
            "change", _("耐心怎样变"),
            (
                *(Field(code, SIGNS[code], NUMBER, _("减少的写负数"), MOST_DOWN, 0) for code in _LOWERS),
                *(Field(code, SIGNS[code], NUMBER, "", 0, MOST_UP) for code in _RAISES),
            ),
            single=True,
        ),
        Group(
            "lines", _("客户的话（一行一句，随机说一句）"),
            tuple(Field(code, label, LINES) for code, label in _LINES.items()), single=True,
        ),
    ),
)  # fmt: skip
"""What it is made of; a forbidden phrase can never raise patience, a fact told never lower it."""


@lru_cache(maxsize=4)
def read(text: str) -> Manner:
    """The customers' manner from its text. :raises BadManner: it is none; the hint says what to mend."""
    told = SHAPE.read(text)
    if told["irritable_from"] >= told["calm_from"]:
        raise BadManner(hint=_("平静要从比急躁更多的耐心开始。"))
    for code, lines in told["lines"].items():
        _check_places(code, lines)
    return Manner(
        told["empathy"], told["closing"], told["jargon"], told["change"], told["calm_from"],
        told["irritable_from"], told["lines"],
    )  # fmt: skip


def _check_places(code: str, lines: tuple[str, ...]) -> None:
    """Only ``{words}`` stands in braces, and only where the customer repeats what was said."""
    allowed: dict[str, Any] = {"words": "x"} if code in QUOTES else {}
    for line in lines:
        try:
            plain = string.Formatter().vformat(line, (), allowed)
        except (ValueError, KeyError, IndexError, AttributeError):
            plain = ""
        if not plain:
            raise BadManner(
                hint=Sentence(_("“{line}”里的大括号只能是听到服务禁语、听不懂时的 {{words}}。"), line=line)
            ).at("lines")  # fmt: skip
