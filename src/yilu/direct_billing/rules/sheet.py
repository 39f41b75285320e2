"""A batch of visits row by row: what each column means, and what is wrong with a row. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from yilu.kernel.money import ZERO, yuan
from yilu.kernel.words import marked as _

COLUMNS: dict[str, tuple[str, ...]] = {
    "number": ("就诊编号", "就诊号", "订单号", "number"),
    "name": ("姓名", "患者姓名", "name"),
    "identity_number": ("证件号码", "身份证号", "identity_number"),
    "policy_number": ("保单号", "policy_number"),
    "kind": ("类别", "就诊类别", "kind"),
    "on": ("就诊日期", "入院日期", "on"),
    "discharged_on": ("出院日期", "discharged_on"),
    "department": ("科室", "department"),
    "code": ("发票代码", "code"),
    "invoice": ("发票号码", "invoice"),
    "check_code": ("校验码", "check_code"),
    "issued_on": ("开票日期", "issued_on"),
    "total": ("费用合计", "金额合计", "total"),
    "fund_paid": ("统筹支付", "医保统筹支付", "fund_paid"),
    "other_paid": ("其他支付", "other_paid"),
    "lines": ("费用明细", "lines"),
}
"""Our name of a column, and what hospitals call it; the first is what our own template says."""
REQUIRED = (
    "number", "name", "identity_number", "policy_number", "kind", "on", "invoice", "issued_on",
    "total", "lines",
)  # fmt: skip
KINDS = {
    "住院": "INPATIENT", "INPATIENT": "INPATIENT", "门诊": "OUTPATIENT", "OUTPATIENT": "OUTPATIENT",
    "购药": "PHARMACY", "PHARMACY": "PHARMACY",
}  # fmt: skip
ROWS_MAX = 100_000
LINES_MAX = 500


class BadRow(Exception):
    """A row that is no visit: in which column, and why."""

    def __init__(self, column: str, problem: str) -> None:
        self.place = COLUMNS[column][0]
        self.problem = problem
        super().__init__(problem)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a file as it was read: a visit, or what is wrong with it."""

    line: int
    number: str
    content: dict[str, Any] | None
    place: str = ""
    problem: str = ""


def find_columns(head: Sequence[str]) -> dict[str, int] | None:
    """Where each column is; None where a required one is missing."""
    bare = ["".join(cell.split()) for cell in head]
    found = {
        ours: bare.index(name) for ours, names in COLUMNS.items() for name in names if name in bare
    }
    return found if all(name in found for name in REQUIRED) else None


def missing_columns(head: Sequence[str]) -> list[str]:
    """The required columns a heading lacks, as our template calls them."""
    bare = {"".join(cell.split()) for cell in head}
    return [COLUMNS[name][0] for name in REQUIRED if not bare.intersection(COLUMNS[name])]


def read_rows(
    told: Sequence[tuple[int, Mapping[str, Any]]], today: date, *, payee: str = ""
) -> list[Row]:
    """Every line of a file, with what is wrong; a number twice counts once, the first time."""
    rows, seen = [], dict[str, int]()
    for line, given in told:
        number = str(given.get("number") or "").strip()
        try:
            content = read_visit(given, today)
            content["invoice"]["payee_name"] = payee
            if number in seen:
                raise BadRow("number", _("与本文件中前面一行的就诊编号相同，不重复结算"))
            seen[number] = line
            rows.append(Row(line, number[:40], content))
        except BadRow as bad:
            rows.append(Row(line, number[:40], None, bad.place, bad.problem))
    return rows


