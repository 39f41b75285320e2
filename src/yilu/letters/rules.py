"""What each kind of letter must be told, and how its code looks: pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from yilu.kernel.money import yuan

CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 signs without 0, O, 1 and I, so that a code read aloud or copied by hand is not mistaken."""
CODE_LENGTH = 16
ATTEMPTS_MAX = 5
TEMPLATE_VERSION = 1
MISSING_GLYPH = "〓"
"""The geta mark: stands for a character the font lacks; the letter names it underneath."""


OWNERS: Mapping[str, tuple[str, str]] = {
    "claim": ("claims.letter", "claims.decide"),
    "application": ("underwriting.letter", "underwriting.decide"),
    "servicing_request": ("servicing.letter", "servicing.handle"),
    "complaint": ("complaints.letter", "complaints.handle"),
}
"""Who answers for a letter that could not be made: the queue and the right of whoever decides such a case."""
OTHERS = ("letters.problem", "system.operate")
"""The same for a letter about anything else."""


def owner_of(about: str) -> tuple[str, str]:
    """Queue and right of those who have a failed letter made again, by what it is about ("claim:7")."""
    return OWNERS.get(about.partition(":")[0], OTHERS)


class BadFacts(ValueError):
    """A letter was ordered without what it must say, or with what it cannot say."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Which facts a kind of letter takes: kinds by name, needed and optional."""

    prefix: str  # of the letter's number
    needed: Mapping[str, str]
    optional: Mapping[str, str]


_CASE = {"claim": "text", "policy": "text", "product": "text", "insured_id": "party"}
_APPLIED = {
    "application": "text", "product": "text", "insured_id": "party", "decided_on": "date",
}  # fmt: skip

SHAPES: Mapping[str, Shape] = {
    "DECISION": Shape(
        "JD",
        {**_CASE, "event": "text", "decided_on": "date", "amount": "money", "basis": "texts"},
        {"account": "text", "pay_by": "time", "note": "text", "loss_date": "date", "paid_to_id": "party"},
    ),
    "DENIAL": Shape(
        "BP",
        {**_CASE, "event": "text", "decided_on": "date", "reasons": "texts", "clauses": "clauses"},
        {"note": "text", "loss_date": "date", "opening": "text"},
    ),
    "NOTHING_DUE": Shape(
        "JG",
        {
            **_CASE, "event": "text", "decided_on": "date", "reasons": "texts", "clauses": "clauses",
            "lines": "lines",
        },
        {"note": "text", "loss_date": "date"},
    ),
    "RESCISSION": Shape(
        "JT",
        {
            **_CASE, "decided_on": "date", "opening": "text", "reasons": "texts", "clauses": "clauses",
            "premiums": "text",
        },
        {},
    ),
    "MEDIATION": Shape(
        "TQ",
        {
            "claim": "text", "insured_id": "party", "kind": "text", "agreed_on": "date", "plan": "money",
            "amount": "money", "lines": "lines", "words": "text",
        },
        {"hurt_id": "party"},
    ),
    "SUPPLEMENT": Shape(
        "BC",
        {**_CASE, "requested_on": "date", "items": "items"},
        {"event": "text", "note": "text", "ordinal": "count"},
    ),
    "STATEMENT": Shape(
        "QD",
        {**_CASE, "decided_on": "date", "amount": "money", "lines": "lines"},
        {
            "event": "text", "invoices": "invoices", "account": "text", "note": "text",
            "paid_to_id": "party",
        },
    ),
    "GUARANTEE": Shape(
        "DB",
        {
            "policy": "text", "product": "text", "insured_id": "party", "visit": "text",
            "admitted_on": "date", "amount": "money", "issued_on": "date", "expires_on": "date",
            "terms": "texts",
        },
        {"department": "text", "note": "text"},
    ),
    "REPAYMENT": Shape(
        "FH",
        {
            **_CASE, "asked_on": "date", "pay_by": "date", "paid": "money", "amount": "money",
            "reasons": "texts", "reference": "text", "basis": "text",
        },
        {"note": "text"},
    ),
    "ENDORSEMENT": Shape(
        "PD",
        {"request": "text", "kind": "text", "effective_on": "date", "words": "text", "rows": "rows"},
        {"policy": "text", "product": "text", "lines": "lines", "note": "text"},
    ),
    "NOT_DONE": Shape(
        "BB",
        {"request": "text", "kind": "text", "decided_on": "date", "reasons": "texts"},
        {"policy": "text", "product": "text", "note": "text"},
    ),
    "CONDITIONS": Shape(
        "CB",
        {**_APPLIED, "premium": "money", "changes": "rows", "reasons": "texts"},
        {"exclusions": "clauses", "answer_by": "date"},
    ),
    "EXAMINATION": Shape(
        "TJ", {**_APPLIED, "items": "items", "reasons": "texts"}, {"answer_by": "date"}
    ),
    "POSTPONED": Shape("YQ", {**_APPLIED, "until": "date", "reasons": "texts"}, {}),
    "REFUSAL": Shape("JB", {**_APPLIED, "reasons": "texts"}, {}),
    "COMPLAINT": Shape(
        "TD",
        {
            "number": "text", "received_on": "date", "decided_on": "date", "business": "text",
            "outcome": "text", "findings": "texts", "basis": "texts", "measures": "texts",
        },
        {"about": "text", "amount": "money"},
    ),
    "REVIEWED": Shape(
        "HC",
        {
            "number": "text", "asked_on": "date", "decided_on": "date", "outcome": "text",
            "findings": "texts", "measures": "texts",
        },
        {},
    ),
    "RESCINDED": Shape(
        "JC",
        {
            "policy": "text", "product": "text", "suspended_on": "date", "until": "date",
            "decided_on": "date", "amount": "money", "rows": "rows",
        },
        {"note": "text"},
    ),
    "YEARLY": Shape(
        "ND",
        {
            "policy": "text", "product": "text", "year": "text", "from_on": "date", "to_on": "date",
            "rows": "rows",
        },
        {"note": "text"},
    ),
    "RETURNED": Shape(
        "HF",
        {
            **_CASE, "decided_on": "date", "outcome": "text", "reasons": "texts", "rows": "rows",
            "ways": "texts",
        },
        {"amount": "money", "pay_by": "date", "note": "text"},
    ),
    "LATE": Shape(
        "LX",
        {**_CASE, "decided_on": "date", "amount": "money", "rows": "rows", "words": "text"},
        {"note": "text"},
    ),
    "POLICY": Shape(
        "BD",
        {
            "policy": "text", "product": "text", "holder_id": "party", "insured_id": "party",
            "effective_on": "date", "sum_insured": "money", "premium": "money",
            "benefits": "items", "clauses": "clauses",
        },
        {
            "ends_on": "date", "formed_on": "date", "pay": "text", "extra_premium": "money",
            "beneficiaries": "shares", "special": "texts", "excluded": "clauses", "values": "values",
            "main": "text", "channel": "text", "office": "text", "agent": "text", "cooling_off": "text",
            "note": "text",
        },
    ),
}  # fmt: skip
"""
The facts of every kind of letter. Kinds of value: text; texts (a list of text); date, time (ISO); money
("1234.50"); count; party (an id: the name is asked from people when the letter is made);
clauses [{number, text}]; rows [{label, text}]; items [{title, note}]; lines [{label, amount, explanation}];
invoices [{number, issued_on, total}]; shares [{party_id, share}]; values [{year, on, value}].
"""

