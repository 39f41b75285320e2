"""A list of forbidden and required words, read and checked, patterns held to what is quick."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _
from yilu.quality.rules.shapes import (
    CODE,
    LINE,
    LINES,
    NUMBER,
    ONE,
    TEXT,
    BadText,
    Field,
    Group,
    Shape,
)

PLACES: Final[Mapping[str, str]] = {
    "first": _("第一句"), "last": _("结尾"), "all": _("任何地方"),
}  # fmt: skip
PATTERN_MAX = 200
_TOO_FREE = re.compile(
    r"[*+\\^$\[\]]|\(\?|\)\{|\{\d*,\}|\{\d*,(?:[3-9]\d|\d{3,})\}|\{(?:[3-9]\d|\d{3,})\}"
)
"""What may take long on a long text, or looks around: repeats without an end, repeated groups."""


class BadPhrases(BadText):
    """The text is no list of phrases; the hint says where."""

    code = "bad_phrases"
    message = _("服务用语清单的内容有误")


SHAPE: Final = Shape(
    BadPhrases,
    (
        Group(
            "forbidden", _("服务禁语"),
            (
                Field("code", "", CODE),
                Field("say", _("不能说（一行一句）"), LINES, least=2, optional=True),
                Field(
                    "near", _("句式里的词（一行一个）"), LINES, _("有这个词才看下面的句式。"), optional=True,
                ),
                Field(
                    "gap", _("不能说的句式"), LINE,
                    _("只用文字、( | )、? 和 .{0,12} 这样有上限的间隔。"), most=PATTERN_MAX, optional=True,
                ),
                Field(
                    "unless", _("这样说不算（一行一个句式）"), LINES, least=2, most=PATTERN_MAX, optional=True,
                ),
                Field("better", _("建议改说"), TEXT),
            ),
            most=300,
        ),
        Group(
            "required", _("一定要说的"),
            (
                Field("code", "", CODE),
                Field("label", _("叫什么"), most=60),
                Field("where", _("在哪里说"), ONE, among=PLACES),
                Field("any", _("说到其中一个就算（一行一个）"), LINES),
            ),
        ),
        Group(
            "complaint", _("客户怎样说算投诉"),
            (
                Field("words", _("说到几个才算的词（一行一个）"), LINES),
                Field("least", _("要说到几个"), NUMBER, most=10),
                Field("strong", _("说到一个就算的词（一行一个）"), LINES, least=2),
            ),
            single=True,
        ),
    ),
)  # fmt: skip
"""What a list of phrases is made of."""


@cache
def read(text: str) -> Mapping[str, Any]:
    """The list. :raises BadPhrases: it is none; the hint says what to mend."""
    told = SHAPE.read(text)
    for n, row in enumerate(told["forbidden"]):
        _check_forbidden(row, f"forbidden.{n}")
    codes = [row["code"] for row in (*told["forbidden"], *told["required"])]
    if len(set(codes)) != len(codes):
        raise BadPhrases(hint=_("每一项的 code 不能重复。"))
    return told


def _check_forbidden(row: Mapping[str, Any], place: str) -> None:
    name = row["better"]
    if bool(row["near"]) != bool(row["gap"]):
        raise BadPhrases(hint=Sentence(_("“{name}”：句式和句式里的词要一起写。"), name=name)).at(
            place
        )
    if not row["say"] and not row["gap"]:
        raise BadPhrases(hint=Sentence(_("“{name}”没有写禁止说什么。"), name=name)).at(place)
    for pattern in (*filter(None, [row["gap"]]), *row["unless"]):
        _check_pattern(pattern, name, place)


def _check_pattern(pattern: str, name: str, place: str) -> None:
    if _TOO_FREE.search(pattern):
        what = _("“{name}”的句式只用文字、( | )、? 和 .{{0,12}} 这样有上限的间隔。")
        raise BadPhrases(hint=Sentence(what, name=name)).at(place)
    try:
        re.compile(pattern)
    except re.error:
        raise BadPhrases(hint=Sentence(_("“{name}”的句式写错了。"), name=name)).at(place) from None
