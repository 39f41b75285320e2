"""
Invoices and certificates of our own making, for the demo, the tests and the newcomer.

Everybody and everything on them is invented and they say so (样张). The shapes are the published
ones: 财政医疗电子票据 and 数电票 as XML, OFD and PDF, photos of them, diagnosis certificates and
discharge summaries, an identity card and a bank card. What is made from the same seed is the same.

``python -m demo.papers build/papers`` writes one of each.
"""

from __future__ import annotations

import functools
import io
import json
import random
import sys
import zipfile
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from yilu.kernel import identity, money

if TYPE_CHECKING:
    from PIL.Image import Image

ROOT = Path(__file__).resolve().parents[1]
FORMS = Path(__file__).with_name("paper_forms")
FONTS = ROOT / "build" / "fonts"
FONT = FONTS / "NotoSansSC-Regular.ttf"

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
DIAGNOSES = ("急性支气管炎", "急性阑尾炎", "右侧桡骨远端骨折", "腰椎间盘突出症", "急性胃肠炎")


class NoFont(RuntimeError):
    """``build/fonts`` is not there: ``make setup`` puts it."""


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


# -- XML ------------------------------------------------------------------------------------------


def fiscal_xml(bill: Bill) -> bytes:
    """财政医疗电子票据 as the Ministry of Finance's format names its parts."""
    inpatient = bill.kind == "FISCAL_INPATIENT"
    items = "".join(
        f"<Item><ItemCode>{n:04}</ItemCode><ItemName>{escape(x.name)}</ItemName>"
        f"<ItemQuantity>{x.quantity}</ItemQuantity><ItemUnit>{x.unit}</ItemUnit>"
        f"<ItemStd>{x.amount}</ItemStd><ItemAmount>{x.amount}</ItemAmount></Item>"
        for n, x in enumerate(bill.lines, 1)
    )
    aux = "".join(
        f"<AuxItem><AuxItemRelatedCode>{n:04}</AuxItemRelatedCode>"
        f"<AuxItemName>{escape(x.name)}</AuxItemName><AuxItemQuantity>{x.quantity}</AuxItemQuantity>"
        f"<AuxItemUnit>{x.unit}</AuxItemUnit><AuxItemStd>{x.amount}</AuxItemStd>"
        f"<AuxItemAmount>{x.amount}</AuxItemAmount>"
        f"<AuxItemRemark>{MARKS[x.category]}</AuxItemRemark></AuxItem>"
        for n, x in enumerate(bill.lines, 1)
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<EInvoice><Header><EInvoiceID>{bill.code}-{bill.number}</EInvoiceID><EInvoiceTag>CZ-EI-33</EInvoiceTag>
<Version>1.1.0</Version></Header><EInvoiceData><Main>
<EInvoiceName>{bill.title}</EInvoiceName><EInvoiceCode>{bill.code}</EInvoiceCode>
<EInvoiceNumber>{bill.number}</EInvoiceNumber><RandomNumber>{bill.check_code}</RandomNumber>
<TotalAmount>{bill.total}</TotalAmount><IssueDate>{bill.issued_on:%Y%m%d}</IssueDate>
<IssueTime>10:24:31</IssueTime>
<InvoicingParty><Code>{bill.payee_code}</Code><Name>{escape(bill.payee_name)}</Name></InvoicingParty>
<PayerParty><Type>1</Type><Code></Code><Name>{escape(bill.payer_name)}</Name></PayerParty>
<HandlingPerson>演示</HandlingPerson><Checker>演示</Checker><Remark>样张，仅供演示</Remark>
<MainExt><MedicalType>{"住院" if inpatient else "门诊"}</MedicalType>
<MedicalDate>{_iso(bill.visited_on)}</MedicalDate>
<MedicalInsuranceType>{bill.insurance_type}</MedicalInsuranceType>
<DepartmentName>{bill.department}</DepartmentName>
<InHospitalDate>{_iso(bill.admitted_on)}</InHospitalDate>
<OutHospitalDate>{_iso(bill.discharged_on)}</OutHospitalDate><HospitalDay>{bill.days or ""}</HospitalDay>
<FundPayAmount>{bill.fund_paid}</FundPayAmount><AccountPayAmount>{bill.account_paid}</AccountPayAmount>
<OwnPayAmount>{bill.own_paid}</OwnPayAmount><OtherPayAmount>0.00</OtherPayAmount>
<SelfpaymentAmount>{bill.self_paid}</SelfpaymentAmount><SelfpaymentCost>{bill.self_cost}</SelfpaymentCost>
<Reversal>0</Reversal><ExchangePaper>0</ExchangePaper></MainExt></Main>
<Details>{items}</Details><AuxDetails>{aux}</AuxDetails></EInvoiceData></EInvoice>
""".encode()


def digital_xml(bill: Bill) -> bytes:
    """数电票 as the tax authority's XML names its parts."""
    items = "".join(
        f"<IssuItemInformation><ItemName>*医疗服务*{escape(x.name)}</ItemName>"
        f"<MeaUnits>{x.unit}</MeaUnits><Quantity>{x.quantity}</Quantity><UnPrice>{x.amount}</UnPrice>"
        f"<Amount>{x.amount}</Amount><TaxRate>0</TaxRate><ComTaxAm>0.00</ComTaxAm>"
        f"<TotaltaxIncludedAmount>{x.amount}</TotaltaxIncludedAmount></IssuItemInformation>"
        for x in bill.lines
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<EInvoice><Header><EIid>{bill.number}</EIid><EInvoiceTag>SWEI3200</EInvoiceTag><Version>0.2</Version></Header>
<EInvoiceData><SellerInformation><SellerIdNum>{bill.payee_code}</SellerIdNum>
<SellerName>{escape(bill.payee_name)}</SellerName></SellerInformation>
<BuyerInformation><BuyerName>{escape(bill.payer_name)}</BuyerName></BuyerInformation>
<BasicInformation><TotalAmWithoutTax>{bill.total}</TotalAmWithoutTax><TotalTaxAm>0.00</TotalTaxAm>
<TotalTax-includedAmount>{bill.total}</TotalTax-includedAmount>
<TotalTax-includedAmountInChinese>{money.in_capitals(bill.total)}</TotalTax-includedAmountInChinese>
<Drawer>演示</Drawer></BasicInformation>{items}</EInvoiceData>
<TaxSupervisionInfo><InvoiceNumber>{bill.number}</InvoiceNumber>
<IssueTime>{bill.issued_on.isoformat()}</IssueTime></TaxSupervisionInfo></EInvoice>
""".encode()


def xml(bill: Bill) -> bytes:
    """The bill as the XML of its kind."""
    return digital_xml(bill) if bill.kind == "VAT_DIGITAL" else fiscal_xml(bill)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


# -- codes ----------------------------------------------------------------------------------------


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


def _qr_png(bill: Bill, scale: int = 4) -> bytes:
    import segno

    out = io.BytesIO()
    segno.make(qr_text(bill), error="m").save(out, kind="png", scale=scale, border=4)
    return out.getvalue()


# -- PDF ------------------------------------------------------------------------------------------


def pdf(bill: Bill, *, with_xml: bool = False) -> bytes:
    """The bill as a PDF with text and QR code, and its XML attached if asked."""
    others = [
        ("业务流水号", f"YW{bill.number}"),
        ("医疗机构类型", "综合医院"),
        ("医保类型", bill.insurance_type),
        ("性别", "男"),
    ]
    if bill.admitted_on and bill.discharged_on:
        others += [
            ("住院时间", f"{bill.admitted_on:%Y%m%d}-{bill.discharged_on:%Y%m%d}"),
            ("住院天数", str(bill.days)),
            ("住院科别", bill.department),
        ]
    else:
        others += [("就诊日期", _iso(bill.visited_on)), ("科别", bill.department)]
    others += [
        ("医保统筹基金支付", str(bill.fund_paid)),
        ("个人账户支付", str(bill.account_paid)),
        ("其他支付", "0.00"),
        ("个人现金支付", str(bill.own_paid)),
        ("个人自付", str(bill.self_paid)),
        ("个人自费", str(bill.self_cost)),
    ]
    shown = {
        "title": bill.title,
        "code": bill.code,
        "number": bill.number,
        "check_code": bill.check_code,
        "issued_on": bill.issued_on.isoformat(),
        "issued_zh": f"{bill.issued_on:%Y年%m月%d日}",
        "payer_name": bill.payer_name,
        "payer_code": "",
        "payee_name": bill.payee_name,
        "payee_code": bill.payee_code,
        "total": str(bill.total),
        "capitals": money.in_capitals(bill.total),
        "others": others,
        "lines": [
            {
                "name": n.name,
                "quantity": n.quantity,
                "unit": n.unit,
                "amount": str(n.amount),
                "mark": MARKS[n.category],
            }
            for n in bill.lines
        ],
    }
    inputs = {"bill": json.dumps(shown), "qr": json.dumps(list(_qr_png(bill)))}
    if with_xml:
        inputs["xml"] = xml(bill).decode()
    return _typeset("digital.typ" if bill.kind == "VAT_DIGITAL" else "fiscal.typ", inputs)


def diagnosis_pdf(patient: str, on: date, *, seed: int = 1, hospital: str = "") -> bytes:
    """A diagnosis certificate (诊断证明书)."""
    dice = random.Random(f"yilu diagnosis {seed}")
    paper = {
        "title": "诊断证明书",
        "hospital": hospital or dice.choice(HOSPITALS),
        "rows": [
            [("姓名", patient), ("性别", "女"), ("年龄", f"{dice.randint(20, 70)}岁")],
            [("科别", "内科"), ("门诊号", f"M{seed:07}"), ("", "")],
        ],
        "parts": [
            ("临床诊断", dice.choice(DIAGNOSES)),
            ("处理意见", "注意休息，对症治疗，一周后复诊。"),
        ],
        "doctor": "方知医",
        "issued_zh": f"{on:%Y年%m月%d日}",
    }
    return _typeset("diagnosis.typ", {"paper": json.dumps(paper)})


def discharge_pdf(patient: str, admitted: date, discharged: date, *, seed: int = 1) -> bytes:
    """A discharge summary (出院小结)."""
    dice = random.Random(f"yilu discharge {seed}")
    illness = dice.choice(DIAGNOSES)
    paper = {
        "title": "出院小结",
        "hospital": dice.choice(HOSPITALS),
        "rows": [
            [("姓名", patient), ("性别", "女"), ("住院号", f"Z{seed:07}")],
            [
                ("入院日期", admitted.isoformat()),
                ("出院日期", discharged.isoformat()),
                ("住院天数", str((discharged - admitted).days)),
            ],
        ],
        "parts": [
            ("入院诊断", illness),
            ("出院诊断", illness),
            ("出院医嘱", "休息两周，门诊随访。"),
        ],
        "doctor": "方知医",
        "issued_zh": f"{discharged:%Y年%m月%d日}",
    }
    return _typeset("diagnosis.typ", {"paper": json.dumps(paper)})


def _typeset(form: str, inputs: dict[str, str]) -> bytes:
    if not FONT.exists():
        raise NoFont(f"{FONTS} has no font: run `make setup`")
    return bytes(_compiler().compile(input=FORMS / form, format="pdf", sys_inputs=inputs))


@functools.cache
def _compiler() -> Any:
    import typst

    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS]
    )
    return typst.Compiler(root=FORMS, font_paths=fonts)


# -- OFD ------------------------------------------------------------------------------------------


def ofd(bill: Bill) -> bytes:
    """
    The bill as OFD: a fiscal one with its XML attached, a 数电票 with custom tags that point at the
    texts of the page, each with its QR code.
    """
    texts = _ofd_texts(bill)
    digital = bill.kind == "VAT_DIGITAL"
    objects = "".join(
        f'<ofd:TextObject ID="{n}" Boundary="{x} {y} 120 6" Font="3" Size="{size}">'
        f'<ofd:TextCode X="0" Y="{size}">{escape(text)}</ofd:TextCode></ofd:TextObject>'
        for n, (_, text, x, y, size) in enumerate(texts, 20)
    )
    objects += '<ofd:ImageObject ID="9" Boundary="180 6 22 22" ResourceID="8" CTM="22 0 0 22 0 0"/>'
    ns = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    members = {
        "OFD.xml": f'<ofd:OFD {ns} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo>'
        f"<ofd:DocID>{bill.number}</ofd:DocID><ofd:CustomDatas>"
        + (f'<ofd:CustomData Name="发票号码">{bill.number}</ofd:CustomData>' if digital else "")
        + "</ofd:CustomDatas></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"
        "</ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {ns}><ofd:CommonData><ofd:MaxUnitID>999</ofd:MaxUnitID>"
        "<ofd:PageArea><ofd:PhysicalBox>0 0 210 140</ofd:PhysicalBox></ofd:PageArea>"
        "<ofd:PublicRes>PublicRes.xml</ofd:PublicRes><ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes>"
        '</ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages>'
        + (
            "<ofd:CustomTags>Tags/CustomTags.xml</ofd:CustomTags>"
            if digital
            else "<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>"
        )
        + "</ofd:Document>",
        "Doc_0/PublicRes.xml": f'<ofd:Res {ns} BaseLoc="Res"><ofd:Fonts>'
        '<ofd:Font ID="3" FontName="宋体" FamilyName="宋体"/></ofd:Fonts></ofd:Res>',
        "Doc_0/DocumentRes.xml": f'<ofd:Res {ns} BaseLoc="Res"><ofd:MultiMedias>'
        '<ofd:MultiMedia ID="8" Type="Image"><ofd:MediaFile>qr.png</ofd:MediaFile></ofd:MultiMedia>'
        "</ofd:MultiMedias></ofd:Res>",
        "Doc_0/Pages/Page_0/Content.xml": f'<ofd:Page {ns}><ofd:Content><ofd:Layer ID="10">{objects}'
        "</ofd:Layer></ofd:Content></ofd:Page>",
    }
    if digital:
        members["Doc_0/Tags/CustomTags.xml"] = (
            f'<ofd:CustomTags {ns}><ofd:CustomTag NameSpace="root"><ofd:FileLoc>CustomTag.xml'
            "</ofd:FileLoc></ofd:CustomTag></ofd:CustomTags>"
        )
        tags = "".join(
            f'<ofd:{tag}><ofd:ObjectRef PageRef="1">{n}</ofd:ObjectRef></ofd:{tag}>'
            for n, (tag, *_) in enumerate(texts, 20)
            if tag
        )
        members["Doc_0/Tags/CustomTag.xml"] = f"<ofd:root {ns}>{tags}</ofd:root>"
    else:
        members["Doc_0/Attachs/Attachments.xml"] = (
            f'<ofd:Attachments {ns}><ofd:Attachment ID="1" Name="einvoice" Format="xml">'
            "<ofd:FileLoc>einvoice.xml</ofd:FileLoc></ofd:Attachment></ofd:Attachments>"
        )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            text = '<?xml version="1.0" encoding="UTF-8"?>' + content
            package.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), text.encode())
        if not digital:
            package.writestr(
                zipfile.ZipInfo("Doc_0/Attachs/einvoice.xml", (2026, 1, 1, 0, 0, 0)), xml(bill)
            )
        package.writestr(
            zipfile.ZipInfo("Doc_0/Res/qr.png", (2026, 1, 1, 0, 0, 0)), _qr_png(bill, 2)
        )
    return out.getvalue()


def _ofd_texts(bill: Bill) -> list[tuple[str, str, float, float, float]]:
    """Tag, text, place in millimetres and size of everything printed on the page."""
    digital = bill.kind == "VAT_DIGITAL"
    texts: list[tuple[str, str, float, float, float]] = [("", bill.title, 66, 6, 6)]

    def put(tag: str, label: str, value: str, x: float, y: float) -> None:
        texts.append(("", label, x, y, 3.2))
        texts.append((tag, value, x + 3.4 * len(label), y, 3.2))

    if not digital:
        put("", "票据代码：", bill.code, 10, 18)
        put("", "票据号码：", bill.number, 110, 18)
        put("", "校验码：", bill.check_code, 110, 24)
    else:
        put("InvoiceNo", "发票号码：", bill.number, 110, 18)
    put("IssueDate", "开票日期：", f"{bill.issued_on:%Y年%m月%d日}", 110, 30)
    put("BuyerName", "名称：" if digital else "交款人：", bill.payer_name, 10, 30)
    if digital:
        put("SellerName", "名称：", bill.payee_name, 110, 38)
        put("SellerTaxID", "统一社会信用代码/纳税人识别号：", bill.payee_code, 110, 44)
    texts += [
        ("", "项目名称", 10, 52, 3.2),
        ("", "金额（元）" if not digital else "金额", 150, 52, 3.2),
    ]
    for n, item in enumerate(bill.lines):
        texts.append(("Item", item.name, 10, 58 + 6 * n, 3.2))
        texts.append(("Amount", str(item.amount), 150, 58 + 6 * n, 3.2))
    put(
        "",
        "价税合计（大写）" if digital else "金额合计（大写）",
        money.in_capitals(bill.total),
        10,
        104,
    )
    put("TaxInclusiveTotalAmount", "（小写）", str(bill.total), 130, 104)
    if digital:
        texts.append(("TaxExclusiveTotalAmount", str(bill.total), 150, 98, 3.2))
        texts.append(("", "合计", 10, 98, 3.2))
    else:
        put("", "医保统筹基金支付：", str(bill.fund_paid), 10, 112)
        put("", "个人账户支付：", str(bill.account_paid), 80, 112)
        put("", "个人现金支付：", str(bill.own_paid), 140, 112)
        put("", "收款单位（章）：", bill.payee_name, 10, 126)
    return texts


# -- pictures -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Snapshot:
    """How a photo was taken."""

    degrees: float = 1.5
    blur: float = 0.6
    shade: float = 0.25
    side: int = 1_800
    fmt: str = "JPEG"
    quality: int = 88
    seed: int = 1
    paper: tuple[int, int, int] = field(default=(250, 249, 244))


def photo(document: bytes, snapshot: Snapshot | None = None) -> bytes:
    """The first page of a PDF as somebody photographs it: tilted, unevenly lit, a little soft."""
    import pypdfium2
    from PIL import Image, ImageChops, ImageFilter

    snapshot = snapshot or Snapshot()
    with pypdfium2.PdfDocument(document) as opened:
        page = opened[0]
        scale = snapshot.side / max(page.get_size())
        sheet: Image.Image = page.render(scale=scale).to_pil().convert("RGB")
    sheet = ImageChops.multiply(sheet, Image.new("RGB", sheet.size, snapshot.paper))
    border = snapshot.side // 16
    table = Image.new("RGB", (sheet.width + 2 * border, sheet.height + 2 * border), (118, 104, 92))
    table.paste(sheet, (border, border))
    shot = table.rotate(
        snapshot.degrees, expand=True, fillcolor=(118, 104, 92), resample=Image.Resampling.BICUBIC
    )
    shot = shot.filter(ImageFilter.GaussianBlur(snapshot.blur))
    light = Image.linear_gradient("L").resize(shot.size)
    if snapshot.seed % 2:
        light = light.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    light = light.point([int(255 - (255 - v) * snapshot.shade) for v in range(256)])
    shot = ImageChops.multiply(shot, Image.merge("RGB", (light, light, light)))
    return _saved(shot, snapshot)


def identity_card(name: str, number: str, address: str) -> bytes:
    """The portrait side of an invented identity card as a picture."""
    from PIL import Image, ImageDraw

    card = Image.new("RGB", (1000, 630), (226, 234, 242))
    draw = ImageDraw.Draw(card)
    blue, black = (70, 120, 170), (20, 20, 20)
    sex = "男" if int(number[16]) % 2 else "女"

    def put(x: int, y: int, text: str, size: int, colour: tuple[int, int, int]) -> None:
        draw.text((x, y), text, fill=colour, font=_font(size))

    put(60, 70, "姓名", 30, blue)
    put(170, 66, name, 38, black)
    put(60, 150, "性别", 30, blue)
    put(170, 148, sex, 34, black)
    put(300, 150, "民族", 30, blue)
    put(400, 148, "汉", 34, black)
    put(60, 230, "出生", 30, blue)
    put(170, 228, f"{number[6:10]} 年 {int(number[10:12])} 月 {int(number[12:14])} 日", 32, black)
    put(60, 310, "住址", 30, blue)
    put(170, 308, address[:12], 34, black)
    put(170, 360, address[12:], 34, black)
    put(60, 520, "公民身份号码", 30, blue)
    put(320, 512, number, 42, black)
    draw.rounded_rectangle((700, 80, 930, 400), 20, fill=(205, 214, 224))
    put(745, 210, "样张", 60, (150, 160, 170))
    return _saved(card, Snapshot(fmt="PNG"))


def bank_card(bank: str, number: str, holder: str) -> bytes:
    """The front of an invented bank card as a picture."""
    from PIL import Image, ImageDraw

    card = Image.new("RGB", (1000, 630), (24, 78, 119))
    draw = ImageDraw.Draw(card)
    white = (240, 240, 240)
    draw.text((60, 50), bank, fill=white, font=_font(54))
    draw.text((60, 130), "借记卡  样张", fill=white, font=_font(30))
    spaced = " ".join(number[i : i + 4] for i in range(0, len(number), 4))
    draw.text((60, 320), spaced, fill=white, font=_font(60))
    draw.text((60, 440), "VALID THRU 09/31", fill=white, font=_font(30))
    draw.text((60, 520), holder, fill=white, font=_font(34))
    draw.text((780, 540), "UnionPay", fill=white, font=_font(36))
    return _saved(card, Snapshot(fmt="PNG"))


def _font(size: int) -> Any:
    from PIL import ImageFont

    if not FONT.exists():
        raise NoFont(f"{FONTS} has no font: run `make setup`")
    return ImageFont.truetype(FONT, size)


def _saved(picture: Image, snapshot: Snapshot) -> bytes:
    out = io.BytesIO()
    options = {"quality": snapshot.quality} if snapshot.fmt == "JPEG" else {}
    picture.save(out, snapshot.fmt, **options)
    return out.getvalue()


def main(folder: Path) -> None:
    """Write one of each into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    on = date(2026, 5, 18)
    clinic = make_bill("林小雨", 1, issued_on=on)
    ward = make_bill("林小雨", 2, kind="FISCAL_INPATIENT", issued_on=on)
    digital = make_bill("林小雨", 3, kind="VAT_DIGITAL", issued_on=on)
    made = {
        "门诊票据.xml": xml(clinic),
        "门诊票据.pdf": pdf(clinic),
        "门诊票据.ofd": ofd(clinic),
        "门诊票据.jpg": photo(pdf(clinic)),
        "住院票据.xml": xml(ward),
        "住院票据.pdf": pdf(ward, with_xml=True),
        "住院票据.ofd": ofd(ward),
        "数电发票.xml": xml(digital),
        "数电发票.pdf": pdf(digital),
        "数电发票.ofd": ofd(digital),
        "诊断证明.pdf": diagnosis_pdf("林小雨", on),
        "出院小结.pdf": discharge_pdf("林小雨", on - timedelta(days=6), on),
        "身份证.png": identity_card("林小雨", "110101199003072543", "海州省海州市样张区演示路一号"),
        "银行卡.png": bank_card("样张银行", "6222021001112223331", "LIN XIAOYU"),
    }
    for name, content in made.items():
        (folder / name).write_bytes(content)
    print(f"{len(made)} files in {folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build" / "papers"))
