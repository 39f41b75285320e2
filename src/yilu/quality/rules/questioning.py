"""What a question of the bank holds, and how good it turned out to be in exams."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from yilu.kernel.errors import Invalid
from yilu.kernel.words import marked as _

DIMENSIONS: Final[Mapping[str, str]] = {"knowledge": _("专业知识"), "skill": _("服务技巧")}
"""Both are trained and asked (A144)."""
HEADINGS: Final = (
    "编号",
    "维度",
    "题目",
    "选项A",
    "选项B",
    "选项C",
    "选项D",
    "选项E",
    "选项F",
    "正确答案",
    "出处",
)
"""The first row of a file of questions."""
ENOUGH: Final = 10
"""Answers below which nothing is said about a question."""
TOO_HARD, TOO_EASY, TOO_BLUNT = 0.3, 0.95, 0.2
VERDICTS: Final[Mapping[str, str]] = {
    "few": _("答的人还少"), "good": _("正常"), "hard": _("太难或答案有误"), "easy": _("太容易"),
    "blunt": _("分不出好坏"), "wrong": _("好的人反而答错，请核对答案"),
}  # fmt: skip
_CODE = re.compile(r"[a-z][a-z0-9_]{2,23}")
_LETTERS = "ABCDEF"
_SAYS = {"专业知识": "knowledge", "服务技巧": "skill", "knowledge": "knowledge", "skill": "skill"}


class BadQuestion(Invalid):
    """No question could be like this; the hint says what to mend."""

    code = "bad_question"
    message = _("题目没有写完整")


@dataclass(frozen=True, slots=True)
class Question:
    """One question with one right answer, and where it comes from."""

    code: str
    dimension: str
    ask: str
    options: tuple[str, ...]
    right: int
    source: str


@dataclass(frozen=True, slots=True)
class Measured:
    """How a question did: answered how often, rightly by which share, how sharply it tells people apart."""

    answers: int
    correct: float
    discrimination: float | None
    verdict: str


def check(question: Question) -> Question:
    """The question, tidied. :raises BadQuestion: it is none."""
    options = tuple(each.strip() for each in question.options if each.strip())
    tidy = Question(
        question.code.strip(), question.dimension, question.ask.strip(), options, question.right, question.source.strip()
    )  # fmt: skip
    if not _CODE.fullmatch(tidy.code):
        raise BadQuestion(hint=_("编号用小写字母开头，三到二十四个字母、数字或下划线。"))
    if tidy.dimension not in DIMENSIONS:
        raise BadQuestion(hint=_("维度写“专业知识”或“服务技巧”。"))
    if not 4 <= len(tidy.ask) <= 300:
        raise BadQuestion(hint=_("题目写四到三百字。"))
    if not 3 <= len(options) <= 6 or len(set(options)) != len(options):
        raise BadQuestion(hint=_("写三到六个不同的选项。"))
    if any(len(each) > 120 for each in options) or len(tidy.source) > 120:
        raise BadQuestion(hint=_("选项和出处各不超过一百二十字。"))
    if not 0 <= tidy.right < len(options):
        raise BadQuestion(hint=_("正确答案要是选项之一。"))
    if not tidy.source:
        raise BadQuestion(hint=_("请写明出处：法规条款、服务标准或本公司规定。"))
    return tidy


def read_row(cells: Mapping[str, str]) -> Question:
    """A line of a file. :raises BadQuestion: it is no question."""
    letter = cells.get("正确答案", "").strip().upper()
    given = [cells.get(f"选项{each}", "").strip() for each in _LETTERS]
    if len(letter) != 1 or letter not in _LETTERS:
        raise BadQuestion(hint=_("正确答案写一个字母，A 到 F。"))
    if not given[_LETTERS.index(letter)]:
        raise BadQuestion(hint=_("正确答案要是选项之一。"))
    first_empty = next((n for n, each in enumerate(given) if not each), len(given))
    if any(given[first_empty:]):
        raise BadQuestion(hint=_("选项从 A 起依次填写，中间不要空。"))
    return check(
        Question(
            cells.get("编号", ""), _SAYS.get(cells.get("维度", "").strip(), ""), cells.get("题目", ""),
            tuple(given), _LETTERS.index(letter), cells.get("出处", ""),
        )
    )  # fmt: skip


def measure(sheets: Iterable[Mapping[str, bool]]) -> dict[str, Measured]:
    """
    Each question's figures from sheets that say of each question whether it was right.

    Discrimination is the correlation of having a question right with the share of the *other* questions
    of the sheet that were right; nothing where everybody, or nobody, had it right.
    """
    seen: dict[str, list[tuple[bool, float]]] = {}
    for rights in sheets:
        whole, count = sum(rights.values()), len(rights)
        for code, right in rights.items():
            rest = (whole - right) / (count - 1) if count > 1 else 0.0
            seen.setdefault(code, []).append((right, rest))
    return {code: _measured(rows) for code, rows in seen.items()}


def _measured(rows: Sequence[tuple[bool, float]]) -> Measured:
    count = len(rows)
    correct = sum(right for right, _rest in rows) / count
    sharp = _correlation([float(right) for right, _r in rows], [rest for _r, rest in rows])
    return Measured(count, correct, sharp, _verdict(count, correct, sharp))


def _verdict(count: int, correct: float, sharp: float | None) -> str:
    if count < ENOUGH:
        return "few"
    if sharp is not None and sharp < 0:
        return "wrong"
    if correct < TOO_HARD:
        return "hard"
    if correct > TOO_EASY:
        return "easy"
    return "blunt" if sharp is not None and sharp < TOO_BLUNT else "good"


def _correlation(a: Sequence[float], b: Sequence[float]) -> float | None:
    n = len(a)
    mean_a, mean_b = sum(a) / n, sum(b) / n
    spread_a = sum((x - mean_a) ** 2 for x in a)
    spread_b = sum((y - mean_b) ** 2 for y in b)
    if spread_a <= 1e-12 or spread_b <= 1e-12:
        return None
    both = sum((x - mean_a) * (y - mean_b) for x, y in zip(a, b, strict=True))
    return max(-1.0, min(1.0, both / math.sqrt(spread_a * spread_b)))
