"""
Who else says so: what makes a value good enough to stand without a person.

A value read by machine stands only if a second, independent witness agrees: the QR code, a check
digit, the amount in words, the sum of the items, the sums of who paid, a second print of the same
number, or a file that carries the values as data and adds up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from yilu.documents.rules import payers, values
from yilu.documents.rules.found import Found, Recognised
from yilu.documents.rules.invoices import MONEY_FIELDS, Line, sum_of
from yilu.documents.rules.layouts import are_close, printed_twice
from yilu.documents.rules.segments import Segment
from yilu.kernel import money

CONFIDENT = 0.5
"""Below this a value never stands by itself, whoever agrees."""
STRUCTURED = frozenset({"FEED", "XML", "OFD"})
_CHECKED = {"identity_number": values.is_identity_number, "payer_code": values.is_identity_number}


@dataclass(frozen=True, slots=True)
class VatCode:
    """What the QR code of a VAT invoice says (``01,kind,code,number,amount,date,check code,…``)."""

    kind: str
    code: str
    number: str
    amount: Decimal | None
    issued_on: date | None
    check_code: str

    @property
    def includes_tax(self) -> bool:
        """
        Only fully digitalised invoices (31, 32, 61 …), which have no code, write it with tax.

        The older electronic and paper ones (01, 04, 10 …) write the amount without.
        """
        return not self.code


def read_vat_code(text: str) -> VatCode | None:
    """Read a VAT QR code; None for any other content."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) < 6 or parts[0] != "01" or not re.fullmatch(r"\d{2}", parts[1]):
        return None
    if not re.fullmatch(r"\d{8}|\d{18,20}", parts[3]):
        return None
    return VatCode(
        parts[1],
        parts[2],
        parts[3],
        values.read_amount(parts[4]) if parts[4] else None,
        values.read_date(parts[5]),
        parts[6] if len(parts) > 6 else "",
    )


def from_barcodes(barcodes: Iterable[str]) -> dict[str, Found]:
    """The values a VAT QR code carries by itself; the amount only where it is the one to pay."""
    for text in barcodes:
        code = read_vat_code(text)
        if code is None:
            continue
        found = {"number": code.number, "code": code.code, "check_code": code.check_code}
        if code.issued_on:
            found["issued_on"] = code.issued_on.isoformat()
        if code.amount is not None:
            found["total" if code.includes_tax else "net"] = str(code.amount)
        return {name: Found(name, value, "QR") for name, value in found.items() if value}
    return {}


def name_witnesses(
    read: Recognised, segments: Sequence[Segment] = (), today: date | None = None
) -> Recognised:
    """
    Give every value the witnesses that speak for it, and note what contradicts.

    Notes: QR_DIFFERS, SUM_DIFFERS (items and total), WORDS_DIFFER (amount in words), FUTURE_DATE,
    REVERSED (红字: a bill of less than nothing takes another one back), PAYERS_UNCLEAR (``payers``).
    """
    found = dict(read.values)
    notes = list(read.notes)
    _by_barcode(found, read.barcodes, notes)
    _by_sums(found, read.lines, notes)
    _by_form(found, segments)
    if read.source in STRUCTURED and not {"SUM_DIFFERS", "QR_DIFFERS"} & set(notes):
        if _adds_up(found, read.lines):
            witness = "SIGNATURE" if read.signed else "STRUCTURE"
            found = {name: value.with_witness(witness) for name, value in found.items()}
    found, unclear = payers.gathered(found)
    notes += [unclear] if unclear else []
    if read.value("total").startswith("-"):
        notes.append("REVERSED")
    if today is not None and any(
        (day := values.read_date(found[name].value)) and day > today
        for name in ("issued_on", "discharged_on", "visited_on")
        if name in found
    ):
        notes.append("FUTURE_DATE")
    return replace(read, values=found, notes=tuple(dict.fromkeys(notes)))


def stands(found: Found) -> bool:
    """Whether a value is taken over unasked."""
    return bool(found.witnesses) and found.confidence >= CONFIDENT


def _by_barcode(found: dict[str, Found], barcodes: Sequence[str], notes: list[str]) -> None:
    told = from_barcodes(barcodes)
    for name, said in told.items():
        if name == "net":
            tax = found.get("tax")
            total = found.get("total")
            if "net" in found and found["net"].value == said.value:
                found["net"] = found["net"].with_witness("QR")
            elif "net" not in found:
                found["net"] = said
            if total and tax and Decimal(total.value) - Decimal(tax.value) != Decimal(said.value):
                notes.append("QR_DIFFERS")
            continue
        read = found.get(name)
        if read is None:
            found[name] = said  # only the code says it: nobody agrees yet
        elif _same(name, read.value, said.value):
            found[name] = read.with_witness("QR")
        elif read.source == "OCR" and name != "total" and are_close(read.value, said.value):
            # A code is read right or not at all; recognition of print takes an 8 for a 6.
            found[name] = replace(said, box=read.box, page=read.page, witnesses=frozenset({"QR"}))
        else:
            notes.append("QR_DIFFERS")
    if told:
        return
    tokens = {values.read_code(t) for text in barcodes for t in re.split(r"[\s,;|&?=/:_]+", text)}
    for name in ("code", "number", "check_code"):
        if name in found and values.read_code(found[name].value) in tokens - {""}:
            found[name] = found[name].with_witness("QR")
    raw = {t for text in barcodes for t in re.split(r"[\s,;|&?=/:]+", text)}
    days = {values.read_date(t) for t in raw} - {None}
    if "issued_on" in found and values.read_date(found["issued_on"].value) in days:
        found["issued_on"] = found["issued_on"].with_witness("QR")
    amounts = {values.read_amount(t) for t in raw if "." in t}
    if "total" in found and values.read_amount(found["total"].value) in amounts:
        found["total"] = found["total"].with_witness("QR")


