"""
Who a customer is, as far as it helps to serve and advise them (客户画像): traits, each with its reason.

Only of who agreed to hear of products (MARKETING): whoever did not, or took it back, is not portrayed at all.
Health is a trait only where they agreed to that use of it (HEALTH_CARE) as well: what was told for a claim or an
application was told for that alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from yilu.insight.rules.prompting import ADULT, Near
from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _
from yilu.kernel.years import full_years

SENIOR = 60
GROUPS = {
    "AGE": _("年龄"), "WORK": _("职业"), "FAMILY": _("家庭"), "HEALTH": _("健康"), "NEED": _("需求"),
}  # fmt: skip
"""What traits are about, in the order in which they are told."""
RELATIONS = {
    "SPOUSE": _("已婚"), "CHILD": _("有子女"), "PARENT": _("照顾父母"), "FAMILY": _("照顾其他家人"),
}  # fmt: skip
"""What it says of a family that somebody insured a member of it."""
FILLED_BY = {
    "lacks_medical": frozenset({"MEDICAL", "GROUP_MEDICAL"}),
    "lacks_illness": frozenset({"CRITICAL_ILLNESS"}),
    "lacks_life": frozenset({"TERM_LIFE", "WHOLE_LIFE"}),
    "lacks_accident": frozenset({"ACCIDENT"}),
}
"""Gaps somebody told us of, and the cover with us that has filled them since."""


@dataclass(frozen=True, slots=True)
class Trait:
    """One trait (画像标签): what it is about, and what it rests on."""

    group: str
    label: str
    why: str

    @property
    def group_label(self) -> str:
        """What it is about, in words."""
        return GROUPS[self.group]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """
    What somebody said when they asked for cover, each part with its day.

    ``tags`` are (code, label, why) of their diagnosis of needs; ``declared_yes`` counts the health questions
    answered "yes", None where they may not be used or were not answered.
    """

    tags: Sequence[tuple[str, str, str]] = ()
    asked_on: date | None = None
    relations: Sequence[str] = ()
    occupation: str = ""
    applied_on: date | None = None
    declared_yes: int | None = None


def traits(
    *, birth_date: date | None, around: Sequence[Near], kinds: Sequence[str], told: Told | None,
    on: date,
) -> tuple[Trait, ...]:  # fmt: skip
    """
    The traits of a customer on a day, by group. ``kinds``: of the cover they have themselves.

    ``told`` None: the viewer may not see what was said at an application; the record alone speaks.
    """
    found = list(_recorded(birth_date, around, on))
    if told is not None:
        found += _told(told, frozenset(kinds))
    return tuple(sorted(found, key=lambda trait: list(GROUPS).index(trait.group)))


def _recorded(birth_date: date | None, around: Sequence[Near], on: date) -> Iterator[Trait]:
    if birth_date is not None:
        years = Sentence(_("{age} 岁"), age=full_years(birth_date, on))
        yield Trait("AGE", years, _("登记的出生日期"))
    for near in around:
        age = None if near.birth_date is None else full_years(near.birth_date, on)
        if age is not None and (age < ADULT or age >= SENIOR):
            label = _("家里有未成年人") if age < ADULT else _("家里有长者")
            why = Sentence(_("保单上的{who}，{age} 岁"), who=near.masked_name, age=age)
            yield Trait("FAMILY", label, why)


def _told(told: Told, kinds: frozenset[str]) -> Iterator[Trait]:
    if told.occupation and told.applied_on:
        yield Trait(
            "WORK", told.occupation, Sentence(_("{on} 投保时填写"), on=str(told.applied_on))
        )
    for relation, label in RELATIONS.items():
        if relation in told.relations:
            yield Trait("FAMILY", label, _("为这位家人投过保"))
    if told.declared_yes is not None and told.applied_on:
        health = _("健康告知有异常") if told.declared_yes else _("健康告知没有异常")
        why = Sentence(
            _("{on} 投保时有 {n} 项回答“是”；客户同意用健康信息做健康提醒"), on=str(told.applied_on), n=told.declared_yes
        )  # fmt: skip
        yield Trait("HEALTH", health, why)
    for code, tag, answers in told.tags:
        if not FILLED_BY.get(code, frozenset()) & kinds:
            said = Sentence(_("{on} 的需求诊断：{why}"), on=str(told.asked_on), why=answers)
            yield Trait("NEED", tag, said)
