"""What figures come to over some days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Customers = Literal["NEW", "OLD"]
Dimension = Literal["OFFICE", "PERSON", "CHANNEL", "CUSTOMERS", "DAY", "MONTH"]


@dataclass(frozen=True, slots=True)
class Figure:
    """
    What a figure comes to; ``value`` is None where nothing was counted.

    ``reached`` is None without a target or without a value.
    """

    code: str
    title: str
    unit: str
    better: str
    target: Decimal | None
    numerator: Decimal
    denominator: Decimal
    value: Decimal | None
    reached: bool | None


def figures(
    codes: Iterable[str],
    *,
    since: date,
    until: date,
    offices: Sequence[int] | None = None,
    person: int | None = None,
    channel: str | None = None,
    customers: Customers | None = None,
) -> dict[str, Figure]:
    """
    Several figures over the days from ``since`` up to but without ``until``, in one statement.

    ``offices`` None is the whole company. :raises UnknownKpi: for a code there is not.
    """
    raise NotImplementedError


def figure(
    code: str,
    *,
    since: date,
    until: date,
    offices: Sequence[int] | None = None,
    person: int | None = None,
    channel: str | None = None,
    customers: Customers | None = None,
) -> Figure:
    """One figure; see ``figures``."""
    found = figures(
        [code], since=since, until=until, offices=offices, person=person, channel=channel,
        customers=customers,
    )  # fmt: skip
    return found[code]


def by(
    code: str,
    dimension: Dimension,
    *,
    since: date,
    until: date,
    offices: Sequence[int] | None = None,
    person: int | None = None,
    channel: str | None = None,
    customers: Customers | None = None,
) -> tuple[tuple[str, str, Figure], ...]:
    """A figure split by one dimension: key, its name, the figure."""
    raise NotImplementedError
