"""A scored inspection form read from TOML, made from a standard, filled in and added up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from yilu.kernel.errors import Invalid, Sentence
from yilu.kernel.words import marked as _
from yilu.quality.rules.shapes import CODE, NUMBER, TEXT, YES, BadText, Field, Group, Shape
from yilu.quality.rules.standards import Standard

FULL: Final = 100
_EVIDENCE = re.compile(r"#\d{1,6}|\d{1,3}:[0-5]\d(?::[0-5]\d)?")
COMMENT_MAX = 300


class BadForm(BadText):
    """The text is no inspection form; the hint says where."""

    code = "bad_inspection_form"
    message = _("质检评分表的内容有误")


class BadScores(Invalid):
    """The form is not filled in as it must be; the hint says which item."""

    code = "bad_inspection_scores"
    message = _("评分没有填完整")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing looked at: so many points, or fatal (一票否决) with none."""

    code: str
    ask: str
    points: int
    fatal: bool

    @property
    def full(self) -> int:
        """What a faultless answer gives: its points, or 1 for a fatal item that was kept to."""
        return 1 if self.fatal else self.points

    @property
    def choices(self) -> tuple[int, ...]:
        """The points one chooses from: all of few, of many every fifth of the whole."""
        if self.points <= 10:
            return tuple(range(self.points, -1, -1))
        return tuple(sorted({round(self.points * n / 10) for n in range(11)}, reverse=True))


@dataclass(frozen=True, slots=True)
class Section:
    """Items under a heading."""

    name: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """One touchpoint's form: its points are a hundred."""

    title: str
    pass_mark: int
    sections: tuple[Section, ...]

    @property
    def items(self) -> Mapping[str, Item]:
        """Every item by its code, in order."""
        return {item.code: item for section in self.sections for item in section.items}


@dataclass(frozen=True, slots=True)
class Answer:
    """What an inspector gives: points, None where it does not apply; why; and where it is seen."""

    given: int | None
    comment: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Scored:
    """What a filled-in form comes to."""

    score: int
    fatal: tuple[str, ...]
    missed: tuple[str, ...]
    passed: bool


def check(form: Form, answers: Mapping[str, Answer]) -> None:
    """:raises BadScores: an item without an answer, beyond its points, or below them without a comment."""
    items = form.items
    if set(answers) - set(items):
        raise BadScores(hint=_("评分表已经更新，请刷新页面后再填。"))
    for code, item in items.items():
        answer = answers.get(code)
        if answer is None:
            raise BadScores(hint=Sentence(_("“{item}”还没有打分。"), item=item.ask))
        if answer.given is not None and not 0 <= answer.given <= item.full:
            raise BadScores(hint=Sentence(_("“{item}”最多 {n} 分。"), item=item.ask, n=item.full))
        short = answer.given is not None and answer.given < item.full
        if short and not answer.comment.strip():
            raise BadScores(hint=Sentence(_("“{item}”没有得满分，请写明原因。"), item=item.ask))
        if len(answer.comment) > COMMENT_MAX:
            raise BadScores(hint=Sentence(_("不超过 {n} 字。"), n=COMMENT_MAX))
        if answer.evidence and not _EVIDENCE.fullmatch(answer.evidence):
            raise BadScores(hint=_("证据写第几句（#12）或录音录像的时间（3:25）。"))
    if all(answers[code].given is None for code, item in items.items() if not item.fatal):
        raise BadScores(hint=_("全部不适用，就不能打分；请写明原因后作废。"))


def score(form: Form, answers: Mapping[str, Answer]) -> Scored:
    """
    0 to 100: what was given of what applied, rounded; a fatal item broken makes it 0.

    What does not apply counts neither way, so its points fall to the rest.
    """
    earned = possible = 0
    fatal, missed = [], []
    for code, item in form.items.items():
        given = answers[code].given
        if given is None:
            continue
        if given < item.full:
            missed.append(code)
        if item.fatal:
            if given < item.full:
                fatal.append(code)
            continue
        earned += given
        possible += item.points
    whole = (2 * FULL * earned + possible) // (2 * possible) if possible else 0
    whole = 0 if fatal else whole
    return Scored(whole, tuple(fatal), tuple(missed), not fatal and whole >= form.pass_mark)


