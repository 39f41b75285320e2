"""What stands on an invented bill: lines, sums, numbers, the same for the same seed."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from yilu.kernel import identity, money

HOSPITALS = ("海州市第一人民医院（样张）", "云岭县中医医院（样张）", "南屿市妇幼保健院（样张）")
ITEMS = (
    ("西药费", "A", 18, 420),
    ("检查费", "B", 60, 380),
    ("化验费", "A", 25, 260),
    ("治疗费", "A", 15, 240),
    ("卫生材料费", "B", 10, 180),
    ("中成药费", "OWN", 20, 160),
    ("诊察费", "A", 10, 40),
)
WARD_ITEMS = (
    ("床位费", "A", 160, 900),
    ("护理费", "A", 80, 500),
    ("西药费", "A", 600, 5200),
    ("检查费", "B", 400, 2600),
    ("化验费", "A", 300, 1900),
    ("手术费", "B", 900, 6800),
    ("卫生材料费", "OWN", 120, 1500),
)
MARKS = {"A": "甲类", "B": "乙类", "OWN": "自费"}


@dataclass(frozen=True)
class Line:
    """An item of an invented bill."""

    name: str
    amount: Decimal
    category: str
    quantity: str = "1"
    unit: str = "次"


@dataclass(frozen=True)
class Bill:
    """An invented invoice: consistent to the cent."""

    kind: str  # FISCAL_OUTPATIENT, FISCAL_INPATIENT or VAT_DIGITAL
    code: str
    number: str
    check_code: str
    issued_on: date
    payer_name: str
    payee_name: str
    payee_code: str
    lines: tuple[Line, ...]
    fund_paid: Decimal = money.ZERO
    account_paid: Decimal = money.ZERO
    visited_on: date | None = None
    admitted_on: date | None = None
    discharged_on: date | None = None
    department: str = "内科"
    insurance_type: str = "职工基本医疗保险"

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), money.ZERO)

    @property
    def own_paid(self) -> Decimal:
        return self.total - self.fund_paid - self.account_paid

    @property
    def self_cost(self) -> Decimal:
        """What is outside the insured list, as far as the person paid it in cash."""
        outside = sum((n.amount for n in self.lines if n.category == "OWN"), money.ZERO)
        return min(outside, self.own_paid)

    @property
    def self_paid(self) -> Decimal:
        return self.own_paid - self.self_cost

    @property
    def title(self) -> str:
        return {
            "FISCAL_OUTPATIENT": "海州省医疗门诊收费票据（电子）",
            "FISCAL_INPATIENT": "海州省医疗住院收费票据（电子）",
            "VAT_DIGITAL": "电子发票（普通发票）",
        }[self.kind]

    @property
    def days(self) -> int:
        if self.admitted_on is None or self.discharged_on is None:
            return 0
        return (self.discharged_on - self.admitted_on).days

    def as_feed(self) -> dict[str, Any]:
        """As a hospital's system sends it (``documents.operations.accept_invoice_feed``)."""
        return {
            "kind": self.kind,
            "code": self.code,
            "number": self.number,
            "check_code": self.check_code,
            "issued_on": self.issued_on.isoformat(),
            "payer_name": self.payer_name,
            "payee_name": self.payee_name,
            "payee_code": self.payee_code,
            "total": str(self.total),
            "fund_paid": str(self.fund_paid),
            "account_paid": str(self.account_paid),
            "own_paid": str(self.own_paid),
            "self_paid": str(self.self_paid),
            "self_cost": str(self.self_cost),
            "other_paid": "0.00",
            "visit_kind": "INPATIENT" if self.kind == "FISCAL_INPATIENT" else "OUTPATIENT",
            "visited_on": self.visited_on.isoformat() if self.visited_on else None,
            "admitted_on": self.admitted_on.isoformat() if self.admitted_on else None,
            "discharged_on": self.discharged_on.isoformat() if self.discharged_on else None,
            "hospital_days": str(self.days) if self.days else None,
            "department": self.department,
            "insurance_type": self.insurance_type,
            "lines": [
                {"name": n.name, "category": n.category, "amount": str(n.amount)}
                for n in self.lines
            ],
        }


def make_bill(
    payer_name: str,
    seed: int,
    *,
    kind: str = "FISCAL_OUTPATIENT",
    issued_on: date,
    hospital: str = "",
    insured: bool = True,
    largest: Decimal | None = None,
) -> Bill:
    """
    An invented bill for somebody; ``largest`` keeps the total at or below an amount.

    Its number never ends in 93 to 98, by which the sandbox registry plays its tricks.
    """
    dice = random.Random(f"yilu paper {seed} {kind}")
    ward = kind == "FISCAL_INPATIENT"
    chosen = dice.sample(WARD_ITEMS if ward else ITEMS, k=5 if ward else dice.randint(3, 5))
    lines = tuple(
        Line(name, money.round_yuan(Decimal(dice.randint(low * 100, high * 100)) / 100), category)
        for name, category, low, high in chosen
    )
    if largest is not None and (total := sum(n.amount for n in lines)) > largest:
        share = largest / total
        lines = tuple(
            replace(n, amount=max((n.amount * share).quantize(money.CENT) - money.CENT, money.CENT))
            for n in lines
        )
    listed = sum((n.amount for n in lines if n.category != "OWN"), money.ZERO)
    digital = kind == "VAT_DIGITAL"
    fund = money.round_yuan(listed * Decimal("0.6")) if insured and not digital else money.ZERO
    account = money.round_yuan(listed * Decimal("0.1")) if insured and not digital else money.ZERO
    days = dice.randint(3, 12)
    serial = dice.randint(10**6, 10**7 - 1)
    number = f"{serial}{dice.randint(0, 8)}{dice.randint(0, 9)}"
    return Bill(
        kind=kind,
        code="" if digital else f"{dice.choice(('330601', '440601', '510602'))}{issued_on:%y}",
        number=f"{issued_on:%y}33{dice.randint(10**5, 10**6 - 1)}0{number}"
        if digital
        else f"0{number}",
        check_code="" if digital else "".join(dice.choices("0123456789abcdef", k=6)),
        issued_on=issued_on,
        payer_name=payer_name,
        payee_name=hospital or dice.choice(HOSPITALS),
        payee_code=_credit_code(dice),
        lines=lines,
        fund_paid=fund,
        account_paid=account,
        visited_on=None if ward else issued_on,
        admitted_on=issued_on - timedelta(days=days) if ward else None,
        discharged_on=issued_on if ward else None,
        department=dice.choice(("内科", "外科", "骨科", "儿科")),
        insurance_type="职工基本医疗保险" if insured else "自费",
    )


def _credit_code(dice: random.Random) -> str:
    body = f"12330100{dice.randint(10**8, 10**9 - 1)}"
    return body + identity.credit_check_character(body)


def qr_text(bill: Bill) -> str:
    """
    What the QR code says: for 数电票 the published comma layout; for fiscal bills an address with the
    five elements (their real layout is not published).
    """
    if bill.kind == "VAT_DIGITAL":
        return f"01,32,,{bill.number},{bill.total},{bill.issued_on:%Y%m%d},,A1B2"
    return (
        f"https://check.example/?code={bill.code}&number={bill.number}&check={bill.check_code}"
        f"&date={bill.issued_on:%Y%m%d}&amount={bill.total}"
    )