def read_visit(given: Mapping[str, Any], today: date) -> dict[str, Any]:
    """A row as a visit with its invoice. :raises BadRow: naming the column."""
    told = {name: _text(given.get(name)) for name in COLUMNS if name != "lines"}
    for name in REQUIRED:
        if not given.get(name):
            raise BadRow(name, _("没有填写"))
    if len(told["number"]) > 40 or not told["number"].isprintable():
        raise BadRow("number", _("就诊编号不超过40个字符"))
    kind = KINDS.get(told["kind"].upper())
    if kind is None:
        raise BadRow("kind", _("类别应为住院、门诊或购药"))
    on, issued_on = _day(told, "on"), _day(told, "issued_on")
    out = _day(told, "discharged_on") if told["discharged_on"] else None
    if on > today or issued_on > today:
        raise BadRow("on" if on > today else "issued_on", _("日期晚于今天"))
    if kind == "INPATIENT" and (out is None or out < on):
        raise BadRow("discharged_on", _("住院须填写出院日期，且不早于入院日期"))
    total = _amount(told, "total")
    lines = _lines(given.get("lines"))
    if sum((yuan(line["amount"]) for line in lines), ZERO) != total:
        raise BadRow("lines", _("明细之和与费用合计不一致"))
    fund, other = _amount(told, "fund_paid"), _amount(told, "other_paid")
    if total <= ZERO or fund + other > total:
        raise BadRow("total", _("费用合计应大于零，且不少于医保与其他支付之和"))
    invoice = {
        "kind": "FISCAL_INPATIENT" if kind == "INPATIENT" else "FISCAL_OUTPATIENT",
        "code": told["code"], "number": told["invoice"], "check_code": told["check_code"],
        "issued_on": issued_on.isoformat(), "payer_name": told["name"], "payee_name": "",
        "total": str(total), "fund_paid": str(fund), "other_paid": str(other),
        "visit_kind": "INPATIENT" if kind == "INPATIENT" else "OUTPATIENT",
        "department": told["department"], "lines": lines,
    }  # fmt: skip
    if kind == "INPATIENT" and out is not None:
        invoice |= {"admitted_on": on.isoformat(), "discharged_on": out.isoformat()}
    else:
        invoice |= {"visited_on": on.isoformat()}
    return {
        "number": told["number"], "name": told["name"], "identity_number": told["identity_number"],
        "policy_number": told["policy_number"], "kind": kind, "on": on.isoformat(), "invoice": invoice,
    }  # fmt: skip


def _text(value: Any) -> str:
    return "" if value is None else str(value).replace("\x00", "").strip()[:200]


def _day(told: Mapping[str, str], name: str) -> date:
    try:
        return date.fromisoformat(told[name].replace("/", "-").replace(".", "-")[:10])
    except ValueError:
        raise BadRow(name, _("日期应写成 2026-03-01")) from None


def _amount(told: Mapping[str, str], name: str) -> Any:
    try:
        amount = yuan(told[name].replace(",", "") or "0")
    except ValueError:
        raise BadRow(name, _("金额应为最多两位小数的数字")) from None
    if amount < ZERO:
        raise BadRow(name, _("金额不能为负数"))
    return amount


def _lines(given: Any) -> list[dict[str, str]]:
    """Items as a list (JSON), or as text: ``名称:类别:金额；名称:类别:金额``."""
    if isinstance(given, str):
        parts = [p for p in given.replace("；", ";").replace("：", ":").split(";") if p.strip()]
        told: list[Any] = [
            dict(zip(("name", "category", "amount"), p.split(":"), strict=False)) for p in parts
        ]
    else:
        told = given if isinstance(given, list) else []
    if not 0 < len(told) <= LINES_MAX:
        raise BadRow("lines", _("费用明细应写成 名称:类别:金额，多项用分号隔开"))
    lines = []
    for each in told:
        try:
            amount = yuan(str(each["amount"]).strip())
            name = str(each["name"]).strip()[:100]
        except (KeyError, ValueError, TypeError, AttributeError):
            raise BadRow("lines", _("费用明细应写成 名称:类别:金额，多项用分号隔开")) from None
        if not name or amount < ZERO:
            raise BadRow("lines", _("费用明细缺少名称，或金额为负数"))
        lines.append(
            {
                "name": name,
                "category": str(each.get("category") or "").strip(),
                "amount": str(amount),
            }
        )
    return lines