SHAPE: Final = Shape(
    BadForm,
    (
        Field("title", _("评分表名称"), most=60),
        Field("pass_mark", _("合格分"), NUMBER, most=FULL),
        Group(
            "section", _("部分"),
            (
                Field("name", _("标题"), most=60),
                Group(
                    "item", _("评分项"),
                    (
                        Field("code", "", CODE),
                        Field("ask", _("看什么"), TEXT),
                        Field(
                            "points", _("分值"), NUMBER, _("各项合计 100；一票否决项不给分。"),
                            least=0, most=FULL, optional=True,
                        ),
                        Field("fatal", _("一票否决"), YES, optional=True),
                    ),
                ),
            ),
        ),
    ),
    40_000,
)  # fmt: skip
"""What a form is made of."""


@cache
def read(text: str) -> Form:
    """A form from its text. :raises BadForm: it is none; the hint says what to mend."""
    told = SHAPE.read(text)
    sections = tuple(
        Section(row["name"], tuple(_item(item, f"section.{n}.item.{k}") for k, item in enumerate(row["item"])))
        for n, row in enumerate(told["section"])
    )  # fmt: skip
    form = Form(told["title"], told["pass_mark"], sections)
    codes = [item.code for section in sections for item in section.items]
    if len(set(codes)) != len(codes):
        raise BadForm(hint=_("每一项的 code 不能重复。"))
    points = sum(item.points for item in form.items.values())
    if points != FULL:
        raise BadForm(hint=Sentence(_("各项分值合计要等于 100，现在是 {n}。"), n=points))
    return form


def form_from(standard: Standard, *, title: str) -> str:
    """The text of a form that asks what a standard says: its steps, its conduct, its checklist."""
    asked = {
        "流程": [(f"step_{n}", f"{s.name}：{s.how}") for n, s in enumerate(standard.steps, 1)],
        "举止与用语": [(f"conduct_{n}", c) for n, c in enumerate(standard.conduct, 1)],
        "办结核对": [(f"check_{n}", c) for n, c in enumerate(standard.checklist, 1)],
    }
    base, more = divmod(FULL, sum(len(items) for items in asked.values()))
    points = iter([base + 1] * more + [base] * FULL)
    sections: list[dict[str, Any]] = [
        {
            "name": name,
            "item": [{"code": c, "ask": ask, "points": next(points)} for c, ask in items],
        }
        for name, items in asked.items()
    ]
    fatal = [{"code": code, "ask": ask, "fatal": True} for code, ask in FATAL.items()]
    sections.append({"name": "一票否决", "item": fatal})
    return SHAPE.write({"title": title, "pass_mark": 85, "section": sections})


FATAL: Final[Mapping[str, str]] = {
    "no_insult": "没有辱骂、讽刺、威胁客户，没有阻拦客户投诉",
    "no_leak": "没有把客户信息告诉不该知道的人",
    "no_deceit": "没有承诺办不到的事，没有隐瞒与合同有关的重要情况",
}
"""What no good score makes up for: 保险法 116, 个人信息保护法 51 and 投诉办法 5 in plain words."""


def _item(row: Mapping[str, Any], place: str) -> Item:
    item = Item(**row)
    if item.fatal and item.points:
        raise BadForm(hint=Sentence(_("“{name}”是一票否决项，不另给分。"), name=item.ask)).at(place)
    if not item.fatal and not item.points:
        raise BadForm(hint=Sentence(_("“{name}”的分值写成 1 到 100 的整数。"), name=item.ask)).at(
            place
        )
    return item
