"""The one statement that writes an invoice, and what happens when it is already there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson

from yilu.documents.models import Invoice, RegistryAnswer, Upload
from yilu.documents.recognition import catalogue
from yilu.documents.rules import invoices, settling
from yilu.documents.rules.found import Recognised
from yilu.kernel import tx
from yilu.kernel.days import day_of

FINAL = frozenset({"VALID", "NOT_FOUND", "MISMATCH", "REVERSED", "EXCHANGED"})
"""Answers of a registry that are not asked for again."""
FIRST_WAIT = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class ToVerify:
    """The five elements a registry asks for (五要素)."""

    upload_id: int
    kind: str
    code: str
    number: str
    check_code: str
    issued_on: date
    total: Decimal


@dataclass(frozen=True, slots=True)
class Answered:
    """What a registry said, and under which number."""

    status: str
    registry: str
    receipt: str = ""


COLUMNS = (
    "kind text, code text, number text, check_code text, issued_on date, payer_name text,"
    " payee_name text, payee_code text, total numeric, tax numeric, fund_paid numeric,"
    " account_paid numeric, own_paid numeric, self_paid numeric, self_cost numeric,"
    " other_paid numeric, classified_self_paid numeric, visit_kind text, admitted_on date,"
    " discharged_on date, visited_on date, hospital_days numeric, department text,"
    " insurance_type text, lines jsonb"
)
"""An invoice as a record of JSON: what comes from outside, in the order of the table."""
NAMES = ", ".join(column.split()[0] for column in COLUMNS.split(", "))

_WRITE = f"""
    insert into documents_invoice (upload_id, live, settled, {NAMES}, reversed, exchanged,
           registry_state, registry_due_at, registry_attempts)
    select %(upload_id)s::bigint, true, %(settled)s::boolean, {NAMES}, %(reversed)s::boolean,
           %(exchanged)s::boolean, %(registry)s::text, %(due_at)s::timestamptz, %(attempts)s::smallint
      from jsonb_to_record(%(invoice)s::jsonb) as row({COLUMNS})
        on conflict do nothing
    returning upload_id
"""


@tx.step
def write_invoice(
    *,
    upload_id: int,
    row: dict[str, Any],
    settled: bool,
    read: Recognised,
    answer: Answered | None = None,
    at: datetime,
) -> bool:
    """
    Write the invoice of an upload; False where another live one has its code and number.

    One that settles and was not answered for yet waits for the registry.
    """
    status = answer.status if answer else ""
    waiting = settled and can_be_verified(row) and status not in FINAL
    written = tx.rows(
        _WRITE,
        {
            "upload_id": upload_id,
            "settled": settled,
            "reversed": _says_yes(read.value("reversed")) or status == "REVERSED",
            "exchanged": _says_yes(read.value("exchanged")) or status == "EXCHANGED",
            "registry": "WAITING" if waiting else status if status in FINAL else "NOT_NEEDED",
            "due_at": at + FIRST_WAIT if waiting and answer else at if waiting else None,
            "attempts": 1 if answer else 0,
            "invoice": orjson.dumps(row, default=str).decode(),
        },
    )
    if written and answer:
        RegistryAnswer.objects.create(
            invoice_id=upload_id,
            status=answer.status,
            registry=answer.registry,
            receipt=answer.receipt[:80],
            asked_at=at,
        )
    return bool(written)


def can_be_verified(row: dict[str, Any]) -> bool:
    """Whether the five elements a registry asks for are there (五要素; 数电票 have no code)."""
    has_key = bool(row["number"]) and (bool(row["code"]) or row["kind"] == "VAT_DIGITAL")
    return (
        has_key and bool(row["issued_on"]) and row["total"] is not None and row["kind"] != "OTHER"
    )


def row_from(read: Recognised) -> dict[str, Any]:
    """What was read, as columns of an invoice."""
    row: dict[str, Any] = {
        name: read.value(name)[:length] for name, length in invoices.TEXT_FIELDS.items()
    }
    for name in (*invoices.MONEY_FIELDS, *invoices.DATE_FIELDS, "hospital_days"):
        row[name] = read.value(name) or None
    layout = catalogue.get(read.layout)
    kind = layout.invoice_kind if layout and layout.invoice_kind else "OTHER"
    if kind == "VAT_PAPER" and "电子" in read.text[:400]:
        kind = "VAT_ELECTRONIC"
    row["kind"] = kind
    row["visit_kind"] = {"FISCAL_INPATIENT": "INPATIENT", "FISCAL_OUTPATIENT": "OUTPATIENT"}.get(
        kind, ""
    )
    row["lines"] = [line.as_json() for line in read.lines]
    return row


def elements_to_verify(kind: str, read: Recognised) -> ToVerify | None:
    """
    What to ask the registry before a reading is recorded; None where it will not settle anyway.

    An invoice that a person has to look at first is asked about when the person has.
    """
    if kind != "INVOICE" or not settling.judge(kind, read).settled:
        return None
    row = row_from(read)
    if not can_be_verified(row):
        return None
    return ToVerify(
        0,
        row["kind"],
        row["code"],
        row["number"],
        row["check_code"],
        date.fromisoformat(row["issued_on"]),
        Decimal(row["total"]),
    )


def find_holder(code: str, number: str, *, apart_from: int = 0) -> Upload | None:
    """The live upload that holds an invoice, if any."""
    if not number:
        return None
    holder = (
        Invoice.objects.filter(live=True, code=code, number=number)
        .exclude(upload_id=apart_from)
        .select_related("upload")
        .first()
    )
    return holder.upload if holder else None


def _says_yes(text: str) -> bool:
    return text.strip().lower() in {"1", "true", "yes", "y", "是", "已冲红", "已换纸", "已换开"}


def is_future(day: date | None, at: datetime) -> bool:
    """Whether a day lies after the insurer's day at ``at``."""
    return day is not None and day > day_of(at)
