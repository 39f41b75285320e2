"""Pages as pictures: PDF and image files rendered for reading and for looking at."""

from __future__ import annotations

import io
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

PDFIUM = threading.RLock()
"""PDFium is not thread-safe: whoever opens a document holds this."""
READING_SCALE = 3.0
"""PDF points to pixels for barcodes and recognition: 216 dots an inch."""
READING_SIDE_MAX = 4_000
PREVIEW_SIDE_MAX = 1_600


class NoSuchPage(Exception):
    """The file has fewer pages."""


def render_pdf(content: bytes, page: int, *, scale: float, side_max: int) -> Image:
    """A page (from 1) of a PDF as an RGB picture no side of which is longer than ``side_max``."""
    import pypdfium2

    with PDFIUM, pypdfium2.PdfDocument(content) as document:
        if not 1 <= page <= len(document):
            raise NoSuchPage
        opened = document[page - 1]
        width, height = opened.get_size()
        fitting = min(scale, side_max / max(width, height, 1.0))
        bitmap = opened.render(scale=fitting)
        picture: Image = bitmap.to_pil().convert("RGB")
        bitmap.close()
        opened.close()
        return picture


def open_image(content: bytes, page: int = 1, *, side_max: int = READING_SIDE_MAX) -> Image:
    """A picture file as RGB, upright as the camera noted, no side longer than ``side_max``."""
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(content)) as opened:
        if page > 1:
            if page > getattr(opened, "n_frames", 1):
                raise NoSuchPage
            opened.seek(page - 1)
        if max(opened.size) > side_max:
            # A JPEG can be decoded at a half, a quarter or an eighth right away.
            opened.draft("RGB", (side_max, side_max))
        upright = _square(ImageOps.exif_transpose(opened), opened.info.get("dpi"))
        if upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info:
            upright = upright.convert("RGBA")
            paper = Image.new("RGBA", upright.size, "white")
            upright = Image.alpha_composite(paper, upright)
        picture = upright.convert("RGB")
    if max(picture.size) > side_max:
        picture.thumbnail((side_max, side_max))
    return picture


def _square(picture: Image, dots: tuple[float, float] | None) -> Image:
    """
    A picture whose dots are not square, as a fax of standard resolution sends them (204 × 98 to the inch), drawn so that they are.

    Small differences are a scanner's carelessness and stay.
    """
    if not dots or min(dots) <= 0:
        return picture
    ratio = float(dots[0]) / float(dots[1])
    if not 1.5 <= ratio <= 3.0:
        return picture
    return picture.convert("L").resize((picture.width, round(picture.height * ratio)))


def turned(picture: Image, degrees: float, skew: float) -> Image:
    """The picture turned clockwise and then straightened, grown to hold its corners."""
    from PIL import Image

    if degrees:
        picture = picture.rotate(-degrees, expand=True)
    if skew:
        picture = picture.rotate(
            skew, expand=True, resample=Image.Resampling.BICUBIC, fillcolor="white"
        )
    return picture


def to_png(picture: Image) -> bytes:
    """The picture as a PNG file."""
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=False, compress_level=4)
    return out.getvalue()
