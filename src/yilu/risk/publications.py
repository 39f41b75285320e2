"""
Rules as published, and what is shipped: the supervision rules of the National Healthcare Security
Administration from their spreadsheets, our small excerpt of them, and ICD-10 in Chinese.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from .rules import diseases
from .rules.diseases import Block, Classification, Limit, Question
from .rules.supervision import AGES, SEXES, Rule

CATALOGUE = Path(__file__).parent / "catalogue"
PUBLISHER = "国家医保局智能监管“两库”"
_ALIASES = {
    "高血压": "I10", "高血压病": "I10", "原发性高血压": "I10", "2型糖尿病": "E11", "1型糖尿病": "E10",
    "糖尿病": "E14", "冠心病": "I25", "冠状动脉粥样硬化性心脏病": "I25", "急性心肌梗死": "I21",
    "脑梗死": "I63", "脑出血": "I61", "肺炎": "J18", "社区获得性肺炎": "J18", "支气管肺炎": "J18",
    "急性上呼吸道感染": "J06", "急性阑尾炎": "K35", "胆囊结石": "K80", "胃溃疡": "K25", "肺癌": "C34",
    "乳腺癌": "C50", "甲状腺癌": "C73", "甲状腺结节": "E04", "子宫肌瘤": "D25", "前列腺增生": "N40",
    "腰椎间盘突出": "M51", "腰椎间盘突出症": "M51", "慢性肾功能不全": "N18", "肺结节": "R91",
    "乙型病毒性肝炎": "B18", "慢性乙型病毒性肝炎": "B18",
}  # fmt: skip
"""How clinics name what the classification words otherwise; our own short list."""


class NotAPublication(Exception):
    """A folder without one file that is understood."""


@cache
def icd10() -> Classification:
    """ICD-10 in Chinese, three characters, with the limits and questions we ask of it."""
    names = {r["code"]: r["disease"] for r in _shipped("icd10.csv", "\t")}
    by_name = {diseases.bare(name): code for code, name in names.items()} | _ALIASES
    return Classification(
        names=names,
        blocks=tuple(
            Block(r["code_lower_bound"], r["code_upper_bound"], int(r["level"]), r["catalog"])
            for r in _shipped("icd10_blocks.csv", "\t")
        ),
        limits=tuple(
            Limit(r["first"], r["last"], r["sex"], _int(r["from_years"]), _int(r["below_years"]), r["says"])
            for r in _shipped("diagnosis_limits.csv")
        ),
        questions={
            r["code"]: Question(r["code"], r["asks"], tuple(_range(t) for t in r["ranges"].split()))
            for r in _shipped("declaration_questions.csv")
        },
        by_name=by_name,
    )  # fmt: skip


@cache
def excerpt() -> tuple[Rule, ...]:
    """The excerpt of the supervision rules that is shipped; the whole is the insurer's to load."""
    return tuple(
        Rule(r["kind"], r["name"], r["value"], r["source"], r["note"], int(r["period"] or 0))
        for r in _shipped("supervision.csv")
    )


def read_folder(folder: Path) -> tuple[Rule, ...]:
    """
    Every rule of the published spreadsheets in a folder that we can hold against a bill.

    :raises NotAPublication: where no file is understood.
    """
    from python_calamine import CalamineWorkbook

    found: list[Rule] = []
    for path in sorted(folder.glob("*.xlsx")):
        reader = next((r for part, r in _READERS.items() if part in path.name), None)
        if reader is None:
            continue
        rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
        title = re.sub(r"\s|\.xlsx$", "", path.name)
        for number, row in enumerate(rows[1:], start=2):
            cells = [str(cell).strip() for cell in row]
            found += reader(cells, f"{PUBLISHER}{title} 第 {number} 行")
    if not found:
        raise NotAPublication(str(folder))
    return tuple(found)


def _shipped(name: str, delimiter: str = ",") -> Iterator[dict[str, str]]:
    with (CATALOGUE / name).open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file, delimiter=delimiter)


def _int(text: str) -> int | None:
    return int(text) if text else None


def _range(text: str) -> tuple[str, str]:
    first, _, last = text.partition("-")
    return first, last or first


def _limited(kind: str, value_at: int, known: Sequence[str] | dict[str, str]) -> Callable[..., Any]:
    def read(cells: list[str], source: str) -> Iterator[Rule]:
        if cells[0] and cells[value_at] in known:
            yield Rule(kind, cells[0], cells[value_at], source, cells[1] if value_at > 2 else "")

    return read


def _item_age(cells: list[str], source: str) -> Iterator[Rule]:
    if cells[0] and cells[3] in AGES:
        yield Rule("BILL_AGE", cells[0], cells[3], source)


def _course(cells: list[str], source: str) -> Iterator[Rule]:
    if cells[0] and (days := re.fullmatch(r"(\d+)天", cells[3])):
        yield Rule("BILL_COURSE", cells[0], days.group(1), source, cells[1])


def _item_course(cells: list[str], source: str) -> Iterator[Rule]:
    if cells[1] and (days := re.search(r"(?:支付|总时间)不超过(\d+)天", cells[2])):
        yield Rule("BILL_COURSE", cells[1], days.group(1), source, cells[2])


def _frequency(cells: list[str], source: str) -> Iterator[Rule]:
    if cells[1] and cells[2] and cells[3]:
        yield Rule(
            "BILL_QUANTITY", cells[1], str(int(float(cells[2]))), source, f"单位：{cells[3]}", 1
        )


def _period(cells: list[str], source: str) -> Iterator[Rule]:
    if cells[1] and cells[2] and cells[3]:
        most, days = int(float(cells[2])), int(float(cells[3]))
        yield Rule("BILL_QUANTITY", cells[1], str(most), source, cells[4], days)


def _double(cells: list[str], source: str) -> Iterator[Rule]:
    if cells[2] and cells[4]:
        by_day = 0 if cells[1] == "单次就诊" else 1
        yield Rule("BILL_DOUBLE", cells[4], cells[2], source, cells[6], by_day)


_READERS: dict[str, Callable[[list[str], str], Iterator[Rule]]] = {
    "药品规则库(限定年龄对象)": _limited("BILL_AGE", 3, AGES),
    "药品规则库(限定性别对象)": _limited("BILL_SEX", 3, SEXES),
    "项目规则库(限定年龄对象)": _item_age,
    "项目规则库(限定性别对象)": _limited("BILL_SEX", 4, SEXES),
    "重复收费": _double,
    "限定保险类型": _limited("BILL_INSURANCE", 3, ("工伤", "生育")),
    "限定就医方式": _limited("BILL_SETTING", 3, ("住院",)),
    "限定支付疗程": _course,
    "限定疗程": _item_course,
    "限定频次": _frequency,
    "限定周期": _period,
}
"""Not read: 限定主次操作 (a bill does not say at what share a second operation was charged) and
限定机构等级 (we do not know a hospital's grade)."""
