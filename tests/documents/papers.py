"""Small files for tests: each as a customer or an attacker might send it."""

from __future__ import annotations

import io
import zipfile
import zlib
from decimal import Decimal
from typing import Any


def picture(size: tuple[int, int] = (900, 600), fmt: str = "PNG", text: str = "") -> bytes:
    from PIL import Image, ImageDraw

    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).text((40, 40), text or "nothing to see", fill="black")
    out = io.BytesIO()
    image.save(out, fmt)
    return out.getvalue()


def pdf(pages: int = 1, *, password: str = "") -> bytes:
    from pypdf import PdfWriter

    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    if password:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def archive(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return out.getvalue()


def png_claiming(width: int, height: int) -> bytes:
    """A tiny PNG whose header promises a huge picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")
        )

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 2, 0, 0, 0])
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\x00" * 1000))
        + chunk(b"IEND", b"")
    )


def feed(**given: Any) -> dict[str, Any]:
    """An outpatient invoice as a hospital's system sends it."""
    return {
        "kind": "FISCAL_OUTPATIENT",
        "code": "31060226",
        "number": "0012345678",
        "check_code": "a1b2c3",
        "issued_on": "2026-05-18",
        "payer_name": "林小雨",
        "payee_name": "海州市第一人民医院",
        "total": "320.50",
        "fund_paid": "120.50",
        "account_paid": "0",
        "own_paid": "200.00",
        "visit_kind": "OUTPATIENT",
        "lines": [
            {"name": "西药费", "category": "甲", "amount": "120.50"},
            {"name": "检查费", "category": "乙", "amount": Decimal("150.00"), "self_paid": "15.00"},
            {"name": "治疗费", "category": "自费", "amount": "50.00"},
        ],
        **given,
    }


def two_block_form(
    payer_name: str = "林小雨",
    *,
    number: str = "0583920147",
    amounts: str = "286.40 25.00 360.00 148.50 42.16",
    paid: str = "512.30 120.00 229.76",
    behind: str = "",
) -> bytes:
    """A medical bill typeset as many provinces do: two blocks of items side by side, each with its remark."""
    import segno
    import typst
    from demo.papers.pdf import FONTS

    names = ("西药费", "诊查费", "检查费", "化验费", "卫生材料费")
    remarks = ("有自付", "无自付", "有自付", "无自付", "全自付")
    cells = [
        f"[{n}],[1/项],[{a}],[{r}]" for n, a, r in zip(names, amounts.split(), remarks, strict=True)
    ]
    rows = [cells[0], cells[3], cells[1], cells[4], cells[2], "[],[],[],[]"]
    fund, account, own = paid.split()
    code = segno.make(f"01,44060126,{number},862.06,20260512,7f2c9e", error="m")
    square = "".join(
        f"#place(dx:{x}mm*.6,dy:{y}mm*.6,rect(width:.6mm,height:.6mm,fill:black))"
        for y, row in enumerate(code.matrix)
        for x, dark in enumerate(row)
        if dark
    )
    source = f"""
#set page(width: 230mm, height: 125mm, margin: 10mm)
#set text(font: "Noto Sans SC", size: 8.5pt, lang: "zh")
#place(top + right, dx: -22mm, box(width: 20mm, height: 20mm)[{square}])
#align(center, text(15pt)[海州省医疗门诊收费票据（电子）]) #v(8mm)
#grid(columns: (1fr, 1fr), row-gutter: 2mm, [票据代码：44060126], [票据号码：{number}],
  [交款人统一社会信用代码：], [校验码：7f2c9e], [交款人：{payer_name}], [开票日期：2026-05-12])
#table(columns: (2.2fr, 1.2fr, 1.3fr, 1fr) * 2, stroke: .5pt, inset: 3pt, align: (left, center, right, center) * 2,
  ..([项目名称], [数量/单位], [金额（元）], [备注]) * 2, {",".join(rows)})
金额合计（大写）捌佰陆拾贰元零陆分 #h(30mm) （小写）862.06 \\
就诊日期：2026-05-12 #h(20mm) 医疗机构类型：三级甲等综合医院 \\
医保统筹基金支付：{fund} #h(20mm) 个人账户支付：{account} #h(20mm) 个人现金支付：{own} \\
收款单位（章）：海州市第二人民医院
{behind}
"""
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS]
    )
    return bytes(typst.compile(source.encode(), font_paths=fonts, format="pdf"))


def joined(*documents: bytes) -> bytes:
    """Several PDF files as one."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter()
    for document in documents:
        for page in PdfReader(io.BytesIO(document)).pages:
            writer.add_page(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
