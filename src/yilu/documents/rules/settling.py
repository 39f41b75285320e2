"""Whether a document may stand as it was read, or a person looks at it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from yilu.documents.rules.agreement import BillFacts, agreed, is_enough
from yilu.documents.rules.found import Found, Recognised
from yilu.documents.rules.payers import FURTHER, UNCLEAR
from yilu.documents.rules.witnesses import stands

REQUIRED: dict[str, tuple[str, ...]] = {
    "INVOICE": ("number", "issued_on", "total", "payer_name"),
    "ID_CARD": ("name", "identity_number"),
    "BANK_CARD": ("account_number",),
    "DIAGNOSIS": ("patient_name", "diagnosis", "issued_on"),
    "DISCHARGE": ("patient_name", "admitted_on", "discharged_on", "diagnosis"),
}
"""What must be read from a file of a kind before it is any use."""
UNCHECKED = frozenset({"payer_name", "name", "patient_name", "diagnosis"})
"""Required, but no paper witnesses them: who uses the document compares them with what it knows."""
WITNESSED = frozenset(
    {
        "code", "number", "issued_on", "total", "fund_paid", "account_paid", "own_paid", "self_paid",
        "self_cost", "other_paid", "classified_self_paid", "admitted_on", "discharged_on",
        "identity_number", "account_number", "hospital_days", *FURTHER,
    }
)  # fmt: skip
"""Values that money or identity hangs on: one that was read but has no witness needs a person."""
BLOCKING_NOTES = frozenset(
    {
        "QR_DIFFERS",
        "SUM_DIFFERS",
        "NO_LINES",
        "WORDS_DIFFER",
        UNCLEAR,
        "FUTURE_DATE",
        "WRONG_KIND",
        "REVERSED",
        "LOOKS_LIKE",
        "SEVERAL_INVOICES",
        "TEXT_DIFFERS",
    }
)
"""Notes after which no document settles by itself."""
BORNE_OUT = frozenset({"DIAGNOSIS", "DISCHARGE", "FEE_LIST", "PRESCRIPTION"})
"""Kinds that settle only beside a settled bill which places them; their words are for people."""


_FUND = re.compile(r"统筹.{0,6}支付|基金支付|医保支付")


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether the document settles, which fields stand, which a person must look at."""

    settled: bool
    accepted: frozenset[str]
    open: tuple[str, ...]
    missing: tuple[str, ...]


def is_required(kind: str, name: str, layout: str) -> bool:
    """Whether a file of this kind is no use without the field."""
    if name == "code":
        return kind == "INVOICE" and (layout.startswith("fiscal") or layout == "vat_classic")
    return name in REQUIRED.get(kind, ())


def judge(kind: str, read: Recognised) -> Judgement:
    """Decide what stands. Nothing settles that a person has reason to look at."""
    needed = [n for n in (*REQUIRED.get(kind, ()), "code") if is_required(kind, n, read.layout)]
    missing = tuple(n for n in needed if not read.value(n))
    if kind == "INVOICE" and _payers_unknown(read):
        missing = (*missing, "fund_paid")
    accepted = frozenset(n for n, f in read.values.items() if stands(f) or _needs_no_witness(n, f))
    if {"SEVERAL_INVOICES", "TEXT_DIFFERS"} & set(read.notes):
        accepted = frozenset()  # what agrees with itself may still be the other one's
    watched = {n for n in read.values if n in WITNESSED or n in needed}
    unsure = tuple(sorted(watched - accepted - UNCHECKED))
    settled = (
        not missing
        and not unsure
        and bool(needed)
        and kind not in BORNE_OUT
        and not BLOCKING_NOTES & set(read.notes)
        and bool(read.layout)
    )
    return Judgement(settled, accepted, unsure, missing)


def _payers_unknown(read: Recognised) -> bool:
    """
    Whether the social fund may have paid a part that was not read: paying it once more would be wrong.

    A medical bill always says who paid; another one where its text speaks of the fund. Payments that come
    to the total leave nothing for a fund.
    """
    if read.value("fund_paid"):
        return False
    total = read.values.get("total")
    if total is not None and "PAYMENTS" in total.witnesses:
        return False
    return read.layout.startswith("fiscal") or bool(_FUND.search(read.text))


def borne_out(
    kind: str,
    layout: str,
    values: Mapping[str, str],
    notes: tuple[str, ...],
    bills: Iterable[BillFacts],
) -> frozenset[str]:
    """
    The fields of a paper by which one of the bills places it; empty where none does so enough.

    What the paper says beyond them, such as the diagnosis, stands for nobody but its reader.
    """
    if kind not in BORNE_OUT or not layout or BLOCKING_NOTES & set(notes):
        return frozenset()
    if any(not values.get(name) for name in REQUIRED.get(kind, ())):
        return frozenset()
    for bill in bills:
        fields = agreed(kind, values, bill)
        if is_enough(kind, fields):
            return fields
    return frozenset()


def _needs_no_witness(name: str, found: Found) -> bool:
    """A zero amount takes nothing from anybody; everything else that nobody checks stays open."""
    return name in WITNESSED and found.value in {"0", "0.00"} and found.confidence >= 0.9
