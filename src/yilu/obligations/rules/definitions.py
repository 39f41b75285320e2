"""Reading what a definition says: triggers, stops, pauses, limits, warnings, escalation."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _

from .reckoning import Unit

Facts = Mapping[str, Any]


class DefinitionError(ValueError):
    """A definition that cannot be used; the text, in Chinese, says why."""


@dataclass(frozen=True, slots=True)
class When:
    """A condition on an event's facts: every named fact is among its values (or among none)."""

    wanted: tuple[tuple[str, frozenset[Any], bool], ...] = ()

    def holds(self, facts: Facts) -> bool:
        """Whether the facts fulfil it; a fact that is absent fulfils nothing but a "not"."""
        for name, values, negated in self.wanted:
            if (facts.get(name) in values) is negated:
                return False
        return True


@dataclass(frozen=True, slots=True)
class Trigger:
    """
    An event that starts or ends a clock.

    ``ordinal`` names the fact that tells several clocks of one promise apart, or "event" for a new
    clock at every event; ``since`` names the fact with the date from which the period counts, and
    ``until`` the one with its last day, where that is known from the event (a product's own days).
    """

    on: str
    when: When = When()
    ordinal: str = ""
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class PauseCause:
    """
    Two events, told apart by a fact: our notice arrived; what we asked for arrived.

    ``since`` names the fact with the day on which that really arrived, where it was typed in later.
    """

    cause: str
    label: str
    paused_by: str
    resumed_by: str
    key: str
    proof: str
    since: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit for the events whose start facts fulfil ``when``."""

    when: When
    amount: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Warning:
    """
    A point before the deadline: a ``share`` of the limit, or a ``lead`` in microseconds.

    ``queue`` gets a work item then; ``notify`` tells the member of staff who holds the subject.
    """

    share: Decimal | None
    lead: int
    queue: str
    notify: bool


@dataclass(frozen=True, slots=True)
class Escalation:
    """What happens so many minutes after a breach: an item in a queue, for a role to see."""

    after_minutes: int
    queue: str
    role: str
    priority: int


@dataclass(frozen=True, slots=True)
class Rule:
    """
    One version of a promise, ready for the clocks.

    ``persons_only``: a target for people; where the machine met it at once there was no clock.
    """

    start: tuple[Trigger, ...]
    stop: tuple[Trigger, ...]
    cancel: tuple[Trigger, ...]
    pauses: tuple[PauseCause, ...]
    limits: tuple[Limit, ...]
    warnings: tuple[Warning, ...]
    escalations: tuple[Escalation, ...]
    owner_queue: str
    owner_role: str
    customer_words: str
    persons_only: bool

    def limit_for(self, facts: Facts) -> Limit:
        """The first limit whose condition holds; the last one always does."""
        for limit in self.limits[:-1]:
            if limit.when.holds(facts):
                return limit
        return self.limits[-1]

    @property
    def points(self) -> tuple[tuple[Decimal | None, int], ...]:
        """The warning points as ``reckoning.warning_times`` takes them."""
        return tuple((w.share, w.lead) for w in self.warnings)


@dataclass(frozen=True, slots=True)
class Version:
    """A promise as from a day, with everything a clock or a screen needs of it."""

    id: int
    code: str
    subject_kind: str
    number: int
    effective_from: datetime
    effective_to: datetime | None
    title: str
    title_en: str
    text: str
    citation: str
    grade: str
    rule: Rule

    def covers(self, at: datetime) -> bool:
        """Whether clocks that start ``at`` follow it."""
        return self.effective_from <= at and (self.effective_to is None or at < self.effective_to)


_FIELDS = {
    "start", "stop", "cancel", "pause", "limit", "unit", "grid", "warn", "owner_queue",
    "owner_role", "escalate", "customer_words", "persons_only",
}  # fmt: skip
_LEAD = re.compile(r"^-(\d+)(m|h|d)$")
_SHARE = re.compile(r"^(\d{1,3})%$")
_LEAD_MINUTES = {"m": 1, "h": 60, "d": 1440}
_WORKDAY_MINUTES = 480


def read_rule(given: Mapping[str, Any], kinds: Mapping[str, type[Any]] | None = None) -> Rule:
    """
    Read a rule as it is stored (or written in the catalogue).

    ``kinds`` are the declared facts by kind: with them, every event and fact it names must exist.

    :raises DefinitionError: naming the first thing that is wrong.
    """
    unknown = set(given) - _FIELDS
    if unknown:
        raise DefinitionError(
            Sentence(_("不认识的字段：{names}"), names="、".join(sorted(unknown)))
        )
    limits = _limits(given)
    rule = Rule(
        start=_triggers(given, "start", kinds),
        stop=_triggers(given, "stop", kinds),
        cancel=_triggers(given, "cancel", kinds),
        pauses=tuple(_pause(p, kinds) for p in given.get("pause", ())),
        limits=limits,
        warnings=tuple(_warning(w, limits[-1].unit) for w in given.get("warn", ())),
        escalations=tuple(
            sorted(
                (_escalation(e) for e in given.get("escalate", ())), key=lambda e: e.after_minutes
            )
        ),
        owner_queue=str(given.get("owner_queue", "")),
        owner_role=str(given.get("owner_role", "")),
        customer_words=str(given.get("customer_words", "")),
        persons_only=bool(given.get("persons_only", False)),
    )
    if not rule.start or not rule.stop:
        raise DefinitionError(_("至少需要一个起算事件和一个完成事件"))
    if rule.pauses and any(limit.unit is Unit.YEARS for limit in limits):
        raise DefinitionError(_("以年计算的时限不能暂停"))
    return rule


def _limits(given: Mapping[str, Any]) -> tuple[Limit, ...]:
    default = _limit({"limit": given.get("limit"), "unit": given.get("unit")}, When())
    rows = tuple(
        _limit({"unit": given.get("unit"), **row}, read_when(row.get("when", {})))
        for row in given.get("grid", ())
    )
    return (*rows, default)


def _limit(row: Mapping[str, Any], when: When) -> Limit:
    amount = row.get("limit")
    if type(amount) is not int or not 0 < amount <= 100_000:
        raise DefinitionError(Sentence(_("时限应为大于零的整数：{amount}"), amount=repr(amount)))
    try:
        return Limit(when, amount, Unit(str(row.get("unit"))))
    except ValueError:
        raise DefinitionError(
            Sentence(
                _("没有这个单位：{unit}，应为 {units}"),
                unit=repr(row.get("unit")),
                units="、".join(Unit),
            )
        ) from None


def read_when(given: Mapping[str, Any]) -> When:
    """
    Read a condition: ``{complete = false, band = ["A", "B"], lane = {not = ["RED"]}}``.

    :raises DefinitionError: if a value is not a plain one.
    """
    wanted = []
    for name, value in given.items():
        negated = isinstance(value, Mapping)
        if isinstance(value, Mapping):
            if set(value) != {"not"}:
                raise DefinitionError(Sentence(_("条件 {name} 写法有误"), name=name))
            value = value["not"]
        values = value if isinstance(value, list) else [value]
        if not all(isinstance(v, str | int | bool) for v in values):
            raise DefinitionError(Sentence(_("条件 {name} 只能是文字、整数或真假"), name=name))
        wanted.append((name, frozenset(values), negated))
    return When(tuple(wanted))


def _triggers(
    given: Mapping[str, Any], name: str, kinds: Mapping[str, type[Any]] | None
) -> tuple[Trigger, ...]:
    rows = given.get(name, ())
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        raise DefinitionError(Sentence(_("{name} 应为一组事件"), name=name))
    found = []
    for row in rows:
        if isinstance(row, str):
            row = {"on": row}
        if unknown := set(row) - {"on", "when", "ordinal", "since", "until"}:
            raise DefinitionError(
                Sentence(_("不认识的字段：{names}"), names="、".join(sorted(unknown)))
            )
        trigger = Trigger(
            str(row.get("on", "")),
            read_when(row.get("when", {})),
            str(row.get("ordinal", "")),
            str(row.get("since", "")),
            str(row.get("until", "")),
        )
        named = [wanted for wanted, _, _ in trigger.when.wanted]
        named += [n for n in (trigger.ordinal, trigger.since, trigger.until) if n and n != "event"]
        _insist(trigger.on, named, kinds)
        found.append(trigger)
    return tuple(found)


def _insist(kind: str, facts: Sequence[str], kinds: Mapping[str, type[Any]] | None) -> None:
    """An event or fact that nobody ever records would be a promise that never runs."""
    if kinds is None:
        return
    if kind not in kinds:
        raise DefinitionError(Sentence(_("没有这个事件：{kind}"), kind=kind))
    known = set(getattr(kinds[kind], "__dataclass_fields__", ()))
    if missing := [name for name in facts if name not in known]:
        raise DefinitionError(
            Sentence(_("事件 {kind} 没有这些内容：{names}"), kind=kind, names="、".join(missing))
        )


def _pause(row: Mapping[str, Any], kinds: Mapping[str, type[Any]] | None) -> PauseCause:
    try:
        pause = PauseCause(
            row["cause"],
            row["label"],
            row["notice_arrived"],
            row["materials_arrived"],
            row.get("key", ""),
            row.get("proof", ""),
            row.get("since", ""),
        )
    except KeyError as error:
        raise DefinitionError(Sentence(_("暂停原因缺少 {name}"), name=error.args[0])) from None
    named = [name for name in (pause.key, pause.proof) if name]
    _insist(pause.paused_by, named, kinds)
    _insist(pause.resumed_by, [*named, pause.since] if pause.since else named, kinds)
    return pause


def _warning(row: Any, unit: Unit) -> Warning:
    if isinstance(row, str):
        row = {"at": row}
    text = str(row.get("at", ""))
    queue, notify = str(row.get("queue", "")), bool(row.get("notify", True))
    if found := _SHARE.match(text):
        share = Decimal(found.group(1)) / 100
        if share >= 1:
            raise DefinitionError(Sentence(_("提醒应在到期之前：{text}"), text=text))
        return Warning(share, 0, queue, notify)
    if found := _LEAD.match(text):
        amount, letter = int(found.group(1)), found.group(2)
        minutes = _LEAD_MINUTES[letter]
        if letter == "d" and unit in (
            Unit.WORKING_DAYS, Unit.WORKING_HOURS, Unit.WORKING_MINUTES, Unit.WORKING_SPELLS,
        ):  # fmt: skip
            minutes = _WORKDAY_MINUTES
        return Warning(None, amount * minutes * 60_000_000, queue, notify)
    raise DefinitionError(
        Sentence(_("提醒点写法有误：{text}，请写成 80%、-2h、-1d 或 -30m"), text=repr(text))
    )


def _escalation(row: Mapping[str, Any]) -> Escalation:
    after = row.get("after_minutes", 0)
    if type(after) is not int or after < 0 or not row.get("queue"):
        raise DefinitionError(_("升级步骤须写明 after_minutes 和 queue"))
    return Escalation(
        after, str(row["queue"]), str(row.get("role", "")), int(row.get("priority", 10))
    )
