"""What a course holds, read from TOML and checked; when its check is passed and when it comes round again."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, Final

from yilu.kernel.errors import Invalid, Sentence
from yilu.kernel.words import marked as _
from yilu.quality.rules.standards import TOUCHPOINTS

EVERYBODY: Final = "*"
"""As a role: whoever is hired."""
TIMES: Final = (7, 14, 30)
"""Days there are for a course; the pledge has one limit for each."""
LONGEST = 60_000
_KEYS = {
    "title", "title_en", "aim", "minutes", "days", "repeat_months", "roles", "standard", "drill", "chapter",
}  # fmt: skip


class BadCourse(Invalid):
    """The text is no course; the hint says where."""

    code = "bad_course"
    message = _("课程的内容有误")


@dataclass(frozen=True, slots=True)
class Check:
    """One short question at a chapter's end, and why the right answer is right."""

    ask: str
    options: tuple[str, ...]
    right: int
    why: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """Some minutes of plain text in one dimension, with where it comes from, and its checks."""

    code: str
    title: str
    dimension: str
    text: str
    sources: tuple[str, ...]
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A course in two dimensions: for whom, in how many days, how often again (A144)."""

    title: str
    title_en: str
    aim: str
    minutes: int
    days: int
    repeat_months: int
    roles: frozenset[str]
    standard: str
    drill: str
    chapters: tuple[Chapter, ...]

    def for_roles(self, roles: Collection[str]) -> bool:
        """Whether somebody with these roles takes it."""
        return EVERYBODY in self.roles or not self.roles.isdisjoint(roles)

    def chapter(self, code: str) -> Chapter | None:
        """The chapter of that code."""
        return next((each for each in self.chapters if each.code == code), None)


def is_right(chapter: Chapter, answers: Sequence[int]) -> bool:
    """Whether every check of a chapter is answered rightly."""
    return [check.right for check in chapter.checks] == list(answers)


def again_from(finished: date, repeat_months: int) -> date | None:
    """The day from which somebody takes it once more; None: once is enough."""
    return finished + timedelta(days=repeat_months * 365 // 12) if repeat_months else None


@cache
def read(text: str) -> Course:
    """A course from its TOML. :raises BadCourse: it is none; the hint says what to mend."""
    if len(text) > LONGEST:
        raise BadCourse(hint=Sentence(_("不超过 {n} 字。"), n=LONGEST))
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise BadCourse(hint=Sentence(_("格式有误：{what}"), what=str(wrong))) from None
    unknown = sorted(set(told) - _KEYS)
    if unknown:
        raise BadCourse(hint=Sentence(_("没有“{name}”这一项。"), name=unknown[0]))
    days = _number(told, "days", 1, 365)
    if days not in TIMES:
        raise BadCourse(hint=_("完成期限写 7、14 或 30 天。"))
    standard = str(told.get("standard", ""))
    if standard and standard not in TOUCHPOINTS:
        raise BadCourse(hint=Sentence(_("没有服务标准“{name}”。"), name=standard))
    chapters = tuple(_chapter(row) for row in _rows(told, "chapter"))
    if len({each.code for each in chapters}) != len(chapters):
        raise BadCourse(hint=_("两章用了同一个编号。"))
    if {each.dimension for each in chapters} != {"knowledge", "skill"}:
        raise BadCourse(hint=_("课程要有专业知识和服务技巧两个维度，各至少一章。"))
    return Course(
        title=_text(told, "title"), title_en=_text(told, "title_en"), aim=_text(told, "aim"),
        minutes=_number(told, "minutes", 5, 600), days=days,
        repeat_months=_number(told, "repeat_months", 0, 60), roles=frozenset(_lines(told, "roles")),
        standard=standard, drill=str(told.get("drill", "")), chapters=chapters,
    )  # fmt: skip


def _chapter(row: Mapping[str, Any]) -> Chapter:
    dimension = _text(row, "dimension")
    if dimension not in {"knowledge", "skill"}:
        raise BadCourse(hint=_("维度写 knowledge（专业知识）或 skill（服务技巧）。"))
    return Chapter(
        _text(row, "code"), _text(row, "title"), dimension, _text(row, "text"),
        _lines(row, "sources"), tuple(_check(each) for each in _rows(row, "check")),
    )  # fmt: skip


def _check(row: Mapping[str, Any]) -> Check:
    options, right = _lines(row, "options"), row.get("right")
    if len(set(options)) != len(options) or not 2 <= len(options) <= 6:
        raise BadCourse(hint=_("小测写二到六个不同的选项。"))
    if type(right) is not int or not 0 <= right < len(options):
        raise BadCourse(hint=_("小测的正确答案要是选项之一，从 0 数起。"))
    return Check(_text(row, "ask"), options, right, _text(row, "why"))


def _text(told: Mapping[str, Any], name: str) -> str:
    found = told.get(name)
    if not isinstance(found, str) or not found.strip():
        raise BadCourse(hint=Sentence(_("“{name}”没有填写。"), name=name))
    return found.strip()


def _number(told: Mapping[str, Any], name: str, least: int, most: int) -> int:
    found = told.get(name)
    if type(found) is not int or not least <= found <= most:
        raise BadCourse(
            hint=Sentence(_("“{name}”写 {a} 到 {b} 的整数。"), name=name, a=least, b=most)
        )
    return found


def _lines(told: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = told.get(name)
    if (
        not isinstance(found, list)
        or not found
        or not all(isinstance(line, str) and line.strip() for line in found)
    ):
        raise BadCourse(hint=Sentence(_("“{name}”至少写一条，每条不能为空。"), name=name))
    return tuple(line.strip() for line in found)


def _rows(told: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = told.get(name)
    if not isinstance(found, list) or not found or not all(isinstance(r, dict) for r in found):
        raise BadCourse(hint=Sentence(_("“{name}”至少写一条，每条不能为空。"), name=name))
    return found
