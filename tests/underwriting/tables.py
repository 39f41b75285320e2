"""The shipped underwriting tables, compiled once, and builders of what the decision looks at."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from yilu.kernel.tables import Compiled, Decision, compile_table
from yilu.standards import rules, shipped
from yilu.underwriting.terms import ApplicationFacts, Declared, Line


@cache
def compiled() -> Mapping[str, Compiled]:
    """Every underwriting table as it ships, as version 1."""
    return {
        given["code"]: compile_table(
            rules.read_table(
                given["code"], 1, given["hit"], given["complete"], given["input"],
                given["output"], given["rows"],
            )
        )
        for given in shipped.tables()
        if given["code"].startswith("underwriting.")
    }  # fmt: skip


def ask(code: str, inputs: Mapping[str, Any]) -> Decision:
    return compiled()[code].decide(inputs)


def declared(**given: Any) -> Declared:
    """A healthy body, unless told otherwise; conditions by name with their details."""
    body = {
        "height_cm": Decimal(170), "weight_kg": Decimal(65), "cigarettes_a_day": Decimal(0),
    }  # fmt: skip
    return Declared(**{**body, **given})


def facts(**given: Any) -> ApplicationFacts:
    """A woman of thirty who wants 300,000 of critical-illness cover."""
    usual: dict[str, Any] = {
        "product_code": "critical-illness", "line": Line.CRITICAL_ILLNESS, "sex": "FEMALE",
        "age": 30, "occupation_class": 1, "declared": declared(),
        "sum_insured": Decimal("300000.00"), "sum_at_risk": Decimal("300000.00"),
        "income": Decimal("120000.00"),
    }  # fmt: skip
    return ApplicationFacts(**{**usual, **given})


PRESSURE = {"systolic": Decimal(130), "diastolic": Decimal(82), "damage": False}
NODULE = {"operated": "NO", "tirads": "G3"}
