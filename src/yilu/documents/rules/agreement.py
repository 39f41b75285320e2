"""
What one paper says for another: a certificate beside a settled bill of the same visit.

The words of a diagnosis have no witness and stay for people to read. That the paper belongs to the
patient and the visit has one: the bill, which was proved by itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from yilu.documents.rules.values import halved, read_amount, read_date

WITNESS = "BILL"
AFTER_VISIT = timedelta(days=7)
"""A certificate may be written up to a week after the visit or the stay."""


@dataclass(frozen=True, slots=True)
class BillFacts:
    """What a settled bill says about the visit."""

    payer_name: str
    payee_name: str
    total: Decimal | None
    begins_on: date | None
    ends_on: date | None


def agreed(kind: str, values: Mapping[str, str], bill: BillFacts) -> frozenset[str]:
    """The fields of a paper that a bill bears out; empty where it belongs to somebody else."""
    names = [bare(values.get("patient_name", "")), bare(bill.payer_name)]
    if not all(names) or names[0] != names[1]:
        return frozenset()
    found = {"patient_name"}
    if _same_place(values.get("hospital", ""), bill.payee_name):
        found.add("hospital")
    first, last = bill.begins_on, bill.ends_on or bill.begins_on
    if kind == "DISCHARGE":
        for name, day in (("admitted_on", first), ("discharged_on", last)):
            if day is not None and read_date(values.get(name, "")) == day:
                found.add(name)
    elif first is not None and last is not None:
        written = read_date(values.get("issued_on", ""))
        if written is not None and first <= written <= last + AFTER_VISIT:
            found.add("issued_on")
    if bill.total is not None and read_amount(values.get("total", "")) == bill.total:
        found.add("total")
    return frozenset(found)


def is_enough(kind: str, fields: frozenset[str]) -> bool:
    """Whether what a bill bears out places the paper beyond doubt."""
    if "patient_name" not in fields:
        return False
    if kind == "DISCHARGE":
        return {"admitted_on", "discharged_on"} <= fields
    if kind == "FEE_LIST":
        return "total" in fields
    return bool({"hospital", "issued_on"} & fields)


def bare(text: str) -> str:
    """A name to compare by: without spaces, dots and what stands in parentheses."""
    return re.sub(r"\([^)]*\)|[\s.·•・‧∙⋅]", "", halved(text)).casefold()


def _same_place(one: str, other: str) -> bool:
    left, right = bare(one), bare(other)
    return len(left) >= 4 and len(right) >= 4 and (left in right or right in left)
