"""Pages of a document as pictures for the desk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from yilu.documents.models import Reading, Upload
from yilu.documents.queries.uploads import UploadNotFound, get_invoice, open_file
from yilu.documents.recognition import ofd, pages
from yilu.documents.rules import labels
from yilu.kernel.errors import NotFound

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont, ImageFont

DOTS_PER_MILLIMETRE = 6
TEXT_WIDTH = 900


class PreviewUnavailable(NotFound):
    """There is no such page, or nothing of the file can be drawn."""

    code = "preview_unavailable"
    message = "这一页无法预览"
    hint = "请下载原文件查看。"


def preview(upload_id: int, page: int = 1, *, party_id: int | None = None) -> bytes:
    """
    A page (from 1) as a PNG no side of which exceeds 1,600 pixels; the boxes of fields fit on it.

    PDF and pictures are shown upright and straight, as they were read; an OFD page by its text where it stands; XML
    and feeds as a list of their values.

    :raises UploadNotFound: as ``open_file``. :raises PreviewUnavailable: if there is no such page.
    """
    content, media_type = open_file(upload_id, party_id=party_id)
    try:
        if media_type == "application/pdf":
            picture = pages.render_pdf(content, page, scale=2.0, side_max=pages.PREVIEW_SIDE_MAX)
            picture = pages.turned(picture, *_turn(upload_id, page))
        elif media_type.startswith("image/"):
            picture = pages.open_image(content, page, side_max=pages.PREVIEW_SIDE_MAX)
            picture = pages.turned(picture, *_turn(upload_id, page))
        elif media_type == "application/ofd":
            picture = _draw_ofd(content, page)
        elif page == 1:
            picture = _draw_values(upload_id)
        else:
            raise PreviewUnavailable
    except (pages.NoSuchPage, OSError, IndexError):
        raise PreviewUnavailable from None
    return pages.to_png(picture)


def _turn(upload_id: int, page: int) -> tuple[float, float]:
    """How the page was turned and straightened to be read; (0, 0) where it was not."""
    turns = Reading.objects.filter(upload_id=upload_id).values_list("turns", flat=True).first()
    at = 2 * (page - 1)
    return (turns[at], turns[at + 1]) if turns and len(turns) >= at + 2 else (0.0, 0.0)


def _draw_ofd(content: bytes, page: int) -> Image:
    from PIL import Image, ImageDraw

    file = ofd.read(content)
    if not 1 <= page <= file.pages or page > len(file.sizes):
        raise PreviewUnavailable
    width, height = file.sizes[page - 1]
    scale = min(DOTS_PER_MILLIMETRE, pages.PREVIEW_SIDE_MAX / max(width, height, 1))
    picture = Image.new("RGB", (max(int(width * scale), 1), max(int(height * scale), 1)), "white")
    draw = ImageDraw.Draw(picture)
    for run in file.runs:
        if run.page != page:
            continue
        left, top, _right, bottom = run.box
        size = max(int((bottom - top) / 1.15 * picture.height), 6)
        place = (left * picture.width, top * picture.height)
        draw.text(place, run.text, fill="#1b2a41", font=_font(size))
    return picture


def _draw_values(upload_id: int) -> Image:
    from PIL import Image, ImageDraw

    upload = Upload.objects.filter(pk=upload_id).first()
    if upload is None:
        raise UploadNotFound
    rows = [
        (labels.label_of(field.name), field.value)
        for field in upload.fields.exclude(value="").order_by("id")
    ]
    if upload.live and upload.kind == "INVOICE":
        invoice = get_invoice(upload_id)
        rows = rows or [
            (labels.label_of(name), str(getattr(invoice, name)))
            for name in labels.fields_of("INVOICE")
            if getattr(invoice, name, None) not in (None, "")
        ]
        rows += [(line.name, f"{line.amount} {line.category}") for line in invoice.lines]
    rows = rows[:60] or [("", "没有可显示的内容")]
    picture = Image.new("RGB", (TEXT_WIDTH, 40 + 34 * len(rows)), "white")
    draw = ImageDraw.Draw(picture)
    for n, (label, value) in enumerate(rows):
        draw.text((24, 20 + 34 * n), label, fill="#667085", font=_font(20))
        draw.text((280, 20 + 34 * n), value[:60], fill="#1b2a41", font=_font(20))
    return picture


def _font(size: int) -> FreeTypeFont | ImageFont:
    """The house's Chinese font; where it is not made yet, Pillow's own, which shows Latin only."""
    from PIL import ImageFont

    path = Path(settings.BUILD) / "fonts" / "NotoSansSC-Regular.ttf"
    if path.exists():
        return ImageFont.truetype(path, size)
    return ImageFont.load_default(size)
