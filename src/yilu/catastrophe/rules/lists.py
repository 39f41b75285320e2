"""
What a casualty list says, cell by cell: which column is which, who is in a row, what is wrong.

Lists come from hospitals, police and newsrooms and look like nothing in particular. What cannot be
understood is said in a sentence with its line; the other rows go on. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("姓名", "名字", "患者姓名", "伤员姓名", "遇难者姓名", "name", "姓 名"),
    "sex": ("性别", "sex", "gender"),
    "birth_date": ("出生日期", "出生年月日", "生日", "出生年月", "birthdate", "dob"),
    "age": ("年龄", "岁数", "age"),
    "identity": ("身份证号", "身份证号码", "身份证", "证件号", "证件号码", "公民身份号码", "idno", "id"),
    "phone": ("电话", "手机", "手机号", "手机号码", "联系电话", "联系方式", "phone", "mobile"),
    "place": ("籍贯", "户籍地", "住址", "地址", "户籍", "地区", "address"),
    "hospital": ("医院", "收治医院", "救治医院", "所在医院", "安置点", "hospital"),
    "condition": ("状态", "伤情", "情况", "伤亡情况", "伤亡", "结果", "status"),
    "note": ("备注", "说明", "note"),
}  # fmt: skip
"""The columns we understand, by the headings lists use for them."""

FILLED_DOWN = ("place", "hospital", "condition")
"""Columns whose merged cells count for every row they span."""
NARROWING = ("birth_date", "age", "identity", "phone")
HEADER_WITHIN = 10
"""The heading stands within the first rows: lists begin with titles and dates."""
SUMS = ("合计", "总计", "共计", "小计", "总人数", "合计人数")
"""What stands in the column of names where a line adds up: nobody is called so."""
TEXT_MAX = 120
ROWS_MAX = 50_000
"""More is not a casualty list: somebody chose the wrong file."""
AGE_MAX = 130

_SEXES = {
    "男": "MALE",
    "m": "MALE",
    "male": "MALE",
    "女": "FEMALE",
    "f": "FEMALE",
    "female": "FEMALE",
}
_CONDITIONS = (
    ("DEAD", ("遇难", "死亡", "身亡", "罹难", "去世", "dead", "deceased")),
    ("MISSING", ("失联", "失踪", "下落不明", "missing")),
    ("SAFE", ("平安", "安全", "无恙", "safe")),
    ("INJURED", ("伤", "住院", "治疗", "抢救", "重症", "icu", "injured", "救治")),
)


@dataclass(frozen=True, slots=True)
class Heading:
    """Where the heading is and which column holds what (表头)."""

    line: int
    columns: Mapping[str, int]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the list lacks, though it can be used."""
        if not any(name in self.columns for name in NARROWING):
            return (
                _("名单没有出生日期、年龄、证件号码或手机号：只凭姓名只能得到线索，须逐一核实。"),
            )
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One row as it stands (名单行), or why it cannot be used (``problem``)."""

    line: int
    name: str = ""
    sex: str | None = None
    birth_date: date | None = None
    age: int | None = None
    identity: str = ""
    phone: str = ""
    place: str = ""
    hospital: str = ""
    condition: str = "UNKNOWN"
    note: str = ""
    problem: str = ""

    @property
    def key(self) -> tuple[object, ...]:
        """What makes two rows the same row; names alone do not."""
        return (self.name, self.sex, self.birth_date, self.age, self.identity, self.phone)


def find_heading(rows: Sequence[Sequence[str]]) -> Heading | None:
    """The first row that names a column of names; None where none does."""
    for line, row in enumerate(rows[:HEADER_WITHIN]):
        columns: dict[str, int] = {}
        for place, cell in enumerate(row):
            title = re.sub(r"[\s:：*（）()]", "", unicodedata.normalize("NFKC", cell)).casefold()
            for name, titles in COLUMNS.items():
                if name not in columns and title in titles:
                    columns[name] = place
                    break
        if "name" in columns:
            return Heading(line, columns)
    return None


def read_row(line: int, row: Sequence[str], heading: Heading, today: date) -> Told | None:
    """
    One row; None for an empty one, or the sum below the names (合计). ``line`` counts as the spreadsheet does.

    A part that cannot be understood makes the row a problem with a sentence: a wrong birth date
    would lead to the wrong person.
    """
    cells = {
        name: unicodedata.normalize("NFKC", row[place]).strip()[:TEXT_MAX]
        if place < len(row)
        else ""
        for name, place in heading.columns.items()
    }
    if not any(cells.get(name) for name in cells if name not in FILLED_DOWN):
        return None
    if re.sub(r"[\s:：]", "", cells.get("name", "")) in SUMS:
        return None
    given = {
        "line": line, "name": re.sub(r"\s+", "", cells.get("name", "")),
        "identity": cells.get("identity", ""), "phone": cells.get("phone", ""),
        "place": cells.get("place", ""), "hospital": cells.get("hospital", ""),
        "note": cells.get("note", ""), "condition": condition_of(cells.get("condition", "")),
    }  # fmt: skip
    problem = _name_problem(str(given["name"]))
    sex = _SEXES.get(cells.get("sex", "").removesuffix("性").casefold())
    if not problem and cells.get("sex") and sex is None:
        problem = _("性别看不懂，应为男或女")
    birth_date, date_problem = read_day(cells.get("birth_date", ""), today)
    age, age_problem = read_age(cells.get("age", ""))
    return Told(
        **given, sex=sex, birth_date=birth_date, age=age,  # type: ignore[arg-type]
        problem=problem or date_problem or age_problem,
    )  # fmt: skip


def read_day(text: str, today: date) -> tuple[date | None, str]:
    """A birth date in any of its writings, and what is wrong with it."""
    tidy = text.strip()
    if not tidy:
        return None, ""
    if re.fullmatch(r"\d{5}(\.0)?", tidy):  # what Excel keeps of a date in a cell without format
        read = date(1899, 12, 30) + timedelta(days=int(tidy[:5]))
    else:
        found = re.fullmatch(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[ T].*)?", tidy)
        if not found:
            return None, _("出生日期看不懂，请写成 1985-06-15 的样子")
        try:
            read = date(*(int(part) for part in found.groups()))
        except ValueError:
            return None, _("出生日期不存在")
    if read > today or read.year < today.year - AGE_MAX:
        return None, _("出生日期不可能")
    return read, ""


def read_age(text: str) -> tuple[int | None, str]:
    """An age in years; months and days of an infant count as nought."""
    tidy = text.strip()
    if not tidy or tidy in ("不详", "未知", "-"):
        return None, ""
    if re.fullmatch(r"\d{1,2}个?(月|天)大?", tidy):
        return 0, ""
    found = re.fullmatch(r"约?(\d{1,3})(?:\.0)?(?:周?岁|余岁|多岁)?", tidy)
    if not found or int(found[1]) > AGE_MAX:
        return None, _("年龄看不懂，请写成数字")
    return int(found[1]), ""


def condition_of(text: str) -> str:
    """What became of somebody: the gravest that the words say; UNKNOWN where they say nothing."""
    low = text.casefold()
    for code, words in _CONDITIONS:
        if any(word in low for word in words):
            return code
    return "UNKNOWN"


def say_duplicates(rows: Sequence[Told]) -> list[str]:
    """
    For each row a sentence where it stands twice, or where somebody else has its name; else empty.

    The same row twice is one person; the same name with other particulars is two people, and the
    person who confirms is told.
    """
    first: dict[tuple[object, ...], int] = {}
    by_name: dict[str, int] = {}
    for told in rows:
        if not told.problem:
            by_name[told.name] = by_name.get(told.name, 0) + 1
    said = []
    for told in rows:
        if told.problem:
            said.append("")
        elif told.key in first:
            said.append(Sentence(_("与第 {line} 行完全相同，只计一次"), line=first[told.key]))
        else:
            first[told.key] = told.line
            said.append("")
    return said


def namesakes(rows: Sequence[Told]) -> dict[str, int]:
    """How many different rows carry each name that more than one carries."""
    keys = {told.key: told.name for told in rows if not told.problem}
    counted: dict[str, int] = {}
    for name in keys.values():
        counted[name] = counted.get(name, 0) + 1
    return {name: count for name, count in counted.items() if count > 1}


def _name_problem(name: str) -> str:
    if not name:
        return _("没有姓名（合并的单元格请先取消合并，公式请先转换为数值）")
    if name[0] in "=+-@" or "#" in name:
        return _("姓名是公式或出错的单元格，请改成文字")
    if not any(c.isalpha() for c in name):
        return _("姓名中应有文字")
    if len(name) > 60:
        return _("姓名过长，请核对是否错列")
    return ""
