"""How claims are worked: each assumption with its unit, and whether it was published, assumed or fitted."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from decimal import Decimal
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "designs"
KINDS = ("PUBLISHED", "ASSUMED", "FITTED")


class BadDesign(ValueError):
    """A design file that cannot be used; says the file, the key and what is wrong."""


@dataclass(frozen=True, slots=True)
class Assumption:
    """One figure of a design and where it comes from."""

    name: str
    value: Any
    unit: str
    kind: str
    why: str


@dataclass(frozen=True, slots=True)
class Rules:
    """
    The figures the engine uses. Shares are 0–1, minutes are of a person's undisturbed work.

    ``desk_share``: the part of their hours the staff have for claims; the rest is other work.
    ``straight_through_below``: yuan the machine may approve by itself; 0 where it approves nothing.
    ``payment_hours``: at which hours of a working day payments go out; empty where each goes at once.
    ``by_hand``: share of papers that somebody types or checks before they can be assessed.
    """

    claims_per_working_day: float
    weekend_share: float
    by_hand: float
    intake_minutes: float
    review_minutes: float
    second_minutes: float
    spread: float
    intake_staff: int
    review_staff: int
    second_staff: int
    desk_share: float
    assessor_limit: int
    straight_through_below: int
    payment_hours: tuple[str, ...]
    bank_minutes: float
    complete_at_first: float
    customer_days: float
    rounds: int


@dataclass(frozen=True, slots=True)
class Design:
    """A way of working claims, with the published figure it is held against."""

    code: str
    name: str
    told: str
    published_days: float | None
    published_source: str
    rules: Rules
    assumptions: tuple[Assumption, ...]


def read(path: Path) -> Design:
    """
    One design file.

    :raises BadDesign: for an unknown or missing key, a missing reason or source, a negative figure.
    """
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as problem:
        raise BadDesign(f"{path.name}: {problem}") from None
    known = {f.name for f in fields(Rules)}
    given = told.get("assumptions", {})
    for name in sorted(set(given) - known):
        raise BadDesign(f"{path.name}: [assumptions.{name}] is nothing the simulation knows")
    for name in sorted(known - set(given)):
        raise BadDesign(f"{path.name}: [assumptions.{name}] is missing")
    assumptions = tuple(_assumption(path, name, given[name]) for name in given)
    values = {a.name: a.value for a in assumptions}
    values["payment_hours"] = tuple(values["payment_hours"])
    return Design(
        code=path.stem,
        name=_text(path, told, "name"),
        told=_text(path, told, "told"),
        published_days=told.get("published_days"),
        published_source=told.get("published_source", ""),
        rules=Rules(**values),
        assumptions=assumptions,
    )


def read_all() -> tuple[Design, ...]:
    """Every design that ships, oldest way of working first."""
    return tuple(read(path) for path in sorted(FOLDER.glob("[0-9]*.toml")))


def english() -> dict[str, str]:
    """
    The designs' texts in English, by the Chinese they stand for.

    :raises BadDesign: naming a text that has none.
    """
    known: dict[str, str] = tomllib.loads((FOLDER / "english.toml").read_text(encoding="utf-8"))
    for design in read_all():
        told = [design.name, design.told, design.published_source]
        for text in told + [t for a in design.assumptions for t in (a.unit, a.why)]:
            if text and text not in known:
                raise BadDesign(f"english.toml: {design.code} says “{text}”, which is not there")
    return known


def _text(path: Path, told: dict[str, Any], key: str) -> str:
    if not isinstance(told.get(key), str) or not told[key].strip():
        raise BadDesign(f"{path.name}: {key} is missing")
    return str(told[key]).strip()


def _assumption(path: Path, name: str, told: dict[str, Any]) -> Assumption:
    where = f"{path.name}: [assumptions.{name}]"
    if set(told) != {"value", "unit", "kind", "why"}:
        raise BadDesign(f"{where} needs value, unit, kind and why")
    if told["kind"] not in KINDS:
        raise BadDesign(f"{where} kind must be one of {', '.join(KINDS)}")
    if not told["why"].strip():
        raise BadDesign(f"{where} does not say why")
    value = told["value"]
    if isinstance(value, int | float) and value < 0:
        raise BadDesign(f"{where} cannot be negative")
    return Assumption(name, value, told["unit"], told["kind"], told["why"].strip())


def yuan(amount: int) -> Decimal:
    """A limit of a design as money."""
    return Decimal(amount).quantize(Decimal("0.01"))
