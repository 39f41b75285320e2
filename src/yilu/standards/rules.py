"""Pure decisions of standards: compiling a calendar, reading a stored table, what a file lacks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from yilu.kernel.cells import CellError, Column, Kind, read_value
from yilu.kernel.errors import Sentence
from yilu.kernel.tables import Compiled, Hit, Problem, Table, TableError
from yilu.kernel.words import marked as _
from yilu.kernel.worktime import Spell, WorkTime, read_spell

CALENDARS, TABLES, CHECKLISTS = ("standards.calendars", "standards.tables", "standards.checklists")
"""The names of the editions."""

STATUTORY_DAYS_OFF = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))
"""全国年节及纪念日放假办法（国务院令第795号）: the days off with a fixed date in the solar year."""


# -- calendars ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that differs from the week."""

    day: date
    is_working: bool
    spells: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Hours:
    """The week of one calendar."""

    week: tuple[tuple[str, ...], ...]
    zone: str
    follows_holidays: bool


def spells_of(week: Sequence[Sequence[str]], special: SpecialDay) -> tuple[Spell, ...]:
    """The spells of a special day: its own, or its weekday's, or a usual working day's."""
    if not special.is_working:
        return ()
    usual = next(spells for spells in week if spells)
    texts = special.spells or week[special.day.weekday()] or usual
    return tuple(read_spell(text) for text in texts)


def compile_calendar(
    hours: Hours,
    national: Iterable[SpecialDay],
    own: Iterable[SpecialDay],
    *,
    confirmed_until: int,
    years: tuple[int, int],
    edition: str = "",
) -> WorkTime:
    """
    The working time of an office: its week, the country's special days, its own above them.

    National hours of a special day do not bind an office: it works its own hours that day.
    """
    days: dict[date, tuple[Spell, ...]] = {}
    if hours.follows_holidays:
        for special in national:
            days[special.day] = spells_of(hours.week, replace(special, spells=()))
    for special in own:
        days[special.day] = spells_of(hours.week, special)
    return WorkTime(
        week=[[read_spell(text) for text in spells] for spells in hours.week],
        days=days,
        zone=hours.zone,
        confirmed_until=confirmed_until,
        years=years,
        fixed_days_off=STATUTORY_DAYS_OFF if hours.follows_holidays else (),
        edition=edition,
    )


# -- decision tables ----------------------------------------------------------------------------


def read_columns(stored: Sequence[Mapping[str, Any]]) -> tuple[Column, ...]:
    """Columns as they are stored: name, label, kind, choices."""
    return tuple(
        Column(c["name"], c["label"], Kind(c["kind"]), tuple(c.get("choices", ()))) for c in stored
    )


def read_table(
    code: str,
    number: int,
    hit: str,
    complete: bool,
    inputs: Sequence[Mapping[str, Any]],
    outputs: Sequence[Mapping[str, Any]],
    rows: Sequence[Sequence[str]],
) -> Table:
    """A stored version as the compiler wants it."""
    return Table(
        code,
        number,
        read_columns(inputs),
        read_columns(outputs),
        tuple(tuple(str(cell) for cell in row) for row in rows),
        Hit(hit),
        complete,
    )


def failing_cases(compiled: Compiled, cases: Sequence[Mapping[str, Any]]) -> tuple[Problem, ...]:
    """
    Which stored test cases the table does not answer as expected.

    A case is ``{"name": …, "inputs": {column: text}, "expect": {column: text}}``; under COLLECT an
    expected text lists the values of all rows, separated by "、".
    """
    problems = []
    for case in cases:
        reason = _case_problem(compiled, case)
        if reason:
            problems.append(
                Problem(
                    compiled.table.code,
                    0,
                    "",
                    Sentence(
                        _("测试用例“{case}”：{reason}"), case=case.get("name", ""), reason=reason
                    ),
                )
            )
    return tuple(problems)


def _case_problem(compiled: Compiled, case: Mapping[str, Any]) -> str:
    table = compiled.table
    try:
        known = {column.name: column for column in table.inputs}
        inputs = {
            name: read_value(known[name], text) if name in known else text
            for name, text in case["inputs"].items()
        }
        decision = compiled.decide(inputs)
        for column in table.outputs:
            if column.name not in case["expect"]:
                continue
            expected, got = case["expect"][column.name], decision.outputs[column.name]
            if table.hit is Hit.COLLECT:
                wanted: Any = tuple(read_value(column, t) for t in expected.split("、") if t)
            else:
                wanted = read_value(column, expected)
            if got != wanted:
                rows = "、".join(map(str, decision.rows))
                return Sentence(
                    _("“{column}”应为 {expected}，第 {rows} 行给出 {got}"),
                    column=column.label,
                    expected=expected,
                    rows=rows,
                    got=got,
                )
    except (CellError, TableError) as error:
        return str(error.args[0]) if not isinstance(error.args[0], Sentence) else error.args[0]
    except (KeyError, AttributeError, TypeError):
        return _("用例须写明 name、inputs、expect")
    return ""


