"""Who may decide what: roles in order, and what the law lets a decline cite."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from yilu.kernel.words import marked as _

ROLES = ("ASSESSOR", "REVIEWER", "TEAM_LEAD")
"""The deciding roles from the lowest to the highest."""
NONE = "NONE"

NON_DISCLOSURE = _("保险法16")
"""The article that frees the insurer only once the contract is rescinded."""

LAW = {
    NON_DISCLOSURE: _(
        "投保人故意或者因重大过失未履行如实告知义务，足以影响保险人决定是否同意承保或者提高保险费率的，保险人有权解除合同。"
    ),
    _("保险法27"): _(
        "谎称发生保险事故，或者故意制造保险事故的，保险人不承担给付保险金的责任；以伪造、变造的资料夸大损失程度的，"
        "保险人对虚报的部分不承担给付保险金的责任。"
    ),
    _("保险法43"): _("投保人故意造成被保险人死亡、伤残或者疾病的，保险人不承担给付保险金的责任。"),
    _("保险法44"): _(
        "自合同成立或者效力恢复之日起二年内被保险人自杀的，保险人不承担给付保险金的责任。"
    ),
    _("保险法45"): _(
        "因被保险人故意犯罪或者抗拒依法采取的刑事强制措施导致其伤残或者死亡的，保险人不承担给付保险金的责任。"
    ),
}
"""Articles of the insurance law that a decline may rest on, in short."""


@dataclass(frozen=True, slots=True)
class Authority:
    """What the table ``claims.authority`` says about an amount (核赔权限)."""

    role: str
    second_role: str
    four_eyes: bool
    first_opinion_stands: bool


@dataclass(frozen=True, slots=True)
class Opinion:
    """An earlier opinion of a person on the claim."""

    kind: str
    amount: Decimal
    decided_by: str


def holds(roles: Iterable[str], needed: str) -> bool:
    """Whether one of the roles is the needed one or a higher."""
    if needed == NONE:
        return True
    return any(r in ROLES and ROLES.index(r) >= ROLES.index(needed) for r in roles)


def departs(earlier: Iterable[Opinion], kind: str, amount: Decimal) -> Opinion | None:
    """The first opinion where a new one differs from it in kind or amount; None where none does."""
    for opinion in earlier:
        if (opinion.kind, opinion.amount) != (kind, amount):
            return opinion
        return None
    return None


def verdict(*, benefit: Decimal, has_grounds: bool, has_shortfalls: bool) -> str:
    """What the machine would say: PAY, or LOOK where it has no opinion. It never says no."""
    return "PAY" if benefit > 0 and not has_grounds and not has_shortfalls else "LOOK"


def meets_deductible(
    *,
    benefit: Decimal,
    has_grounds: bool,
    covered: bool,
    clauses: Iterable[str],
    exclusions: Iterable[str],
) -> bool:
    """
    Whether the cost of a declined claim still counts towards the yearly deductible (年度免赔额).

    It does where the claim was covered and merely too small: nothing speaks against paying, and
    the decline rests neither on the law nor on an exclusion.
    """
    barred = {*LAW, *exclusions}
    return benefit == 0 and covered and not has_grounds and barred.isdisjoint(clauses)


def overrides(verdict: str, machine_amount: Decimal, kind: str, amount: Decimal) -> bool:
    """Whether a decision departs from what the machine said."""
    if verdict != "PAY":
        return False
    return kind == "DECLINE" or amount != machine_amount


HANDLES = ("claims.assess", "claims.investigate")
TALKS = ("claims.register",)


def rights_for_part(area: str) -> tuple[str, ...]:
    """Any of which lets a colleague do a part of a case; talking to the customer takes the least."""
    return (*HANDLES, *TALKS) if area == "CONTACT" else HANDLES
