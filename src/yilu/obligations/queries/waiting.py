"""What waits for a second person: changes of rows of law, side by side with what counts now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yilu.kernel.facts import REGISTRY
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.obligations.models import DefinitionChange, DefinitionVersion
from yilu.obligations.rules.definitions import read_rule
from yilu.obligations.rules.reckoning import UNIT_LABELS, Unit
from yilu.obligations.rules.wording import write_condition

PARTS = {
    "title": _("名称"), "title_en": _("英文名称"), "text": _("规则内容"), "citation": _("依据"),
}  # fmt: skip
RULE_PARTS = {
    "start": ("start", _("起算")), "stop": ("stop", _("完成")), "cancel": ("cancel", _("取消")),
    "pauses": ("pause", _("不计入的期间")), "warnings": ("warn", _("到期前提醒")),
    "escalations": ("escalate", _("超时升级")), "owner_queue": ("owner_queue", _("负责队列")),
    "owner_role": ("owner_role", _("负责角色")), "customer_words": ("customer_words", _("对客户说")),
    "persons_only": ("persons_only", _("只约束人工")),
}  # fmt: skip
"""Each part of a rule as it is read, as it is stored, and what it is called."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One part of a promise before and after; a part of several lines as its lines."""

    label: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangeView:
    """
    A change that waits for a second person; ``starts`` None: from the moment they agree.

    ``stale``: another version came meanwhile, so that nobody can agree to it any more.
    """

    id: int
    ends: bool
    starts: datetime | None
    author: Ref
    reason: str
    proposed_at: datetime
    stale: bool
    differences: tuple[Difference, ...]


def waiting_change(code: str) -> ChangeView | None:
    """The change of a promise that waits, with what it would make different; None if there is none."""
    change = DefinitionChange.objects.filter(definition__code=code).first()
    if change is None:
        return None
    newest = DefinitionVersion.objects.filter(definition_id=change.definition_id).latest("number")
    return ChangeView(
        change.pk, change.ends, change.effective_from, Ref.parse(change.author), change.reason,
        change.proposed_at, newest.number != change.version or newest.effective_to is not None,
        () if change.ends else tuple(_differences(newest, change.given)),
    )  # fmt: skip


def codes_waiting() -> frozenset[str]:
    """The promises of which a change waits for a second person."""
    return frozenset(DefinitionChange.objects.values_list("definition__code", flat=True))


def _differences(newest: DefinitionVersion, given: Mapping[str, Any]) -> list[Difference]:
    found = [
        Difference(label, (getattr(newest, name),), (given[name],))
        for name, label in PARTS.items()
        if getattr(newest, name) != given[name]
    ]
    if newest.grade != given["grade"]:
        grades = {value: str(label) for value, label in DefinitionVersion.Grade.choices}
        found.append(Difference(_("依据等级"), (grades[newest.grade],), (grades[given["grade"]],)))
    before, after = read_rule(newest.rule, REGISTRY), read_rule(given["rule"], REGISTRY)
    if before.limits != after.limits:
        found.append(Difference(_("时限"), _limits(newest.rule), _limits(given["rule"])))
    found += [
        Difference(label, _lines(newest.rule.get(stored)), _lines(given["rule"].get(stored)))
        for read, (stored, label) in RULE_PARTS.items()
        if getattr(before, read) != getattr(after, read)
    ]
    return found


def _limits(rule: Mapping[str, Any]) -> tuple[str, ...]:
    rows = [*rule.get("grid", ()), {"limit": rule["limit"]}]
    return tuple(
        f"{row['limit']} {UNIT_LABELS[Unit(row.get('unit') or rule['unit'])]}"
        + (f"（{write_condition(row['when'])}）" if row.get("when") else "")
        for row in rows
    )


def _lines(value: Any) -> tuple[str, ...]:
    """A part of a rule, a line a row, with its events by their names."""
    if not value:
        return ()
    return tuple(_line(row) for row in (value if isinstance(value, list) else [value]))


def _line(row: Any) -> str:
    if not isinstance(row, Mapping):
        return _named(row)
    told = [
        write_condition(value) if name == "when" else f"{name}: {_named(value)}"
        for name, value in row.items()
        if name != "on" and value not in ("", None)
    ]
    on = [_named(row["on"])] if "on" in row else []
    return "；".join([*on, *told])


def _named(value: Any) -> str:
    known = REGISTRY.get(value) if isinstance(value, str) else None
    return str(known.fact_label) if known else str(value)
