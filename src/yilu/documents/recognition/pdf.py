"""PDF: text where it stands, attached data, codes on the rendered page."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass

from yilu.documents.recognition.pages import PDFIUM
from yilu.documents.rules.segments import Segment

PAGES_READ_MAX = 20
LETTERS_MAX = 30_000
LETTERS_OF_TEXT = 30
"""A page with fewer letters than this is a picture: it has no text layer worth the name."""
ATTACHMENTS_MAX = 20
ATTACHMENT_BYTES_MAX = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class PdfText:
    """The text layer of the first pages."""

    segments: tuple[Segment, ...]
    pages: int
    has_text: bool


def read_text(content: bytes) -> PdfText:
    """Every piece of text with its place; pieces are split where the white is wider than a letter."""
    import pypdfium2

    segments: list[Segment] = []
    letters = 0
    with PDFIUM, pypdfium2.PdfDocument(content) as document:
        pages = len(document)
        for number in range(1, min(pages, PAGES_READ_MAX) + 1):
            page = document[number - 1]
            text = page.get_textpage()
            found = _segments(page, text, number, *page.get_size())
            letters += sum(len(s.text) for s in found)
            segments.extend(found)
            text.close()
            page.close()
    return PdfText(tuple(segments), pages, letters >= LETTERS_OF_TEXT)


@dataclass(frozen=True, slots=True)
class _Letter:
    """A letter and its box on the page as it is shown: from the top left, in points."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def _segments(
    page: object, text: object, number: int, width: float, height: float
) -> list[Segment]:
    import pypdfium2.raw as raw

    as_shown = _transform(page, width, height)
    count = min(text.count_chars(), LETTERS_MAX)  # type: ignore[attr-defined]
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    pieces: list[list[_Letter]] = []
    current: list[_Letter] = []
    for n in range(count):
        letter = chr(raw.FPDFText_GetUnicode(text, n))
        if letter.isspace() or letter in "\x00\ufffe":
            if current and letter in "\r\n":
                pieces.append(current)
                current = []
            continue
        if not raw.FPDFText_GetCharBox(text, n, left, right, bottom, top):
            continue
        size = raw.FPDFText_GetFontSize(text, n) or 10.0
        one = as_shown(left.value, bottom.value)
        other = as_shown(right.value, top.value)
        made = _Letter(
            letter,
            min(one[0], other[0]),
            min(one[1], other[1]),
            max(one[0], other[0]),
            max(one[1], other[1]),
        )
        if current and _apart(current[-1], made, size):
            pieces.append(current)
            current = []
        current.append(made)
    if current:
        pieces.append(current)
    return [_as_segment(piece, number, width, height) for piece in pieces if width and height]


def _transform(
    page: object, width: float, height: float
) -> Callable[[float, float], tuple[float, float]]:
    """From the page's own coordinates to the page as shown, which may be turned or cut."""
    import pypdfium2.raw as raw

    grain = 100_000

    def device(x: float, y: float) -> tuple[float, float]:
        across, down = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(page, 0, 0, grain, grain, 0, x, y, across, down)
        return across.value / grain * width, down.value / grain * height

    x0, y0 = device(0, 0)
    (xx, xy), (yx, yy) = device(1_000, 0), device(0, 1_000)
    a, b, c, d = (xx - x0) / 1_000, (xy - y0) / 1_000, (yx - x0) / 1_000, (yy - y0) / 1_000
    return lambda x, y: (x0 + a * x + c * y, y0 + b * x + d * y)


def _apart(one: _Letter, other: _Letter, size: float) -> bool:
    same_line = min(one.bottom, other.bottom) - max(one.top, other.top) > -0.25 * size
    return not same_line or other.left - one.right > 0.8 * size or other.left < one.right - 2 * size


def _as_segment(piece: list[_Letter], number: int, width: float, height: float) -> Segment:
    return Segment(
        "".join(letter.text for letter in piece),
        (
            min(letter.left for letter in piece) / width,
            min(letter.top for letter in piece) / height,
            max(letter.right for letter in piece) / width,
            max(letter.bottom for letter in piece) / height,
        ),
        number,
    )


def attachments(content: bytes) -> tuple[bytes, ...]:
    """Attached XML or XBRL files, the invoice itself first."""
    import pypdfium2

    found: list[tuple[int, bytes]] = []
    with PDFIUM, pypdfium2.PdfDocument(content) as document:
        for n in range(min(document.count_attachments(), ATTACHMENTS_MAX)):
            try:
                attached = document.get_attachment(n)
                name = attached.get_name().lower()
                data = bytes(attached.get_data()) if name.endswith((".xml", ".xbrl")) else b""
            except pypdfium2.PdfiumError:
                continue
            if 0 < len(data) <= ATTACHMENT_BYTES_MAX:
                found.append((0 if "inv" in name else 1, data))
    return tuple(data for _, data in sorted(found, key=lambda f: f[0]))
