"""What money on a policy costs and bears, as the insurer has set it from a day on (费用与利率参数)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from yilu.standards import queries as standards

REINSTATED_WITHIN_YEARS = 2
"""保险法第三十七条: so long a suspended contract may go on again. The law's own number."""
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
    return LoanTerms(
        share_of_value=standards.figure("policies.loan_share", on),
        months=standards.whole_figure("policies.loan_months", on),
        yearly_rate=standards.figure("policies.loan_rate", on),
        smallest=standards.figure("policies.loan_smallest", on),
    )


def loan_warning_share(on: date) -> Decimal:
    """From which share of the value on a holder hears that what is owed comes near it."""
    return standards.figure("policies.loan_warning_share", on)


def reinstatement_terms(on: date) -> ReinstatementTerms:
    """The terms of a reinstatement asked for on a day."""
    return ReinstatementTerms(
        REINSTATED_WITHIN_YEARS, standards.figure("policies.reinstatement_rate", on)
    )


def cooling_off_cost(on: date) -> Decimal:
    """What may be kept of the premium when a contract is returned in the cooling-off period (工本费)."""
    return standards.figure("policies.cooling_off_cost", on)


def accumulation_rate(on: date) -> Decimal:
    """The yearly rate that benefits left with us bear (累积利率)."""
    return Decimal(_on("accumulation", on)["yearly_rate"])


def _on(name: str, on: date) -> dict[str, Any]:
    return max((row for row in _rows()[name] if row["from"] <= on), key=lambda row: row["from"])


@lru_cache(maxsize=1)
def _rows() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"), parse_float=Decimal)
