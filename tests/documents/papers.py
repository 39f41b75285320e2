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
