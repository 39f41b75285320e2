"""Labour and parts: a price list as it comes, and an estimate held against the book. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from yilu.kernel.errors import Sentence
from yilu.kernel.words import marked as _

KINDS = {"LABOUR": _("工时"), "PART": _("配件")}
COLUMNS = {
    "code": ("编码", "代码", "项目编码", "code"), "name": ("名称", "项目", "项目名称", "name"),
    "kind": ("类别", "类型", "kind"), "unit": ("单位", "unit"),
    "price": ("单价", "价格", "金额", "price"),
}  # fmt: skip
LINES_MAX = 20_000
PRICE_MAX = Decimal("999999.99")
TOLERANCE = Decimal("0.00")

FINDINGS = {
    "OK": _("在价目之内"), "OVER": _("高于价目"), "UNKNOWN": _("价目里没有这一项"),
    "DOUBLED": _("同一项目重复计费"), "BAD": _("数量或单价有误"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One price of a book, or why the line cannot be one."""

    line: int
    code: str
    name: str
    kind: str
    unit: str
    price: Decimal
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Estimated:
    """One line of a repair estimate (定损单)."""

    code: str
    quantity: Decimal
    price: Decimal


@dataclass(frozen=True, slots=True)
class Finding:
    """What the book says about a line of an estimate, and how much it is above."""

    line: int
    code: str
    name: str
    found: str
    asked: Decimal
    allowed: Decimal
    reason: str

    @property
    def over(self) -> Decimal:
        """How much the line is above what the book allows."""
        return max(Decimal("0.00"), self.asked - self.allowed)


def find_columns(row: Sequence[str]) -> dict[str, int] | None:
    """Which column holds what; None unless code, name and price are there."""
    found: dict[str, int] = {}
    for place, cell in enumerate(row):
        title = re.sub(r"\s", "", unicodedata.normalize("NFKC", cell)).casefold()
        for name, titles in COLUMNS.items():
            if name not in found and title in titles:
                found[name] = place
    return found if {"code", "name", "price"} <= set(found) else None


def read_prices(
    rows: Sequence[Sequence[str]], columns: Mapping[str, int], first: int
) -> list[PriceLine]:
    """Every line of a list; a wrong one carries its sentence, and none of the list counts then."""
    seen: dict[str, int] = {}
    lines = []
    for line, row in enumerate(rows, first):
        cells = {n: row[p].strip() if p < len(row) else "" for n, p in columns.items()}
        if not any(cells.values()):
            continue
        kind = "LABOUR" if cells.get("kind", "") in ("工时", "LABOUR", "人工") else "PART"
        price, problem = read_price(cells["price"])
        if not problem and not cells["code"]:
            problem = _("没有编码")
        if not problem and not cells["name"]:
            problem = _("没有名称")
        if not problem and cells["code"] in seen:
            problem = Sentence(_("编码与第 {line} 行重复"), line=seen[cells["code"]])
        seen.setdefault(cells["code"], line)
        lines.append(
            PriceLine(
                line, cells["code"][:40], cells["name"][:80], kind, cells.get("unit", "")[:12],
                price, problem,
            )
        )  # fmt: skip
    return lines


def read_price(text: str) -> tuple[Decimal, str]:
    """A price, and what is wrong with it: negative prices are refused."""
    tidy = text.replace(",", "").replace("，", "").replace("¥", "").replace("元", "").strip()
    if not tidy:
        return Decimal(0), _("没有单价")
    try:
        price = Decimal(tidy)
    except InvalidOperation:
        return Decimal(0), _("单价不是数字")
    if not price.is_finite():
        return Decimal(0), _("单价不是数字")
    if price < 0:
        return Decimal(0), _("单价不能为负数")
    if price > PRICE_MAX:
        return Decimal(0), _("单价过大，请核对")
    if price != price.quantize(Decimal("0.01")):
        return Decimal(0), _("单价最多两位小数")
    return price.quantize(Decimal("0.01")), ""


def check_estimate(lines: Sequence[Estimated], book: Mapping[str, PriceLine]) -> list[Finding]:
    """Hold an estimate against the book, line by line, with the reason in words."""
    seen: set[str] = set()
    found = []
    for n, each in enumerate(lines, 1):
        asked = (each.quantity * each.price).quantize(Decimal("0.01"))
        known = book.get(each.code)
        if each.quantity <= 0 or each.price < 0:
            found.append(
                Finding(n, each.code, "", "BAD", Decimal("0.00"), Decimal("0.00"), FINDINGS["BAD"])
            )
            continue
        if known is None:
            found.append(
                Finding(n, each.code, "", "UNKNOWN", asked, Decimal("0.00"), FINDINGS["UNKNOWN"])
            )
            continue
        allowed = (each.quantity * known.price).quantize(Decimal("0.01"))
        if each.code in seen:
            found.append(
                Finding(
                    n, each.code, known.name, "DOUBLED", asked, Decimal("0.00"), FINDINGS["DOUBLED"]
                )
            )
        elif each.price > known.price + TOLERANCE:
            reason = Sentence(
                _("单价 {asked} 元，价目 {book} 元，高出 {over} 元"), asked=str(each.price),
                book=str(known.price), over=str(each.price - known.price),
            )  # fmt: skip
            found.append(Finding(n, each.code, known.name, "OVER", asked, allowed, reason))
        else:
            found.append(Finding(n, each.code, known.name, "OK", asked, asked, FINDINGS["OK"]))
        seen.add(each.code)
    return found
