"""
To whom a death benefit belongs (受益人认定): 保险法 42, 43, 解释三 9, 12, 15, 民法典 1127. Pure.

Shares are exact fractions; the cents are dealt out so that nothing is lost and nobody is cheated of
more than one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from yilu.claims.rules.heirs import Part, Relative, inherit
from yilu.kernel.money import CENT
from yilu.kernel.words import marked as _

ADULT_YEARS = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A beneficiary named in the policy, with order and share as agreed (指定受益人)."""

    key: int
    ordinal: int = 1
    share: Fraction = Fraction(1)
    fate: str = "ALIVE"


QUESTIONS = {
    "NOBODY": _("没有查明任何有权领取的人，请继续查找继承人"),
    "STANDS_IN": _("由代位继承人领取，请核对先死亡一方的关系证明"),
    "PASSES_ON": _("有权领取的人已在事故后死亡，由其继承人或遗产管理人领取，请登记代领人"),
    "ESTATE": _("作为遗产给付，须全体继承人到场或授权（解释三 14）"),
}


@dataclass(frozen=True, slots=True)
class Resolution:
    """Who gets which part, whether as the insured's estate, and what a person must still look at."""

    parts: tuple[Part, ...]
    as_estate: bool
    questions: tuple[str, ...]


def resolve(
    named: Sequence[Named], relatives: Sequence[Relative], *, insured_has_heirs: bool = True
) -> Resolution:
    """
    The entitled and their parts.

    Named ones of the first order in which anybody is left share in proportion to what was agreed
    (解释三 12); who died before or, with the order of deaths unknown, in the same event (42 II, 解释三 15),
    harmed the insured (43 II) or gave the right up is left out. None left: the benefit is part of the
    estate (42 I). None named, or “法定”: the heirs by law are the beneficiaries (解释三 9).
    """
    for ordinal in sorted({n.ordinal for n in named}):
        left = [n for n in named if n.ordinal == ordinal and n.fate in ("ALIVE", "DIED_AFTER")]
        if left:
            whole = sum((n.share for n in left), Fraction(0))
            out = len(left) < sum(1 for n in named if n.ordinal <= ordinal)
            law = ("保险法39", "保险法40", *(("解释三12",) if out else ()))
            parts = tuple(Part(n.key, n.share / whole, law, n.fate == "DIED_AFTER") for n in left)
            return Resolution(parts, False, _questions(parts, False))
    as_estate = bool(named)
    parts = inherit(relatives, insured_has_heirs=insured_has_heirs, as_estate=as_estate)
    first = "保险法42" if as_estate else "解释三9"
    parts = tuple(Part(p.key, p.part, (first, *p.law), p.passes_on) for p in parts)
    return Resolution(parts, as_estate, _questions(parts, as_estate))


def _questions(parts: Sequence[Part], as_estate: bool) -> tuple[str, ...]:
    found = [] if parts else ["NOBODY"]
    if any("民法典1128" in p.law for p in parts):
        found.append("STANDS_IN")
    if any(p.passes_on for p in parts):
        found.append("PASSES_ON")
    if as_estate:
        found.append("ESTATE")
    return tuple(found)


def deal(amount: Decimal, parts: Sequence[tuple[int, Fraction]]) -> list[tuple[int, Decimal]]:
    """
    An amount by exact parts, to the cent: the cents left over go one each to the largest remainders.

    The parts must make one whole.
    """
    if sum((part for _key, part in parts), Fraction(0)) != 1:
        raise ValueError("the parts do not make a whole")
    cents = int(amount / CENT)
    exact = [(key, part * cents) for key, part in parts]
    floors = [(key, value.numerator // value.denominator) for key, value in exact]
    left = cents - sum(floor for _key, floor in floors)
    order = sorted(
        range(len(exact)), key=lambda n: (floors[n][1] - exact[n][1], n)
    )  # the largest remainder first
    extra = set(order[:left])
    return [(key, (floor + (n in extra)) * CENT) for n, (key, floor) in enumerate(floors)]
