"""
Invoices that are XML: 财政医疗电子票据 and 数电票, in the variants software makers write.

Names of leaves are compared without case and punctuation, wherever they stand in the tree, since
makers nest the same elements differently. A leaf says one thing; the first one counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from yilu.documents.recognition import xmltree
from yilu.documents.rules import values
from yilu.documents.rules.found import Found, Recognised
from yilu.documents.rules.invoices import LINES_MAX, Line, sum_of
from yilu.kernel import money

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

ENGINE = "xml"
ENGINE_VERSION = "1"

_AMOUNT, _DATE, _CODE, _TEXT, _DAYS = "amount", "date", "code", "text", "days"

_NAMES: dict[str, tuple[str, str]] = {
    # 财政电子票据: main part, as the Ministry of Finance's format names it
    "einvoicename": ("title", _TEXT),
    "einvoicecode": ("code", _CODE),
    "einvoicenumber": ("number", _CODE),
    "randomnumber": ("check_code", _TEXT),
    "totalamount": ("total", _AMOUNT),
    "issuedate": ("issued_on", _DATE),
    "invoicingpartyname": ("payee_name", _TEXT),
    "invoicingpartycode": ("payee_code", _CODE),
    "agencyname": ("payee_name", _TEXT),
    "agencycode": ("payee_code", _CODE),
    "payerpartyname": ("payer_name", _TEXT),
    "payerpartycode": ("payer_code", _CODE),
    "payername": ("payer_name", _TEXT),
    "payercode": ("payer_code", _CODE),
    # its medical extension
    "medicaltype": ("visit", _TEXT),
    "medicaldate": ("visited_on", _DATE),
    "medicalinsurancetype": ("insurance_type", _TEXT),
    "departmentname": ("department", _TEXT),
    "inhospitaldate": ("admitted_on", _DATE),
    "outhospitaldate": ("discharged_on", _DATE),
    "hospitalday": ("hospital_days", _DAYS),
    "hospitaldays": ("hospital_days", _DAYS),
    "fundpayamount": ("fund_paid", _AMOUNT),
    "fundpayment": ("fund_paid", _AMOUNT),
    "accountpayamount": ("account_paid", _AMOUNT),
    "ownpayamount": ("own_paid", _AMOUNT),
    "otherpayamount": ("other_paid", _AMOUNT),
    "attachedpayamount": ("attached_paid", _AMOUNT),
    "seriousillnesspayamount": ("illness_paid", _AMOUNT),
    "servantpayamount": ("servant_paid", _AMOUNT),
    "aidpayamount": ("aid_paid", _AMOUNT),
    "selfpaymentamount": ("self_paid", _AMOUNT),
    "payone": ("own_burden", _AMOUNT),
    "paytwo": ("classified_self_paid", _AMOUNT),
    "selfpaymentcost": ("self_cost", _AMOUNT),
    "classifypaymentamount": ("classified_self_paid", _AMOUNT),
    "reversal": ("reversed", _TEXT),
    "isreversal": ("reversed", _TEXT),
    "exchangepaper": ("exchanged", _TEXT),
    "isexchangepaper": ("exchanged", _TEXT),
    # 数电票
    "eiid": ("number", _CODE),
    "invoicenumber": ("number", _CODE),
    "invoicecode": ("code", _CODE),
    "issuetime": ("issued_on", _DATE),
    "requesttime": ("issued_on", _DATE),
    "sellername": ("payee_name", _TEXT),
    "selleridnum": ("payee_code", _CODE),
    "sellertaxno": ("payee_code", _CODE),
    "buyername": ("payer_name", _TEXT),
    "buyeridnum": ("buyer_code", _CODE),
    "totalamwithouttax": ("net", _AMOUNT),
    "totaltaxam": ("tax", _AMOUNT),
    "totaltaxincludedamount": ("total", _AMOUNT),
    "totaltaxincludedamountinchinese": ("capitals", _TEXT),
    # tags of OFD invoices
    "invoiceno": ("number", _CODE),
    "invoicecheckcode": ("check_code", _TEXT),
    "taxinclusivetotalamount": ("total", _AMOUNT),
    "taxexclusivetotalamount": ("net", _AMOUNT),
    "taxtotalamount": ("tax", _AMOUNT),
    "buyertaxid": ("buyer_code", _CODE),
    "sellertaxid": ("payee_code", _CODE),
}
"""Leaf name → field and type. Where a tree has several leaves of one field, the first stands."""

_LABELS: dict[str, str] = {
    "就诊日期": "medicaldate", "医保类型": "medicalinsurancetype", "科别": "departmentname",
    "科室": "departmentname", "住院科别": "departmentname", "住院日期": "inhospitaldate",
    "入院日期": "inhospitaldate", "出院日期": "outhospitaldate", "住院天数": "hospitaldays",
    "医保统筹基金支付": "fundpayamount", "个人账户支付": "accountpayamount",
    "个人现金支付": "ownpayamount", "其他支付": "otherpayamount", "个人自付": "selfpaymentamount",
    "附加基金支付": "attachedpayamount", "附加支付": "attachedpayamount", "大病支付": "seriousillnesspayamount",
    "大病保险支付": "seriousillnesspayamount", "大病保险基金支付": "seriousillnesspayamount",
    "公务员医疗补助支付": "servantpayamount", "公务员补助支付": "servantpayamount",
    "公务员医疗补助": "servantpayamount", "医疗救助支付": "aidpayamount", "医疗救助基金支付": "aidpayamount",
    "医疗救助": "aidpayamount", "自付一": "payone", "自付二": "paytwo",
    "个人自费": "selfpaymentcost", "分类自负": "classifypaymentamount", "医疗类别": "medicaltype",
    "票据代码": "einvoicecode", "票据号码": "einvoicenumber", "发票代码": "invoicecode",
    "发票号码": "invoicenumber", "校验码": "randomnumber", "开票日期": "issuedate",
    "价税合计": "taxinclusivetotalamount", "金额合计": "totalamount", "合计金额": "totalamwithouttax",
    "合计税额": "totaltaxam", "购买方名称": "buyername", "销售方名称": "sellername",
    "销售方纳税人识别号": "sellertaxid", "交款人": "payername", "收款单位": "invoicingpartyname",
    "票据名称": "einvoicename",
}  # fmt: skip
"""Extensions that are pairs of a Chinese name and a value."""

_ITEM = {
    "itemname": "name", "itemamount": "amount", "itemquantity": "quantity", "itemunit": "unit",
    "itemstd": "price", "itemremark": "remark", "specmod": "spec", "meaunits": "unit",
    "quantity": "quantity", "unprice": "price", "amount": "amount", "comtaxam": "tax",
    "totaltaxincludedamount": "gross", "itemspec": "spec", "itemcategory": "category",
    "itemattr": "category", "itemlevel": "category", "insurancelevel": "category",
}  # fmt: skip


def read(content: bytes, source: str = "XML") -> Recognised | None:
    """
    The invoice in an XML document, or None if it is no invoice we know.

    :raises xmltree.Unsafe, xmltree.Malformed: as ``xmltree.parse``.
    """
    root = xmltree.parse(content)
    leaves = from_names(_pairs(root))
    if not leaves.get("number") or not (leaves.get("total") or leaves.get("net")):
        return None
    found = {
        name: Found(name, value, source)
        for name, value in leaves.items()
        if value and name != "visit"
    }
    digital = _is_digital(root)
    lines = _digital_lines(root) if digital else _fiscal_lines(root, leaves.get("total", ""))
    if digital:
        layout = "vat_digital"
    else:
        layout = "fiscal_inpatient" if is_inpatient(leaves) else "fiscal_outpatient"
    return Recognised(
        source=source,
        engine=ENGINE,
        engine_version=ENGINE_VERSION,
        layout=layout,
        values=found,
        lines=lines,
        text="\n".join(text for _, text in xmltree.leaves(root)),
        signed=any(e.tag in {"Signature", "SignatureValue"} for e in root.iter()),
    )


def from_names(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """
    Field and normalised value of every name we know, English leaf or Chinese label.

    Where a field has several names, the first value stands.
    """
    seen: dict[str, str] = {}
    for label, text in pairs:
        known = _NAMES.get(_LABELS.get(label.strip("：: ")) or _key(label))
        if known is None or known[0] in seen:
            continue
        if value := _normalised(text, known[1]):
            seen[known[0]] = value
    return seen


def _pairs(root: Element) -> Iterable[tuple[str, str]]:
    for path, text in xmltree.leaves(root):
        if not path or "Item" in path or any(_key(p) in _CONTAINERS for p in path[:-1]):
            continue
        leaf = _key(path[-1])
        parent = _key(path[-2]) if len(path) > 1 else ""
        if leaf in {"name", "code"} and parent in {"invoicingparty", "payerparty"}:
            yield parent + leaf, text
        else:
            yield leaf, text
    # Pairs: <Ext><Name>医保统筹基金支付</Name><Value>120.00</Value></Ext>
    for element in root.iter():
        parts = {_key(str(child.tag)): (child.text or "").strip() for child in element}
        label = parts.get("name") or parts.get("key") or parts.get("code") or ""
        if label and "value" in parts:
            yield label, parts["value"]


_CONTAINERS = {
    "issuiteminformation",
    "details",
    "auxdetails",
    "items",
    "auxitems",
    "specificinformation",
}


def _normalised(text: str, kind: str) -> str:
    if kind == _AMOUNT:
        amount = values.read_amount(text) if "." in text or text.isdigit() or "," in text else None
        if amount is None:
            try:
                amount = money.yuan(Decimal(text).quantize(Decimal("0.01"))) if _few(text) else None
            except (ValueError, ArithmeticError):
                amount = None
        return "" if amount is None else str(amount)
    if kind == _DATE:
        day = values.read_date(
            text[:10] if "-" in text or "/" in text or "年" in text else text[:8]
        )
        return day.isoformat() if day else ""
    if kind == _CODE:
        return values.read_code(text)
    if kind == _DAYS:
        return text if re.fullmatch(r"\d{1,4}(\.\d)?0?", text) else ""
    return values.tidy(text)[:200]


def _few(text: str) -> bool:
    """A plain number with nothing but zeros after the second decimal: 120, -3.1, 120.5000."""
    return bool(re.fullmatch(r"-?\d{1,12}(\.\d{0,2}0*)?", text.strip()))


def _is_digital(root: Element) -> bool:
    tags = {_key(str(element.tag)) for element in root.iter()}
    return bool(tags & {"issuiteminformation", "taxsupervisioninfo", "sellerinformation"})


def is_inpatient(leaves: dict[str, str]) -> bool:
    """Whether a medical bill is for a stay in hospital, by its name, its type or its dates."""
    visit = leaves.get("visit", "")
    if visit in {"2", "住院"} or "住院" in leaves.get("title", "") + visit:
        return True
    return "门诊" not in leaves.get("title", "") + visit and bool(leaves.get("discharged_on"))


def _digital_lines(root: Element) -> tuple[Line, ...]:
    lines = []
    for element in _elements(root, "issuiteminformation"):
        item = _item(element)
        amount = item.get("gross") or ""
        if not amount and item.get("amount"):
            parts = [values.read_amount(item[p]) for p in ("amount", "tax") if item.get(p)]
            amount = str(sum((p for p in parts if p is not None), money.ZERO))
        if line := _line(item, amount):
            lines.append(line)
    return tuple(lines[:LINES_MAX])


def _fiscal_lines(root: Element, total: str) -> tuple[Line, ...]:
    """The detailed list where it adds up to the total (it carries the 医保 category), else the items."""
    coarse: list[Line] = []
    fine: list[Line] = []
    for element in root.iter():
        names = {_key(str(child.tag)) for child in element} | {_key(n) for n in element.attrib}
        if "auxitemname" in names:
            item = {k.removeprefix("aux"): v for k, v in _leaves(element).items()}
            target = fine
        elif "itemname" in names:
            item, target = _leaves(element), coarse
        else:
            continue
        named = {_ITEM[k]: v for k, v in item.items() if k in _ITEM}
        if line := _line(named, named.get("amount", "")):
            target.append(line)
    whole = values.read_amount(total) if total else None
    if fine and (not coarse or sum_of(fine) in (whole, sum_of(coarse))):
        return tuple(fine[:LINES_MAX])
    return tuple(coarse[:LINES_MAX])


def _line(item: dict[str, str], amount: str) -> Line | None:
    read = _normalised(amount, _AMOUNT) if amount else ""
    name = values.tidy(item.get("name", ""))
    if not name or not read:
        return None
    category = values.read_category(item.get("category", "")) or values.read_category(
        item.get("remark", "")
    )
    return Line(
        re.sub(r"^\*[^*]+\*", "", name)[:120],
        Decimal(read),
        category,
        values.tidy(item.get("spec", ""))[:80],
        values.tidy(item.get("unit", ""))[:20],
        item.get("quantity", "")[:20],
        item.get("price", "")[:20],
    )


def _item(element: Element) -> dict[str, str]:
    return {_ITEM[k]: v for k, v in _leaves(element).items() if k in _ITEM}


def _leaves(element: Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for path, text in xmltree.leaves(element):
        if path:
            found.setdefault(_key(path[-1]), text)
    return found


def _elements(root: Element, key: str) -> list[Element]:
    """The innermost elements of a name: makers wrap a list in an element called like its items."""
    named = [e for e in root.iter() if _key(str(e.tag)) == key]
    return [e for e in named if not any(_key(str(c.tag)) == key for c in e)]


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
