"""What an invoice is made of, whatever file it came in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from yilu.documents.rules.values import read_category
from yilu.kernel import money
from yilu.kernel.errors import Sentence


def _(text: str) -> str:
    """Mark a text for the message catalogue; doors translate it."""
    return text


LINES_MAX = 2_000
MONEY_FIELDS = (
    "total",
    "tax",
    "fund_paid",
    "account_paid",
    "own_paid",
    "self_paid",
    "self_cost",
    "other_paid",
    "classified_self_paid",
)
DATE_FIELDS = ("issued_on", "admitted_on", "discharged_on", "visited_on")
TEXT_FIELDS = {
    "code": 20,
    "number": 30,
    "check_code": 30,
    "payer_name": 120,
    "payee_name": 120,
    "payee_code": 20,
    "department": 60,
    "insurance_type": 40,
}
"""Text columns and how much they hold."""
CATEGORIES = {"A": _("甲类"), "B": _("乙类"), "C": _("丙类"), "OWN": _("自费"), "": _("未标注")}


@dataclass(frozen=True, slots=True)
class Line:
    """
    One item of a bill (发票明细).

    ``amount`` is what it cost; ``self_paid`` the part of it the insured list leaves to the person,
    where the bill says so. ``category`` is a code of ``CATEGORIES``.
    """

    name: str
    amount: Decimal
    category: str = ""
    spec: str = ""
    unit: str = ""
    quantity: str = ""
    price: str = ""
    self_paid: Decimal | None = None

    def as_json(self) -> dict[str, str]:
        """As it is kept: empty parts are left out, amounts are text."""
        made = {"name": self.name, "amount": str(self.amount)}
        for part in ("category", "spec", "unit", "quantity", "price"):
            if value := getattr(self, part):
                made[part] = value
        if self.self_paid is not None:
            made["self_paid"] = str(self.self_paid)
        return made

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Line:
        """Read what ``as_json`` wrote."""
        self_paid = kept.get("self_paid")
        return cls(
            kept["name"],
            Decimal(kept["amount"]),
            kept.get("category", ""),
            kept.get("spec", ""),
            kept.get("unit", ""),
            kept.get("quantity", ""),
            kept.get("price", ""),
            Decimal(self_paid) if self_paid is not None else None,
        )


def read_lines(given: Iterable[Mapping[str, Any]]) -> tuple[Line, ...]:
    """
    Check lines that came from outside as mappings.

    :raises ValueError: in Chinese, if a name is missing, an amount is no money, or there are too
        many lines.
    """
    lines = []
    for ordinal, row in enumerate(given, 1):
        if not isinstance(row, Mapping):
            raise ValueError(Sentence(_("第 {n} 项没有名称"), n=ordinal))
        name = str(row.get("name") or "").strip()
        if not name:
            raise ValueError(Sentence(_("第 {n} 项没有名称"), n=ordinal))
        if ordinal > LINES_MAX:
            raise ValueError(Sentence(_("明细超过 {n} 项"), n=LINES_MAX))
        try:
            amount = money.yuan(row["amount"])
            part = row.get("self_paid")
            self_paid = money.yuan(part) if part not in (None, "") else None
        except (KeyError, ValueError, TypeError):
            raise ValueError(
                Sentence(_("第 {n} 项的金额不正确，应为最多两位小数的数字"), n=ordinal)
            ) from None
        category = str(row.get("category") or "")
        lines.append(
            Line(
                name[:120],
                amount,
                category if category in CATEGORIES else read_category(category),
                str(row.get("spec") or "")[:80],
                str(row.get("unit") or "")[:20],
                str(row.get("quantity") or "")[:20],
                str(row.get("price") or "")[:20],
                self_paid,
            )
        )
    return tuple(lines)


def sum_of(lines: Iterable[Line]) -> Decimal:
    """What the lines cost together."""
    return sum((line.amount for line in lines), money.ZERO)