# -- checklists ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """
    One thing to hand in (资料项).

    Any one of ``kinds`` fulfils it. ``condition`` says, for the reader, when it is needed;
    ``concerns`` whose document it is; ``recognisable`` whether the machine reads it.
    """

    code: str
    title: str
    required: bool
    kinds: tuple[str, ...]
    note: str = ""
    concerns: str = "INSURED"
    recognisable: bool = False
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Checklist:
    """The documents one claim needs (资料清单), by the version in force."""

    claim_type: str
    version: int
    title: str
    guidance: str
    items: tuple[ChecklistItem, ...]

    def missing(self, kinds: Collection[str]) -> tuple[ChecklistItem, ...]:
        """The required items that none of the documents at hand fulfils."""
        at_hand = set(kinds)
        return tuple(i for i in self.items if i.required and not at_hand & set(i.kinds))


DOCUMENT_KINDS = (
    "INVOICE",
    "DIAGNOSIS",
    "DISCHARGE",
    "ID_CARD",
    "BANK_CARD",
    "FEE_LIST",
    "PRESCRIPTION",
    "DEATH_CERTIFICATE",
    "ACCIDENT_PROOF",
    "DISABILITY_REPORT",
    "RELATION_PROOF",
    "OTHER",
)
"""The kinds of files the documents room takes."""

CONCERNS = {
    "INSURED": _("被保险人"),
    "CLAIMANT": _("申请人"),
    "BENEFICIARY": _("受益人"),
    "EVENT": _("事故"),
}


@dataclass(frozen=True, slots=True)
class StoredItem:
    """An item as a checklist keeps it: as it is shown, needed or not, and on what that depends."""

    needed: ChecklistItem
    shown: ChecklistItem
    when: tuple[tuple[str, Any], ...]
    waived_below: Decimal | None


def read_items(stored: Sequence[Mapping[str, Any]]) -> tuple[StoredItem, ...]:
    """The items of a stored checklist, read once for the many claims that ask for them."""
    return tuple(map(_read_item, stored))


def _read_item(item: Mapping[str, Any]) -> StoredItem:
    needed = ChecklistItem(
        code=item["code"],
        title=item["title"],
        required=bool(item.get("required", True)),
        kinds=tuple(item["kinds"]),
        note=item.get("note", ""),
        concerns=item.get("concerns", "INSURED"),
        recognisable=bool(item.get("recognisable", False)),
        condition=item.get("condition", ""),
    )
    below = item.get("waived_below")
    return StoredItem(
        needed, replace(needed, required=False), tuple(item.get("when", {}).items()),
        Decimal(below) if below else None,
    )  # fmt: skip


def items_for(
    stored: Sequence[StoredItem],
    circumstances: Mapping[str, Any] | None = None,
    amount: Decimal | None = None,
) -> tuple[ChecklistItem, ...]:
    """
    The items of a stored checklist that one claim needs.

    An item with conditions (``when``) is left out where the circumstances say they do not hold,
    required where they hold, and shown but not required while nobody knows. An item
    ``waived_below`` an amount is not required of a smaller claim (最少资料规则).
    """
    given = circumstances or {}
    found = []
    for item in stored:
        spared = item.waived_below is not None and amount is not None and amount < item.waived_below
        for name, allowed in item.when:
            if name not in given:
                spared = True
            elif not _among(given[name], allowed):
                break
        else:
            found.append(item.shown if spared else item.needed)
    return tuple(found)


def _among(value: Any, allowed: Any) -> bool:
    return value in allowed if isinstance(allowed, list) else value == allowed


def checklist_problems(items: Any, document_kinds: Collection[str]) -> list[str]:
    """What is wrong with a checklist somebody wrote; empty where nothing is."""
    if not isinstance(items, list) or not items:
        return ["清单至少需要一项"]
    problems: list[str] = []
    codes = set()
    for number, item in enumerate(items, 1):
        place = Sentence(_("第 {number} 项"), number=number)
        if not isinstance(item, dict):
            problems.append(Sentence(_("{place}：格式有误"), place=place))
            continue
        unknown = set(item) - _ITEM_FIELDS
        if unknown:
            problems.append(
                Sentence(
                    _("{place}：不认识的字段 {names}"),
                    place=place,
                    names="、".join(sorted(unknown)),
                )
            )
        code, title, kinds = item.get("code"), item.get("title"), item.get("kinds")
        if not (isinstance(code, str) and code and isinstance(title, str) and title):
            problems.append(Sentence(_("{place}：缺少代码或名称"), place=place))
        elif code in codes:
            problems.append(Sentence(_("{place}：代码 {code} 重复"), place=place, code=code))
        codes.add(code)
        if not isinstance(kinds, list) or not kinds or not set(kinds) <= set(document_kinds):
            problems.append(
                Sentence(
                    _("{place}：文件种类应取自 {kinds}"),
                    place=place,
                    kinds="、".join(document_kinds),
                )
            )
        if item.get("concerns", "INSURED") not in CONCERNS:
            problems.append(
                Sentence(
                    _("{place}：资料归属应取自 {kinds}"), place=place, kinds="、".join(CONCERNS)
                )
            )
        if item.get("when") and not item.get("condition"):
            problems.append(Sentence(_("{place}：有条件的资料须写明何时需要"), place=place))
        problems += _amount_problem(place, item.get("waived_below"))
    if not any(isinstance(i, dict) and i.get("required", True) for i in items):
        problems.append(_("至少一项应为必需"))
    return problems


_ITEM_FIELDS = {
    "code", "title", "required", "kinds", "note", "concerns", "recognisable", "condition", "when",
    "waived_below",
}  # fmt: skip


def _amount_problem(place: str, text: Any) -> list[str]:
    if text is None:
        return []
    try:
        return (
            []
            if Decimal(str(text)) > 0
            else [Sentence(_("{place}：免交金额应大于零"), place=place)]
        )
    except ArithmeticError:
        return [Sentence(_("{place}：免交金额不是数值"), place=place)]