def _same(name: str, one: str, other: str) -> bool:
    if name == "check_code":
        return values.read_code(one)[-6:] == values.read_code(other)[-6:]
    return one == other


def _by_sums(found: dict[str, Found], lines: Sequence[Line], notes: list[str]) -> None:
    amounts = {n: Decimal(f.value) for n, f in found.items() if n in _AMOUNTS and f.value}
    total = amounts.get("total")
    if "capitals" in found:
        words = money.from_capitals(found["capitals"].value)
        if words is not None and total is None:
            found["total"] = replace(found["capitals"], name="total", value=str(words))
            total = amounts["total"] = words
        elif words is not None and words == total:
            found["total"] = found["total"].with_witness("CAPITALS")
        elif words is not None:
            notes.append("WORDS_DIFFER")
    if total is None:
        return
    if lines:
        if sum_of(lines) == total:
            found["total"] = found["total"].with_witness("LINES")
        elif "net" in amounts and sum_of(lines) == amounts["net"]:
            found["net"] = found["net"].with_witness("LINES")
        else:
            notes.append("SUM_DIFFERS")
    elif "number" in found:
        notes.append("NO_LINES")
    for parts, whole, witness in _EQUATIONS:
        # At least one part must really be there; a missing one counts as nothing.
        present = [p for p in parts if p in amounts]
        if whole in amounts and present and sum(amounts[p] for p in present) == amounts[whole]:
            if len([p for p in present if amounts[p]]) + bool(amounts[whole]) < 2:
                continue
            for name in (*present, whole):
                found[name] = found[name].with_witness(witness)


_AMOUNTS = {*MONEY_FIELDS, "net", "own_burden", "own_side"}
_EQUATIONS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("fund_paid", "account_paid", "own_paid", "other_paid"), "total", "PAYMENTS"),
    (("fund_paid", "account_paid", "own_paid"), "total", "PAYMENTS"),
    (("self_paid", "self_cost"), "own_paid", "OWN_PARTS"),
    (("self_paid", "self_cost", "classified_self_paid"), "own_paid", "OWN_PARTS"),
    (("classified_self_paid", "own_burden"), "self_paid", "OWN_PARTS"),
    (("net", "tax"), "total", "TAX"),
)


def _by_form(found: dict[str, Found], segments: Sequence[Segment]) -> None:
    for name, check in _CHECKED.items():
        if name in found and check(found[name].value):
            found[name] = found[name].with_witness("CHECK_DIGIT")
    if "payee_code" in found and values.is_credit_code(found["payee_code"].value):
        found["payee_code"] = found["payee_code"].with_witness("CHECK_DIGIT")
    if "account_number" in found and values.passes_luhn(found["account_number"].value):
        found["account_number"] = found["account_number"].with_witness("CHECK_DIGIT")
    for name in ("code", "number"):
        if name in found and printed_twice(found[name].value, segments):
            found[name] = found[name].with_witness("PRINTED_TWICE")
    days = {n: found[n].value for n in ("discharged_on", "visited_on") if n in found}
    if "issued_on" in found and found["issued_on"].value in days.values():
        for name in (
            "issued_on",
            *(n for n, day in days.items() if day == found["issued_on"].value),
        ):
            found[name] = found[name].with_witness("PRINTED_TWICE")
    _by_identity(found)
    _by_stay(found)


def _by_identity(found: dict[str, Found]) -> None:
    """An identity number tells the day of birth and the sex of its holder."""
    number = found.get("identity_number")
    if number is None or not values.is_identity_number(number.value):
        return
    born = values.read_date(number.value[6:14])
    if "birth_date" in found and born and found["birth_date"].value == born.isoformat():
        found["birth_date"] = found["birth_date"].with_witness("CHECK_DIGIT")
    if "sex" in found and (found["sex"].value == "男") == bool(int(number.value[16]) % 2):
        found["sex"] = found["sex"].with_witness("CHECK_DIGIT")


def _by_stay(found: Mapping[str, Found] | dict[str, Found]) -> None:
    """Days in hospital witness both ends of the stay: they are the nights between, or one more."""
    parts = [found.get(n) for n in ("admitted_on", "discharged_on", "hospital_days")]
    if not all(parts) or not isinstance(found, dict):
        return
    admitted, discharged = (values.read_date(p.value) if p else None for p in parts[:2])
    days = parts[2]
    if (
        admitted
        and discharged
        and days
        and Decimal(days.value)
        in {
            Decimal((discharged - admitted).days),
            Decimal((discharged - admitted).days + 1),
            Decimal((discharged - admitted).days) + Decimal("0.5"),
        }
    ):
        for name in ("admitted_on", "discharged_on", "hospital_days"):
            found[name] = found[name].with_witness("STAY")


def _adds_up(found: Mapping[str, Found], lines: Sequence[Line]) -> bool:
    """Whether a structured file is consistent: it has a total, and its items come to it."""
    total = found.get("total")
    if total is None:
        return False
    if lines:
        net = found.get("net")
        return sum_of(lines) in {Decimal(total.value), Decimal(net.value) if net else None}
    return bool(total.witnesses)
