"""The cases behind a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from yilu.kernel.refs import Ref
from yilu.scorecards.queries.figures import Customers

PAGE = 30


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case that a figure counts."""

    about: Ref
    day: date
    office_id: int
    person_id: int
    channel: str
    customers: str
    counted: bool
    missed: bool
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class CasePage:
    """A page of cases, the newest first."""

    rows: tuple[CaseRow, ...]
    page: int
    has_more: bool


def counted(
    code: str,
    *,
    since: date,
    until: date,
    offices: Sequence[int] | None = None,
    person: int | None = None,
    channel: str | None = None,
    customers: Customers | None = None,
    missed_only: bool = False,
    page: int = 1,
) -> CasePage:
    """The cases of a figure."""
    raise NotImplementedError
