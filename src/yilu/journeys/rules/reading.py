"""Reading a journey's definition: everything that is wrong is said at once, with file, line and reason."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from typing import Any

from yilu.kernel.toml_lines import Lines, Mistake, TableReader, lines_of
from yilu.kernel.words import marked as _

from .definition import (
    WORKDAY_MINUTES,
    Breaker,
    DefinitionError,
    Journey,
    Kind,
    Standard,
    Step,
    Trigger,
)
from .names import BREAKS, SEVERITIES, TIMED, TOUCHPOINTS
from .soundness import unsound

_STANDARD = re.compile(
    r"^(\d{1,5}) (minutes|hours|days|working minutes|working hours|working days)$"
)
_MINUTES = {"minutes": 1, "hours": 60, "days": 1440}
_CODE = re.compile(r"^[a-z][a-z0-9_]{1,29}$")
_OUTCOMES = ("DONE", "REFUSED", "WITHDRAWN", "EXPIRED")
_TOP = {
    "code",
    "name",
    "subject",
    "owner_queue",
    "owner_role",
    "silence",
    "roll_back",
    "kind",
    "step",
    "break",
}
_STEP = {
    "code", "name", "words", "touchpoint", "by", "enter", "again", "standard", "attempts", "late",
    "severity", "next", "outcome", "continuing",
}  # fmt: skip
_BREAK = {"kind", "on", "when", "step", "severity", "live"}


@dataclass(frozen=True)
class Known:
    """What a definition may name: declared facts, queues of the work room, roles of staff."""

    facts: Mapping[str, type[Any]]
    queues: Collection[str]
    roles: Collection[str]


def read_journey(text: str, file: str, known: Known) -> Journey:
    """
    Read one definition.

    :raises DefinitionError: with every mistake: text that is no TOML, unknown fields, events,
        facts, queues or roles, missing owners and clocks, dead ends, steps nobody reaches.
    """
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise DefinitionError([_no_toml(problem, file)]) from None
    return _Reader(given, lines_of(text), file, known).read()


def _no_toml(problem: tomllib.TOMLDecodeError, file: str) -> Mistake:
    line = re.search(r"line (\d+)", str(problem))
    return Mistake(file, int(line.group(1)) if line else 1, _("不是有效的 TOML 文本"))


class _Reader(TableReader):
    """Collects mistakes on the way; only a definition without any is given out."""

    def __init__(self, given: dict[str, Any], lines: Lines, file: str, known: Known) -> None:
        super().__init__(given, lines, file)
        self.known = known

    def read(self) -> Journey:
        given = self.given
        self.fields(given, _TOP)
        code, name = self.code(given), self.text(given, "name", 30)
        subject = self.text(given, "subject", 30)
        queue, role = self.owner(given)
        silence = self.standard(given, "silence")
        back = self.text(given, "roll_back", 200)
        steps = tuple(self.each("step", self.step))
        if not steps:
            self.wrong("", _("至少需要一个环节（[[step]]）"))
        breakers = tuple(self.each("break", self.breaker))
        kinds = tuple(self.each("kind", self.kind))
        made = Journey(
            code=code, name=name, subject=subject, owner_queue=queue, owner_role=role,
            silence=silence, kinds=kinds, steps=steps, breakers=breakers, plan_back=back,
        )  # fmt: skip
        for table, place, key, reason in unsound(made):
            self.at = (table, place)
            self.wrong(key, reason)
        if self.mistakes:
            raise DefinitionError(sorted(self.mistakes, key=lambda m: m.line))
        return made

    # -- tables ---------------------------------------------------------------------------------

    def each(self, table: str, read: Any) -> list[Any]:
        return [read(row) for row in self.rows(table)]

    def step(self, row: dict[str, Any]) -> Step:
        self.fields(row, _STEP)
        by = row.get("by", {})
        by = by if isinstance(by, dict) else {}
        for value, touchpoint in by.items():
            if value != "fact" and touchpoint not in TOUCHPOINTS:
                self.wrong("by", _("没有这个触点：{touchpoint}"), touchpoint=str(touchpoint))
        outcome = str(row.get("outcome", ""))
        if outcome and outcome not in _OUTCOMES:
            self.wrong("outcome", _("没有这个结果：{outcome}"), outcome=outcome)
        late = str(row.get("late", "STEP_LATE"))
        if late not in TIMED:
            self.wrong("late", _("超过标准时间不能算作这种断点：{kind}"), kind=late)
        return Step(
            code=self.code(row), name=self.text(row, "name", 20), words=self.text(row, "words", 60),
            touchpoint=self.touchpoint(row), by_fact=str(by.get("fact", "")),
            by_value={str(k): str(v) for k, v in by.items() if k != "fact"},
            enter=self.triggers(row, "enter"), again=self.triggers(row, "again"),
            standard=self.standard(row, "standard"), attempts=self.whole(row, "attempts", 0, 1000),
            late=late, severity=self.severity(row), next=self.names(row, "next"), outcome=outcome,
            continuing=bool(row.get("continuing", False)),
        )  # fmt: skip

    def breaker(self, row: dict[str, Any]) -> Breaker:
        self.fields(row, _BREAK)
        kind = str(row.get("kind", ""))
        if kind not in BREAKS:
            self.wrong("kind", _("没有这种断点：{kind}"), kind=kind)
        trigger = self.trigger(row, "on")
        return Breaker(
            kind, trigger, str(row.get("step", "")), self.severity(row),
            bool(row.get("live", False)),
        )  # fmt: skip

    def kind(self, row: dict[str, Any]) -> Kind:
        self.fields(row, {"code", "name", "when"})
        return Kind(self.code(row), self.text(row, "name", 30), self.when(row, None))

    # -- values ---------------------------------------------------------------------------------

    def fields(self, row: Mapping[str, Any], allowed: Collection[str]) -> None:
        for name in sorted(set(row) - set(allowed)):
            self.wrong(name, _("不认识的字段：{name}"), name=name)

    def code(self, row: Mapping[str, Any]) -> str:
        code = str(row.get("code", ""))
        if not _CODE.match(code):
            self.wrong("code", _("代码应为小写字母、数字和下划线：{code}"), code=code or "—")
        return code

    def text(self, row: Mapping[str, Any], key: str, most: int) -> str:
        value = row.get(key, "")
        if not isinstance(value, str) or not value.strip():
            self.wrong(key, _("缺少 {field}"), field=key)
            return ""
        if len(value) > most:
            self.wrong(key, _("{field} 不能超过 {most} 个字"), field=key, most=most)
        return value.strip()

    def owner(self, row: Mapping[str, Any]) -> tuple[str, str]:
        queue, role = str(row.get("owner_queue", "")), str(row.get("owner_role", ""))
        if not queue or not role:
            self.wrong("owner_queue", _("缺少责任人：须写明 owner_queue 和 owner_role"))
        else:
            if queue not in self.known.queues:
                self.wrong("owner_queue", _("没有这个工作队列：{queue}"), queue=queue)
            if role not in self.known.roles:
                self.wrong("owner_role", _("没有这个岗位：{role}"), role=role)
        return queue, role

    def standard(self, row: Mapping[str, Any], key: str) -> Standard | None:
        value = row.get(key)
        if value is None:
            return None
        found = _STANDARD.match(str(value))
        if found is None or int(found.group(1)) == 0:
            self.wrong(
                key,
                _("时间应写成“30 minutes”“2 days”“4 working hours”：{value}"),
                value=repr(value),
            )
            return None
        amount, unit = int(found.group(1)), found.group(2)
        working = unit.startswith("working ")
        minutes = _MINUTES[unit.removeprefix("working ")]
        if working and minutes == 1440:
            minutes = WORKDAY_MINUTES
        return Standard(amount * minutes, working)

    def touchpoint(self, row: Mapping[str, Any]) -> str:
        value = str(row.get("touchpoint", ""))
        if value not in TOUCHPOINTS:
            self.wrong("touchpoint", _("没有这个触点：{touchpoint}"), touchpoint=value or "—")
        return value

    def severity(self, row: Mapping[str, Any]) -> int:
        value = row.get("severity", 1)
        if type(value) is not int or value not in SEVERITIES:
            self.wrong("severity", _("轻重应为 1、2 或 3"))
            return 1
        return value

    def whole(self, row: Mapping[str, Any], key: str, least: int, most: int) -> int:
        value = row.get(key, least)
        if type(value) is not int or not least <= value <= most:
            self.wrong(key, _("{field} 应为整数"), field=key)
            return least
        return value

    def names(self, row: Mapping[str, Any], key: str) -> tuple[str, ...]:
        value = row.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self.wrong(key, _("{field} 应为文字的列表"), field=key)
            return ()
        return tuple(value)

    def triggers(self, row: Mapping[str, Any], key: str) -> tuple[Trigger, ...]:
        value = row.get(key, [])
        if not isinstance(value, list):
            self.wrong(key, _("{field} 应为事件的列表"), field=key)
            return ()
        return tuple(
            self.trigger({"on": each} if isinstance(each, str) else each, key) for each in value
        )

    def trigger(self, row: Any, key: str) -> Trigger:
        if not isinstance(row, Mapping) or not isinstance(row.get("on"), str):
            self.wrong(key, _("{field} 应为事件的列表"), field=key)
            return Trigger("")
        fact = self.known.facts.get(row["on"])
        if fact is None:
            self.wrong(key, _("没有这种事件：{event}"), event=row["on"])
        return Trigger(row["on"], self.when(row, fact, key))

    def when(
        self, row: Mapping[str, Any], fact: type[Any] | None, key: str = "when"
    ) -> tuple[tuple[str, frozenset[Any]], ...]:
        value = row.get("when", {})
        if not isinstance(value, Mapping):
            self.wrong(key, _("when 应为条件"))
            return ()
        if fact is not None:
            names = {field.name for field in fields(fact)}
            for name in sorted(set(value) - names):
                self.wrong(key, _("事件 {event} 没有这一项：{name}"), event=row["on"], name=name)
        return tuple(
            (str(name), frozenset(wanted if isinstance(wanted, list) else [wanted]))
            for name, wanted in value.items()
        )
