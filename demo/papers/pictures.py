"""Photos of papers, an identity card, a bank card."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .pdf import FONT, FONTS, NoFont

if TYPE_CHECKING:
    from PIL.Image import Image


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
