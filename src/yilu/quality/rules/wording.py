"""A list of forbidden and required words read from TOML and checked, patterns held to what is quick."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from yilu.kernel.errors import Invalid, Sentence
from yilu.kernel.words import marked as _

LONGEST = 60_000
PLACES: Final = frozenset({"first", "last", "all"})
PATTERN_MAX = 200
_CODE = re.compile(r"[a-z][a-z0-9_]{0,29}")
_TOO_FREE = re.compile(
    r"[*+\\^$\[\]]|\(\?|\)\{|\{\d*,\}|\{\d*,(?:[3-9]\d|\d{3,})\}|\{(?:[3-9]\d|\d{3,})\}"
)
"""What may take long on a long text, or looks around: repeats without an end, repeated groups."""
_FORBIDDEN = {"code", "say", "near", "gap", "unless", "better"}
_REQUIRED = {"code", "label", "where", "any"}


class BadPhrases(Invalid):
    """The text is no list of phrases; the hint says where."""

    code = "bad_phrases"
    message = _("服务用语清单的内容有误")


@cache
def read(text: str) -> Mapping[str, Any]:
    """The list as it stands in its TOML. :raises BadPhrases: it is none; the hint says what to mend."""
    if len(text) > LONGEST:
        raise BadPhrases(hint=Sentence(_("不超过 {n} 字。"), n=LONGEST))
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise BadPhrases(hint=Sentence(_("格式有误：{what}"), what=str(wrong))) from None
    _only(told, {"forbidden", "required", "complaint"})
    forbidden, required = _rows(told, "forbidden"), _rows(told, "required")
    for row in forbidden:
        _forbidden(row)
    for row in required:
        _required(row)
    _complaint(told.get("complaint"))
    codes = [row["code"] for row in (*forbidden, *required)]
    if len(set(codes)) != len(codes):
        raise BadPhrases(hint=_("每一项的 code 不能重复。"))
    return told


def _forbidden(row: Mapping[str, Any]) -> None:
    _only(row, _FORBIDDEN)
    code = _code(row)
    if "say" in row:
        _words(row, "say")
    if ("near" in row) != ("gap" in row):
        raise BadPhrases(hint=Sentence(_("“{name}”：near 和 gap 要一起写。"), name=code))
    if "gap" in row:
        _words(row, "near")
        _pattern(row["gap"], code)
    if "say" not in row and "gap" not in row:
        raise BadPhrases(hint=Sentence(_("“{name}”没有写禁止说什么。"), name=code))
    for each in _words(row, "unless") if "unless" in row else ():
        _pattern(each, code)
    _text(row, "better")


def _required(row: Mapping[str, Any]) -> None:
    _only(row, _REQUIRED)
    _code(row)
    _text(row, "label")
    _words(row, "any")
    if row.get("where") not in PLACES:
        raise BadPhrases(hint=_("where 写 first（首句）、last（结尾）或 all（任何地方）。"))


def _complaint(told: Any) -> None:
    if not isinstance(told, dict):
        raise BadPhrases(hint=_("要有 [complaint]：客户怎样说算投诉。"))
    _only(told, {"words", "strong", "least"})
    _words(told, "words")
    _words(told, "strong")
    if type(told.get("least")) is not int or not 1 <= told["least"] <= 10:
        raise BadPhrases(hint=_("least 写成 1 到 10 的整数。"))


def _pattern(found: Any, code: str) -> None:
    if not isinstance(found, str) or not 0 < len(found) <= PATTERN_MAX or _TOO_FREE.search(found):
        raise BadPhrases(
            hint=Sentence(
                _("“{name}”的句式只用文字、( | )、? 和 .{{0,12}} 这样有上限的间隔。"), name=code
            )
        )
    try:
        re.compile(found)
    except re.error:
        raise BadPhrases(hint=Sentence(_("“{name}”的句式写错了。"), name=code)) from None


def _only(told: Mapping[str, Any], keys: set[str]) -> None:
    unknown = sorted(set(told) - keys)
    if unknown:
        raise BadPhrases(hint=Sentence(_("没有“{name}”这一项。"), name=unknown[0]))


def _rows(told: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = told.get(name)
    if not isinstance(found, list) or not found or not all(isinstance(r, dict) for r in found):
        raise BadPhrases(hint=Sentence(_("“{name}”至少写一条，每条不能为空。"), name=name))
    return found


def _code(row: Mapping[str, Any]) -> str:
    found = row.get("code")
    if not isinstance(found, str) or not _CODE.fullmatch(found):
        raise BadPhrases(hint=_("code 用小写字母开头，只含小写字母、数字和下划线。"))
    return found


def _text(row: Mapping[str, Any], name: str) -> str:
    found = row.get(name)
    if not isinstance(found, str) or not 0 < len(found.strip()) <= 200:
        raise BadPhrases(hint=Sentence(_("“{name}”没有填写。"), name=f"{row['code']}.{name}"))
    return found


def _words(row: Mapping[str, Any], name: str) -> list[str]:
    """A list of words: two signs at least, one where it is only looked for beside others."""
    found, least = row.get(name), 1 if name in {"near", "any", "words"} else 2
    if (
        not isinstance(found, list)
        or not found
        or not all(isinstance(each, str) and least <= len(each.strip()) <= 200 for each in found)
    ):
        raise BadPhrases(
            hint=Sentence(_("“{name}”写成词的列表，每个至少 {n} 个字。"), name=name, n=least)
        )
    return found
