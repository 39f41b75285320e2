"""A plan of the scene as a picture to keep with the claim's files: signs, notes, and whose and when below."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from yilu.care.rules.sketches import HIGH, SIGNS, WIDE, Item

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont, ImageFont

DOTS, FOOT, LINE = 12, 36, 3
INK, SOFT, PAPER = "#1c2321", "#5b6472", "#ffffff"


def picture(items: Sequence[Item], said: Sequence[str]) -> bytes:
    """The plan as PNG, with the lines of ``said`` below it; the same plan makes the same bytes."""
    from PIL import Image, ImageDraw  # only who draws pays for it

    high = HIGH * DOTS + FOOT * (len(said) + 1)
    image = Image.new("RGB", (WIDE * DOTS, high), PAPER)
    pen, font, small = ImageDraw.Draw(image), _font(32), _font(22)
    for item in items:
        for line in item.drawn():
            pen.line([(x * DOTS, y * DOTS) for x, y in line], INK, LINE, joint="curve")
        for x, y, r in SIGNS[item.sign].rings:
            left, top = item.moved((x, y))
            box = [(left - r) * DOTS, (top - r) * DOTS, (left + r) * DOTS, (top + r) * DOTS]
            pen.ellipse(box, INK if SIGNS[item.sign].filled else None, INK, LINE)
        if item.note:
            pen.text(((item.x + 4) * DOTS, (item.y + 2) * DOTS), item.note, INK, font)
    pen.rectangle([0, HIGH * DOTS, WIDE * DOTS, high], PAPER)
    pen.rectangle([0, 0, WIDE * DOTS - 1, HIGH * DOTS], outline=INK, width=2)
    for n, text in enumerate(said):
        pen.text((DOTS, HIGH * DOTS + FOOT * n + DOTS), text, SOFT, small)
    kept = io.BytesIO()
    image.save(kept, "PNG", optimize=True)
    return kept.getvalue()


def _font(size: int) -> FreeTypeFont | ImageFont:
    from PIL import ImageFont

    path = Path(settings.BUILD) / "fonts" / "NotoSansSC-Regular.ttf"
    return ImageFont.truetype(path, size) if path.exists() else ImageFont.load_default(size)
