"""The templates of mediation plans, read from ``catalogue/`` and checked."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from yilu.care.rules.plans import Head, Material, PlanKind, Rule, Standard
from yilu.kernel.money import yuan

Coded = TypeVar("Coded", Material, Head, PlanKind)
FOLDER = Path(__file__).resolve().parent / "catalogue"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanBook:
    """Every paper, head and template by its code, in the order of the files."""

    materials: Mapping[str, Material]
    heads: Mapping[str, Head]
    kinds: Mapping[str, PlanKind]


@cache
def plan_book() -> PlanBook:
    """What is shipped."""
    return read_book(
        tomllib.loads((FOLDER / "heads.toml").read_text("utf-8")),
        tomllib.loads((FOLDER / "plans.toml").read_text("utf-8")),
    )


def read_book(heads: Mapping[str, Any], plans: Mapping[str, Any]) -> PlanBook:
    """
    Read and check both files.

    :raises ValueError: a code twice, a paper or head that is not there, a head without a source, a limit
        that does not fit how its head is worked out.
    """
    materials = _by_code(Material(code=m["code"], name=m["name"]) for m in heads["material"])
    known = _by_code(_head(each, materials) for each in heads["head"])
    kinds = _by_code(_kind(each, known, materials) for each in plans["plan"])
    return PlanBook(materials=materials, heads=known, kinds=kinds)


def _by_code(found: Iterable[Coded]) -> Mapping[str, Coded]:
    by_code: dict[str, Coded] = {}
    for each in found:
        if each.code in by_code:
            raise ValueError(f"{each.code}: there twice")
        by_code[each.code] = each
    return by_code


def _head(given: Mapping[str, Any], materials: Mapping[str, Material]) -> Head:
    made = Head(**{**given, "rule": Rule(given["rule"]), "needs": tuple(given["needs"])})
    if not made.citation or not made.words:
        raise ValueError(f"{made.code}: says not what it rests on")
    if (made.rule == Rule.MONTHS) != (made.months > 0):
        raise ValueError(f"{made.code}: months belong to a head that counts them")
    _all_known(made.code, made.needs, materials)
    return made


def _kind(
    given: Mapping[str, Any], heads: Mapping[str, Head], materials: Mapping[str, Material]
) -> PlanKind:
    code = given["code"]
    _all_known(code, given["materials"], materials)
    _all_known(code, [each["code"] for each in given["heads"]], heads)
    standards = tuple(_standard(code, each, heads[each["code"]]) for each in given["heads"])
    if not standards or len({each.head.code for each in standards}) < len(standards):
        raise ValueError(f"{code}: no head, or one twice")
    return PlanKind(
        code=code, name=given["name"], words=given["words"], materials=tuple(given["materials"]),
        standards=standards,
    )  # fmt: skip


def _standard(kind: str, given: Mapping[str, Any], head: Head) -> Standard:
    limits: dict[str, Decimal | int] = {
        name: value if isinstance(value, int) else yuan(value)
        for name, value in given.items()
        if name != "code"
    }
    fits = {
        Rule.SUM: [set(), {"most"}], Rule.DAYS: [set(), {"most_days", "most_a_day"}],
    }.get(head.rule, [set()])  # fmt: skip
    if set(limits) not in fits or any(limit <= 0 for limit in limits.values()):
        raise ValueError(f"{kind}: {head.code} cannot be limited so")
    return Standard(head=head, **limits)  # type: ignore[arg-type]


def _all_known(code: str, named: Any, known: Mapping[str, object]) -> None:
    if strange := [each for each in named if each not in known]:
        raise ValueError(f"{code}: {strange[0]} is not there")
