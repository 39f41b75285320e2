"""
Who inherits by law (法定继承): 民法典 1121, 1125, 1127, 1128, 1130, 1152. Pure.

The same persons are asked about twice: as heirs of an estate, and as 受益人 “法定” (解释三 9).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from yilu.kernel.words import marked as _

RELATIONS = {
    "SPOUSE": _("配偶"),
    "CHILD": _("子女"),
    "PARENT": _("父母"),
    "INLAW": _("尽了主要赡养义务的丧偶儿媳、女婿"),
    "DESCENDANT": _("先死亡子女的直系晚辈血亲（代位）"),
    "SIBLING": _("兄弟姐妹"),
    "GRANDPARENT": _("祖父母、外祖父母"),
    "NEPHEW": _("先死亡兄弟姐妹的子女（代位）"),
    "OTHER": _("其他"),
}
FIRST, SECOND = ("SPOUSE", "CHILD", "PARENT", "INLAW"), ("SIBLING", "GRANDPARENT")
_ELDER = frozenset({"PARENT", "GRANDPARENT"})
_SAME = frozenset({"SPOUSE", "SIBLING", "OTHER"})

FATES = {
    "ALIVE": _("健在"),
    "DIED_BEFORE": _("先于被保险人死亡"),
    "DIED_TOGETHER": _("与被保险人在同一事件中死亡，先后不明"),
    "DIED_AFTER": _("在被保险人之后死亡"),
    "HARMED": _("故意造成被保险人死亡、伤残、疾病或杀害未遂"),
    "RENOUNCED": _("书面放弃"),
}
"""What became of somebody who might be entitled, as far as the law asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relative:
    """
    Somebody related to the insured. ``through``: the dead child or sibling they stand in for.

    ``has_heirs``: whether anybody would inherit from them besides those of the same event (1121).
    """

    key: int
    relation: str
    fate: str = "ALIVE"
    through: int | None = None
    has_heirs: bool = True


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the whole. ``passes_on``: they died since, their own heirs receive it (1152)."""

    key: int
    part: Fraction
    law: tuple[str, ...]
    passes_on: bool = False


def survives(relative: Relative, *, insured_has_heirs: bool = True, as_estate: bool = True) -> bool:
    """
    Whether somebody is taken to have outlived the insured and kept the right.

    Of an estate: who has no other heirs died first; else the elder did; of one generation they died
    at once (民法典 1121). A beneficiary is always presumed to have died first (保险法 42).
    """
    if relative.fate in ("ALIVE", "DIED_AFTER"):
        return True
    if relative.fate != "DIED_TOGETHER" or not as_estate:
        return False
    if not relative.has_heirs:
        return False
    if not insured_has_heirs:
        return True
    return relative.relation not in _ELDER and relative.relation not in _SAME


def inherit(
    relatives: Sequence[Relative], *, insured_has_heirs: bool = True, as_estate: bool = True
) -> tuple[Part, ...]:
    """
    The heirs of the first order in equal shares, else those of the second; none: nobody inherits.

    A child who died before is represented by its own descendants, a sibling by its children: they
    share its part (1128). Who gave up or lost the right is not represented.
    """

    def lives(one: Relative) -> bool:
        return survives(one, insured_has_heirs=insured_has_heirs, as_estate=as_estate)

    for order, law in ((FIRST, "民法典1127"), (SECOND, "民法典1127")):
        lines = [
            line
            for one in relatives
            if one.relation in order and (line := _line(one, relatives, lives))
        ]
        if lines:
            each = Fraction(1, len(lines))
            return tuple(
                Part(p.key, p.part * each, (law, "民法典1130", *p.law), p.passes_on)
                for line in lines
                for p in line
            )
    return ()


def _line(one: Relative, relatives: Sequence[Relative], lives) -> tuple[Part, ...]:  # type: ignore[no-untyped-def]
    """Who takes the place of one relative: themselves, or those who represent them."""
    if lives(one):
        later = one.fate in ("DIED_AFTER", "DIED_TOGETHER")
        law = ("民法典1121",) if one.fate == "DIED_TOGETHER" else ()
        return (Part(one.key, Fraction(1), (*law, *(("民法典1152",) if later else ())), later),)
    if one.fate not in ("DIED_BEFORE", "DIED_TOGETHER"):
        return ()
    wanted = {"CHILD": "DESCENDANT", "DESCENDANT": "DESCENDANT", "SIBLING": "NEPHEW"}.get(
        one.relation
    )
    below = [
        line
        for other in relatives
        if other.relation == wanted
        and other.through == one.key
        and other.key != one.key
        and (line := _line(other, [r for r in relatives if r.key != one.key], lives))
    ]
    return tuple(
        Part(p.key, p.part / len(below), ("民法典1128", *p.law), p.passes_on)
        for line in below
        for p in line
    )
