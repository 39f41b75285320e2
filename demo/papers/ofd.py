"""Bills as OFD, the national format of fixed pages."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape

from yilu.kernel import money

from .bills import Bill
from .pdf import qr_png
from .xml import xml


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
            zipfile.ZipInfo("Doc_0/Res/qr.png", (2026, 1, 1, 0, 0, 0)), qr_png(bill, 2)
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
