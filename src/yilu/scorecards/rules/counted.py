"""What counting works on: cases, things remembered between their events, and what lies beside the journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from yilu.kernel.facts import Told

ZERO, ONE = Decimal(0), Decimal(1)

Key = tuple[str, str, str, date, int, str, str]
"""series, span (D or M), letter of the split, day, office, customers, key of the split"""


@dataclass(frozen=True, slots=True)
class Ended:
    """A promise that was kept, or broken, and by which event we know."""

    event_id: int
    turn: int
    code: str
    about: str
    office_id: int
    party_id: int | None
    at: datetime
    state: str
    clock_id: int


@dataclass(frozen=True, slots=True)
class Case:
    """One case as a figure counts it now."""

    series: str
    event_id: int
    turn: int
    day: date
    office_id: int
    customers: str
    person_id: int
    channel: str
    about: str
    counted: bool
    missed: bool
    value: Decimal | None = None
    weight: int = 1
    role: str = ""
    product: str = ""
    stake: int = 0
    """Whole yuan that it weighs where a share is one of amounts; 0: it weighs as one case."""

    @property
    def sums(self) -> tuple[Decimal, Decimal, Decimal]:
        """What it adds: numerator, denominator, total."""
        if self.stake:
            return (
                Decimal(self.stake if self.counted else 0),
                Decimal(self.stake),
                self.value or ZERO,
            )
        return ONE if self.counted else ZERO, Decimal(self.weight), self.value or ZERO


@dataclass(slots=True)
class Subject:
    """What is remembered of a thing between its events."""

    name: str
    office_id: int = 0
    channel: str = ""
    party_id: int | None = None
    product: str = ""
    handler_id: int = 0
    heard_on: date = date.min
    marks: dict[str, str] = field(default_factory=dict)
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)


class Role(Protocol):
    """A role that somebody held from a day on, and until which; None: still."""

    @property
    def role(self) -> str: ...
    @property
    def since(self) -> date: ...
    @property
    def until(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class World:
    """
    Beside the journal: customers' beginnings and homes, staff's offices and roles (in the order they
    were given), products of policies and requests by their names, values by event.
    """

    first_policy: Mapping[int, date]
    homes: Mapping[int, int]
    seats: Mapping[int, int]
    looked_up: Mapping[tuple[str, int], Decimal]
    roles: Mapping[int, Sequence[Role]] = field(default_factory=dict)
    products: Mapping[str, str] = field(default_factory=dict)

    def role_of(self, person_id: int, day: date) -> str:
        """The first role somebody held on a day; of who held none then, the first they ever had."""
        held = self.roles.get(person_id, ())
        on_day = (r for r in held if r.since <= day and (r.until is None or day < r.until))
        found = next(on_day, held[0] if held else None)
        return found.role if found else ""

    def product_of(self, event: Told) -> str:
        """The product an event names, or that of the policy or request it names or is about."""
        if event.facts.get("product"):
            return str(event.facts["product"])
        policy = f"policy:{event.facts.get('policy_id')}"
        return self.products.get(policy) or self.products.get(str(event.about), "")
