"""
Bill lines against published supervision rules (医保智能监管规则). Pure.

A rule is a fact that the National Healthcare Security Administration published: a drug only for one
sex, an item that another item already contains. A line that differs is a question for a person: a
rule of the social fund is not a clause of a policy, and a bill's wording may be looser than the list.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from yilu.kernel.years import full_years

CHILD_BELOW, INFANT_BELOW, NEWBORN_DAYS = 18, 3, 28
SEXES = {"男": "MALE", "女": "FEMALE"}
AGES = ("儿童", "婴幼儿", "新生儿")
FINDINGS_MAX = 20
"""Findings kept for one signal: more say nothing more."""
REMEMBERED_MAX = 20_000


class BillLine(Protocol):
    """An item of a bill as documents knows it."""

    @property
    def name(self) -> str: ...
    @property
    def amount(self) -> Decimal: ...
    @property
    def quantity(self) -> str: ...


class Bill(Protocol):
    """An invoice as documents knows it."""

    @property
    def upload_id(self) -> int: ...
    @property
    def issued_on(self) -> date | None: ...
    @property
    def visited_on(self) -> date | None: ...
    @property
    def admitted_on(self) -> date | None: ...
    @property
    def discharged_on(self) -> date | None: ...
    @property
    def visit_kind(self) -> str: ...
    @property
    def department(self) -> str: ...
    @property
    def lines(self) -> Sequence[BillLine]: ...


@dataclass(frozen=True, slots=True)
class Rule:
    """
    One published fact (监管规则): ``kind`` is the signal it may raise, ``name`` the drug or item.

    ``value`` is whom or what it is limited to: a sex, an age group, 住院, 工伤, days, a number a day,
    or the item that already contains ``name``. ``period``: per how many days, where it counts by
    days. ``source`` names the publication and its row; ``note`` is the publication's own remark.
    """

    kind: str
    name: str
    value: str
    source: str
    note: str = ""
    period: int = 0


@dataclass(frozen=True, slots=True)
class Person:
    """Whose bill it is, as far as rules ask."""

    sex: str | None
    birth_date: date | None


_PREFIX = re.compile(
    r"^(?:[\[【(]?(?:甲|乙|丙|自费|全自费|自|无自付|有自付|部分自付)(?:类)?(?:药)?[\]】)]|[*★▲△#☆]+|\d{1,3}[.、])+"
)
_ENDING = re.compile(r"[\[(【][^\[\](【】)]*[\])】]$")
_SPEC = re.compile(
    r"[\s*/|,，;；:]*\d+(?:\.\d+)?\s*(?:mg|g|kg|ml|l|ug|μg|iu|u|万u|单位|片|粒|袋|支|盒|瓶|丸|枚|贴|%|cm|×|x|\*)",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"[\s*/|,，;；]")
_GRADES = {"一": "I", "二": "II", "三": "III"}
_MAKERS = ("国产", "进口", "集采", "带量", "国采", "外购")


def forms_of(written: str) -> tuple[str, ...]:
    """
    What a bill's wording may be called in the list, the most literal first.

    A bill adds categories, brands, strengths and packs; the list has the generic name alone. The
    wording is only ever shortened at its ends, never in the middle, and must then equal a name.
    """
    text = _bare(written)
    found = [text]
    text = _PREFIX.sub("", text)
    found.append(text)
    if cut := _SPEC.search(text):
        text = text[: cut.start()] if cut.start() >= 2 else text
    found.append(text.strip())
    head = _SPLIT.split(text.strip(), maxsplit=1)[0]
    found.append(head)
    for start in (text.strip(), head):
        while (shorter := _ENDING.sub("", start).strip()) != start and len(shorter) >= 2:
            found.append(shorter)
            start = shorter
    return tuple(dict.fromkeys(f for f in found if len(f) >= 2))


def _bare(written: str) -> str:
    text = unicodedata.normalize("NFKC", written).strip()
    for word in _MAKERS:
        text = text.replace(f"({word})", "").removeprefix(f"{word}-").removesuffix(f"-{word}")
    for word, number in _GRADES.items():
        text = text.replace(f"{word}级护理", f"{number}级护理")
    return text.replace("～", "-").replace("~", "-").casefold()


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rules of one publication or several, found by normalised name."""

    edition: str
    by_name: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)
    mains: frozenset[str] = frozenset()
    _said: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    def listed(self, written: str) -> str:
        """
        The listed name of a line as a bill words it, "" where no list has it: of its forms the most
        literal one. Bills repeat their wordings, so what was found is remembered.
        """
        name = self._said.get(written)
        if name is None:
            known = (f for f in forms_of(written) if f in self.by_name or f in self.mains)
            name = next(known, "")
            if len(self._said) >= REMEMBERED_MAX:
                self._said.clear()
            self._said[written] = name
        return name

    def rules_for(self, written: str) -> tuple[Rule, ...]:
        """The rules about a line as a bill words it."""
        return self.by_name.get(self.listed(written), ())


def rulebook(edition: str, rules: Iterable[Rule]) -> Rulebook:
    """Rules by name, ready to be asked."""
    by_name: dict[str, list[Rule]] = defaultdict(list)
    mains = set()
    for rule in rules:
        by_name[_bare(rule.name)].append(rule)
        if rule.kind == "BILL_DOUBLE":
            mains.add(_bare(rule.value))
    return Rulebook(edition, {n: tuple(found) for n, found in by_name.items()}, frozenset(mains))


