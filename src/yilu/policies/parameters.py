"""What money on a policy costs and bears, as the insurer has set it from a day on (费用与利率参数)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "catalogue" / "money.toml"


@dataclass(frozen=True, slots=True)
class LoanTerms:
    """How much of the value may be lent, for how long and at what yearly rate (借款条件)."""

    share_of_value: Decimal
    months: int
    yearly_rate: Decimal
    smallest: Decimal


@dataclass(frozen=True, slots=True)
class ReinstatementTerms:
    """Within how many years a suspended policy can go on, and what owed premiums bear (复效条件)."""

    years: int
    yearly_rate: Decimal


def loan_terms(on: date) -> LoanTerms:
    """The terms of a loan made on a day."""
    row = _on("loan", on)
    return LoanTerms(row["share_of_value"], row["months"], row["yearly_rate"], row["smallest"])


def reinstatement_terms(on: date) -> ReinstatementTerms:
    """The terms of a reinstatement asked for on a day."""
    row = _on("reinstatement", on)
    return ReinstatementTerms(row["years"], row["yearly_rate"])


def cooling_off_cost(on: date) -> Decimal:
    """What may be kept of the premium when a contract is returned in the cooling-off period (工本费)."""
    return Decimal(_on("cooling_off", on)["cost"])


def accumulation_rate(on: date) -> Decimal:
    """The yearly rate that benefits left with us bear (累积利率)."""
    return Decimal(_on("accumulation", on)["yearly_rate"])


def _on(name: str, on: date) -> dict[str, Any]:
    return max((row for row in _rows()[name] if row["from"] <= on), key=lambda row: row["from"])


@lru_cache(maxsize=1)
def _rows() -> dict[str, list[dict[str, Any]]]:
    read = tomllib.loads(FILE.read_text(encoding="utf-8"), parse_float=Decimal)
    return {
        name: [{k: Decimal(v) if k in MONEY else v for k, v in row.items()} for row in rows]
        for name, rows in read.items()
    }


MONEY = {"smallest", "cost"}
