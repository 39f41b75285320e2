"""What a course holds, read from TOML and checked; when its check is passed and when it comes round again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, Final

from yilu.kernel.words import marked as _
from yilu.quality.rules.questioning import DIMENSIONS
from yilu.quality.rules.shapes import (
    CODE,
    LINES,
    NUMBER,
    ONE,
    PLACE,
    SOME,
    TEXT,
    BadText,
    Field,
    Group,
    Shape,
)
from yilu.quality.rules.standards import TOUCHPOINTS

EVERYBODY: Final = "*"
"""As a role: whoever is hired."""
TIMES: Final = (7, 14, 30)
"""Days there are for a course; the pledge has one limit for each."""


class BadCourse(BadText):
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

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The text as it is read: an empty line ends a paragraph."""
        return tuple(part.strip() for part in self.text.split("\n\n") if part.strip())


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


_CHECK: Final = Group(
    "check", _("小测题"),
    (
        Field("ask", _("题目"), most=300),
        Field("options", _("选项（一行一个）"), LINES, _("二到六个，不要重复。")),
        Field("right", _("第几个选项是对的"), PLACE, least=0, most=5),
        Field("why", _("为什么"), TEXT, _("答对之后给学员看。"), most=500),
    ),
    most=20,
)  # fmt: skip
_CHAPTER: Final = Group(
    "chapter", _("章节"),
    (
        Field("code", "", CODE),
        Field("title", _("章节标题"), most=60),
        Field("dimension", _("维度"), ONE, among=DIMENSIONS),
        Field("text", _("正文"), TEXT, _("空一行就是新的一段。"), most=20_000),
        Field("sources", _("出处（一行一个）"), LINES, _("法规条款、服务标准或本公司规定。")),
        _CHECK,
    ),
    most=30,
)  # fmt: skip


def shape(*, roles: Mapping[str, str], drills: Mapping[str, str]) -> Shape:
    """What a course is made of where these roles and drills are known by code; none: any is taken."""
    return Shape(
        BadCourse,
        (
            Field("title", _("课程名称"), most=60),
            Field("title_en", _("英文名称"), most=100),
            Field("aim", _("学完能做什么"), TEXT, most=300),
            Field("minutes", _("大约用时（分钟）"), NUMBER, least=5, most=600),
            Field("days", _("几天内学完"), NUMBER, _("写 7、14 或 30。"), most=365),
            Field("repeat_months", _("几个月后复训"), NUMBER, _("0 表示学一次就够。"), least=0, most=60),
            Field(
                "roles", _("哪些岗位要学"), SOME,
                among={EVERYBODY: _("所有新入职的人"), **roles} if roles else {},
            ),
            Field("standard", _("对应的服务标准"), ONE, optional=True, among=TOUCHPOINTS),
            Field("drill", _("对应的情景演练"), ONE, optional=True, among=drills),
            _CHAPTER,
        ),
    )  # fmt: skip


_SHAPE: Final = shape(roles={}, drills={})


@cache
def read(text: str) -> Course:
    """A course from its text. :raises BadCourse: it is none; the hint says what to mend."""
    told = _SHAPE.read(text)
    for n, chapter in enumerate(told["chapter"]):
        for k, check in enumerate(chapter["check"]):
            _refuse_odd_options(check, f"chapter.{n}.check.{k}")
    if told["days"] not in TIMES:
        raise BadCourse(hint=_("完成期限写 7、14 或 30 天。"))
    if {each["dimension"] for each in told["chapter"]} != set(DIMENSIONS):
        raise BadCourse(hint=_("课程要有专业知识和服务技巧两个维度，各至少一章。"))
    chapters = tuple(
        Chapter(
            row["code"], row["title"], row["dimension"], row["text"], row["sources"],
            tuple(Check(**check) for check in row["check"]),
        )
        for row in told.pop("chapter")
    )  # fmt: skip
    return Course(**told | {"roles": frozenset(told["roles"])}, chapters=chapters)


def _refuse_odd_options(check: Mapping[str, Any], place: str) -> None:
    options, right = check["options"], check["right"]
    if len(set(options)) != len(options) or not 2 <= len(options) <= 6:
        raise BadCourse(hint=_("小测写二到六个不同的选项。")).at(place)
    if right >= len(options):
        raise BadCourse(hint=_("小测的正确答案要是选项之一。")).at(place)
