"""What an audit asks, what it comes to, and how a third party's table is read. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from yilu.kernel.words import marked as _
from yilu.quality.rules.standards import TOUCHPOINTS, Standard

KINDS: Final[Mapping[str, str]] = {
    "SITE": _("现场检查"),
    "MYSTERY": _("神秘客户"),
    "OUTSIDE": _("第三方评测"),
}
"""Mock audits of our own, and what a third party was asked to do (A142)."""
RESULTS: Final[Mapping[str, str]] = {"KEPT": _("符合"), "FAIL": _("不符合"), "NA": _("不适用")}
HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "office": ("机构代码", "机构"),
    "touchpoint": ("触点", "环节"),
    "ask": ("检查内容", "检查项", "指标"),
    "result": ("结果", "是否符合"),
    "note": ("说明", "问题描述", "备注"),
    "owner": ("责任人", "责任人用户名"),
    "due": ("整改期限", "期限"),
}
NEEDED: Final = ("office", "touchpoint", "ask", "result")
_RESULT_WORDS: Final = {
    "符合": "KEPT", "合格": "KEPT", "是": "KEPT", "达标": "KEPT", "1": "KEPT",
    "不符合": "FAIL", "不合格": "FAIL", "否": "FAIL", "未达标": "FAIL", "0": "FAIL",
    "不适用": "NA", "-": "NA", "—": "NA",
}  # fmt: skip
ROWS_MAX = 5_000
DAYS_TO_CORRECT = 15
"""How long a failed line of a file may take where it names no day."""


@dataclass(frozen=True, slots=True)
class Line:
    """One good row of a third party's table."""

    office: str
    touchpoint: str
    ask: str
    result: str
    note: str
    owner: str
    due: date | None


@dataclass(frozen=True, slots=True)
class Wrong:
    """One row that was not loaded, and why."""

    line: int
    reason: str


def asked(standard: Standard, kind: str) -> tuple[str, ...]:
    """What is looked at: on the spot the site's list (A148), as a customer the conduct and the steps."""
    if kind == "SITE":
        return standard.site or standard.checklist
    return (*standard.conduct, *(f"{step.name}：{step.how}" for step in standard.steps))


def score(results: Iterable[str]) -> int | None:
    """Of a hundred, what was kept of what applied, rounded; None where nothing applied."""
    told = list(results)
    kept, failed = told.count("KEPT"), told.count("FAIL")
    return (200 * kept + kept + failed) // (2 * (kept + failed)) if kept + failed else None


def find_heading(rows: Sequence[Sequence[str]]) -> tuple[int, Mapping[str, int]] | None:
    """Which row is the heading and which column is which; None where the first ten have none."""
    for n, row in enumerate(rows[:10]):
        tidy = [cell.replace(" ", "").replace("\u3000", "") for cell in row]
        columns = {
            name: tidy.index(label)
            for name, labels in HEADINGS.items()
            for label in labels[::-1]
            if label in tidy
        }
        if all(name in columns for name in NEEDED):
            return n, columns
    return None


def read_row(cells: Sequence[str], columns: Mapping[str, int]) -> Line | str:
    """A row as a line, or the sentence why it is none."""
    told = {name: cells[at].strip() if at < len(cells) else "" for name, at in columns.items()}
    touchpoint = _touchpoint(told["touchpoint"])
    if not told["office"]:
        return _("没有写机构代码")
    if touchpoint is None:
        return _("没有这个触点")
    if not 0 < len(told["ask"]) <= 200:
        return _("检查内容没有写，或超过 200 字")
    result = _RESULT_WORDS.get(told["result"])
    if result is None:
        return _("结果要写“符合”“不符合”或“不适用”")
    note = told.get("note", "")
    if len(note) > 300:
        return _("说明超过 300 字")
    if result == "FAIL" and not note:
        return _("不符合的没有写说明")
    due: date | None = None
    if told.get("due"):
        due = _day(told["due"])
        if due is None:
            return _("整改期限写成 2026-01-31 的样子")
    return Line(told["office"], touchpoint, told["ask"], result, note, told.get("owner", ""), due)


def _touchpoint(text: str) -> str | None:
    if text in TOUCHPOINTS:
        return text
    return next((code for code, label in TOUCHPOINTS.items() if label == text), None)


def _day(text: str) -> date | None:
    tidy = text[:10].replace("/", "-").replace(".", "-").rstrip("-")
    parts = tidy.split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    try:
        return date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError:
        return None
