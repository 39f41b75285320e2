"""Who may insure whom, and for how much where it is a child (保险法 31, 33, 34)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _
from yilu.products.terms import MinorLimit

ADULT = 18
INTERESTED = frozenset({"SELF", "SPOUSE", "CHILD", "PARENT", "FAMILY", "EMPLOYEE"})
MOST_BENEFICIARIES = 10


@dataclass(frozen=True, slots=True)
class Person:
    """As much of a person as the rule looks at."""

    id: int
    age: int | None
    sex: str | None


def problem(*, holder: Person, insured: Person, relation: str, pays_on_death: bool) -> str:
    """What stands against this holder insuring this person; empty where nothing does."""
    if relation not in INTERESTED:
        return _("请选择被保险人与投保人的关系")
    if (relation == "SELF") != (holder.id == insured.id):
        return _("被保险人是投保人本人时，关系应为“本人”；为他人投保时请选择与他的关系")
    if holder.age is None or insured.age is None:
        return _("投保人和被保险人都要有出生日期")
    if holder.age < ADULT:
        return _("投保人要年满 18 周岁")
    if insured.sex is None:
        return _("请补充被保险人的性别")
    if relation == "CHILD" and insured.age >= holder.age:
        return _("子女的年龄不会大于投保人，请核对关系")
    if relation == "PARENT" and insured.age <= holder.age:
        return _("父母的年龄不会小于投保人，请核对关系")
    if pays_on_death and insured.age < ADULT and relation != "CHILD":
        return _("以死亡为给付条件的保险，未成年人只能由父母投保（保险法第三十三条）")
    return ""


def insured_must_sign(*, insured: Person, relation: str) -> bool:
    """Whether the insured agrees for themselves: grown up and somebody else (保险法 34)."""
    return relation != "SELF" and (insured.age or 0) >= ADULT


def minor_problem(
    *, age: int, sum_on_death: Decimal, other_sums: Decimal, limits: Sequence[MinorLimit]
) -> str:
    """Whether a child's death benefits, all contracts together, would pass the ceiling (保险法 33)."""
    limit = next(
        (each for each in sorted(limits, key=lambda one: one.below_age) if age < each.below_age),
        None,
    )
    if limit is None or sum_on_death + other_sums <= limit.limit:
        return ""
    return Sentence(
        _("未满 {age} 周岁的孩子，身故保险金合计不能超过 {limit} 元，已有 {other} 元"),
        age=limit.below_age,
        limit=f"{limit.limit:,.0f}",
        other=f"{other_sums:,.0f}",
    )


def beneficiary_problem(ids: Sequence[tuple[int, int]], insured_id: int) -> str:
    """What is wrong with (party, order) pairs beside their shares; empty when sound."""
    if len(ids) > MOST_BENEFICIARIES:
        return _("受益人最多 10 位")
    if len(set(ids)) != len(ids) or len({party for party, _order in ids}) != len(ids):
        return _("同一位受益人只写一次")
    if any(party == insured_id for party, _order in ids):
        return _("身故保险金受益人不能是被保险人本人")
    return ""