ROWS: Mapping[str, Mapping[str, str]] = {
    "clauses": {"number": "text", "text": "text"},
    "items": {"title": "text", "note": "words"},
    "rows": {"label": "text", "text": "text"},
    "lines": {"label": "text", "amount": "money", "explanation": "words"},
    "invoices": {"number": "text", "issued_on": "date", "total": "money"},
    "shares": {"party_id": "party", "share": "text"},
    "values": {"year": "text", "on": "date", "value": "money"},
}
TEXT_MAX = 4000
ROWS_MAX = 2000


def check_facts(kind: str, facts: Mapping[str, Any]) -> None:
    """
    Whether ``facts`` are what a letter of this kind is made from.

    :raises BadFacts: naming what is missing, surplus or of the wrong kind.
    """
    shape = SHAPES.get(kind)
    if shape is None:
        raise BadFacts(f"no such kind of letter: {kind}")
    known = {**shape.needed, **shape.optional}
    missing, surplus = shape.needed.keys() - facts.keys(), facts.keys() - known.keys()
    if missing or surplus:
        raise BadFacts(f"{kind}: missing {sorted(missing)}, surplus {sorted(surplus)}")
    for name, value in facts.items():
        _check(f"{kind}.{name}", known[name], value)


def _check(name: str, kind: str, value: Any) -> None:
    if kind in ROWS or kind == "texts":
        if not isinstance(value, list | tuple) or not value or len(value) > ROWS_MAX:
            raise BadFacts(f"{name} must be a list of 1 to {ROWS_MAX}")
        for number, row in enumerate(value):
            if kind == "texts":
                _check(f"{name}[{number}]", "text", row)
                continue
            if not isinstance(row, Mapping) or row.keys() != ROWS[kind].keys():
                raise BadFacts(f"{name}[{number}] must have exactly {sorted(ROWS[kind])}")
            for part, of_kind in ROWS[kind].items():
                _check(f"{name}[{number}].{part}", of_kind, row[part])
        return
    if kind in {"party", "count"}:
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise BadFacts(f"{name} must be a whole number above zero")
        return
    if (
        not isinstance(value, str)
        or len(value) > TEXT_MAX
        or (kind != "words" and not value.strip())
    ):
        raise BadFacts(f"{name} must be a text of at most {TEXT_MAX} characters")
    try:
        if kind == "money":
            yuan(value)
        elif kind == "date":
            date.fromisoformat(value)
        elif kind == "time" and datetime.fromisoformat(value).tzinfo is None:
            raise ValueError
    except ValueError:
        raise BadFacts(f"{name} is not of kind {kind}: {value!r}") from None


def code_from(random: bytes) -> str:
    """A code of 80 random bits in 16 signs. ``random`` holds at least 10 bytes."""
    number = int.from_bytes(random[:10], "big")
    return "".join(CODE_ALPHABET[number >> 5 * place & 31] for place in range(CODE_LENGTH))


def tidy_code(text: str) -> str:
    """A code as somebody typed it, without spaces and dashes, in capitals; "" if it cannot be one."""
    code = "".join(text.split()).replace("-", "").upper()
    return code if len(code) == CODE_LENGTH and not set(code) - set(CODE_ALPHABET) else ""


def grouped(code: str) -> str:
    """A code as it is printed: four groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, CODE_LENGTH, 4))


def without_rare(text: str, has_glyph: Any) -> tuple[str, list[str]]:
    """
    A text whose characters the font all has, and what had to be left out.

    Each character ``has_glyph`` denies becomes the geta mark; its name (U+2CB5E) is returned in
    order, so that the letter can say underneath what stood there.
    """
    named: list[str] = []
    made = []
    for char in text:
        if char in "\n\t" or has_glyph(char):
            made.append(char)
        elif not char.isprintable():
            continue
        else:
            made.append(MISSING_GLYPH)
            named.append(f"U+{ord(char):04X}")
    return "".join(made), named