@dataclass(frozen=True, slots=True)
class LineFinding:
    """One line that differs from one rule."""

    kind: str
    rule: Rule
    bill: int
    line: int
    name: str
    amount: Decimal
    says: str

    def as_json(self) -> dict[str, Any]:
        """As it is kept with a signal: no name of a person is in it."""
        return {
            "upload": self.bill, "line": self.line, "name": self.name[:80], "amount": str(self.amount),
            "says": self.says, "source": self.rule.source, "note": self.rule.note[:160],
        }  # fmt: skip


def check(
    bills: Sequence[Bill], *, person: Person, book: Rulebook, accident: bool = False
) -> dict[str, tuple[LineFinding, ...]]:
    """
    What in the bills differs from the rules, by signal. What cannot be known raises nothing:
    no birth date, no age rule; no quantity, no frequency rule.
    """
    found: dict[str, list[LineFinding]] = defaultdict(list)
    spans: dict[str, list[tuple[date, Bill, int]]] = defaultdict(list)
    for bill in bills:
        named = [(n, name) for n, line in enumerate(bill.lines) if (name := book.listed(line.name))]
        charged = {name: n for n, name in named}
        for n, name in named:
            for rule in book.by_name.get(name, ()):
                if rule.kind == "BILL_COURSE" and (on := _day(bill)):
                    spans[rule.name].append((on, bill, n))
                if says := _differs(rule, bill, bill.lines[n], person, charged, accident):
                    found[rule.kind].append(_finding(rule, bill, n, says))
    for seen in spans.values():
        _add_courses(seen, book, found)
    return {kind: tuple(each[:FINDINGS_MAX]) for kind, each in found.items()}


def _finding(rule: Rule, bill: Bill, n: int, says: str) -> LineFinding:
    line = bill.lines[n]
    return LineFinding(rule.kind, rule, bill.upload_id, n, line.name, line.amount, says)


def _differs(
    rule: Rule,
    bill: Bill,
    line: BillLine,
    person: Person,
    charged: Mapping[str, int],
    accident: bool,
) -> str:
    if rule.kind == "BILL_SEX":
        wanted = SEXES.get(rule.value)
        wrong = wanted and person.sex and person.sex != wanted
        return f"“{rule.name}”仅限{rule.value}性使用" if wrong else ""
    if rule.kind == "BILL_AGE":
        return _too_old(rule, person, _day(bill))
    if rule.kind == "BILL_SETTING":
        outside = bill.visit_kind == "OUTPATIENT" and "急诊" not in bill.department
        return f"“{rule.name}”限{rule.value}使用，票据为门诊" if outside else ""
    if rule.kind == "BILL_INSURANCE":
        other = not (accident and rule.value == "工伤")
        return f"“{rule.name}”在目录中限{rule.value}保险" if other else ""
    if rule.kind == "BILL_QUANTITY":
        return _too_many(rule, bill, line)
    if rule.kind == "BILL_DOUBLE":
        return _double(rule, bill, line, charged)
    return ""


def _too_old(rule: Rule, person: Person, on: date | None) -> str:
    if person.birth_date is None or on is None or on < person.birth_date:
        return ""
    years = full_years(person.birth_date, on)
    days = (on - person.birth_date).days
    over = {
        "儿童": years >= CHILD_BELOW, "婴幼儿": years >= INFANT_BELOW, "新生儿": days > NEWBORN_DAYS,
    }.get(rule.value, False)  # fmt: skip
    return f"“{rule.name}”限{rule.value}使用，就诊时 {years} 周岁" if over else ""


def _too_many(rule: Rule, bill: Bill, line: BillLine) -> str:
    quantity = quantity_of(line)
    days = _days(bill)
    if quantity is None or days is None:
        return ""
    times = math.ceil(days / rule.period) if rule.period else days
    most = Decimal(rule.value) * max(1, times)
    if quantity <= most:
        return ""
    per = f"每 {rule.period} 天" if rule.period > 1 else "每日"
    return f"“{rule.name}”{per}至多 {rule.value}，{days} 天收费 {quantity:f}"


def _double(rule: Rule, bill: Bill, line: BillLine, charged: Mapping[str, int]) -> str:
    main = charged.get(_bare(rule.value))
    if main is None:
        return ""
    if rule.period:  # by the day: on a long stay both may be charged, on different days
        days = _days(bill)
        first, second = quantity_of(line), quantity_of(bill.lines[main])
        if days is None or (
            days > 1 and (first is None or second is None or first + second <= days)
        ):
            return ""
    return f"“{rule.name}”已包含在同时收费的“{rule.value}”里"


def _add_courses(
    seen: Sequence[tuple[date, Bill, int]], book: Rulebook, found: dict[str, list[LineFinding]]
) -> None:
    first, last = min(s[0] for s in seen), max(s[0] for s in seen)
    days = (last - first).days + 1
    _, bill, n = max(seen, key=lambda s: s[0])
    for rule in book.rules_for(bill.lines[n].name):
        if rule.kind == "BILL_COURSE" and days > int(rule.value):
            says = f"“{rule.name}”支付不超过 {rule.value} 天，票据跨 {days} 天"
            found[rule.kind].append(_finding(rule, bill, n, says))


def quantity_of(line: BillLine) -> Decimal | None:
    """The number a line charges; None where the bill says none."""
    text = unicodedata.normalize("NFKC", line.quantity or "").strip()
    number = re.match(r"\d+(?:\.\d+)?", text)
    try:
        return Decimal(number.group()) if number else None
    except InvalidOperation:
        return None


def _day(bill: Bill) -> date | None:
    return bill.admitted_on or bill.visited_on or bill.issued_on


def _days(bill: Bill) -> int | None:
    """How many days a bill covers: a stay counts its first and its last; an outpatient visit one."""
    if bill.admitted_on and bill.discharged_on:
        return (bill.discharged_on - bill.admitted_on).days + 1
    return 1 if bill.visit_kind == "OUTPATIENT" else None
