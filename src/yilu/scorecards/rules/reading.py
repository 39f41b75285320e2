"""Reading the catalogue of figures: everything that is wrong is said at once, with file, line and reason."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from decimal import Decimal
from typing import Any

from yilu.kernel.toml_lines import Lines, Mistake, TableReader, lines_of
from yilu.kernel.words import marked as _
from yilu.scorecards.rules.definition import (
    CUSTOMERS,
    FORMS,
    GROUPS,
    LENGTHS,
    NEVER,
    UNITS,
    Book,
    DefinitionError,
    Kpi,
    Series,
    Trigger,
)

_CODE = re.compile(r"^[a-z][a-z0-9_]{1,39}$")
_LENGTH = re.compile(r"^(\d{1,5}) (seconds|minutes|hours|days)$")
_KPI = {field.name for field in fields(Kpi)}
_TRIGGER = {"on", "when", "at_most", "good", "of", "known_of", "person", "channel", "weight"}
_ACTING = ("actor", "handler")
"""People whom no field of a fact names."""
_SERIES = {"code", "title", "plus", "minus", "amount", "stock"}
_CITED = re.compile(r"（[AE]\d+")


@dataclass(frozen=True)
class Known:
    """What a definition may name: declared facts, promises, values that are looked up."""

    facts: Mapping[str, type[Any]]
    clocks: Collection[str]
    look_ups: Collection[str]


def read_book(text: str, file: str, known: Known) -> Book:
    """
    Read the catalogue.

    :raises DefinitionError: with every mistake: text that is no TOML, unknown fields, events or
        facts, a figure without a source, a rate against nothing, two figures of one code.
    """
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        line = re.search(r"line (\d+)", str(problem))
        at = int(line.group(1)) if line else 1
        raise DefinitionError([Mistake(file, at, _("不是有效的 TOML 文本"))]) from None
    return _Reader(given, lines_of(text), file, known).read()


class _Reader(TableReader):
    """Collects mistakes on the way; only a catalogue without any is given out."""

    def __init__(self, given: dict[str, Any], lines: Lines, file: str, known: Known) -> None:
        super().__init__(given, lines, file)
        self.known = known

    def read(self) -> Book:
        self.allowed(self.given, {"learn", "handled", "kpi", "series"})
        learn = frozenset(t.on for t in self.triggers(self.given, "learn"))
        handled = {t.on: t for t in self.triggers(self.given, "handled")}
        series = self.unique("series", self.series)
        kpis = self.unique("kpi", self.kpi)
        if not kpis:
            self.at = ("", 0)
            self.wrong("", _("至少需要一项指标（[[kpi]]）"))
        for place, kpi in enumerate(kpis):
            self.at = ("kpi", place)
            if kpi.form == "RATE" and kpi.per not in {each.code for each in series}:
                self.wrong("per", _("没有这个基数：{code}"), code=kpi.per or "—")
        if self.mistakes:
            raise DefinitionError(sorted(self.mistakes, key=lambda m: m.line))
        return Book({k.code: k for k in kpis}, {s.code: s for s in series}, learn, handled)

    # -- tables ---------------------------------------------------------------------------------

    def unique(self, table: str, read: Any) -> list[Any]:
        found: dict[str, Any] = {}
        for row in self.rows(table):
            made = read(row)
            if made.code in found:
                self.wrong("code", _("代码重复：{code}"), code=made.code)
            found[made.code] = made
        return list(found.values())

    def series(self, row: dict[str, Any]) -> Series:
        self.allowed(row, _SERIES)
        made = Series(
            self.code(row), self.text(row, "title", 40), self.triggers(row, "plus"),
            self.triggers(row, "minus"), str(row.get("amount", "")), row.get("stock") is True,
        )  # fmt: skip
        if not made.plus:
            self.wrong("plus", _("没有说明由什么事件计入"))
        self.has_field(made.plus + made.minus, "amount", made.amount)
        return made

    def kpi(self, row: dict[str, Any]) -> Kpi:
        self.allowed(row, _KPI)
        made = Kpi(
            code=self.code(row),
            group=self.one_of(row, "group", GROUPS),
            title=self.text(row, "title", 40),
            title_en=self.text(row, "title_en", 80),
            means=self.text(row, "means", 200),
            means_en=self.text(row, "means_en", 400),
            unit=self.one_of(row, "unit", UNITS),
            form=self.one_of(row, "form", FORMS),
            better=self.one_of(row, "better", ("UP", "DOWN")),
            target=self.number(row, "target"),
            citation=self.text(row, "citation", 120),
            count=self.triggers(row, "count"),
            since=self.triggers(row, "since"),
            enter=self.triggers(row, "enter"),
            reach=self.triggers(row, "reach"),
            undo=self.triggers(row, "undo"),
            spoil=self.triggers(row, "spoil"),
            leave=self.triggers(row, "leave"),
            since_field=str(row.get("since_field", "")),
            since_last=row.get("since_last") is True,
            amount=str(row.get("amount", "")),
            weighed_by=str(row.get("weighed_by", "")),
            score=str(row.get("score", "")),
            points=str(row.get("points", "")),
            number=str(row.get("number", "")),
            customers=self.one_of(row, "customers", CUSTOMERS) if "customers" in row else "",
            look_up=str(row.get("look_up", "")),
            per=str(row.get("per", "")),
            within=self.length(row, "within"),
            clocks=self.clocks(row, "clocks"),
            except_clocks=self.clocks(row, "except_clocks"),
            each_clock=row.get("each_clock") is True,
            scale=self.whole(row, "scale", 100),
            timed=row.get("timed") is not False,
            public=row.get("public") is True,
            least=self.whole(row, "least", 1),
        )  # fmt: skip
        self.sound(made)
        return made

    def sound(self, kpi: Kpi) -> None:
        """What a figure must not lack."""
        if kpi.citation and not _CITED.search(kpi.citation):
            self.wrong("citation", _("依据里要写明条目编号，如（A168）"))
        ways = [bool(kpi.count), bool(kpi.enter), bool(kpi.clocks or kpi.each_clock)]
        if sum(ways) != 1:
            self.wrong("", _("只能用一种方式计数：count、enter 或 clocks"))
        if bool(kpi.enter) != bool(kpi.reach):
            self.wrong("enter", _("enter 与 reach 要一起写"))
        if kpi.form == "MEAN" and not (
            kpi.amount or kpi.points or kpi.number or kpi.since or kpi.look_up or kpi.enter
        ):
            self.wrong("form", _("平均数要说明取什么值：since、amount、points、number 或 look_up"))
        if kpi.form == "MEAN" and kpi.since and kpi.unit not in LENGTHS:
            self.wrong("unit", _("时长的单位应是秒、分钟、小时或天"))
        if kpi.form == "SCORE" and not kpi.score:
            self.wrong("score", _("得分要说明取哪一项"))
        if kpi.look_up and kpi.look_up not in self.known.look_ups:
            self.wrong("look_up", _("没有这种取值：{name}"), name=kpi.look_up)
        if kpi.weighed_by and not (kpi.form == "SHARE" and kpi.count):
            self.wrong("weighed_by", _("只有用 count 计数的比例可以按金额"))
        self.has_field(kpi.count, "weighed_by", kpi.weighed_by)
        self.has_field(kpi.count, "amount", kpi.amount)
        self.has_field(kpi.count, "score", kpi.score)
        self.has_field(kpi.count, "points", kpi.points)
        self.has_field(kpi.count, "number", kpi.number)
        self.has_field(kpi.since, "since_field", kpi.since_field)

    # -- fields ---------------------------------------------------------------------------------

    def allowed(self, row: Mapping[str, Any], names: Collection[str]) -> None:
        for name in row:
            if name not in names:
                self.wrong(name, _("不认识的项：{name}"), name=name)

    def code(self, row: Mapping[str, Any]) -> str:
        value = row.get("code")
        if not isinstance(value, str) or not _CODE.match(value):
            self.wrong("code", _("代码应由小写字母、数字和下划线组成"))
            return ""
        return value

    def text(self, row: Mapping[str, Any], key: str, most: int) -> str:
        value = row.get(key)
        if not isinstance(value, str) or not 0 < len(value.strip()) <= most:
            self.wrong(key, _("{field} 应为 1 至 {most} 字的文字"), field=key, most=most)
            return ""
        return value

    def one_of(self, row: Mapping[str, Any], key: str, values: Collection[str]) -> str:
        value = row.get(key)
        if value not in values:
            self.wrong(key, _("{field} 只能是 {values}"), field=key, values="、".join(values))
            return next(iter(values))
        return str(value)

    def number(self, row: Mapping[str, Any], key: str) -> Decimal | None:
        value = row.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.wrong(key, _("{field} 应为数字"), field=key)
            return None
        return Decimal(str(value))

    def whole(self, row: Mapping[str, Any], key: str, otherwise: int) -> int:
        value = row.get(key, otherwise)
        if type(value) is not int or value <= 0:
            self.wrong(key, _("{field} 应为整数"), field=key)
            return otherwise
        return value

    def length(self, row: Mapping[str, Any], key: str) -> timedelta | None:
        value = row.get(key)
        if value is None:
            return None
        found = _LENGTH.match(value) if isinstance(value, str) else None
        if found is None:
            self.wrong(key, _("时长应写成 “10 minutes” 这样"))
            return None
        return timedelta(**{found.group(2): int(found.group(1))})

    def clocks(self, row: Mapping[str, Any], key: str) -> tuple[str, ...]:
        value = row.get(key, [])
        if not isinstance(value, list):
            self.wrong(key, _("{field} 应为文字的列表"), field=key)
            return ()
        for code in value:
            if code not in self.known.clocks:
                self.wrong(key, _("没有这项时限：{code}"), code=code)
        return tuple(map(str, value))

    # -- events ---------------------------------------------------------------------------------

    def triggers(self, row: Mapping[str, Any], key: str) -> tuple[Trigger, ...]:
        value = row.get(key, [])
        if not isinstance(value, list):
            self.wrong(key, _("{field} 应为事件的列表"), field=key)
            return ()
        return tuple(self.trigger({"on": e} if isinstance(e, str) else e, key) for e in value)

    def trigger(self, row: Any, key: str) -> Trigger:
        if not isinstance(row, Mapping) or not isinstance(row.get("on"), str):
            self.wrong(key, _("{field} 应为事件的列表"), field=key)
            return Trigger("")
        for name in row:
            if name not in _TRIGGER:
                self.wrong(key, _("不认识的项：{name}"), name=name)
        fact = self.known.facts.get(row["on"])
        if fact is None:
            self.wrong(key, _("没有这种事件：{event}"), event=row["on"])
        made = Trigger(
            row["on"], self.among(row, "when", key), self.limits(row, key),
            self.good(row, key), str(row.get("of", "")),
            str(row.get("known_of", "")), str(row.get("person", "")), str(row.get("channel", "")), int(row.get("weight", 1)),
        )  # fmt: skip
        person = "" if made.person in _ACTING else made.person
        asked = [n for n, _v in (*made.when, *made.at_most, *(made.good or ())) if n]
        asked += [
            n
            for n in (made.of.partition(":")[2] or made.of, made.known_of, person, made.channel)
            if n
        ]
        for name in asked:
            if fact is not None and name not in _fields(fact):
                self.wrong(key, _("事件 {event} 没有这一项：{name}"), event=made.on, name=name)
            elif fact is not None and "tuple" in str(fact.__annotations__[name]):
                self.wrong(key, _("{name} 是一组值，不能作条件"), name=name)
        return made

    def among(
        self, row: Mapping[str, Any], name: str, key: str
    ) -> tuple[tuple[str, frozenset[Any]], ...]:
        value = row.get(name, {})
        if not isinstance(value, Mapping):
            self.wrong(key, _("{field} 应为条件"), field=name)
            return ()
        return tuple(
            (str(n), frozenset(wanted if isinstance(wanted, list) else [wanted]))
            for n, wanted in value.items()
        )

    def good(
        self, row: Mapping[str, Any], key: str
    ) -> tuple[tuple[str, frozenset[Any]], ...] | None:
        if "good" not in row:
            return None
        return NEVER if row["good"] is False else self.among(row, "good", key)

    def limits(self, row: Mapping[str, Any], key: str) -> tuple[tuple[str, Decimal], ...]:
        value = row.get("at_most", {})
        if not isinstance(value, Mapping) or not all(type(v) is int for v in value.values()):
            self.wrong(key, _("{field} 应为条件"), field="at_most")
            return ()
        return tuple((str(n), Decimal(most)) for n, most in value.items())

    def has_field(self, triggers: tuple[Trigger, ...], key: str, name: str) -> None:
        for trigger in triggers:
            fact = self.known.facts.get(trigger.on)
            if name and fact is not None and name not in _fields(fact):
                self.wrong(key, _("事件 {event} 没有这一项：{name}"), event=trigger.on, name=name)


def _fields(fact: type[Any]) -> set[str]:
    return {field.name for field in fields(fact)}
